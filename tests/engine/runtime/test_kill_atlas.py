"""A whole engine, set up by `ATLAS_*`, killed in the midst of its calls: every report that was acknowledged reaches Atlas, once."""

from pathlib import Path

import pytest

from tests.fakes.atlas import KEY, LOST, NONE, atlas
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.waiting import until

REPORTS, KILLS = 8, 3


def file(engine: ForkedEngine, number: int) -> str:
    said = {
        "incident_type": "other",
        "description": f"a man with a knife, number {number} of many",
        "latitude": 50.0 + number / 10,
        "longitude": 18.0,
        "occurred_at": engine.get("/api/v1/snapshot")["at"],
        "reporter_id": f"r{number}",
    }
    answer = engine._client.post("/api/v1/incidents", json=said)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["degraded_reason"].startswith("Waiting for Atlas")
    assert told["atlas_threat_id"] is None
    return told["id"]


@pytest.mark.soak
def test_killed_again_and_again_every_report_reaches_atlas_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with atlas("real") as fake:
        variables = {"URL": fake.url, "API_KEY": KEY, "ENABLED": "true", "CONTRACT": "real", "ALLOW_PRIVATE": "true"}
        for name, value in variables.items():
            monkeypatch.setenv(f"ATLAS_{name}", value)
        ids: list[str] = []
        for kill in range(KILLS):
            done = len(fake.effects)
            fake.faults.clear()
            fake.faults.extend([NONE] * 3)
            fake.always = LOST  # what is asked is done, but no answer comes: the queue stands still there
            engine = ForkedEngine(tmp_path / "site")
            ids += [file(engine, kill * REPORTS + number) for number in range(REPORTS)]
            until(lambda: len(fake.effects) > done + 2, "some were answered, and a call was under way")  # noqa: B023
            engine.kill()
        fake.forget_faults()
        engine = ForkedEngine(tmp_path / "site")
        until(lambda: all(engine.get(f"/api/v1/incidents/{each}")["atlas_threat_id"] for each in ids), "Atlas had spoken of all")
        told = engine.get(f"/api/v1/incidents/{ids[0]}")
        assert (told["category"], told["severity"], told["degraded_reason"]) == ("weapons", 5, None)
        assert engine.stop() == 0
    assert len(fake.effects) == len(ids)
    assert set(fake.effects.values()) == {1}
    assert KEY not in (tmp_path / "site.log").read_text("utf-8")

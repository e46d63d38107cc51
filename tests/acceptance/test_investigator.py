"""The investigator's path, over HTTP against `watchroom engine`: alert, why, what other settings would have done, evidence, run again.

A real film as the camera, a public node simulator's very bytes as the radio, no model needed but those beside the checkout.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.model import wire
from engine.model.alerts.commands import SetSiteMode
from engine.model.alerts.settings import SiteMode
from engine.model.command import ChangeSettings, Command, PutCamera
from engine.model.settings import CameraSettings, GateSettings, RecordingSettings
from engine.vision.models import ModelStore
from tests.acceptance.test_radio import admin, soon
from tests.fakes.engine_process import EngineProcess
from tests.fakes.recorded_nodes import RecordedNodes

pytestmark = pytest.mark.timeout(900)


@dataclass
class Site:
    """An engine that has watched the film and the radio for a while, and the window that it did."""

    engine: EngineProcess
    client: httpx.Client
    since: str
    until: str

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def job(self, job_id: str) -> str:
        """Its closing message, once it is done."""
        found: dict[str, Any] = {}

        def over() -> bool:
            found.update(self.get(f"/api/v1/jobs/{job_id}"))
            return found["state"] != "running"

        soon(over, 800)
        assert found["state"] == "done", found
        return str(found["message"])


def command(client: httpx.Client, what: Command) -> None:
    answer = client.post("/api/v1/port/command", json=wire.to_plain(what, tagged=True))
    assert answer.status_code == 200, answer.text


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("investigator")
    ModelStore(folder / "models").install(source=shared / "data" / "models")
    film = shared / "data/video/one-by-one-person-detection.mp4"
    engine = EngineProcess(folder / "data", "--pairing", "open", "--camera", f"Door={film}", models=folder / "models")
    try:
        with admin(engine) as client:
            command(client, ChangeSettings(recording=RecordingSettings(continuous=True, segment_s=5.0)))
            command(client, SetSiteMode(SiteMode.AWAY))
            since = now()
            with RecordedNodes(engine.url, shared / "data/csi/nodesim/walk1_4n_20hz.frames.gz"):
                soon(lambda: (now() - since).total_seconds() > 20 and client.get("/api/v1/alerts").json()["alerts"], 120)
                alerted = now()
                soon(lambda: (now() - alerted).total_seconds() > 5, 30)  # so that the alert lies within
            (camera,) = client.get("/api/v1/cameras").json()
            command(client, PutCamera(CameraSettings(camera["id"], "Door", str(film), enabled=False)))  # what follows is about the past
            quiet = now()  # a busy machine takes in late what was seen before
            soon(lambda: (now() - quiet).total_seconds() > 4, 30)
            until = now() - timedelta(seconds=1)
            yield Site(engine, client, since.isoformat(), until.isoformat())
    finally:
        engine.stop()


def alert_of(site: Site) -> dict[str, Any]:
    return site.get("/api/v1/alerts")["alerts"][-1]


def test_an_alert_says_why_gate_by_gate(site: Site) -> None:
    decision = site.get(f"/api/v1/decisions/{alert_of(site)['decision_id']}")
    assert decision["outcome"] == "raised"
    assert decision["gates"] and all(gate["passed"] for gate in decision["gates"])
    assert decision["flip"]


def test_the_timeline_has_video_events_and_what_was_watched(site: Site) -> None:
    told = site.get("/api/v1/timeline", since=site.since, until=site.until, columns=120)
    lanes = {(lane["kind"], lane["id"]): lane for lane in told["lanes"]}
    camera = next(lane for (kind, _), lane in lanes.items() if kind == "camera")
    assert any(span["state"] == "video" for span in camera["spans"])
    assert any(sum(mark["counts"]) > 0 for mark in camera["marks"])
    radio = next(lane for (kind, _), lane in lanes.items() if kind == "radio")
    assert any(sum(mark["counts"]) > 0 for mark in radio["marks"])
    watched = [lane for (kind, _), lane in lanes.items() if kind == "observed"]
    assert any(span["state"] in ("observed", "partly") for lane in watched for span in lane["spans"])


def test_other_thresholds_lose_what_they_would_not_have_told(site: Site) -> None:
    replay = site.post("/api/v1/replay", {"since": site.since, "until": site.until})
    tried = wire.to_plain(GateSettings(min_confidence=0.99, min_seen_s=20.0))
    site.job(site.post(f"/api/v1/replay/{replay['id']}/change", {"settings": {"gates": tried}})["job_id"])
    found = site.get(f"/api/v1/replay/{replay['id']}/difference")
    assert [each for each in found["lost"] if each["kind"] == "event" and each["camera_id"]]
    assert {change["field"] for change in found["changed"]} == {"gates.min_confidence", "gates.min_seen_s"}
    assert site.client.delete(f"/api/v1/replay/{replay['id']}").status_code == 204


def test_the_same_settings_change_nothing(site: Site) -> None:
    replay = site.post("/api/v1/replay", {"since": site.since, "until": site.until})
    site.job(site.post(f"/api/v1/replay/{replay['id']}/change", {"settings": {}})["job_id"])
    found = site.get(f"/api/v1/replay/{replay['id']}/difference")
    assert (found["gained"], found["lost"], found["changed"]) == ([], [], [])
    assert sum(found["same"].values()) > 0


def test_a_pack_leaves_is_checked_and_run_again(site: Site, tmp_path: Path) -> None:
    body = {"since": site.since, "until": site.until, "title": "Door", "note": "acceptance"}
    pack_id = site.job(site.post("/api/v1/evidence/packs", body)["job_id"])
    answer = site.client.get(f"/api/v1/evidence/packs/{pack_id}/file")
    assert answer.status_code == 200
    pack = tmp_path / "pack.zip"
    pack.write_bytes(answer.content)
    told = verify(pack, 0, site.engine.data)
    assert (told["bytes"], told["signature"], told["missing"]) == (True, True, [])
    assert told["rerun"] == told["rerun"] | {"ids": True, "max_score_error": 0.0, "exact": True}
    with zipfile.ZipFile(pack) as archive:
        names = archive.namelist()
        assert (
            "report.pdf" in names and any(name.startswith("video/") for name in names) and any(name.startswith("stills/") for name in names)
        )
        decided = json.loads(archive.read("record/decisions.json"))
    assert alert_of(site)["decision_id"] in {each["id"] for each in decided}


def test_a_pack_with_a_changed_byte_is_found_out(site: Site, tmp_path: Path) -> None:
    body = {"since": site.since, "until": site.until, "title": "Door", "raw": False}
    pack_id = site.job(site.post("/api/v1/evidence/packs", body)["job_id"])
    data = bytearray(site.client.get(f"/api/v1/evidence/packs/{pack_id}/file").content)
    data[len(data) // 2] ^= 1
    pack = tmp_path / "changed.zip"
    pack.write_bytes(bytes(data))
    told = verify(pack, 1, site.engine.data, again=False)
    assert not told["bytes"] and told["wrong"]


def verify(pack: Path, code: int, data: Path, again: bool = True) -> dict[str, Any]:
    known = ["--data", str(data)]
    arguments = [sys.executable, "-m", "console", "evidence", "verify", str(pack), "--json", *known, *(["--rerun"] if again else [])]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_record_answers_a_question_with_what_it_rests_on(site: Site) -> None:
    told = site.post("/api/v1/chat", {"message": "How many people did the camera Door see in the last hour?", "include_clips": True})
    assert told["answer"] and told["sources"]

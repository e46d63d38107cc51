"""Reports through a whole engine, as programs and operators meet it: from many statements to one alert, and through a restart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.time import SECOND, to_iso
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.waiting import until

HERE = (59.33, 18.06)


@dataclass
class Town:
    """A site, and everybody who reports to it."""

    site: Site
    http: httpx.Client

    def says(self, who: str, status: int, key: str = "", **more: Any) -> dict[str, Any]:
        said = {
            "incident_type": "violence",
            "description": "Two men are fighting in front of the station",
            "latitude": HERE[0],
            "longitude": HERE[1],
            "occurred_at": self.now(),
            "reporter_id": who,
        }
        answer = self.http.post("/api/v1/incidents", json=said | more, headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code == status, answer.text
        return answer.json()

    def now(self, after_s: float = 0.0) -> str:
        return to_iso(self.site.engine.clock.now_ns() + round(after_s * SECOND))

    def open_alerts(self) -> list[dict[str, Any]]:
        return self.http.get("/api/v1/alerts", params={"open": True}).json()["alerts"]


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    with running(folder, Bind(), CommandLineSettings(), gateway_needed=True) as site:
        token = site.engine.accounts.create_token(Role.OPERATOR, "test")
        with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as http:
            yield Town(site, http)


@pytest.fixture(autouse=True)
def no_models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))


def test_many_reports_are_one_alert_that_is_worked_and_stays(tmp_path: Path) -> None:
    with town(tmp_path / "data") as first:
        begun = first.says("ann", 201, key="a")
        until(lambda: bool(first.open_alerts()), "it is raised")
        for number in range(8):
            joined = first.says(f"p-{number}", 200, latitude=HERE[0] + 0.00002 * number)
        assert (joined["id"], joined["status"], joined["reporter_count"]) == (begun["id"], "corroborated", 9)
        (alert,) = first.open_alerts()
        assert alert["incident_id"] == begun["id"]
        first.http.post(f"/api/v1/alerts/{alert['id']}/acknowledge")
        kept = first.http.get(f"/api/v1/incidents/{begun['id']}").json()
    with town(tmp_path / "data") as again:
        assert again.http.get(f"/api/v1/incidents/{begun['id']}").json() == kept
        (same,) = again.open_alerts()
        assert (same["id"], same["state"]) == (alert["id"], "acknowledged")
        replayed = again.says("p-0", 200)
        assert (replayed["status"], replayed["reporter_count"]) == ("duplicate", 9)
        closed = again.http.post(f"/api/v1/alerts/{alert['id']}/close", json={"disposition": "true", "note": "Two were taken along"})
        assert closed.json()["state"] == "closed" and again.open_alerts() == []


def test_words_that_differ_are_related_and_settled_when_merged(tmp_path: Path) -> None:
    """H11, H13: theft against assault with no majority; Atlas is off, so the words decide or it is flagged."""
    with town(tmp_path / "data") as here:
        one = here.says("ann", 201, incident_type="theft", description="He did something to her there")
        two = here.says("bob", 201, incident_type="assault", description="He did something to her there")
        assert two["related_ids"] == [one["id"]]
        merged = here.http.post(f"/api/v1/incidents/{one['id']}/merge", json={"other_id": two["id"]}).json()
        assert (merged["category"], merged["category_flagged"]) == ("assault", True) and "most severe" in merged["category_reason"]
        reports = here.http.get(f"/api/v1/incidents/{one['id']}/reports").json()["reports"]
        assert [each["incident_type"] for each in reports] == ["theft", "assault"]


def test_why_a_report_of_long_ago_raised_nothing(tmp_path: Path) -> None:
    with town(tmp_path / "data") as here:
        here.says("ann", 201, occurred_at=here.now(-3 * 86_400))
        fresh = here.says("bob", 201)
        until(lambda: bool(here.open_alerts()), "what is fresh is raised")
        assert [each["incident_id"] for each in here.open_alerts()] == [fresh["id"]]
        assert here.http.get("/api/v1/statistics/incidents").json()["incidents"] == 2

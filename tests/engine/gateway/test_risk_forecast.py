"""The learnt forecast on a real engine: told to learn over HTTP, shown on the map, in the audit, in force after a restart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from console.site import Site, running
from engine.gateway.bind import Bind
from engine.model.access import Role
from engine.model.alert import Alert
from engine.model.errors import EnvironmentFault
from engine.model.risk import PastIncidents, TrainingState
from engine.model.risk_command import ImportNeighbourhoods
from engine.model.time import SECOND, SystemClock
from engine.runtime.added import Added
from engine.runtime.local import demo_port
from engine.runtime.risk.forecast_file import NAME
from tests.engine.gateway.answers import assert_problem
from tests.fakes.waiting import until

PREDICTIONS = "/api/v1/predictions"
LATITUDE, LONGITUDE = 59.3, 18.0
SQUARE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Söder"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[17.9, 59.2], [18.1, 59.2], [18.1, 59.4], [17.9, 59.4], [17.9, 59.2]]]}}]}'
)


@dataclass(frozen=True)
class Place:
    site: Site
    admin: httpx.Client
    operator: httpx.Client

    def status(self) -> dict[str, Any]:
        return self.operator.get(f"{PREDICTIONS}/status").json()

    def learnt(self) -> dict[str, Any]:
        """Told to learn, and what became of it."""
        answer = self.admin.post(f"{PREDICTIONS}/retrain")
        assert answer.status_code == 202, answer.text
        job_id = answer.json()["job_id"]
        until(lambda: next(job for job in self.site.engine.jobs.all() if job.id == job_id).state != "running", "it has learnt")
        return self.status()


@contextmanager
def opened(folder: Path) -> Iterator[Place]:
    with running(folder, Bind(), Added(), gateway_needed=True) as site:
        tokens = [site.engine.accounts.create_token(role, "test") for role in (Role.ADMIN, Role.OPERATOR)]
        clients = [httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {t}"}, timeout=20, trust_env=False) for t in tokens]
        try:
            yield Place(site, *clients)
        finally:
            for client in clients:
                client.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    with opened(tmp_path / "data") as place:
        yield place


def report_past(client: httpx.Client, count: int = 45) -> None:
    """Incidents of 45 days, at two places."""
    draw = np.random.default_rng(5)
    now = datetime.fromtimestamp(SystemClock().now_ns() // SECOND, UTC)
    for number in range(count):
        body = {
            "incident_type": "theft",
            "description": "A bicycle is gone from the rack.",
            "latitude": LATITUDE + 0.01 * (number % 2) + draw.normal() * 0.0005,
            "longitude": LONGITUDE + draw.normal() * 0.0005,
            "occurred_at": (now - timedelta(days=count - number, hours=1)).isoformat(),
            "reporter_id": f"r{number}",
        }
        assert client.post("/api/v1/incidents", json=body).status_code == 201


def test_without_incidents_it_is_skipped_and_the_base_stays_plain(place: Place) -> None:
    status = place.learnt()
    assert (status["training"]["state"], status["training"]["trained_at"], status["learnt"]) == ("skipped", None, False)
    assert status["score"] is None
    assert status["training"]["next_at"][11:19] == "02:00:00"


def test_it_is_learnt_shown_kept_and_audited(place: Place, tmp_path: Path) -> None:
    report_past(place.operator)
    assert_problem(place.operator.post(f"{PREDICTIONS}/retrain"), 403, "not_permitted")
    status = place.learnt()
    assert (status["training"]["state"], status["training"]["incidents"], status["training"]["trouble"]) == ("done", 45, None)
    score = status["score"]
    assert {peer["name"] for peer in score["peers"]} == {"uniform", "last_week", "promap", "kde_500m", "same_cell", "kde_250m"}
    assert score["low"] <= score["hit_rate"] <= score["high"]
    until(lambda: place.status()["learnt"], "the forecast is on the map")
    query = {"lat": LATITUDE, "lon": LONGITUDE, "radius_km": 1.0, "hours_ahead": 5}
    spots = place.operator.get(f"{PREDICTIONS}/hotspots", params=query).json()["hotspots"]
    assert len(spots) > 10
    assert 0 < spots[0]["base"] <= 1
    assert [row.verb for row in place.site.engine.record.store.audit(20)].count("retrain_risk") == 1
    picture = place.operator.get(f"{PREDICTIONS}/hotspots/map").json()
    assert picture["faded"] is not score["beats"]
    assert (tmp_path / "data" / NAME).stat().st_mode & 0o077 == 0


def failing(since_ns: int, until_ns: int) -> PastIncidents:
    raise EnvironmentFault("database", "The database does not answer.")


def forecast_alerts(place: Place) -> list[Alert]:
    return [alert for alert in place.site.engine.snapshot(True).alerts.alerts if alert.rule_id == "forecast"]


def test_h26_a_night_that_fails_keeps_the_forecast_and_is_an_alert_until_one_that_does_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_past(place.operator, 20)
    before = place.learnt()["training"]
    with monkeypatch.context() as broken:
        broken.setattr(place.site.engine.training, "_past", failing)
        failed = place.learnt()
    assert (failed["training"]["state"], failed["training"]["trained_at"]) == ("failed", before["trained_at"])
    until(lambda: bool(forecast_alerts(place)), "the alert is there")
    (alert,) = forecast_alerts(place)
    assert "The database does not answer. The forecast of before stays in force." in alert.reason and not alert.ended
    until(lambda: "forecast_failed" in [each["kind"] for each in place.operator.get("/api/v1/alerts").json()["alerts"]], "it is listed")
    assert place.status()["learnt"] is True
    assert place.learnt()["training"]["state"] == "done"
    until(lambda: all(alert.ended for alert in forecast_alerts(place)), "it has ended")


def test_h26_after_a_restart_the_failure_is_still_said_and_the_next_night_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    with opened(tmp_path / "data") as place, monkeypatch.context() as broken:
        report_past(place.operator, 20)
        place.learnt()
        broken.setattr(place.site.engine.training, "_past", failing)
        place.learnt()
        until(lambda: bool(forecast_alerts(place)), "the alert is there")
    with opened(tmp_path / "data") as place:
        status = place.status()
        assert status["training"]["state"] == "failed" and "does not answer" in status["training"]["trouble"]
        assert [alert.ended for alert in forecast_alerts(place)] == [False]
        until(lambda: any("does not answer" in each for each in place.site.engine.snapshot(True).health.troubles), "health says it")
        assert place.learnt()["training"]["state"] == "done"
        until(lambda: all(alert.ended for alert in forecast_alerts(place)), "it has ended")


def test_neighbourhoods_name_cells_and_expect_something(place: Place) -> None:
    report_past(place.operator, 20)
    port = demo_port(place.site.engine)
    assert port.command(ImportNeighbourhoods(SQUARE)) == "1"
    assert place.operator.get(f"{PREDICTIONS}/neighbourhoods").json() == {"neighbourhoods": []}
    place.learnt()
    (area,) = place.operator.get(f"{PREDICTIONS}/neighbourhoods").json()["neighbourhoods"]
    assert area["name"] == "Söder"
    assert 0.3 < area["expected_incidents"] < 3  # 20 in 20 days
    assert sum(area["by_hour"]) == pytest.approx(area["expected_incidents"], abs=1e-4)
    until(lambda: place.status()["learnt"], "the forecast is on the map")
    spots = place.operator.get(f"{PREDICTIONS}/hotspots", params={"lat": LATITUDE, "lon": LONGITUDE}).json()["hotspots"]
    assert {spot["neighbourhood"] for spot in spots} == {"Söder"}


def test_after_a_restart_it_is_in_force_and_a_damaged_one_is_said_and_learnt_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    with opened(tmp_path / "data") as place:
        report_past(place.operator, 30)
        before = place.learnt()["training"]
    with opened(tmp_path / "data") as place:
        assert place.status()["training"]["trained_at"] == before["trained_at"]
        until(lambda: place.status()["learnt"], "the forecast is on the map")
    file = tmp_path / "data" / NAME
    file.write_bytes(file.read_bytes()[:-10])
    with opened(tmp_path / "data") as place:
        engine = place.site.engine
        until(lambda: engine.snapshot(True).risk.training.state is TrainingState.DONE, "it is learnt anew")
        assert place.status()["training"]["trained_at"] > before["trained_at"]

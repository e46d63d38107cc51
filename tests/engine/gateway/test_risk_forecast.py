"""The learnt forecast on a real engine: told to learn over HTTP, shown on the map, in the audit, in force after a restart."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.alerts.alert import Alert
from engine.model.errors import EnvironmentFault
from engine.model.risk.commands import ImportNeighbourhoods
from engine.model.risk.risk import PastIncidents, TrainingState
from engine.model.time import SECOND, SystemClock
from engine.model.upkeep import ListLog
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.local import demo_port
from engine.runtime.risk.forecast_file import NAME
from engine.runtime.risk.training_notes import CARD, CUT_OFF
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
    with running(folder, Bind(), CommandLineSettings(), gateway_needed=True) as site:
        tokens = [site.engine.accounts.create_token(role, "test") for role in (Role.ADMIN, Role.OPERATOR)]
        clients = [httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {t}"}, timeout=60, trust_env=False) for t in tokens]
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
    assert "The database does not answer. The previous forecast remains in use." in alert.reason and not alert.ended
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


def by_night(place: Place) -> dict[str, Any]:
    """The thread of the night begins it, as the hour of now has come; how it ended, as a stranger is told."""
    engine = place.site.engine
    hour = datetime.fromtimestamp(SystemClock().now_ns() // SECOND, UTC).hour
    engine.change_settings(replace(engine.settings, risk=replace(engine.settings.risk, retrain_hour_utc=hour)), "test")
    known = len(engine.jobs.all())
    engine.training.nightly._done_ns = 0
    until(lambda: len(engine.jobs.all()) > known and engine.jobs.all()[-1].state != "running", "the night has come and gone")
    return health(place)


def health(place: Place) -> dict[str, Any]:
    return httpx.get(f"{place.site.url}/health", timeout=60, trust_env=False).json()


def logged(place: Place) -> list[str]:
    """Newest first."""
    return [line.text for line in demo_port(place.site.engine).ask(ListLog(contains="orecast of incidents"))]


def test_every_night_is_in_the_log_and_in_health_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    caplog.set_level(logging.INFO)
    with opened(tmp_path / "data") as place:
        assert health(place)["risk_forecast"]["state"] == "never"
        skipped = by_night(place)["risk_forecast"]
        assert skipped["state"] == "skipped" and skipped["ended_at"] and skipped["trained_at"] is None
        assert "was skipped: no incidents to learn from" in logged(place)[0] and "began, from the last 365 days" in logged(place)[1]
    with opened(tmp_path / "data") as place:
        assert {**health(place)["risk_forecast"], "next_at": None} == {**skipped, "next_at": None}
        report_past(place.operator, 45)
        done = by_night(place)["risk_forecast"]
        assert done["state"] == "done" and done["started_at"] == done["trained_at"] > skipped["started_at"] and done["next_at"]
        cells = place.status()["training"]["cells"]
        finished = next(line for line in logged(place) if "finished" in line)
        assert f"45 incidents, {cells} cells; learnt again" in finished and cells > 0
        assert any(line.text.startswith("Score of the forecast over") for line in demo_port(place.site.engine).ask(ListLog()))
        metrics = place.operator.get("/metrics").text
        assert "watchroom_risk_forecast_failing 0.0" in metrics and "watchroom_risk_forecast_age_seconds" in metrics
        monkeypatch.setattr(place.site.engine.training, "_past", failing)
        by_night(place)
        until(lambda: health(place)["status"] == "trouble", "the trouble is told, a moment after its job has ended")
        failed = health(place)
        assert failed["risk_forecast"]["state"] == "failed"
        assert failed["risk_forecast"]["trained_at"] == done["trained_at"]
        assert "The database does not answer" in logged(place)[0] and " failed after " in logged(place)[0]
        assert "watchroom_risk_forecast_failing 1.0" in place.operator.get("/metrics").text
    with opened(tmp_path / "data") as place:
        again = health(place)["risk_forecast"]
        assert (again["state"], again["trained_at"]) == ("failed", done["trained_at"])


def test_what_was_cut_off_by_a_kill_is_said_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    with opened(tmp_path / "data") as place:
        report_past(place.operator, 20)
        done = place.learnt()["training"]
        began, go_on = threading.Event(), threading.Event()
        past = place.site.engine.training._past

        def waits(since_ns: int, until_ns: int) -> PastIncidents:
            began.set()
            assert go_on.wait(60)
            return past(since_ns, until_ns)

        monkeypatch.setattr(place.site.engine.training, "_past", waits)
        job_id = place.admin.post(f"{PREDICTIONS}/retrain").json()["job_id"]
        assert began.wait(60)
        card = (tmp_path / "data" / CARD).read_bytes()  # as a kill now would leave it
        place.site.engine.jobs.cancel(job_id)
        go_on.set()
        until(lambda: place.status()["training"] == done, "it is as it was")
    (tmp_path / "data" / CARD).write_bytes(card)
    with opened(tmp_path / "data") as place:
        after = place.status()["training"]
        assert (after["state"], after["trouble"], after["trained_at"]) == ("failed", CUT_OFF, done["trained_at"])
        assert place.status()["learnt"] is True


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

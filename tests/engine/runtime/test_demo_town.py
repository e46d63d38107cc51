"""A whole engine on the demo site's town: reports, smoke and risk come by the engine's ordinary means, and everything says that it is
simulated. And what is left of it on a site that is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.model.incidents.incident import EvidenceKind, IncidentStatus
from engine.model.question import ListIncidents
from engine.model.risk.questions import GetRiskPicture, ListHotspots
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.incidents import town_side
from engine.sources.simulated import SimulatedTown
from engine.vision.models import ModelStore
from tests.fakes.waiting import until

DAY_NS = 86_400_000_000_000


@contextmanager
def running(folder: Path, town: SimulatedTown | None) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings(town=town))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town_side, "PAST_NS", 3 * DAY_NS)
    monkeypatch.setattr(town_side, "REST_S", 0.01)


def test_a_demo_site_shows_incidents_smoke_and_risk_and_says_that_they_are_simulated(tmp_path: Path) -> None:
    with running(tmp_path / "data", SimulatedTown()) as engine:
        until(lambda: engine.snapshot(with_users=False).risk.learnt, "the past is in the record, and a forecast is learnt from it")
        until(lambda: _placed_plumes(engine), "smoke is seen from two sites")
        now = engine.snapshot(with_users=False)
        assert now.incidents.incidents and all(each.simulated for each in now.incidents.incidents)
        assert any(each.status is IncidentStatus.CORROBORATED for each in now.incidents.incidents)
        assert now.risk.simulated and now.risk.cells > 100
        assert all(listed.plume.simulated for listed in now.smoke.plumes)
        until(lambda: any(_has_smoke(engine, each) for each in now.smoke.plumes), "the smoke is of an incident")
        picture = engine.risk.picture(GetRiskPicture())
        assert picture is not None and picture.simulated and len(picture.risks) > 100
        assert now.settings.anchor is not None and len(now.settings.lookouts) == 2
        assert len(engine.training.by_neighbourhood()) > 5
        assert engine.record.store.atlas.waiting() == 0
        anchor = now.settings.anchor
    with running(tmp_path / "data", None) as engine:
        assert engine.record.store.answer(ListIncidents(limit=5)).incidents, "the record keeps it"
        spots = engine.risk.hotspots(ListHotspots(anchor.latitude, anchor.longitude, 50.0))
        state = engine.snapshot(with_users=False).risk
        assert spots == () and (state.cells, state.learnt, state.simulated) == (0, False, False)


def _placed_plumes(engine: Engine) -> bool:
    """All that are seen have a place: the first bearing alone gives none."""
    plumes = engine.snapshot(with_users=False).smoke.plumes
    return bool(plumes) and all(each.plume.place is not None for each in plumes)


def _has_smoke(engine: Engine, listed: object) -> bool:
    answer = engine.record.store.answer(ListIncidents(limit=5000))
    return any(link.kind is EvidenceKind.SEQUENCE for each in answer.incidents for link in each.corroborations)

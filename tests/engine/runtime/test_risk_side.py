"""The risk map of a running engine: what is reported is on it, once, also after a restart; what goes wrong is said."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.incidents.merging import merge_incidents, split
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Filed, Incident, IncidentCategory
from engine.model.observation import AreaRiskKnown
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots
from engine.model.risk.risk import MapScore, RiskForecast, RiskSettings, Training, TrainingState
from engine.model.settings import Settings
from engine.model.site import SiteAnchor
from engine.model.time import SECOND, ManualClock
from engine.risk.grid import Grid
from engine.runtime.risk import risk_map, risk_side
from engine.runtime.risk.risk_side import RiskSide
from engine.store import Store, open_store
from engine.store.fire.risk import CellBumps
from tests.fakes.ports import NO_INBOX, NO_TROUBLE, InboxOf, TroubleOf, WriterOf
from tests.fakes.reports import HERE, NOW_NS, report
from tests.fakes.waiting import until

HOUR = 3600 * SECOND
SITE = Settings(anchor=SiteAnchor(*HERE))
THEFT = IncidentCategory.THEFT
CELL = int(Grid().cells(np.array([HERE[0]]), np.array([HERE[1]]))[0])


class Town:
    """A record with its risk side, stepped by hand."""

    def __init__(self, store: Store, site: Settings = SITE, known: AreaRiskKnown | None = None, simulated: bool = False) -> None:
        self.store = store
        self.clock = ManualClock(NOW_NS)
        self.posted: list[AreaRiskKnown] = []
        self.troubles: list[str | None] = []
        told = InboxOf(self.posted.append), WriterOf(), TroubleOf(self.troubles.append)
        self.side = RiskSide(store.risk, self.clock, site, known, *told, wait_s=0.2, simulated=simulated)
        self.side.step()

    def file(self, number: int, **about: object) -> Incident:
        (done,) = self.store.incidents.file([report(number, **about)], correlate).filed  # type: ignore[arg-type]
        assert isinstance(done, Filed)
        self.side.changed([done.incident])
        self.side.step()
        return done.incident

    def change(self, edited: object) -> None:
        done = self.store.incidents.change(edited)  # type: ignore[arg-type]
        self.side.changed(done.incidents)
        self.side.step()

    def at(self, cell: int = CELL, hours_ahead: int = 0) -> tuple[float, float]:
        """The base, and what is added to it."""
        reasons = self.side.reasons(ExplainRisk(cell, hours_ahead))
        assert reasons is not None
        base = reasons.spot.base or 0.0
        return base, (reasons.spot.risk or 0.0) - base

    def later(self, hours: float) -> None:
        self.clock.advance_to(self.clock.now_ns() + round(hours * HOUR))
        self.side.step()


@contextmanager
def town(path: Path, **about: object) -> Iterator[Town]:
    with closing(open_store(path, ManualClock(NOW_NS))) as store:
        yield Town(store, **about)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is read anew at every step that has reason to, and the map is kept at every step."""
    monkeypatch.setattr(risk_side, "KEPT_S", 0.0)
    monkeypatch.setattr(risk_side, "RESTED_S", 0.0)
    monkeypatch.setattr(risk_side, "RESTED_TIMES", 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watchroom.db"


def test_h14_a_report_raises_the_risk_once_however_many_say_so(path: Path) -> None:
    with town(path) as one:
        assert one.side.hotspots(ListHotspots(*HERE)) == ()
        first = one.file(1)
        added = one.at()[1]
        assert 0.09 < added <= 0.1
        for number in range(2, 6):
            assert one.file(number, north_deg=0.0001).id == first.id
        assert one.at()[1] == pytest.approx(added) and one.side.state().incidents == 1
        assert one.at(hours_ahead=4)[1] == 0.0
        one.later(12)
        assert one.at()[1] == pytest.approx(added / 2)


def test_h14_merged_ones_add_once_and_split_ones_twice(path: Path) -> None:
    with town(path) as one:
        first = one.file(1)
        alone = one.at()[1]
        second = one.file(2, north_deg=0.001, category=IncidentCategory.VANDALISM)
        assert second.id != first.id and one.at()[1] > 1.8 * alone
        one.change(lambda load: merge_incidents(load, first.id, second.id, NOW_NS))
        assert one.at()[1] == pytest.approx(alone)
        said = one.store.incidents.reports(["rp-2"])
        one.change(lambda load: split(load, first.id, said, NOW_NS))
        assert one.at()[1] > 1.8 * alone


def test_h14_what_it_really_was_is_taken_instead(path: Path) -> None:
    weights = RiskSettings(weights=((IncidentCategory.WEAPONS, 3.0), (THEFT, 0.5)))
    with town(path, site=replace(SITE, risk=weights)) as one:
        incident = one.file(1)
        light = one.at()[1]
        one.change(lambda load: edit_incident(load, incident.id, NOW_NS, category=IncidentCategory.WEAPONS, severity=Severity.CRITICAL))
        assert one.at()[1] == pytest.approx(light * 6 * 5 / 3)


def test_an_alert_closed_as_false_takes_it_back(path: Path) -> None:
    with town(path) as one:
        incident = one.file(1)
        alert = Alert("al-1", "de-1", "r", EventKind.INCIDENT, Severity.MODERATE, NOW_NS, NOW_NS, incident_id=incident.id)
        one.store.save([alert])
        one.side.alerted([alert])
        one.side.step()
        assert one.at()[1] > 0.09
        false = replace(alert, state=AlertState.CLOSED, disposition=Disposition.FALSE)
        one.store.save([false])
        one.side.alerted([false])
        one.side.step()
        assert one.at() == (0.0, 0.0) and one.side.hotspots(ListHotspots(*HERE)) == ()
        one.side.changed([replace(incident, revision=7)])
        one.side.step()
        assert one.at() == (0.0, 0.0)


def test_h15_the_base_follows_what_is_reported(path: Path) -> None:
    with town(path) as one:
        one.file(1, severity=Severity.LOW)
        (spot,) = (spot for spot in one.side.hotspots(ListHotspots(*HERE)) if spot.base is not None)
        assert spot.base == pytest.approx(0.136, abs=0.0005) and spot.confidence == pytest.approx(0.62) and spot.incidents == 1
        assert one.at(hours_ahead=5)[0] == pytest.approx(0.131, abs=0.0005)


def test_h16_what_cannot_be_computed_anew_is_stale(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with town(path) as one:
        one.file(1)
        monkeypatch.setattr(one.store.risk, "past", _fails)
        one.later(2)
        (spot, *_) = one.side.hotspots(ListHotspots(*HERE))
        state = one.side.state()
        assert spot.stale and spot.risk is not None and state.stale and "The disk failed" in state.trouble
        monkeypatch.undo()
        one.side._retry_s = 0.0
        one.later(0.1)
        assert not one.side.state().stale and one.side.state().trouble == ""


def _fails(*_: object, **__: object) -> None:
    raise EnvironmentFault("disk_error", "The disk failed.")


def test_the_base_is_renewed_before_it_expires(path: Path) -> None:
    with town(path) as one:
        one.file(1)
        for _ in range(6):
            one.later(0.5)
            assert not one.side.state().stale


def test_after_a_restart_it_is_as_it_was(path: Path) -> None:
    with town(path) as one:
        one.file(1)
        one.file(2, north_deg=0.01, severity=Severity.HIGH)
        before = one.side.picture(GetRiskPicture())
    with town(path) as again:
        after = again.side.picture(GetRiskPicture())
        assert before is not None and after is not None and len(before.risks) > 250
        order, other = np.lexsort((before.longitudes, before.latitudes)), np.lexsort((after.longitudes, after.latitudes))
        assert after.risks[other] == pytest.approx(before.risks[order], abs=1e-6)


def test_what_the_map_missed_is_caught_up_with_at_the_start(path: Path) -> None:
    with closing(open_store(path, ManualClock(NOW_NS))) as store:
        store.incidents.file([report(1), report(2, after_s=-5 * 86_400), report(3, after_s=-40 * 86_400)], correlate)
        one = Town(store)
        assert one.side.state().incidents == 2 and one.at()[1] > 0.09


def test_other_settings_apply_at_once_and_are_kept(path: Path) -> None:
    with town(path) as one:
        one.file(1)
        added = one.at()[1]
        one.side.configure(replace(SITE, risk=RiskSettings(weights=((THEFT, 2.0),))))
        one.side.step()
        assert one.at()[1] == pytest.approx(2 * added)
        one.side.configure(replace(SITE, risk=RiskSettings(weights=((THEFT, 2.0),), half_life_h=1.0)))
        one.later(1)
        assert one.at()[1] == pytest.approx(added, rel=1e-6)
        coarse = replace(SITE, risk=RiskSettings(cell_m=1000.0, half_life_h=1.0))
        one.side.configure(coarse)
        one.side.step()
        assert one.side.picture(GetRiskPicture()).cell_m == 1000.0  # type: ignore[union-attr]
        kept = one.store.risk.load()
        assert kept.kept_for == "cells of 1000 m, half-life 1 h" and 0 < len(kept.cells.cells) < 20


def test_what_decayed_is_removed_from_the_record(path: Path) -> None:
    with town(path) as one:
        one.file(1)
        assert len(one.store.risk.load().cells.cells) > 150
        one.later(24 * 12)
        kept = one.store.risk.load()
        assert kept.bumps == () and len(kept.cells.cells) == 0 and one.side.state().incidents == 0


def test_switched_off_nothing_is_answered_and_on_again_all_is_there(path: Path) -> None:
    with town(path) as one:
        one.file(1)
        one.side.configure(replace(SITE, risk=RiskSettings(enabled=False)))
        one.side.step()
        with pytest.raises(EnvironmentFault) as refused:
            one.side.hotspots(ListHotspots(*HERE))
        assert refused.value.reason == "risk_off" and one.side.state().cells == 0
        assert one.posted[-1].site is None
        one.side.configure(SITE)
        one.side.step()
        assert one.at()[1] > 0.09


def test_the_area_is_told_when_it_changes(path: Path) -> None:
    with town(path) as one:
        assert one.posted == []
        one.file(1)
        assert len(one.posted) == 1 and one.posted[0].site == pytest.approx(sum(one.at()), abs=1e-3)
        one.later(0.01)
        one.later(0.1)
        assert len(one.posted) == 1
        one.later(2)
        assert len(one.posted) == 2 and one.posted[1].site < one.posted[0].site  # type: ignore[operator]
        last = one.posted[-1]
    with town(path, known=last) as again:
        again.later(2.11)
        assert [told.site for told in again.posted][-1] == pytest.approx(last.site, abs=0.03)


def test_a_forecast_replaces_the_base_until_there_is_another(path: Path) -> None:
    cells = np.array([CELL + 1, CELL], np.int64)
    risks = np.stack([np.full(24, 0.2, np.float32), np.linspace(0, 0.23, 24, dtype=np.float32)])
    forecast = RiskForecast(250.0, cells, risks, NOW_NS, NOW_NS + 26 * HOUR)
    hour = NOW_NS // HOUR % 24
    with town(path) as one:
        one.file(1)
        one.side.use_forecast(forecast)
        one.side.step()
        assert one.at(hours_ahead=5)[0] == pytest.approx(0.01 * ((hour + 5) % 24), abs=1e-6)
        assert one.at(CELL + 1)[0] == pytest.approx(0.2) and one.at()[1] > 0.09
        spot = one.side.reasons(ExplainRisk(CELL)).spot  # type: ignore[union-attr]
        assert spot.incidents == 1 and spot.expires_ns == NOW_NS + 26 * HOUR and one.side.state().learnt
        one.side.use_forecast(replace(forecast, cell_m=500.0))
        one.side.step()
        assert one.side.state().learnt
        one.side.configure(replace(SITE, risk=RiskSettings(enabled=False)))
        one.side.step()
        one.side.configure(SITE)
        one.side.step()
        assert one.at(CELL + 1)[0] == pytest.approx(0.2) and one.side.state().learnt
        one.later(27)
        assert one.side.state().stale and one.at(CELL + 1)[0] == pytest.approx(0.2)


def test_a_forecast_that_is_not_known_to_beat_everybody_fades(path: Path) -> None:
    with town(path) as one:
        one.side.step()
        assert not one.side.picture(GetRiskPicture()).faded  # type: ignore[union-attr]  # the plain formula is no forecast
        one.side.use_forecast(RiskForecast(250.0, np.array([CELL]), np.full((1, 24), 0.2, np.float32), NOW_NS, NOW_NS + HOUR))
        score = MapScore(0.05, 30, 100, 0.1, 2.0, 0.3, 0.05, 0.15)
        for told, faded in ((None, True), (score, True), (replace(score, beats=True), False)):
            one.side.scored(told)
            one.side.step()
            assert one.side.picture(GetRiskPicture()).faded is faded  # type: ignore[union-attr]
        one.side.trained(Training(TrainingState.RUNNING, progress=0.5))
        assert one.side.state().training.progress == 0.5 and one.side.state().score == replace(score, beats=True)


def test_what_cannot_be_kept_is_kept_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with town(path) as one:
        monkeypatch.setattr(one.store.risk, "put", _fails)
        one.file(1)
        assert "may lag behind" in one.side.state().trouble and one.at()[1] > 0.09
        assert one.store.risk.load().bumps == ()
        monkeypatch.undo()
        one.side.step()
        assert one.side.state().trouble == "" and len(one.store.risk.load().bumps) == 1
        assert one.troubles == ["The risk map may lag behind the reports. The disk failed.", None]


def test_a_flood_is_read_from_the_record_instead(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_side, "MOST_WAITING", 3)
    monkeypatch.setattr(risk_map, "MOST_DIRTY", 3)
    with town(path) as one:
        said = [report(number, north_deg=0.01 * number) for number in range(8)]
        done = one.store.incidents.file(said, correlate).changed
        one.side.changed(done)
        one.side.step()
        assert one.side.state().incidents == 8 and len(one.store.risk.load().bumps) == 8


def test_who_asks_waits_for_what_was_told_before(path: Path) -> None:
    with closing(open_store(path, ManualClock(NOW_NS))) as store:
        side = RiskSide(store.risk, ManualClock(NOW_NS), SITE, None, NO_INBOX, WriterOf(), NO_TROUBLE)
        stopping = threading.Event()
        thread = threading.Thread(target=side.run, args=(stopping,))
        thread.start()
        try:
            for number in range(20):
                done = store.incidents.file([report(number, north_deg=0.1 * number)], correlate)
                side.changed(done.changed)
                cell = int(Grid().cells(np.array([HERE[0] + 0.1 * number]), np.array([HERE[1]]))[0])
                reasons = side.reasons(ExplainRisk(cell))
                assert reasons is not None and len(reasons.parts) == 1
            until(lambda: side.state().incidents == 20, "all are shown")
        finally:
            stopping.set()
            thread.join(60)
        assert not thread.is_alive()


def test_who_asks_before_there_is_a_map_is_told_so(path: Path) -> None:
    with closing(open_store(path, ManualClock(NOW_NS))) as store:
        side = RiskSide(store.risk, ManualClock(NOW_NS), SITE, None, NO_INBOX, WriterOf(), NO_TROUBLE, wait_s=0.01)
        begun_s = time.monotonic()
        with pytest.raises(EnvironmentFault) as refused:
            side.hotspots(ListHotspots(*HERE))
        assert refused.value.reason == "busy" and time.monotonic() - begun_s < 60


def test_it_is_kept_now_and_then_and_at_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_side, "KEPT_S", 3600.0)
    with closing(open_store(path, ManualClock(NOW_NS))) as store:
        one, stopping = Town(store), threading.Event()
        one.file(1)
        assert store.risk.load().bumps == ()
        thread = threading.Thread(target=one.side.run, args=(stopping,))
        thread.start()
        stopping.set()
        thread.join(60)
        assert not thread.is_alive() and len(store.risk.load().bumps) == 1


KINDS = ("file", "edit", "merge", "split", "false", "later", "restart", "flood")
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 7), st.integers(1, 5)), min_size=3, max_size=14)


@pytest.mark.parametrize("examples", [6, pytest.param(150, marks=pytest.mark.soak)])
def test_whatever_happens_it_is_the_map_of_the_record(tmp_path: Path, examples: int) -> None:
    tries = itertools.count()

    @settings(max_examples=examples, deadline=None, database=None)
    @given(ACTS)
    def run(acts: list[tuple[str, int, int]]) -> None:
        with closing(open_store(tmp_path / f"{next(tries)}.db", ManualClock(NOW_NS))) as store:
            one, told = Town(store), list[str]()
            for number, (act, which, much) in enumerate(acts):
                one = _act(one, act, which, much, number, told)
            _check_against_the_record(one)

    run()


def _check_against_the_record(one: Town) -> None:
    one.side.refresh()
    one.side.step()
    one.store.risk.replace("nothing", (), CellBumps())  # the other one has incidents only to go by
    fresh = Town(one.store)
    fresh.later((one.clock.now_ns() - NOW_NS) / HOUR)
    for hours_ahead in (0, 5):
        mine, theirs = (each.side.picture(GetRiskPicture(hours_ahead=hours_ahead)) for each in (one, fresh))
        assert mine is not None and theirs is not None
        known, wanted = (dict(zip(each.cells.tolist(), each.risks.tolist(), strict=True)) for each in (mine, theirs))
        assert _seen(known) == pytest.approx(_seen(wanted), abs=1e-5)


def _seen(risks: dict[int, float]) -> dict[int, float]:
    return {cell: risk for cell, risk in risks.items() if risk > 0.001}


def _act(one: Town, act: str, which: int, much: int, number: int, told: list[str]) -> Town:
    some = told[which % len(told)] if told else ""
    if act == "file" or not told:
        told.append(one.file(number, north_deg=0.002 * which, after_s=-3600.0 * much * which, severity=Severity(much)).id)
    elif act == "edit":
        _try(
            lambda: one.change(
                lambda load: edit_incident(load, some, NOW_NS, severity=Severity(much), category=tuple(IncidentCategory)[which])
            )
        )
    elif act == "merge":
        _try(lambda: one.change(lambda load: merge_incidents(load, told[0], some, NOW_NS)))
    elif act == "split":
        reports = one.store.incidents.reports([f"rp-{which}"])
        _try(lambda: one.change(lambda load: split(load, told[0], reports, NOW_NS)))
    elif act == "false":
        alert = Alert(f"al-{number}", "de-1", "r", EventKind.INCIDENT, Severity.LOW, NOW_NS, NOW_NS, AlertState.CLOSED, incident_id=some)
        one.store.save([replace(alert, disposition=Disposition.FALSE if much > 2 else Disposition.BENIGN)])
        one.side.alerted([replace(alert, disposition=Disposition.FALSE)])
        one.side.step()
    elif act == "later":
        one.later(which * much)
    elif act == "restart":
        now_ns, one = one.clock.now_ns(), Town(one.store)
        one.later((now_ns - NOW_NS) / HOUR)
    elif act == "flood":
        done = one.store.incidents.file([report(100 * number + n, east_deg=0.003 * n) for n in range(which)], correlate)
        told.extend(each.id for each in done.changed)
        one.side.changed(done.changed)
        one.side.step()
    return one


def _try(act: Callable[[], None]) -> None:
    with suppress(InputError, NotFound):
        act()


def test_simulated_incidents_count_only_where_they_are_wanted_and_the_map_says_so(path: Path) -> None:
    with town(path) as one:
        one.file(1, simulated=True)
        assert one.side.hotspots(ListHotspots(*HERE)) == () and not one.side.state().simulated
        real = one.file(2)
        assert not real.simulated
        alone = one.at()
    with town(path, simulated=True) as demo:
        demo.side.step()
        assert demo.at()[1] > 1.8 * alone[1] and demo.side.state().simulated
        picture = demo.side.picture(GetRiskPicture())
        assert picture is not None and picture.simulated
    with town(path) as again:
        again.side.step()
        assert again.at() == pytest.approx(alone, rel=0.01) and not again.side.state().simulated


def test_a_forecast_of_simulated_incidents_is_none_for_a_real_site(path: Path) -> None:
    learnt = RiskForecast(250.0, np.array([CELL]), np.full((1, 24), 0.2, np.float32), NOW_NS, NOW_NS + HOUR, simulated=True)
    with town(path) as one:
        one.side.use_forecast(learnt)
        one.side.step()
        assert not one.side.state().learnt
    with town(path, simulated=True) as demo:
        demo.side.use_forecast(learnt)
        demo.side.step()
        assert demo.side.state().learnt and demo.side.state().simulated

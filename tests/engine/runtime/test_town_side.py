"""The simulated town in a record: what it finds there, what it leaves, and that nothing is said twice."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.fire.smoke import SmokeFrame
from engine.model.incidents.incident import Incident, IncidentState, IncidentStatus
from engine.model.observation import IncidentChanged
from engine.model.question import CountIncidents, ListIncidents
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock, from_iso
from engine.runtime.incidents import town_side
from engine.runtime.incidents.reports import ReportDesk
from engine.runtime.incidents.town_side import LATELY_NS, TownSide
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.site_settings import FixedSettings
from engine.sources.simulated import SimulatedTown
from engine.store import open_store
from engine.store.store import Store
from tests.fakes.ports import InboxOf, WriterOf
from tests.fakes.reports import report

START_NS = from_iso("2026-05-08T17:40:00Z")
DAY = 86_400 * SECOND
PAST_NS = 4 * DAY


@dataclass
class Site:
    """A record; `again` is a desk and a town on it as after a start."""

    store: Store
    folder: Path
    clock: ManualClock
    posted: list[IncidentChanged] = field(default_factory=list)
    seen: list[SmokeFrame] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    desks: list[ReportDesk] = field(default_factory=list)

    def again(self) -> TownSide:
        inbox, writer, salts = InboxOf(self.posted.append), WriterOf(lambda _: None), SecretStore(self.folder, lambda: None)
        desk = ReportDesk(self.store.incidents, self.clock, inbox, writer, salts, FixedSettings(Settings()))
        self.desks.append(desk)
        desk.start()
        self.posted.clear()

        def see(frame: SmokeFrame) -> "Future[tuple[str, ...]]":
            self.seen.append(frame)
            return Future()

        told = self.told.append
        side = TownSide(SimulatedTown(), desk, self.store.incidents, see, self.clock, lambda: told("moved in"), lambda: told("settled"))
        return side

    def live(self, side: TownSide, seconds: int, steps: int = 1) -> None:
        for _ in range(steps):
            self.clock.advance_to(self.clock.now_ns() + seconds * SECOND)
            assert side.step()

    def incidents(self, **ask: object) -> tuple[Incident, ...]:
        return self.store.answer(ListIncidents(limit=5000, **ask)).incidents  # type: ignore[arg-type]

    def reports(self) -> int:
        counts = self.store.answer(CountIncidents())
        assert counts is not None
        return counts.reports


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(town_side, "PAST_NS", PAST_NS)
    clock = ManualClock(START_NS)
    with closing(open_store(tmp_path / "watchroom.db", clock)) as store:
        made = Site(store, tmp_path, clock)
        yield made
        for desk in made.desks:
            desk.close()


def settle(site: Site, side: TownSide) -> None:
    for _ in range(40):
        assert side.step()


def test_at_once_there_is_what_was_reported_of_late_and_then_the_past(site: Site) -> None:
    side = site.again()
    assert side.step()
    open_ones = site.incidents(state=IncidentState.OPEN)
    assert open_ones and all(each.simulated for each in open_ones)
    assert any(each.status is IncidentStatus.CORROBORATED for each in open_ones)
    assert min(each.occurred_ns for each in open_ones) > START_NS - LATELY_NS - 600 * SECOND
    assert site.told == ["moved in"] and any(frame.boxes for frame in site.seen)
    settle(site, side)
    every = site.incidents()
    assert 25 * 4 < len(every) < 40 * 4 + 10 and site.told == ["moved in", "settled"]
    assert min(each.occurred_ns for each in every) < START_NS - PAST_NS + DAY / 2
    assert site.incidents(state=IncidentState.OPEN) == open_ones
    assert site.posted == [], "what was over before anybody watched raises no alerts"


def test_what_happens_now_is_told_and_is_closed_when_it_has_been_dealt_with(site: Site) -> None:
    side = site.again()
    settle(site, side)
    site.live(side, 30, steps=12)
    first = site.posted[0].incident
    assert first.simulated and START_NS < first.occurred_ns < START_NS + 60 * SECOND
    now = {change.incident.id: change.incident for change in site.posted}
    assert max(each.reporter_count for each in now.values()) >= 2
    site.live(side, 500, steps=30)
    (closed,) = (each for each in site.incidents(state=IncidentState.CLOSED) if each.id == first.id)
    assert 3600 <= (closed.updated_ns - first.occurred_ns) / SECOND <= 3600 + 9000


def test_started_again_it_says_nothing_twice_and_fills_in_what_was_missed(site: Site) -> None:
    settle(site, site.again())
    before = site.reports()
    site.again().step()
    assert site.reports() == before
    site.clock.advance_to(START_NS + 2 * DAY)
    side = site.again()
    settle(site, side)
    missed = site.incidents(since_ns=START_NS + 3600 * SECOND)
    assert 25 < len(missed) < 90 and site.told == ["moved in", "settled", "settled", "settled"]
    assert all(each.state is IncidentState.CLOSED for each in missed if each.occurred_ns < START_NS + DAY)


def test_a_past_that_was_cut_short_is_brought_to_its_end(site: Site) -> None:
    whole = site.again()
    for _ in range(3):
        whole.step()
    cut = site.reports()
    settle(site, site.again())
    assert site.reports() > 2 * cut and site.told == ["moved in", "settled"]
    assert min(each.occurred_ns for each in site.incidents()) < START_NS - PAST_NS + DAY / 2


def test_a_record_of_what_really_happened_gets_none_of_it(site: Site) -> None:
    side = site.again()
    site.desks[-1].file(replace(report(1), occurred_ns=START_NS, received_ns=START_NS))
    assert not side.step()
    assert [each.simulated for each in site.incidents()] == [False] and site.seen == [] and site.told == []


def test_a_machine_that_slept_has_no_flood_of_news(site: Site) -> None:
    side = site.again()
    settle(site, side)
    site.live(side, 8 * 3600)
    assert len(site.posted) <= 12, "but for those that were closed meanwhile"
    assert all(each.incident.state is IncidentState.CLOSED for each in site.posted)
    settle(site, side)
    assert len(site.incidents(since_ns=START_NS + 600 * SECOND)) >= 4


def test_what_cannot_be_kept_is_said_again_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    side = site.again()
    settle(site, side)
    before = site.reports()
    monkeypatch.setattr(site.desks[-1], "file", _fails)
    site.clock.advance_to(START_NS + 240 * SECOND)
    with pytest.raises(EnvironmentFault):
        side.step()
    monkeypatch.undo()
    monkeypatch.setattr(town_side, "PAST_NS", PAST_NS)
    assert side.step() and site.reports() > before


def _fails(*_: object) -> None:
    raise EnvironmentFault("disk_full", "The disk is full.")

"""One looks back as far as the hub keeps: what the site keeps no longer comes of its copy, each row once, and only that."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.gateway.federation.older import OlderCopy
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Event
from engine.model.history.timeline import CountDays, FindNeighbour, GetTimeline, LaneKind, SearchFilter, SearchRecord
from engine.model.question import GetDecision, ListEvents
from engine.model.settings import RecordingSettings, Settings
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from tests.engine.store.records import decision, event

DAY_NS = 86_400 * SECOND
NOW_NS = 1_790_000_000 * SECOND  # 21 September 2026
KEEPS_DAYS = 10
SETTINGS = Settings(recording=RecordingSettings(keep_events_days=KEEPS_DAYS))
COUNT = 40  # one a day, the newest an hour ago


def at(number: int) -> Event:
    began_ns = NOW_NS - 3_600 * SECOND - (COUNT - number) * DAY_NS
    return replace(event(number), started_ns=began_ns, ended_ns=began_ns + SECOND)


ALL = [at(number) for number in range(1, COUNT + 1)]
KEPT = [each for each in ALL if each.started_ns >= NOW_NS - KEEPS_DAYS * DAY_NS]


class Sides:
    """A site and its copy; what the copy was asked."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOW_NS)
        self.site = open_store(folder / "site.db", self.clock)
        self.copy = open_store(folder / "copy.db", self.clock)
        self.site.save(KEPT)
        self.copy.save(ALL)
        self.asked: list[Any] = []
        self.away = False
        self.older = OlderCopy(self._of_copy, self.clock)

    def _of_copy(self, question: Any) -> Any:
        self.asked.append(question)
        if self.away:
            raise EnvironmentFault("unreachable", "The hub is away.")
        return self.copy.answer(question)

    def ask(self, question: Any) -> Any:
        return self.older.ask(question, self.site.answer, SETTINGS)

    def stores(self) -> tuple[Store, Store]:
        return self.site, self.copy


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    made = Sides(tmp_path)
    yield made
    for store in made.stores():
        store.close()


def pages_of_events(sides: Sides, limit: int, **wanted: Any) -> list[str]:
    found: list[str] = []
    while True:
        page = sides.ask(ListEvents(limit, before_id=found[-1] if found else None, **wanted))
        found += [each.id for each in page]
        if len(page) < limit:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, COUNT, COUNT + 1])
def test_all_events_come_once_in_their_order_however_they_are_paged(sides: Sides, limit: int) -> None:
    assert pages_of_events(sides, limit) == [each.id for each in reversed(ALL)]
    middle = ALL[5].started_ns
    assert pages_of_events(sides, limit, since_ns=middle) == [each.id for each in reversed(ALL[5:])]
    assert pages_of_events(sides, limit, until_ns=middle) == [each.id for each in reversed(ALL[:5])]


def test_what_the_site_keeps_for_longer_comes_once_too(sides: Sides) -> None:
    sides.site.save([ALL[0], ALL[9]])  # those with a clip stay
    assert pages_of_events(sides, 3) == [each.id for each in reversed(ALL)]


def test_the_copy_is_left_alone_about_what_the_site_keeps(sides: Sides) -> None:
    newest = sides.ask(ListEvents(5))
    assert [each.id for each in newest] == [each.id for each in reversed(ALL[-5:])]
    recent = sides.ask(ListEvents(since_ns=NOW_NS - 2 * DAY_NS))
    assert len(recent) == 2
    assert len(sides.asked) == 1, "only whether there is anything older"
    sides.ask(ListEvents(5))
    assert len(sides.asked) == 1, "not each time"


def test_a_hub_that_has_nothing_older_is_not_asked_again(sides: Sides) -> None:
    sides.older = OlderCopy(lambda question: sides.asked.append(question) or (), sides.clock)
    assert len(sides.ask(ListEvents())) == len(KEPT) == len(sides.ask(ListEvents()))
    assert len(sides.asked) == 1


def test_a_hub_that_is_away_takes_nothing_from_the_sites_answer(sides: Sides) -> None:
    assert len(sides.ask(ListEvents())) == COUNT
    sides.away = True
    assert [each.id for each in sides.ask(ListEvents())] == [each.id for each in reversed(KEPT)]
    assert sides.ask(SearchRecord(limit=50)).hits
    with pytest.raises(NotFound):
        sides.ask(GetDecision("de-none"))


def test_search_goes_on_in_the_copy(sides: Sides) -> None:
    found: list[str] = []
    before: str | None = ""
    while before is not None:
        page = sides.ask(SearchRecord(SearchFilter(camera_ids=("yard",)), 7, before))
        found += [hit.id for hit in page.hits]
        before = page.next_id
    assert found == [each.id for each in reversed(ALL)]
    with pytest.raises(InputError, match="begin again"):
        sides.ask(SearchRecord(before="older:x:"))


def test_counts_of_days_and_columns_reach_as_far(sides: Sides) -> None:
    august = sides.ask(CountDays(2026, 8, "UTC"))
    assert august == sides.copy.answer(CountDays(2026, 8, "UTC")) != sides.site.answer(CountDays(2026, 8, "UTC"))
    september = sides.ask(CountDays(2026, 9, "Europe/Berlin"))
    assert september == sides.copy.answer(CountDays(2026, 9, "Europe/Berlin"))
    with pytest.raises(InputError):
        sides.ask(CountDays(2026, 9, "Nowhere/Else"))
    whole = GetTimeline(NOW_NS - 40 * DAY_NS, NOW_NS, 40, (LaneKind.CAMERA,))
    assert counts(sides.ask(whole)) == counts(sides.copy.answer(whole)) != counts(sides.site.answer(whole))


def counts(timeline: Any) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(lane.id, mark.kind): mark.counts for lane in timeline.lanes for mark in lane.marks}


def test_one_steps_back_into_the_copy_and_forth_again(sides: Sides) -> None:
    first = KEPT[0].started_ns
    assert sides.ask(FindNeighbour(first, forward=False)) == ALL[ALL.index(KEPT[0]) - 1].started_ns
    assert sides.ask(FindNeighbour(ALL[0].started_ns, forward=True)) == ALL[1].started_ns
    assert sides.ask(FindNeighbour(ALL[0].started_ns, forward=False)) is None
    asked = len(sides.asked)
    assert sides.ask(FindNeighbour(KEPT[3].started_ns, forward=False)) == KEPT[2].started_ns
    assert sides.ask(FindNeighbour(KEPT[3].started_ns, forward=True)) == KEPT[4].started_ns
    assert len(sides.asked) == asked, "the site has the nearest"


def test_a_decision_of_before_is_explained_by_the_copy(sides: Sides) -> None:
    sides.copy.save([decision(3)])
    assert sides.ask(GetDecision(decision(3).id)) == decision(3)


def test_until_the_sites_settings_are_known_it_is_asked_alone(sides: Sides) -> None:
    assert len(sides.older.ask(ListEvents(), sides.site.answer, None)) == len(KEPT) and not sides.asked

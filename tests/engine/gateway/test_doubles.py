"""What a site and a spare both recorded is told once, and nothing that the spare alone recorded is hidden."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.gateway.federation import doubles
from engine.gateway.federation.doubles import WITHIN_NS, Sighting, ask_spare, is_double, without_doubles
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind
from engine.model.history.timeline import SearchRecord
from engine.model.question import ListAlerts, ListEvents
from engine.model.review.review import ListReview
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from tests.engine.store.records import event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.review import review_items

NOW_NS = 1_790_000_000 * SECOND


def seen(number: int, from_s: float, to_s: float | None, kind: EventKind = EventKind.PERSON, camera: str = "yard") -> Event:
    ended_ns = None if to_s is None else round(to_s * SECOND)
    return replace(event(number, camera=camera, kind=kind), started_ns=round(from_s * SECOND), ended_ns=ended_ns)


def sighting(from_s: float, to_s: float | None, kind: str = "person", camera: str = "yard") -> Sighting:
    return Sighting(kind, camera, round(from_s * SECOND), None if to_s is None else round(to_s * SECOND))


@pytest.mark.parametrize(
    ("spare", "site", "double"),
    [
        (sighting(10, 20), sighting(10, 20), True),
        (sighting(10, 20), sighting(12.9, 17.1), True),
        (sighting(10, 20), sighting(13.1, 20), False),  # what came before the site was back
        (sighting(10, 20), sighting(5, 16.9), False),
        (sighting(10, 20), sighting(0, None), True),
        (sighting(10, None), sighting(10, None), True),
        (sighting(10, None), sighting(10, 30), False),  # it goes on at the spare alone
        (sighting(10, 20), sighting(10, 20, "motion"), False),
        (sighting(10, 20), sighting(10, 20, camera="gate"), False),
        (sighting(10, 20, camera=""), sighting(10, 20, camera=""), False),  # what no camera saw
    ],
)
def test_when_two_are_one(spare: Sighting, site: Sighting, double: bool) -> None:
    assert is_double(spare, [site]) is double


@pytest.mark.parametrize("seed", range(20))
def test_what_is_hidden_is_covered_by_the_site_whatever_the_order(seed: int) -> None:
    chance = random.Random(seed)

    def some() -> list[Sighting]:
        found: list[Sighting] = []
        for _ in range(30):
            began_s = chance.uniform(0, 60)
            kind, camera = chance.choice(("person", "motion")), chance.choice(("yard", "gate"))
            found.append(sighting(began_s, None if chance.random() < 0.1 else began_s + chance.expovariate(0.2), kind, camera))
        return found

    spare, site = some(), some()
    hidden = [each for each in spare if is_double(each, site)]
    shuffled = chance.sample(site, len(site))
    assert hidden == [each for each in spare if is_double(each, shuffled)]
    for each in hidden:
        assert any(
            (other.kind, other.camera_id) == (each.kind, each.camera_id)
            and other.started_ns <= each.started_ns + WITHIN_NS
            and (other.ended_ns is None or (each.ended_ns is not None and each.ended_ns <= other.ended_ns + WITHIN_NS))
            for other in site
        )
    assert all(is_double(each, [each]) for each in spare if each.camera_id), "what both tell alike is one"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Of a spare, and of its site."""
    opened = tuple(open_store(tmp_path / f"{name}.db", ManualClock(NOW_NS)) for name in ("spare", "site"))
    yield opened[0], opened[1]
    for store in opened:
        store.close()


BOTH = range(20, 30)


def fill(spare: Store, site: Store) -> None:
    """The spare alone for twenty events, both for ten."""
    events = [seen(number, 2000 * number, 2000 * number + 50) for number in range(1, 31)]
    spare.save([*events, *review_items(events)])
    own = [seen(100 + number, 2000 * number + 1, 2000 * number + 51) for number in BOTH]
    site.save([*own, *review_items(own)])


@pytest.mark.parametrize("limit", [1, 4, 9, 40])
def test_lists_leave_out_what_the_site_has_and_lose_nothing_else(records: tuple[Store, Store], limit: int) -> None:
    spare, site = records
    fill(spare, site)
    found: list[str] = []
    while True:
        page = ask_spare(ListEvents(limit, before_id=found[-1] if found else None), spare.answer, site.answer)
        found += [each.id for each in page]
        if len(page) < limit:
            break
    assert found == [event(number).id for number in range(30, 0, -1) if number not in BOTH]


def test_search_and_review_too(records: tuple[Store, Store]) -> None:
    spare, site = records
    fill(spare, site)
    hits = ask_spare(SearchRecord(limit=100), spare.answer, site.answer).hits
    assert sorted(hit.id for hit in hits) == sorted(event(number).id for number in range(1, 31) if number not in BOTH)
    both = ask_spare(ListReview(limit=100), lambda asked: spare.reviews.page(asked, "me"), lambda asked: site.reviews.page(asked, "me"))
    alone = spare.reviews.page(ListReview(limit=100), "me")
    assert len(alone.rows) == 30 and len(both.rows) == 20


def test_a_site_that_is_away_hides_nothing(records: tuple[Store, Store]) -> None:
    spare, site = records
    fill(spare, site)

    def away(_: Any) -> Any:
        raise EnvironmentFault("unreachable", "It is away.")

    assert len(ask_spare(ListEvents(100), spare.answer, away)) == 30
    assert ask_spare(ListEvents(100), spare.answer, lambda _: ()) == spare.answer(ListEvents(100))


def test_alerts_are_left_alone(records: tuple[Store, Store]) -> None:
    spare, site = records
    for store in records:
        store.save([ALERT])
    assert ask_spare(ListAlerts(), spare.answer, site.answer).alerts == (ALERT,)


def test_a_spare_that_has_only_doubles_is_looked_through_so_far(records: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubles, "MOST_ROUNDS", 3)
    spare, site = records
    fill(spare, site)
    site.save([seen(200 + number, 2000 * number, 2000 * number + 50) for number in range(1, 31)])
    assert ask_spare(ListEvents(2), spare.answer, site.answer) == ()


def test_snapshots_are_told_once_and_stay_as_they_are_where_nothing_is_in_both() -> None:
    own = replace(seen(1, 10, 20), id="south/ev-1", camera_id="south/yard")
    double = replace(seen(2, 10, 20), id="south--spare/ev-2", camera_id="south--spare/yard")
    alone = replace(seen(3, 40, 50), id="south--spare/ev-3", camera_id="south--spare/yard")
    site, spare = (Snapshot(1, 1, Settings(), events=events) for events in ((own,), (alone, double)))
    assert without_doubles(spare, site).events == (alone,)
    only = Snapshot(1, 1, Settings(), events=(alone,))
    assert without_doubles(only, site) is only

"""What was in a part of the picture: by where things went, together with words, kinds, people and time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.model.cameras.trail import Trail
from engine.model.event import Event, EventKind
from engine.model.history.timeline import HitKind, SearchFilter, SearchHit, SearchRecord
from engine.model.time import SECOND
from engine.store import Store
from tests.engine.store.records import event

LEFT = ((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0))
BASE = event(0).started_ns


def walk(track_id: str, since_s: float, *lefts: float, category: str = "person", camera_id: str = "yard") -> Trail:
    """One place a second."""
    times = BASE + (np.arange(len(lefts)) * SECOND).astype(np.int64) + round(since_s * SECOND)
    boxes = np.array([(left, 0.2, left + 0.1, 0.9) for left in lefts], np.float32)
    return Trail(camera_id, track_id, category, times, boxes)


def person(number: int, track_id: str, **more: Any) -> Event:
    return replace(event(number), subject_id=track_id, camera_id="yard", started_ns=BASE + number * SECOND, box_xyxy=None, **more)


def look(store: Store, limit: int = 50, before: str = "", **wanted: Any) -> tuple[tuple[SearchHit, ...], str | None]:
    answer = store.search(SearchRecord(SearchFilter(**({"camera_ids": ("yard",), "region": LEFT} | wanted)), limit, before), {}, (200, 100))
    return answer.hits, answer.next_id


def told(hits: tuple[SearchHit, ...]) -> list[tuple[str, str, float, float]]:
    return [(h.kind.value, h.id, (h.at_ns - BASE) / SECOND, round(((h.until_ns or 0) - BASE) / SECOND, 3)) for h in hits]


def test_stretches_in_which_something_was_there(store: Store) -> None:
    store.trails.put([walk("t-1", 10, 0.8, 0.5, 0.25, 0.1, 0.4, 0.9), walk("t-2", 40, 0.8, 0.7), walk("", 60, 0.0, 0.1, category="motion")])
    store.save([person(10, "t-1", reason="Somebody came")])
    hits, after = look(store)
    assert told(hits) == [("motion", "tr-3", 60, 61), ("event", person(10, "t-1").id, 12, 13)] and after is None
    assert hits[0].text == "Something moved"
    assert told(look(store, kinds=(HitKind.MOTION,))[0]) == [("motion", "tr-3", 60, 61)]


def test_pieces_of_one_stay_are_one_stretch_and_what_moved_is_not_told_twice(store: Store) -> None:
    store.trails.put(
        [walk("t-1", 0, 0.1, 0.1, 0.1), walk("t-1", 3, 0.1, 0.1, 0.9), walk("t-1", 30, 0.1), walk("", 1, 0.1, category="motion")]
    )
    assert told(look(store)[0]) == [("motion", "tr-3", 30, 30), ("motion", "tr-1", 0, 4)]


def test_words_people_kinds_and_times_go_together_with_a_region(store: Store) -> None:
    store.trails.put([walk("t-1", 10, 0.1, 0.9), walk("t-2", 20, 0.1, 0.9), walk("t-3", 30, 0.8, 0.9)])
    store.save(
        [
            person(10, "t-1", person="Ada", person_id="pe-1", reason="At the gate"),
            person(20, "t-2", reason="At the gate"),
            person(30, "t-3", reason="At the gate", person="Ada", person_id="pe-1"),
            replace(person(21, "t-2", reason="Ran"), kind=EventKind.RUNNING),
        ]
    )
    one, two, ran = person(10, "").id, person(20, "").id, person(21, "").id
    assert told(look(store, text="gate")[0]) == [("event", two, 20, 20), ("event", one, 10, 10)]
    assert [hit.id for hit in look(store, text="gate", person_id="pe-1")[0]] == [one]
    assert [hit.id for hit in look(store, event_kinds=("running",))[0]] == [ran]
    assert [hit.id for hit in look(store, kinds=(HitKind.EVENT,), until_ns=BASE + 15 * SECOND)[0]] == [one]
    assert look(store, text="nothing-like-it")[0] == ()


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_lead_through_trails_and_on_to_events_from_before_there_were_any(store: Store, limit: int) -> None:
    store.save([replace(person(number, f"old-{number}"), box_xyxy=(0.0, 20.0, 20.0, 90.0)) for number in range(3)])
    store.trails.put([walk(f"t-{number}", 100 + number, 0.1) for number in range(4)])
    seen: list[str] = []
    before, pages = "", 0
    while pages == 0 or before:
        hits, after = look(store, limit, before)
        seen += [hit.id for hit in hits]
        before, pages = after or "", pages + 1
    assert seen == ["tr-4", "tr-3", "tr-2", "tr-1", *(person(number, "").id for number in (2, 1, 0))]


def test_trails_go_with_their_events_and_where_somebody_is_erased(store: Store) -> None:
    store.trails.put([walk("t-1", 10, 0.1), walk("t-2", 20, 0.1), walk("t-3", 30, 0.1, camera_id="gate")])
    store.trails.forget(BASE + 15 * SECOND)
    assert [hit.id for hit in look(store)[0]] == ["tr-2"]
    store.trails.erase([("yard", BASE, BASE + 60 * SECOND)])
    assert look(store)[0] == () and [hit.id for hit in look(store, camera_ids=("gate",))[0]] == ["tr-3"]

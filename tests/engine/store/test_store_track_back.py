"""Where somebody was, stay by stay."""

from dataclasses import replace
from typing import Any

import pytest

from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.history.timeline import SearchHit, TrackBack
from engine.model.time import SECOND
from engine.store import Store
from tests.engine.store.records import event


def seen(number: int, since_s: int, until_s: int | None, camera: str = "yard", **more: Any) -> Event:
    until_ns = None if until_s is None else until_s * SECOND
    given: dict[str, Any] = {"person_id": "pe-1", "started_ns": since_s * SECOND, "ended_ns": until_ns} | more
    return replace(event(number, camera=camera), **given)


def stays(store: Store, **ask: Any) -> list[tuple[str, int, int | None]]:
    return [(hit.camera_id or hit.text, hit.at_ns // SECOND, _s(hit)) for hit in store.answer(TrackBack("pe-1", **ask))]


def _s(hit: SearchHit) -> int | None:
    return None if hit.until_ns is None else hit.until_ns // SECOND


def test_events_that_follow_one_another_at_one_camera_are_one_stay(store: Store) -> None:
    store.save([seen(1, 0, 10), seen(2, 60, 90), seen(3, 200, 210), seen(4, 100, 150, "gate"), seen(5, 5, 9, person_id="pe-2")])
    assert stays(store) == [("yard", 200, 210), ("gate", 100, 150), ("yard", 0, 90)]
    (first, *_, last) = store.answer(TrackBack("pe-1"))
    assert (first.id, last.id, last.kind, last.person_id) == (event(3).id, event(1).id, "person", "pe-1")


def test_a_stay_that_goes_on_has_no_end(store: Store) -> None:
    store.save([seen(1, 0, None), seen(2, 500, 510)])
    assert stays(store) == [("yard", 0, None)]


def test_zones_of_the_radio_are_places_too(store: Store) -> None:
    store.save(
        [
            seen(1, 0, 10, "", zone_id="hall"),
            seen(2, 20, 30, "", zone_id="kitchen"),
            seen(3, 5, 6, zone_id="porch"),
            seen(4, 40, 50, shadow=True),
        ]
    )
    assert stays(store) == [("kitchen", 20, 30), ("yard", 5, 6), ("hall", 0, 10)]


def test_only_of_a_time_and_so_many(store: Store) -> None:
    store.save([seen(number, 1_000 * number, 1_000 * number + 1) for number in range(9)])
    assert [since for _, since, _ in stays(store, since_ns=2_000 * SECOND, until_ns=5_000 * SECOND)] == [4_000, 3_000, 2_000]
    assert [since for _, since, _ in stays(store, limit=2)] == [8_000, 7_000]
    with pytest.raises(InputError):
        stays(store, limit=0)


def test_nobody_was_nowhere(store: Store) -> None:
    store.save([event(1)])
    assert store.answer(TrackBack("")) == store.answer(TrackBack("pe-9")) == ()

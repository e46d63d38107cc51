"""Who is in which zone, told by walks whose truth is known."""

import json
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.radio.blob import Blob
from engine.model.radio.radio import ZoneOccupancy
from engine.model.site import Floor, Position, Zone
from engine.radio.zones import GONE_S, UNWATCHED_S, OccupancyChange, ZoneChange, ZoneStep, ZoneWatch
from tests.engine.radio.made_blobs import START_NS, TICK_NS, blob

KITCHEN = Zone("kitchen", "Kitchen", 0, 0, 4, 4)
STOVE = Zone("stove", "At the stove", 3, 3, 5, 5)
BED = Zone("bed", "Bed", 6, 0, 8, 2, 0.4, 1.0)
FLOOR = Floor((0, 0, 10, 10), zones=(KITCHEN, STOVE, BED))


class Watch:
    """A `ZoneWatch` that remembers everything it said, ten times a second."""

    def __init__(self, floor: Floor = FLOOR) -> None:
        self.zones = ZoneWatch()
        self.zones.configure(floor)
        self.now_ns = START_NS
        self.changes: list[ZoneChange] = []
        self.occupancy: list[OccupancyChange] = []
        self.last: ZoneStep = ZoneStep((), (), (), {})

    def step(self, *blobs: Blob, watched: bool = True) -> ZoneStep:
        self.last = self.zones.step(self.now_ns, blobs, watched)
        self.now_ns += TICK_NS
        self.changes += self.last.changes
        self.occupancy += self.last.occupancy_changes
        return self.last

    def stay(self, position: Position, ticks: int, **options: float) -> None:
        for _ in range(ticks):
            self.step(blob(position, **options))  # type: ignore[arg-type]

    def empty(self, ticks: int, watched: bool = True) -> None:
        for _ in range(ticks):
            self.step(watched=watched)

    def told(self) -> list[tuple[str, bool]]:
        return [(change.zone_id, change.entered) for change in self.changes]

    def filled(self) -> list[tuple[str, bool, bool]]:
        return [(change.zone_id, change.occupied, change.known) for change in self.occupancy]


def walk(start: Position, end: Position, ticks: int) -> Iterable[Position]:
    for share in np.linspace(0, 1, ticks):
        x, y, z = (a + float(share) * (b - a) for a, b in zip(start, end, strict=True))
        yield x, y, z


def test_walking_through_a_zone_is_one_visit() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    for position in walk((-2, 2, 1), (6, 2, 1), 80):
        watch.step(blob(position))
    assert [(change.entered, change.reason) for change in watch.changes] == [(True, ""), (False, "left")]
    assert watch.changes[0].blob_id == "bl-1" and 0.2 <= watch.changes[0].position[0] < 1.0
    assert 4.2 < watch.changes[1].position[0] < 5.5
    assert watch.filled() == [("kitchen", False, True), ("kitchen", True, True), ("kitchen", False, True)]


def test_zones_may_overlap_and_a_blob_knows_all_of_its_own() -> None:
    watch = Watch()
    watch.stay((3.5, 3.5, 1.0), 10)
    assert watch.last.zones_of == {"bl-1": ("kitchen", "stove")}
    assert watch.last.occupancy[:2] == (ZoneOccupancy("kitchen", ("bl-1",)), ZoneOccupancy("stove", ("bl-1",)))


def test_a_blob_without_a_place_is_in_no_zone_and_none_near_is_known_to_be_empty() -> None:
    watch = Watch()
    watch.stay((2.0, 2.0, 1.0), 50, sigma_m=1.5)
    assert not watch.changes and not watch.last.zones_of
    assert watch.last.occupancy == tuple(ZoneOccupancy(zone.id, (), False) for zone in (KITCHEN, STOVE, BED))
    watch.stay((2.0, 2.0, 1.0), 10)
    assert watch.told() == [("kitchen", True)] and {zone.known for zone in watch.last.occupancy} == {True}


def test_who_is_in_a_zone_stays_for_a_moment_without_a_place_and_its_zone_is_not_empty_then() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    watch.stay((2.0, 2.0, 1.0), 10)
    watch.stay((2.0, 2.0, 1.0), 20, sigma_m=1.5)
    assert watch.last.occupancy == (ZoneOccupancy("kitchen", ("bl-1",)),)
    watch.stay((2.0, 2.0, 1.0), 20, sigma_m=1.5)
    assert [(change.entered, change.reason) for change in watch.changes] == [(True, ""), (False, "gone")]
    assert watch.filled()[-1] == ("kitchen", False, False), "not known to be empty"


@pytest.mark.parametrize("seed", range(20))
def test_wobbling_on_a_border_makes_no_events(seed: int) -> None:
    rng = np.random.default_rng(seed)
    watch = Watch(Floor(zones=(KITCHEN,)))
    for _ in range(600):
        watch.step(blob((4.0 + float(rng.normal(0, 0.25)), 2.0, 1.0), sigma_m=0.25))
    assert len(watch.changes) <= 1, "it may count as in or as out, but it does not go to and fro"


def test_a_moment_inside_is_no_visit_and_a_moment_outside_ends_none() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    watch.stay((6, 2, 1), 5)
    watch.stay((2, 2, 1), 4)
    watch.stay((6, 2, 1), 5)
    assert watch.changes == []
    watch.stay((2, 2, 1), 10)
    watch.stay((6, 2, 1), 8)
    watch.stay((2, 2, 1), 10)
    assert watch.told() == [("kitchen", True)]


def test_a_zone_smaller_than_the_uncertainty_can_be_entered() -> None:
    chair = Zone("chair", "Chair", 1.0, 1.0, 1.6, 1.6)
    watch = Watch(Floor(zones=(chair,)))
    watch.stay((1.3, 1.3, 1.0), 10, sigma_m=0.6)
    assert watch.told() == [("chair", True)]


def test_height_counts_only_where_the_zone_does_not_reach_floor_or_ceiling() -> None:
    watch = Watch()
    watch.stay((2, 2, -0.3), 10)
    assert watch.told() == [("kitchen", True)], "a zone that begins at the floor is open below"
    watch.stay((7, 1, 1.8), 20, sigma_z_m=0.3)
    assert watch.told() == [("kitchen", True), ("kitchen", False)]
    watch.stay((7, 1, 0.7), 20, sigma_z_m=0.3)
    assert watch.told()[-1] == ("bed", True)


def test_a_blob_that_is_lost_stays_for_a_grace_and_then_has_left() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    watch.stay((2, 2, 1), 10)
    watch.empty(round(GONE_S * 10) - 1)
    watch.stay((2, 2, 1), 3)
    watch.empty(round(GONE_S * 10) - 1)
    assert watch.told() == [("kitchen", True)]
    assert watch.last.occupancy == (ZoneOccupancy("kitchen", ("bl-1",)),)
    watch.empty(3)
    assert watch.told() == [("kitchen", True), ("kitchen", False)]
    assert watch.changes[-1].reason == "gone"
    assert watch.last.zones_of == {}


def test_two_people_one_zone_occupied_until_the_last_has_left() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    for ticks, second in ((10, (3.0, 3.0, 1.0)), (20, (8.0, 8.0, 1.0))):
        for _ in range(ticks):
            watch.step(blob((1.0, 1.0, 1.0)), blob(second, blob_id="bl-2"))
    watch.stay((8, 1, 1), 20)
    assert watch.filled()[1:] == [("kitchen", True, True), ("kitchen", False, True)]
    assert len(watch.changes) == 4


def test_not_observed_is_not_empty() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    watch.empty(1, watched=False)
    assert watch.filled() == [("kitchen", False, False)]
    watch.stay((2, 2, 1), 10)
    watch.empty(round(GONE_S * 10) * 5, watched=False)
    assert watch.told() == [("kitchen", True)]
    assert watch.last.occupancy == (ZoneOccupancy("kitchen", ("bl-1",), known=False),)
    watch.empty(round(GONE_S * 10) - 2)
    assert watch.told() == [("kitchen", True)], "the grace begins when somebody looks again"
    watch.empty(5)
    assert watch.changes[-1].reason == "gone"


def test_when_nothing_watches_for_long_visits_are_over() -> None:
    watch = Watch(Floor(zones=(KITCHEN,)))
    watch.stay((2, 2, 1), 10)
    watch.empty(round(UNWATCHED_S * 10) + 2, watched=False)
    assert (watch.changes[-1].entered, watch.changes[-1].reason) == (False, "unwatched")
    assert watch.filled()[-1] == ("kitchen", False, False)


def test_a_zone_that_is_taken_away_ends_its_visits_and_one_that_moves_is_left() -> None:
    watch = Watch()
    watch.stay((3.5, 3.5, 1.0), 10)
    watch.zones.configure(Floor(zones=(replace(KITCHEN, x1=2.0),)))
    watch.stay((3.5, 3.5, 1.0), 15)
    assert [(c.zone_id, c.reason) for c in watch.changes[2:]] == [("stove", "removed"), ("kitchen", "left")]
    assert [zone.zone_id for zone in watch.last.occupancy] == ["kitchen"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 250))
def test_continued_from_its_state_it_says_the_same(seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    position = rng.uniform(0, 8, 3)
    one, other = Watch(), Watch()
    for tick in range(300):
        position = np.clip(position + rng.normal(0, 0.3, 3), -1, 9)
        there = () if rng.random() < 0.1 else (blob((float(position[0]), float(position[1]), 1.0)),)
        watched = bool(rng.random() > 0.05)
        one.step(*there, watched=watched)
        other.step(*there, watched=watched)
        if tick == cut:
            state = json.loads(json.dumps(other.zones.state()))
            other.zones = ZoneWatch()
            other.zones.configure(FLOOR)
            other.zones.restore(state)
    assert (one.changes, one.occupancy, one.last) == (other.changes, other.occupancy, other.last)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_entering_and_leaving_always_alternate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    watch = Watch()
    for _ in range(300):
        names = [name for name in ("a", "b") if rng.random() < 0.8]
        watch.step(*(blob((float(rng.uniform(0, 8)), float(rng.uniform(0, 8)), 1.0), blob_id=n) for n in names), watched=rng.random() < 0.9)
    watch.empty(800, watched=False)
    for key in {(change.zone_id, change.blob_id) for change in watch.changes}:
        entered = [change.entered for change in watch.changes if (change.zone_id, change.blob_id) == key]
        assert entered == [True, False] * (len(entered) // 2)

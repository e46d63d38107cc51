"""Who went through a door, and which way, told by walks whose truth is known."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.model.geometry import Point
from engine.model.radio.blob import BlobStatus
from engine.model.site import Floor, Portal
from engine.model.time import SECOND
from engine.radio.portals import Crossing, PortalWatch
from tests.engine.radio.made_blobs import START_NS, TICK_NS, blob

DOOR = Portal("door", "Door", (2.0, 0.0), (3.0, 0.0))  # from west to east: left, which is in, is north
FLOOR = Floor(portals=(DOOR,))


class Watch:
    def __init__(self, floor: Floor = FLOOR) -> None:
        self.portals = PortalWatch()
        self.portals.configure(floor)
        self.now_ns = START_NS
        self.crossings: list[Crossing] = []

    def at(self, x: float, y: float, z: float = 1.0, *, sigma_m: float = 0.2, status: BlobStatus = BlobStatus.CONFIRMED) -> None:
        found = self.portals.step(self.now_ns, (blob((x, y, z), sigma_m=sigma_m, status=status),))
        self.crossings += found
        self.now_ns += TICK_NS

    def walk(self, *points: Point, speed: float = 1.2, noise_m: float = 0.0, seed: int = 0, sigma_m: float = 0.2) -> None:
        """Along the points, a measurement each tick, and two seconds at the end."""
        rng = np.random.default_rng(seed)
        for start, end in [*pairwise(points), (points[-1], points[-1])]:
            steps = max(20 if start == end else 1, round(math.dist(start, end) / speed * 10))
            for i in range(1, steps + 1):
                x, y = (a + (b - a) * i / steps + float(rng.normal(0, noise_m)) for a, b in zip(start, end, strict=True))
                self.at(x, y, sigma_m=sigma_m)

    def directions(self) -> list[bool]:
        return [crossing.inward for crossing in self.crossings]


def test_in_is_from_the_right_to_the_left_of_the_way_from_a_to_b() -> None:
    watch = Watch()
    watch.walk((2.5, -2.0), (2.5, 2.0))
    assert watch.directions() == [True]
    crossing = watch.crossings[0]
    assert (crossing.portal_id, crossing.blob_id) == ("door", "bl-1")
    assert crossing.position[:2] == pytest.approx((2.5, 0.0), abs=0.01)
    assert START_NS + SECOND < crossing.at_ns < START_NS + 3 * SECOND
    watch.walk((2.5, 2.0), (2.5, -2.0))
    assert watch.directions() == [True, False]


@pytest.mark.parametrize("angle", range(0, 360, 30))
def test_the_same_in_any_direction_of_the_door(angle: int) -> None:
    def turned(x: float, y: float) -> Point:
        a = math.radians(angle)
        return x * math.cos(a) - y * math.sin(a), x * math.sin(a) + y * math.cos(a)

    watch = Watch(Floor(portals=(Portal("d", "D", turned(2, 0), turned(3, 0)),)))
    watch.walk(turned(2.2, -2), turned(2.8, 2), turned(2.5, -2))
    assert watch.directions() == [True, False]


@pytest.mark.parametrize("x", [1.2, 1.6, 3.4, 5.0])
def test_passing_beside_the_opening_is_no_crossing(x: float) -> None:
    watch = Watch()
    watch.walk((x, -2.0), (x, 2.0))
    assert watch.crossings == []
    watch.walk((x, 2.0), (2.5, 2.0), (2.5, -2.0))
    assert watch.directions() == [False]


def test_above_the_opening_is_no_crossing() -> None:
    watch = Watch()
    for step in range(40):
        watch.at(2.5, -2 + step * 0.1, 3.5)
    assert watch.crossings == []


@pytest.mark.parametrize("seed", range(20))
def test_standing_in_the_door_is_no_crossing(seed: int) -> None:
    watch = Watch()
    watch.walk((2.5, -2.0), (2.5, 0.0))
    rng = np.random.default_rng(seed)
    for _ in range(600):
        watch.at(2.5 + float(rng.normal(0, 0.15)), float(rng.normal(0, 0.2)), sigma_m=0.25)
    watch.walk((2.5, 0.0), (2.5, -2.0))
    assert watch.crossings == [], "came to the door and went back"
    watch.walk((2.5, -2.0), (2.5, 2.0), noise_m=0.1, seed=seed)
    assert watch.directions() == [True]


@pytest.mark.parametrize("seed", range(20))
def test_each_way_through_is_told_once_in_spite_of_noise(seed: int) -> None:
    watch = Watch()
    watch.walk((2.5, -2.0), (2.5, 1.5), (2.5, -1.5), (2.5, 2.0), (2.5, -2.0), noise_m=0.15, seed=seed, sigma_m=0.3)
    assert watch.directions() == [True, False, True, False]


def test_going_round_the_wall_and_back_through_the_door() -> None:
    watch = Watch()
    watch.walk((2.5, -2.0), (6.0, -2.0), (6.0, 2.0), (2.5, 2.0), (2.5, -2.0))
    assert watch.directions() == [False]


def test_where_a_blob_is_only_carried_along_it_crosses_nothing_until_it_is_measured() -> None:
    watch = Watch()
    for step in range(15):
        watch.at(2.5, -1.6 + step * 0.1)
    for step in range(10):
        watch.at(2.5, -0.1 + step * 0.1, status=BlobStatus.COASTING)
    assert watch.crossings == []
    for _ in range(20):
        watch.at(2.5, 1.0)
    assert watch.directions() == [True]


def test_a_jump_that_nobody_walks_is_no_way_through() -> None:
    watch = Watch()
    watch.walk((2.5, -3.0), (2.5, -2.5))
    for _ in range(30):
        watch.at(2.5, 2.5)
    assert watch.crossings == []
    watch.walk((2.5, 2.5), (2.5, -2.0))
    assert watch.directions() == [False]


def test_a_blob_that_is_gone_is_forgotten() -> None:
    watch = Watch()
    watch.walk((2.5, -2.0), (2.5, -0.5))
    for _ in range(50):
        watch.portals.step(watch.now_ns, ())
        watch.now_ns += TICK_NS
    assert watch.portals.state() == {"walkers": [], "passages": []}


def test_a_door_that_is_moved_begins_anew_and_others_go_on() -> None:
    window = Portal("window", "Window", (2.0, 0.0), (3.0, 0.0))
    watch = Watch(Floor(portals=(DOOR, window)))
    watch.walk((2.5, -2.0), (2.5, -0.5))
    watch.portals.configure(Floor(portals=(replace(DOOR, a=(1.0, -1.0), b=(4.0, -1.0)), window)))
    watch.walk((2.5, -0.4), (2.5, 2.0))
    assert [crossing.portal_id for crossing in watch.crossings] == ["window"]


def test_continued_from_its_state_it_says_the_same() -> None:
    for cut in range(0, 60, 7):
        one, other = Watch(), Watch()
        for step in range(60):
            one.at(2.5, -3 + step * 0.1)
            other.at(2.5, -3 + step * 0.1)
            if step == cut:
                state = json.loads(json.dumps(other.portals.state()))
                other.portals = PortalWatch()
                other.portals.configure(FLOOR)
                other.portals.restore(state)
        assert one.crossings == other.crossings and len(one.crossings) == 1

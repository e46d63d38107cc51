"""Whether a phone moves along with somebody."""

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.radio.ble.movement import MEMORY_S, MOST, Movement
from tests.engine.radio.ble.made_phones import CORNERS, around, at

Way = Callable[[float], tuple[float, float]]
WALKS: Way = lambda seconds: around(seconds, (4.0, 3.0), 2.0)  # noqa: E731
STANDS: Way = lambda _: (5.0, 3.5)  # noqa: E731
SPREAD_DB2 = 1.0


def heard(phone: Way, presence: Way, seed: int, until_s: int = 120) -> Movement:
    """Every five seconds, by all four scanners, each behind walls of its own."""
    rng, movement = np.random.default_rng(seed), Movement()
    walls = {scanner: rng.normal(0, 6) for scanner in CORNERS}
    for seconds in range(0, until_s, 5):
        for scanner, position in CORNERS.items():
            rssi = -57 - 19 * math.log10(math.dist(phone(seconds), position[:2])) - walls[scanner] + rng.normal(0, 3)
            foretold = -19 * math.log10(math.dist(presence(seconds), position[:2]))
            movement.add(scanner, rssi, foretold, SPREAD_DB2, 1.0, at(seconds))
    return movement


@pytest.mark.parametrize("seed", range(10))
def test_going_along_is_told_from_lying_behind_whatever_walls(seed: int):
    assert heard(WALKS, WALKS, seed).log_ratio > 2
    assert heard(STANDS, WALKS, seed).log_ratio < -2


@pytest.mark.parametrize("seed", range(10))
def test_who_stands_still_tells_little(seed: int):
    assert abs(heard(STANDS, STANDS, seed).log_ratio) < 2


def test_it_has_bounds_and_is_forgotten():
    movement = heard(WALKS, WALKS, 1, until_s=3600)
    log_ratio = movement.log_ratio
    assert 3 < log_ratio <= MOST
    movement.forget(MEMORY_S)
    assert movement.log_ratio == pytest.approx(log_ratio / math.e)


def test_goes_on_from_its_state():
    whole, half = heard(WALKS, WALKS, 3, 60), Movement.restored(json.loads(json.dumps(heard(WALKS, WALKS, 3, 60).state())))
    for movement in (whole, half):
        movement.add("AA:00:00:00:00:01", -70, -10, SPREAD_DB2, 1.0, at(61))
    assert whole == half

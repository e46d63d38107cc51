import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.site import ScannerCalibration
from engine.model.time import SECOND
from engine.radio.ble.belief import Belief
from engine.radio.ble.cells import FloorCells, area_of
from engine.radio.ble.signal_map import SignalMap, path_loss_map
from tests.engine.radio.ble.made_phones import CORNERS, MadePhone, around, at


@pytest.fixture(scope="module")
def signals() -> SignalMap:
    return path_loss_map(FloorCells.over(area_of(CORNERS.values(), None) or (0, 0, 1, 1)), CORNERS, {})


@pytest.fixture(scope="module")
def coarse() -> SignalMap:
    return path_loss_map(FloorCells.over((-1, -1, 9, 7), 1.0), CORNERS, {})


def _walk(signals: SignalMap, gain_db: float, seconds: int = 60, every_s: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Errors (N, 2) and sigmas (N, 2) of somebody walking in a circle, after ten seconds to settle."""
    phone, belief = MadePhone("x", gain_db, seed=seed), Belief(signals, at(0))
    errors, sigmas = [], []
    for step in range(round(seconds / every_s)):
        moment = step * every_s
        place = around(moment, (4, 3), 2.0)
        belief.step(at(moment), {row: phone.hear(place, mac, CORNERS[mac]) for row, mac in enumerate(signals.scanners)})
        found = belief.estimate(at(moment))
        if moment >= 10:
            errors.append((found.x - place[0], found.y - place[1]))
            sigmas.append((found.sx, found.sy))
    return np.array(errors), np.array(sigmas)


@pytest.mark.parametrize("gain_db", [-9.0, 0.0, 7.0])
def test_follows_a_phone_whatever_its_gain(signals: SignalMap, gain_db: float):
    found = [_walk(signals, gain_db, seed=seed) for seed in range(3)]
    errors, sigmas = (np.concatenate(each) for each in zip(*found, strict=True))
    assert np.median(np.linalg.norm(errors, axis=1)) < 1.9, "standing at the nearest scanner is 3 m off"
    assert 0.5 < (np.abs(errors) <= sigmas).mean() < 0.9


def test_the_gain_is_found(signals: SignalMap):
    strong, weak = (Belief(signals, at(0)) for _ in range(2))
    for belief, gain_db in ((strong, 8.0), (weak, -8.0)):
        phone = MadePhone("x", gain_db)
        for second in range(60):
            place = around(second, (4, 3), 2.0)
            belief.step(at(second), {row: phone.hear(place, mac, CORNERS[mac]) for row, mac in enumerate(signals.scanners)})
    assert strong.estimate(at(60)).gain_db - weak.estimate(at(60)).gain_db > 8


def test_many_readings_of_one_moment_do_not_make_it_surer(signals: SignalMap):
    """A scanner that reports twenty times a second repeats one shadowing twenty times."""
    slow, fast = Belief(signals, at(0)), Belief(signals, at(0))
    readings = {0: -60.0, 1: -68.0, 2: -72.0, 3: -66.0}
    for step in range(200):
        fast.step(at(step / 20), readings)
        if step % 20 == 0:
            slow.step(at(step / 20), readings)
    assert fast.estimate(at(10)).sigma_m > 0.6 * slow.estimate(at(10)).sigma_m


def test_uncertainty_grows_while_nothing_is_heard(signals: SignalMap):
    belief = Belief(signals, at(0))
    for second in range(5):
        belief.step(at(second), {0: -50.0, 1: -70.0, 2: -72.0, 3: -70.0})
    sigmas = [belief.estimate(at(5 + later)).sigma_m for later in (0, 5, 20, 1000)]
    assert sigmas == sorted(sigmas)
    assert sigmas[-1] < 4, "knowing nothing still leaves the phone on the floor"


def test_a_scanner_that_hears_nothing_pushes_away(signals: SignalMap):
    with_silence, without = Belief(signals, at(0)), Belief(signals, at(0))
    for second in range(0, 60, 5):
        with_silence.step(at(second), {2: -88.0}, frozenset({0}))
        without.step(at(second), {2: -88.0})
    away = [
        math.dist((found.x, found.y), CORNERS["AA:00:00:00:00:01"][:2]) for found in (b.estimate(at(60)) for b in (with_silence, without))
    ]
    assert away[0] > away[1]


def test_a_calibrated_scanner_is_taken_at_its_word():
    cells = FloorCells.over((0, 0, 8, 6))
    losses = {mac: ScannerCalibration(mac, -40.0, 3.0, 2.0) for mac in CORNERS}
    signals = path_loss_map(cells, CORNERS, losses)
    spot = int(np.argmin(np.linalg.norm(cells.centers() - (2, 2), axis=1)))
    belief = Belief(signals, at(0))
    for second in range(5):
        belief.step(at(second), {row: float(signals.expected[row, 0, spot]) for row in range(4)})
    found = belief.estimate(at(5))
    assert math.dist((found.x, found.y), (2, 2)) < 0.5


def test_continues_bit_for_bit_from_its_state(signals: SignalMap):
    one = Belief(signals, at(0))
    for second in range(5):
        one.step(at(second), {0: -60.0 - second, 2: -70.0})
    other = Belief(signals, 0)
    assert other.restore(one.state())
    for belief in (one, other):
        belief.step(at(6), {1: -66.0})
    assert one.estimate(at(7)) == other.estimate(at(7))
    assert one.state() == other.state()


def test_a_state_of_another_map_is_refused(signals: SignalMap):
    small = path_loss_map(FloorCells.over((0, 0, 2, 2)), CORNERS, {})
    belief = Belief(signals, at(0))
    before = belief.state()
    assert not belief.restore(Belief(small, at(0)).state())
    assert not belief.restore({**before, "share": "no base64 at all"})
    assert belief.state() == before


_READINGS = st.dictionaries(st.integers(0, 3), st.floats(-127, 20))
_STEP = st.tuples(st.integers(-5 * SECOND, 10_000 * SECOND), _READINGS, st.frozensets(st.integers(0, 3)))


@settings(max_examples=60, deadline=None)
@given(st.lists(_STEP, max_size=12))
def test_whatever_is_heard_it_stays_on_the_floor(coarse: SignalMap, steps: list[tuple[int, dict[int, float], frozenset[int]]]):
    belief, now_ns = Belief(coarse, at(0)), at(0)
    for passed_ns, readings, silent in steps:
        now_ns += passed_ns
        belief.step(now_ns, readings, silent)
        found = belief.estimate(now_ns)
        assert all(math.isfinite(value) for value in (found.x, found.y, found.sx, found.sy, found.gain_db))
        assert -1.5 <= found.x <= 9.5 and -1.5 <= found.y <= 7.5
        assert 0 < found.sx < 6 and 0 < found.sy < 6

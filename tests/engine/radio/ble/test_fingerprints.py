import numpy as np
import pytest

from engine.radio.ble.cells import FloorCells, distances
from engine.radio.ble.fingerprints import MOST_BINS, Fingerprints, fingerprint_map
from engine.radio.ble.path_loss import expected_dbm
from tests.engine.radio.ble.made_phones import CORNERS

CELLS = FloorCells.over((0, 0, 8, 6), 0.5)
MAC = "AA:00:00:00:00:01"


def _strength(xy: np.ndarray) -> np.ndarray:
    """Path loss, and a wall that takes 12 dB in the east."""
    return expected_dbm(-50, 2.0, distances(xy, CORNERS[MAC])) - 12.0 * (xy[:, 0] > 4)


def _measured(count: int, noise_db: float = 3.0, east: float = 8.0) -> Fingerprints:
    rng = np.random.default_rng(3)
    xy = rng.uniform((0, 0), (east, 6), (count, 2))
    return Fingerprints(xy, _strength(xy) + rng.normal(0, noise_db, count))


def test_learns_what_walls_do():
    found = fingerprint_map(CELLS, {MAC: CORNERS[MAC]}, {MAC: _measured(1500)})
    errors = found.expected[0, 0] - _strength(CELLS.centers())
    assert np.sqrt(np.mean(errors**2)) < 2.0
    assert found.method == "fingerprints"


def test_says_more_where_it_was_measured():
    found = fingerprint_map(CELLS, {MAC: CORNERS[MAC]}, {MAC: _measured(800, east=4.0)})
    west = CELLS.centers()[:, 0] < 3
    assert found.sigma[0, 0, west].mean() < found.sigma[0, 0, ~west].mean() - 0.5


def test_a_scanner_without_fingerprints_gets_a_wide_spread():
    other = "AA:00:00:00:00:02"
    found = fingerprint_map(CELLS, CORNERS, {MAC: _measured(300)})
    rows = [found.scanners.index(each) for each in (MAC, other)]
    assert found.sigma[rows[1]].min() > 2 * found.sigma[rows[0]].mean()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_very_few_fingerprints_do_no_harm(count: int):
    found = fingerprint_map(CELLS, {MAC: CORNERS[MAC]}, {MAC: _measured(count)})
    assert np.all(np.isfinite(found.expected)) and np.all(found.sigma > 1)
    assert found.expected.min() > -120 and found.expected.max() < -10


def test_many_fingerprints_are_pooled():
    xy = np.random.default_rng(1).uniform(0, 60, (20_000, 2))
    sample = Fingerprints(xy, expected_dbm(-50, 2.0, distances(xy, CORNERS[MAC])))
    found = fingerprint_map(FloorCells.over((0, 0, 60, 60)), {MAC: CORNERS[MAC]}, {MAC: sample})
    assert np.all(np.isfinite(found.expected))
    assert MOST_BINS <= 600, "a factor of thousands would take seconds"

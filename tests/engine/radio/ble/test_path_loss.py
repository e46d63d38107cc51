import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.radio.ble import fit_calibration


def _readings(power: float, exponent: float, count: int, sigma: float, seed: int = 1) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0.7, 9, count)
    return distance.tolist(), (power - 10 * exponent * np.log10(distance) + rng.normal(0, sigma, count)).tolist()


def test_finds_the_path_loss_that_made_the_readings():
    found = fit_calibration(*_readings(-50, 2.6, 200, 3.0), "AA:00:00:00:00:01")
    assert found.scanner == "AA:00:00:00:00:01"
    assert found.power_dbm == pytest.approx(-50, abs=1.5)
    assert found.exponent == pytest.approx(2.6, abs=0.25)
    assert found.sigma_db == pytest.approx(3.0, abs=0.7)


def test_outliers_do_not_move_it():
    distance, rssi = _readings(-50, 2.2, 60, 2.0)
    clean = fit_calibration(distance, rssi)
    rssi[:6] = [-110.0] * 6
    spoilt = fit_calibration(distance, rssi)
    assert spoilt.power_dbm == pytest.approx(clean.power_dbm, abs=2.0)
    assert spoilt.exponent == pytest.approx(clean.exponent, abs=0.4)


def test_one_distance_only_keeps_the_usual_exponent():
    found = fit_calibration([1.0] * 10, [-48.0] * 10)
    assert found.power_dbm == pytest.approx(-48, abs=1)
    assert found.exponent == pytest.approx(2.2, abs=0.05)
    assert found.sigma_db >= 3, "standing still shows less spread than there is"


@pytest.mark.parametrize(
    ("distances", "rssi", "field"),
    [
        ([1.0, 2.0], [-50.0, -60.0], "distances_m"),
        ([1.0, 2.0, 3.0], [-50.0, -60.0], "rssi_dbm"),
        ([1.0, 0.0, 3.0], [-50.0, -60.0, -70.0], "distances_m"),
        ([1.0, math.nan, 3.0], [-50.0, -60.0, -70.0], "distances_m"),
        ([1.0, 2.0, 3.0], [-50.0, math.inf, -70.0], "rssi_dbm"),
        ([1.0, 2.0, 3.0], [-50.0, -600.0, -70.0], "rssi_dbm"),
    ],
)
def test_says_what_is_wrong(distances: list[float], rssi: list[float], field: str):
    with pytest.raises(InputError) as error:
        fit_calibration(distances, rssi)
    assert error.value.field == field


@given(st.lists(st.tuples(st.floats(0.01, 500), st.floats(-130, 20)), min_size=3, max_size=30))
def test_any_readings_give_a_usable_calibration(pairs: list[tuple[float, float]]):
    found = fit_calibration([away for away, _ in pairs], [rssi for _, rssi in pairs])
    assert all(math.isfinite(value) for value in (found.power_dbm, found.exponent, found.sigma_db))

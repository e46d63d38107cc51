"""Path losses of all scanners at once: from made-up readings back to what made them."""

import numpy as np
import pytest

from engine.radio.ble.path_loss_fit import (
    LEAST_EXPONENT,
    LEAST_POWER_DBM,
    MOST_EXPONENT,
    MOST_POWER_DBM,
    PathLossFit,
    PathLossRows,
    fit_path_losses,
)

POWER, EXPONENT, GAIN = np.array([-55.0, -60.0, -66.0]), np.array([2.0, 2.6, 3.2]), np.array([4.0, -4.0])


def rows(count: int, noise_db: float = 3.0, deaf_dbm: float = -200.0, far_m: float = 12.0) -> PathLossRows:
    draw = np.random.default_rng(7)
    scanner, device = draw.integers(0, 3, count), draw.integers(0, 2, count)
    decades = 10 * np.log10(draw.uniform(1.0, far_m, count))
    rssi = POWER[scanner] - EXPONENT[scanner] * decades + GAIN[device] + draw.normal(0, noise_db, count)
    heard = rssi > deaf_dbm
    return PathLossRows(scanner[heard], device[heard], decades[heard], rssi[heard], np.ones(int(heard.sum())))


def levels(fit: PathLossFit) -> np.ndarray:
    """What each scanner hears of each phone at 5 m: powers and gains may share a constant."""
    return fit.power_dbm[:, None] - fit.exponent[:, None] * 10 * np.log10(5.0) + fit.gain_db


TRUE = levels(PathLossFit(POWER, EXPONENT, GAIN))


def test_losses_and_gains_are_found() -> None:
    fit = fit_path_losses(rows(1500), 3, 2)
    assert fit.exponent == pytest.approx(EXPONENT, abs=0.15)
    assert levels(fit) == pytest.approx(TRUE, abs=0.6)
    assert fit.gain_db[0] - fit.gain_db[1] == pytest.approx(8.0, abs=0.5)


def test_bodies_in_the_way_do_not_decide() -> None:
    made = rows(1500)
    made.rssi[::8] -= 25.0
    assert levels(fit_path_losses(made, 3, 2)) == pytest.approx(TRUE, abs=1.5)


def test_what_is_too_weak_to_be_heard_does_not_flatten_exponents() -> None:
    fit = fit_path_losses(rows(3000, 5.0, -84.0, 20.0), 3, 2, deaf_dbm=-84.0)
    plain = fit_path_losses(rows(3000, 5.0, -84.0, 20.0), 3, 2, deaf_dbm=-300.0)
    assert abs(fit.exponent - EXPONENT).max() < 0.35
    assert (plain.exponent < fit.exponent).all()


def test_results_are_bounded_whatever_was_heard() -> None:
    made = rows(600)
    made.rssi[:] = np.where(made.scanner == 0, 15.0, np.where(made.scanner == 1, -60.0 - 9.0 * made.decades, -128.0))
    fit = fit_path_losses(made, 3, 2)
    assert ((fit.exponent >= LEAST_EXPONENT) & (fit.exponent <= MOST_EXPONENT)).all()
    assert ((fit.power_dbm >= LEAST_POWER_DBM) & (fit.power_dbm <= MOST_POWER_DBM)).all()
    assert fit.exponent[0] == LEAST_EXPONENT


def test_a_scanner_with_little_is_like_the_others() -> None:
    made = rows(1500)
    keep = (made.scanner != 2) | (np.cumsum(made.scanner == 2) <= 2)
    few = PathLossRows(made.scanner[keep], made.device[keep], made.decades[keep], made.rssi[keep], made.count[keep])
    assert fit_path_losses(few, 3, 2).exponent[2] == pytest.approx(EXPONENT[:2].mean(), abs=0.6)


def test_the_same_readings_give_the_same() -> None:
    one, other = (fit_path_losses(rows(400), 3, 2) for _ in range(2))
    assert one.power_dbm.tobytes() == other.power_dbm.tobytes() and one.gain_db.tobytes() == other.gain_db.tobytes()

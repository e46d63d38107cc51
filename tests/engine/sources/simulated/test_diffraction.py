"""What gets past a body."""

import numpy as np

from engine.sources.simulated.waves.diffraction import passing

WAVE_M = 0.123
A, B = np.array([[0.0, 0.0, 1.0]]), np.array([[6.0, 0.0, 1.0]])
NONE = np.zeros(1)


def left_over(x: float, y: float, half_m: float = 0.2, low_z: float = 0.0, high_z: float = 1.8, swap: bool = False) -> complex:
    start, end = (B, A) if swap else (A, B)
    low, high = np.array([[x, y, low_z]]), np.array([[x, y, high_z]])
    return complex(passing(start, end, NONE, NONE, low, high, np.array([half_m]), WAVE_M)[0, 0])


def test_a_body_in_the_way_takes_some_decibels() -> None:
    assert 3 < -20 * np.log10(abs(left_over(3.0, 0.0))) < 20


def test_a_wall_of_a_body_takes_nearly_everything() -> None:
    assert abs(left_over(3.0, 0.0, half_m=30.0, low_z=-40.0, high_z=40.0)) < 0.05


def test_far_aside_nothing_happens() -> None:
    assert left_over(3.0, 2.0) == 1
    assert left_over(-1.0, 0.0) == 1
    assert left_over(7.0, 0.0) == 1
    assert left_over(3.0, 0.0, half_m=0.0) == 1


def test_it_fades_with_the_distance_from_the_line() -> None:
    change = [abs(1 - left_over(3.0, y)) for y in (0.0, 0.4, 0.9)]
    assert change[0] > change[1] > change[2] > 0


def test_a_low_body_matters_less() -> None:
    assert abs(1 - left_over(3.0, 0.0, high_z=0.2)) < 0.5 * abs(1 - left_over(3.0, 0.0))


def test_it_is_the_same_both_ways() -> None:
    assert np.isclose(left_over(2.0, 0.1), left_over(2.0, 0.1, swap=True))


def test_nothing_jumps_near_an_aerial() -> None:
    steps = np.array([left_over(x, 0.0) for x in np.arange(-0.1, 1.0, 0.005)])
    assert np.abs(np.diff(steps)).max() < 0.1


def test_an_upright_stretch_is_left_alone() -> None:
    up = np.array([[0.0, 0.0, 2.0]])
    low, high = np.array([[0.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.8]])
    assert passing(A, up, NONE, NONE, low, high, np.array([0.2]), WAVE_M)[0, 0] == 1

"""The filters against the textbook's matrices."""

import numpy as np
import pytest

from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.motion import MotionModel
from engine.vision.tracking.table import BOX, BOX_RATE_COV, BOX_VAR, OFFSET, RATE, RATE_VAR, Reals

CONFIG = TrackerConfig(trust=0.0)
FIRST = np.array([[100.0, 200.0, 30.0, 80.0]])
SECOND = np.array([[104.0, 199.0, 31.0, 82.0]])


def covariance(rows: Reals, axis: int) -> np.ndarray:
    box, cross, rate = rows[0, BOX_VAR][axis], rows[0, BOX_RATE_COV][axis], rows[0, RATE_VAR][axis]
    return np.array([[box, cross], [cross, rate]])


def test_a_step_and_an_update_are_those_of_the_matrix_form() -> None:
    """Axis by axis: x' = F x, P' = F P Fᵀ + Q, K = P Hᵀ (H P Hᵀ + R)⁻¹, with Q of white-noise acceleration."""
    model, seconds = MotionModel(CONFIG), 0.4
    rows = model.born(FIRST)
    means = [np.array([FIRST[0, axis], 0.0]) for axis in range(4)]
    covariances = [covariance(rows, axis) for axis in range(4)]
    model.advance(rows, seconds)
    predicted_height = rows[0, BOX][3]
    model.correct(rows, np.array([0]), SECOND)
    for axis in range(4):
        if axis < 2:
            step, decay, density = seconds, 1.0, (CONFIG.position_noise * FIRST[0, 3]) ** 2
        else:
            decay = float(np.exp(-seconds / CONFIG.size_memory_s))
            step, density = CONFIG.size_memory_s * (1 - decay), (CONFIG.size_noise * FIRST[0, 3]) ** 2
        F = np.array([[1.0, step], [0.0, decay]])
        Q = density * np.array([[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]])
        H, R = np.array([[1.0, 0.0]]), np.array([[(CONFIG.measurement_noise * predicted_height) ** 2]])
        mean, P = F @ means[axis], F @ covariances[axis] @ F.T + Q
        K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
        mean, P = mean + K @ (SECOND[0, axis] - H @ mean), (np.eye(2) - K @ H) @ P
        assert [rows[0, BOX][axis], rows[0, RATE][axis]] == pytest.approx(mean, rel=1e-12)
        assert covariance(rows, axis) == pytest.approx(P, rel=1e-9)


def test_one_long_step_is_two_short_ones_for_the_centre() -> None:
    """What makes the tracker independent of the rate: the noise grows with seconds, not with steps."""
    model = MotionModel(CONFIG)
    once, twice = model.born(FIRST), model.born(FIRST)
    for rows in (once, twice):
        rows[:, RATE] = [[30.0, -12.0, 0.0, 0.0]]
    model.advance(once, 1.0)
    model.advance(twice, 0.3)
    model.advance(twice, 0.7)
    for axis in (0, 1):
        assert once[0, BOX][axis] == pytest.approx(twice[0, BOX][axis], rel=1e-12)
        assert covariance(once, axis) == pytest.approx(covariance(twice, axis), rel=1e-9)


def test_a_constant_speed_is_learned() -> None:
    model = MotionModel(CONFIG)
    rows = model.born(FIRST)
    for step in range(1, 30):
        model.advance(rows, 0.1)
        model.correct(rows, np.array([0]), np.add(FIRST, [step * 5.0, 0.0, 0.0, 0.0]))
    assert rows[0, RATE][:2] == pytest.approx([50.0, 0.0], abs=0.5)


def test_growth_dies_away_and_a_box_never_vanishes() -> None:
    model = MotionModel(CONFIG)
    rows = model.born(FIRST)
    rows[:, RATE] = [[0.0, 0.0, -1000.0, 40.0]]
    model.advance(rows, 60.0)
    assert rows[0, BOX][2] == 1.0
    assert rows[0, BOX][3] == pytest.approx(80.0 + 40.0 * CONFIG.size_memory_s, rel=1e-6)
    assert np.all(rows[:, BOX_VAR] > 0)


def test_the_shown_box_leans_to_what_was_detected_and_fades_back() -> None:
    model = MotionModel(TrackerConfig(trust=0.5))
    rows = model.born(FIRST)
    model.advance(rows, 0.1)
    model.correct(rows, np.array([0]), SECOND)
    before = rows.copy()
    assert model.predicted_boxes(rows, 0.0)[0] == pytest.approx((SECOND[0] + rows[0, BOX]) / 2)
    later = model.predicted_boxes(rows, 2.0)
    assert np.array_equal(rows, before)
    model.advance(rows, 2.0)
    assert later[0] == pytest.approx(rows[0, BOX] + rows[0, OFFSET])
    assert np.abs(rows[0, OFFSET]).max() < 1e-3


def test_no_time_changes_nothing() -> None:
    model = MotionModel(CONFIG)
    rows = model.born(FIRST)
    before = rows.copy()
    model.advance(rows, 0.0)
    assert np.array_equal(rows, before)

"""Peaks: one body is one peak."""

import numpy as np

from engine.radio.peaks import peaks

SPOTS = np.stack(np.meshgrid(np.arange(0, 5, 0.25), np.arange(0, 5, 0.25), indexing="ij"), axis=-1).reshape(-1, 2)


def hill(x: float, y: float, height: float) -> np.ndarray:
    return height * np.exp(-np.square(SPOTS - [x, y]).sum(axis=1) / 0.5)


def test_two_hills_are_two_peaks_strongest_first():
    values = hill(1, 1, 5) + hill(4, 4, 8)
    assert SPOTS[peaks(SPOTS, values, 3.0, 0.8)].tolist() == [[4, 4], [1, 1]]


def test_a_plateau_is_one_peak():
    values = np.where(np.abs(SPOTS - 2.5).max(axis=1) <= 0.3, 7.0, 0.0)
    assert len(peaks(SPOTS, values, 3.0, 1.0)) == 1


def test_nothing_above_the_threshold_is_no_peak():
    assert len(peaks(SPOTS, hill(2, 2, 2.9), 3.0, 0.8)) == 0

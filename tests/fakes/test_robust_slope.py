"""A slope that jumps do not move."""

import numpy as np
import pytest

from tests.fakes.robust_slope import robust_slope


def test_it_is_what_the_samples_grow_by() -> None:
    times = np.arange(0.0, 3300.0, 30.0)
    noise = np.random.default_rng(1).normal(0, 2, len(times))
    assert robust_slope(times.tolist(), (300 + 0.01 * times + noise).tolist()) == pytest.approx(0.01, abs=0.001)
    assert robust_slope(times.tolist(), (300 + noise).tolist()) == pytest.approx(0.0, abs=0.001)


def test_jumps_for_a_while_are_no_growth() -> None:
    times, values = np.arange(0.0, 3300.0, 30.0), np.full(110, 300.0)
    values[80:100] += 60
    assert robust_slope(times.tolist(), values.tolist()) == 0.0


def test_one_sample_tells_nothing() -> None:
    assert robust_slope([1.0], [5.0]) == robust_slope([], []) == 0.0

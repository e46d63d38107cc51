"""What is computed here as scipy does it."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
from scipy.spatial.distance import cdist  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from engine.radio.ble.scipy_calls import blurred, distances_between


@pytest.mark.parametrize("shape", [(1, 9, 16, 20), (6, 9, 12, 7), (2, 5, 3, 2), (1, 1, 1, 1)])
@pytest.mark.parametrize("spreads", [(0.0, 0.05, 0.4, 0.4), (0.0, 0.1, 2.0, 2.0), (0.0, 0.39, 11.0, 11.0), (0.0, 0.0, 0.0, 0.0)])
def test_a_belief_spreads_as_scipy_spreads_it(shape: tuple[int, ...], spreads: tuple[float, ...]):
    values = np.random.default_rng(1).random(shape, np.float32)
    found = blurred(values, spreads)
    np.testing.assert_allclose(found, gaussian_filter(values, spreads, mode="reflect", truncate=3.0), rtol=2e-7)
    assert found.dtype == np.float32 and found.sum(dtype=np.float64) == pytest.approx(values.sum(dtype=np.float64), rel=1e-6)


def test_distances_are_those_of_scipy():
    one, other = np.random.default_rng(1).random((2, 40, 2)) * 20
    np.testing.assert_allclose(distances_between(one, other[:7]), cdist(one, other[:7]), rtol=1e-14)

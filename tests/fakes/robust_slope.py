"""Whether something grows over time, told from samples that jump about."""

from collections.abc import Sequence

import numpy as np


def robust_slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Of values over times that rise: the median slope of all pairs (Theil–Sen), which single jumps do not move. 0 of fewer than two."""
    if len(times) < 2:
        return 0.0
    at, of = np.asarray(times, np.float64), np.asarray(values, np.float64)
    first, second = np.triu_indices(len(at), 1)
    return float(np.median((of[second] - of[first]) / (at[second] - at[first])))

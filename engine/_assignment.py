"""The one door to the assignment problem: which row goes with which column, so that the sum is best.

scipy solves it (Crouse, On implementing 2D rectangular assignment algorithms, IEEE TAES 52(4), 2016), and carries no types. It is loaded
when first called: that takes as long as a fifth of the whole start, and neither a start nor the first picture should wait for it.
"""

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def best_pairs(worth: npt.NDArray[np.floating[Any]]) -> tuple[Indices, Indices]:
    """Rows and their columns with the largest sum of `worth` (R, C); as many pairs as the shorter side has, in the order of the rows."""
    if not worth.size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    rows, columns = _solver()(worth, maximize=True)
    return np.asarray(rows, np.intp), np.asarray(columns, np.intp)


@cache
def _solver() -> Any:
    optimize: Any = import_module("scipy.optimize")
    return optimize.linear_sum_assignment


def cheapest_pairs(cost: npt.NDArray[np.floating[Any]]) -> tuple[Indices, Indices]:
    """The same with the smallest sum of `cost` (R, C)."""
    return best_pairs(-cost)

"""The best one-to-one pairing, from scipy, which carries no types. Loaded when first called: a start need not wait for it."""

from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt


def cheapest_pairs(cost: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """(row, column) of the assignment with the smallest sum; as many pairs as the shorter side has (Crouse 2016)."""
    optimize: Any = import_module("scipy.optimize")
    rows, columns = optimize.linear_sum_assignment(cost)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]

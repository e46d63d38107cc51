"""The few functions of scipy that are needed here, with types: the library has none."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy import linalg, ndimage, optimize  # pyright: ignore[reportMissingTypeStubs]
from scipy.spatial import distance  # pyright: ignore[reportMissingTypeStubs]

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

_linalg, _ndimage, _optimize, _distance = cast("Any", linalg), cast("Any", ndimage), cast("Any", optimize), cast("Any", distance)


def blurred(values: Floats, spreads: tuple[float, ...]) -> Floats:
    """Gaussian spread along each axis, in steps of the lattice; borders reflect, so that the sum stays."""
    return np.asarray(_ndimage.gaussian_filter(values, spreads, mode="reflect", truncate=3.0), np.float32)


def cholesky_factor(matrix: Array) -> Array:
    """The lower factor of a positive definite matrix."""
    return np.asarray(_linalg.cholesky(matrix, lower=True), np.float64)


def solved(factor: Array, right: Array) -> Array:
    """x of A·x = `right`, given the lower factor of A."""
    return np.asarray(_linalg.cho_solve((factor, True), right), np.float64)


def distances_between(one: Array, other: Array) -> Array:
    """(N, M) metres."""
    return np.asarray(_distance.cdist(one, other), np.float64)


def robust_fit(errors: Callable[[Array], Array], start: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...]) -> Array:
    """Least squares with a loss that grows linearly for large errors (`soft_l1`), within bounds."""
    return np.asarray(_optimize.least_squares(errors, start, loss="soft_l1", bounds=(low, high)).x, np.float64)


def best_pairs(scores: Array) -> list[tuple[int, int]]:
    """The assignment of rows to columns with the largest sum; every row gets a column (there are at least as many columns)."""
    rows, columns = _optimize.linear_sum_assignment(scores, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]

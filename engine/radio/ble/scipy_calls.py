"""The few functions of scipy that are needed here, with types: the library has none. Loaded when first called: starts need not wait."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


def _scipy(part: str) -> Any:
    return import_module(f"scipy.{part}")


def blurred(values: Floats, spreads: tuple[float, ...]) -> Floats:
    """Gaussian spread along each axis, in steps of the lattice; borders reflect, so that the sum stays."""
    return np.asarray(_scipy("ndimage").gaussian_filter(values, spreads, mode="reflect", truncate=3.0), np.float32)


def cholesky_factor(matrix: Array) -> Array:
    """The lower factor of a positive definite matrix."""
    return np.asarray(_scipy("linalg").cholesky(matrix, lower=True), np.float64)


def solved(factor: Array, right: Array) -> Array:
    """x of A·x = `right`, given the lower factor of A."""
    return np.asarray(_scipy("linalg").cho_solve((factor, True), right), np.float64)


def distances_between(one: Array, other: Array) -> Array:
    """(N, M) metres."""
    return np.asarray(_scipy("spatial.distance").cdist(one, other), np.float64)


def robust_fit(errors: Callable[[Array], Array], start: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...]) -> Array:
    """Least squares with a loss that grows linearly for large errors (`soft_l1`), within bounds."""
    return np.asarray(_scipy("optimize").least_squares(errors, start, loss="soft_l1", bounds=(low, high)).x, np.float64)

"""The few functions of scipy that are needed here, with types: the library has none. Loaded when first called: starts need not wait."""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

_CUT_OFF, _NO_SPREAD = 3.0, 1e-15


def _scipy(part: str) -> Any:
    return import_module(f"scipy.{part}")


def blurred(values: Floats, spreads: tuple[float, ...]) -> Floats:
    """Gaussian spread along each axis, in steps of the lattice, cut off at three of them; borders reflect, so that the sum stays."""
    for axis, spread in enumerate(spreads):
        values = _blurred_along(axis, values, spread) if spread > _NO_SPREAD else values
    return values


def _blurred_along(axis: int, values: Floats, spread: float) -> Floats:
    steps = values.shape[axis]
    shares = _shares(steps, spread)
    if axis == values.ndim - 1:
        return (values.astype(np.float64) @ shares).astype(np.float32)
    lines = values.reshape(-1, steps, math.prod(values.shape[axis + 1 :]))
    return (shares.T @ lines).astype(np.float32).reshape(values.shape)


def _shares(steps: int, spread: float) -> Array:
    """(from, to) how much of each step goes where."""
    reach = int(_CUT_OFF * spread + 0.5)
    bell = np.exp(-0.5 / spread**2 * np.arange(-reach, reach + 1) ** 2)
    start = np.arange(steps)[:, None]
    to = (start + np.arange(-reach, reach + 1)) % (2 * steps)
    places = np.minimum(to, 2 * steps - 1 - to) + steps * start
    shares = np.bincount(places.ravel(), np.tile(bell / bell.sum(), steps), steps * steps)
    return np.asarray(shares, np.float64).reshape(steps, steps).T


def cholesky_factor(matrix: Array) -> Array:
    """The lower factor of a positive definite matrix."""
    return np.asarray(_scipy("linalg").cholesky(matrix, lower=True), np.float64)


def solved(factor: Array, right: Array) -> Array:
    """x of A·x = `right`, given the lower factor of A."""
    return np.asarray(_scipy("linalg").cho_solve((factor, True), right), np.float64)


def distances_between(one: Array, other: Array) -> Array:
    """(N, M) metres, between the rows of (N, 2) and of (M, 2)."""
    aside = one[:, None] - other
    return np.sqrt(aside[..., 0] ** 2 + aside[..., 1] ** 2)


def robust_fit(errors: Callable[[Array], Array], start: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...]) -> Array:
    """Least squares with a loss that grows linearly for large errors (`soft_l1`), within bounds."""
    return np.asarray(_scipy("optimize").least_squares(errors, start, loss="soft_l1", bounds=(low, high)).x, np.float64)

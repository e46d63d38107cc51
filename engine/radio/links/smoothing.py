"""Exponential forgetting by time, so that a constant means the same at 2 and at 50 frames a second."""

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.radio.table import Which

Array = npt.NDArray[np.float64]


def share(dt_s: Array, tau_s: float | Array) -> Array:
    """How much of a new value goes into a mean of time constant `tau_s` after `dt_s` without one: 1 − exp(−dt/τ)."""
    return -np.expm1(dt_s / -tau_s)


def middle(one: Array, two: Array, three: Array) -> Array:
    """The middle one of three, element by element: lets a step through after one frame and a single wild frame never."""
    return np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three))


def beside(left: Array, right: Array) -> Array:
    """(…, 2) two values of each."""
    both = np.empty((*left.shape, 2))
    both[..., 0], both[..., 1] = left, right
    return both


def blend(column: npt.NDArray[Any], rows: Which, part: npt.NDArray[Any], new: npt.NDArray[Any]) -> None:
    """Rows of a column (each row once) go this part of their way to `new`; in place."""
    known = column[rows]
    step = new - known
    step *= part
    known += step
    column[rows] = known

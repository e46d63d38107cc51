"""The one door to the assignment problem: which row goes with which column, so that the sum is best.

Of a few, mostly each goes with the one it is best with, and no two want the same: then there is nothing to solve. Else scipy does it
(Crouse, On implementing 2D rectangular assignment algorithms, IEEE TAES 52(4), 2016). It is loaded when it is first needed.
"""

from itertools import chain
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._scipy import scipy_function

_SMALL = 16  # entries: beyond, scipy is as quick
_ABOUT = 1e-9

Indices = npt.NDArray[np.intp]


def best_pairs(worth: npt.NDArray[np.floating[Any]]) -> tuple[Indices, Indices]:
    """Rows and their columns with the largest sum of `worth` (R, C); as many pairs as the shorter side has, in the order of the rows."""
    if not worth.size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    clear = _clear_pairs(worth)
    if clear is not None:
        return clear
    rows, columns = _solver()(worth, maximize=True)
    return np.asarray(rows, np.intp), np.asarray(columns, np.intp)


def _clear_pairs(worth: npt.NDArray[np.floating[Any]]) -> tuple[Indices, Indices] | None:
    """Of small tables, where each of the shorter side has one that is better than all others, and no two have the same one, or where two
    want the same and it is plain who gets it. None where that is not so, or a number is not finite."""
    if worth.size > _SMALL:
        return None
    wide = worth.shape[0] <= worth.shape[1]
    table: list[list[float]] = (worth if wide else worth.T).tolist()
    best = [max(line) for line in table]
    chosen = [line.index(most) for line, most in zip(table, best, strict=True)]
    if not all(map(isfinite, chain.from_iterable(table))) or any(line.count(most) > 1 for line, most in zip(table, best, strict=True)):
        return None
    if len(set(chosen)) < len(chosen):
        straight = _straight(table)
        if straight is None:
            return None
        chosen = [0, 1] if straight else [1, 0]
    one, other = np.arange(len(table)), np.array(chosen, np.intp)
    if wide:
        return one, other
    order = other.argsort()
    return other[order], order


def _straight(table: list[list[float]]) -> bool | None:
    """Of two and two, whether the first goes with the first; None where it is about the same, or there are others."""
    if len(table) != 2 or len(table[0]) != 2:
        return None
    (a, b), (c, d) = table
    straight, crossed = a + d, b + c
    return None if abs(straight - crossed) <= _ABOUT * max(abs(a), abs(b), abs(c), abs(d)) else straight > crossed


def _solver() -> Any:
    return scipy_function("optimize", "_lsap", "linear_sum_assignment")


def cheapest_pairs(cost: npt.NDArray[np.floating[Any]]) -> tuple[Indices, Indices]:
    """The same with the smallest sum of `cost` (R, C)."""
    return best_pairs(-cost)

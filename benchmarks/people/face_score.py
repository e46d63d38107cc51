"""Verification figures of pairs of faces, with intervals by bootstrap over people: pairs of one person are no independent witnesses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]
Interval = tuple[float, float]
FAR = 1e-3
_DRAWS, _LOW, _HIGH = 1000, 0.025, 0.975


def auc(true: Array, false: Array) -> float | None:
    """Share of (same, different) couples in which the same pair scores higher; equal scores count half. None without one of both."""
    if not len(true) or not len(false):
        return None
    ordered = np.sort(false)
    below, upto = np.searchsorted(ordered, true, "left"), np.searchsorted(ordered, true, "right")
    return float((below + upto).mean() / (2 * len(false)))


def far_threshold(false: Array) -> float | None:
    """Lowest score that at most one in a thousand different pairs reaches; with fewer than a thousand of them, above all of them."""
    if not len(false):
        return None
    allowed = int(FAR * len(false))
    return float(np.nextafter(np.sort(false)[len(false) - 1 - allowed], np.inf))


def separation(true: Array, false: Array) -> float | None:
    """d′: distance of the means of same and different pairs in units of their spread. None without spread in either."""
    if not len(true) or not len(false):
        return None
    spread = np.sqrt((true.var() + false.var()) / 2)
    return float((true.mean() - false.mean()) / spread) if spread > 0 else None


def rate_intervals(scores: Sequence[Array], same: Flags, persons: Numbers) -> tuple[list[Interval | None], Interval | None]:
    """95 % intervals of the true positive rate at FAR 1e-3, and of the first method's rate less the last's.

    People are drawn with repetition, the threshold is found again in each draw; draws without a pair of either kind count for nothing.

    Args:
        scores: of each method (N,). same: (N,). persons: (N, 2), the people of each pair.
    """
    draw = np.random.default_rng(1)
    number = int(persons.max()) + 1 if len(persons) else 0
    orders = [np.argsort(-each[~same], kind="stable") for each in scores]
    rates: list[list[float]] = []
    for _ in range(_DRAWS if number > 1 else 0):
        often = np.bincount(draw.integers(0, number, number), minlength=number).astype(np.float64)
        of_same, of_different = often[persons[same, 0]], (often[persons[~same, 0]] * often[persons[~same, 1]])
        if of_same.sum() and of_different.sum():
            drawn = zip(scores, orders, strict=True)
            rates.append([_rate(each[same], of_same, each[~same][order], of_different[order]) for each, order in drawn])
    if not rates:
        return [None] * len(scores), None
    table = np.array(rates)
    return [_interval(column) for column in table.T], _interval(table[:, 0] - table[:, -1])


def _rate(true: Array, true_weight: Array, false: Array, false_weight: Array) -> float:
    """`false` is ordered, highest first."""
    reached = np.cumsum(false_weight)
    first_refused = int(np.searchsorted(reached, FAR * reached[-1], "right"))
    passed = true > false[min(first_refused, len(false) - 1)]
    return float(true_weight[passed].sum() / true_weight.sum())


def _interval(values: Array) -> Interval:
    low, high = np.quantile(values, (_LOW, _HIGH))
    return round(float(low), 4), round(float(high), 4)

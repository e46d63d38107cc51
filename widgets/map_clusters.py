"""Marks that would lie on each other become one with a count. No Qt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cluster:
    """`members`: numbers of the marks, in their order. `x`, `y`: their middle. `spread`: how far they lie apart, at most; metres.
    severity: of the worst."""

    x: float
    y: float
    members: tuple[int, ...]
    severity: int
    spread: float = 0.0


def clustered(places: NDArray[np.float64], severities: NDArray[np.int64], radius: float) -> tuple[Cluster, ...]:
    """Each mark with those not yet taken within `radius` (metres), the first mark first; then those whose middles are that near to each
    other, the nearest first: a cluster is drawn in its middle. places: (n, 2), severities: (n,)."""
    free = np.ones(len(places), bool)
    groups: list[NDArray[np.int64]] = []
    for number in range(len(places)):
        if not free[number]:
            continue
        near = free & (np.hypot(*(places - places[number]).T) <= radius)
        free &= ~near
        groups.append(np.flatnonzero(near))
    return tuple(_cluster(members, places, severities) for members in _joined(groups, places, radius))


def _joined(groups: list[NDArray[np.int64]], places: NDArray[np.float64], radius: float) -> list[NDArray[np.int64]]:
    """Until no two middles are within `radius`."""
    if len(groups) < 2:
        return groups
    middles = np.array([places[members].mean(axis=0) for members in groups])
    apart = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    while True:
        first, second = sorted(divmod(int(apart.argmin()), len(groups)))
        if apart[first, second] > radius:
            return [members for members in groups if len(members)]
        groups[first], groups[second] = np.union1d(groups[first], groups[second]), np.empty(0, np.int64)
        apart[second] = apart[:, second] = np.inf
        middles[first] = places[groups[first]].mean(axis=0)
        away = np.hypot(*(middles - middles[first]).T)
        apart[first] = apart[:, first] = np.where(np.isinf(apart[first]), np.inf, away)


def _cluster(members: NDArray[np.int64], places: NDArray[np.float64], severities: NDArray[np.int64]) -> Cluster:
    own = places[members]
    (x, y), (wide, high) = own.mean(axis=0), np.ptp(own, axis=0)
    return Cluster(float(x), float(y), tuple(int(each) for each in members), int(severities[members].max()), float(np.hypot(wide, high)))

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
    """Each mark with those not yet taken within `radius` (metres), the first mark first. places: (n, 2), severities: (n,)."""
    free = np.ones(len(places), bool)
    made: list[Cluster] = []
    for number in range(len(places)):
        if not free[number]:
            continue
        near = free & (np.hypot(*(places - places[number]).T) <= radius)
        free &= ~near
        made.append(_cluster(np.flatnonzero(near), places, severities))
    return tuple(made)


def _cluster(members: NDArray[np.int64], places: NDArray[np.float64], severities: NDArray[np.int64]) -> Cluster:
    own = places[members]
    (x, y), (wide, high) = own.mean(axis=0), np.ptp(own, axis=0)
    return Cluster(float(x), float(y), tuple(int(each) for each in members), int(severities[members].max()), float(np.hypot(wide, high)))

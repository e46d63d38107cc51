"""Marks that would lie on each other become one with a count. No Qt."""

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.model.value_class import dataclass

_BESIDE = ((1, -1), (1, 0), (1, 1), (0, 1))  # half of the squares around one: the others find it


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
    return tuple(_cluster(members, places, severities) for members in _merge_clusters(groups, places, radius))


def _merge_clusters(groups: list[NDArray[np.int64]], places: NDArray[np.float64], radius: float) -> list[NDArray[np.int64]]:
    """Until no two middles are within `radius`."""
    while True:
        middles = np.array([places[members].mean(axis=0) for members in groups]).reshape(-1, 2)
        joined: dict[int, int] = {}
        for _, one, other in sorted(_near_pairs(middles, radius)):
            if one not in joined and other not in joined:
                joined |= {one: other, other: one}
        if not joined:
            return groups
        groups = [
            np.union1d(members, groups[joined[number]]) if number in joined else members
            for number, members in enumerate(groups)
            if number < joined.get(number, number + 1)
        ]


def _near_pairs(middles: NDArray[np.float64], radius: float) -> Iterator[tuple[float, int, int]]:
    """Pairs within `radius` and how far they are apart, found in squares as wide as that and in those beside them."""
    squares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (across, up) in enumerate(np.floor(middles / radius).astype(np.int64).tolist()):
        squares[across, up].append(number)
    for (across, up), here in squares.items():
        beside = [each for right, over in _BESIDE for each in squares.get((across + right, up + over), ())]
        for place, one in enumerate(here):
            for other in (*here[place + 1 :], *beside):
                away = math.dist(middles[one], middles[other])
                if away <= radius:
                    yield away, min(one, other), max(one, other)


def _cluster(members: NDArray[np.int64], places: NDArray[np.float64], severities: NDArray[np.int64]) -> Cluster:
    own = places[members]
    (x, y), (wide, high) = own.mean(axis=0), np.ptp(own, axis=0)
    return Cluster(float(x), float(y), tuple(int(each) for each in members), int(severities[members].max()), float(np.hypot(wide, high)))

"""Distances between movements: multivariate dynamic time warping (Sakoe and Chiba 1978), one query against all templates at once.

The cost matrix of all templates is one product of matrices. Its anti-diagonals are handled one after another: the cells of one need
only those of the two before it, so all cells of a diagonal are computed together, for all templates.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.gestures.features import ENERGY, FRAMES, Movement

_BAND = 10  # frames of 30 that one performance may run ahead of another
_LIKELY = 16  # templates whose postures are looked at
_MEAN = np.float32(1 / 2.5)  # of a distance, another and the root of a third
_FAR = np.float32(np.inf)
# Multiplications of a product that OpenBLAS still does on the thread that asks; beyond, it wakes others, which on a busy machine takes
# milliseconds for what takes microseconds.
_ONE_THREAD = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """N sequences laid out for warping.

    Attributes:
        columns: (D, F, N) their frames, times −2; N lies innermost, where numpy is fast.
        squares: (F, N) squared lengths of their frames.
    """

    columns: Floats
    squares: Floats

    @classmethod
    def of(cls, sequences: Sequence[Floats]) -> "Frames":
        columns = np.stack([frames.T for frames in sequences], axis=-1)
        return cls(np.ascontiguousarray(-2 * columns), np.square(columns).sum(axis=0))

    def some(self, which: npt.NDArray[np.intp]) -> "Frames":
        return Frames(self.columns[:, :, which], self.squares[:, which])


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """N movements. `energies` (N,): how much was moved."""

    frames: Frames
    postures: Frames
    places: Frames
    energies: Floats

    def __len__(self) -> int:
        return len(self.energies)


def stacked(movements: Sequence[Movement]) -> Templates:
    """At least one movement, all of one kind of skeleton."""
    return Templates(
        Frames.of([one.frames for one in movements]),
        Frames.of([one.postures for one in movements]),
        Frames.of([one.places for one in movements]),
        np.array([one.energy for one in movements], np.float32),
    )


def distances(query: Movement, templates: Templates, limits: Floats | None = None) -> Floats:
    """(N,) float32: 0 for the same movement, about 1 for one that has nothing to do with it, infinite where nothing moved.

    Args:
        limits: (N,) what a distance has to stay below to be of interest. A template whose first and last frames alone are farther
            away (the bound of Kim, Park, Chu 2001) is not warped; its distance reads as infinite.
    """
    return distances_of_all([query], templates, [limits])[0]


def distances_of_all(queries: Sequence[Movement], templates: Templates, limits: Sequence[Floats | None]) -> Floats:
    """(Q, N) `distances` of several queries, each with its limits: warped together, which for few templates is many times as fast."""
    found = np.full((len(queries), len(templates)), _FAR)
    near = [_hopeful(query, templates, limit) for query, limit in zip(queries, limits, strict=True)]
    some = [row for row, which in enumerate(near) if len(which)]
    if not some:
        return found
    costs = [_costs(queries[row].frames, _hopeful_frames(templates.frames, near[row])) for row in some]
    paths = _best_paths(costs[0] if len(costs) == 1 else np.concatenate(costs, axis=2)) / np.float32(FRAMES * 2 * ENERGY)
    for row, path in zip(some, np.split(paths, np.cumsum([len(near[row]) for row in some])[:-1]), strict=True):
        found[row, near[row]] = path
    return found


def _hopeful(query: Movement, templates: Templates, limits: Floats | None) -> npt.NDArray[np.intp]:
    if query.energy <= 0.0:
        return np.zeros(0, np.intp)
    hopeful = templates.energies > 0
    if limits is not None:
        hopeful &= _ends(query, templates) <= limits * np.float32(FRAMES * 2 * ENERGY)
    return np.flatnonzero(hopeful)


def _hopeful_frames(frames: Frames, which: npt.NDArray[np.intp]) -> Frames:
    return frames if len(which) == frames.squares.shape[1] else frames.some(which)


def ranks(query: Movement, templates: Templates, found: Floats) -> Floats:
    """(N,) by which the nearest gesture is told from others that are near too: the least is it. `found`: the distances.

    Of the nearest 16, the weighted geometric mean of the distance, which is the same between large and small movements, and of the
    distances of postures and of places, which are not; infinite beyond. Between people the first tells more, of one person's takes the
    others; a product needs no scale for any.
    """
    rank = np.full(len(templates), _FAR)
    near = np.flatnonzero(np.isfinite(found))
    near = near[np.argsort(found[near], kind="stable")[:_LIKELY]]
    if len(near):
        costs = _costs(query.postures, templates.postures.some(near)), _costs(query.places, templates.places.some(near))
        postures, places = _best_paths(np.concatenate(costs, axis=2)).reshape(2, len(near))
        rank[near] = (found[near] * postures * np.sqrt(places)) ** _MEAN
    return rank


def _best_paths(costs: Floats) -> Floats:
    """(N,) the cheapest ways through costs (F, F, N), from corner to corner."""
    length, count = costs.shape[1:]
    costs = costs.reshape(length * length, count)
    # Cell (i, j) of diagonal k = i + j stands at row i + 1, between rows that are never reached.
    two_before, before, now = (np.full((length + 2, count), _FAR) for _ in range(3))
    for k in range(2 * length - 1):
        low = max(0, k - length + 1, (k - _BAND + 1) // 2)
        high = min(length, k + 1, (k + _BAND) // 2 + 1)
        cells = now[low + 1 : high + 1]
        np.minimum(before[low:high], before[low + 1 : high + 1], out=cells)
        np.minimum(cells, two_before[low:high], out=cells)
        if k == 0:
            cells[:] = 0
        cells += costs[k + (length - 1) * low : k + (length - 1) * (high - 1) + 1 : length - 1]
        now[low] = now[high + 1] = _FAR
        two_before, before, now = before, now, two_before
    return np.maximum(before[length], 0)


def _costs(query: Floats, templates: Frames) -> Floats:
    """Squared distances (F of the query, F of the template, N)."""
    size, length, count = templates.columns.shape
    flat, costs = templates.columns.reshape(size, length * count), np.empty((len(query), length * count), np.float32)
    step = max(_ONE_THREAD // (size * len(query)), 1)
    for begin in range(0, length * count, step):
        np.matmul(query, flat[:, begin : begin + step], out=costs[:, begin : begin + step])
    costs = costs.reshape(len(query), length, count)
    costs += templates.squares
    costs += np.square(query).sum(axis=1)[:, None, None]
    return costs


def _ends(query: Movement, templates: Templates) -> Floats:
    """(N,) what the first and the last frames add to any path."""
    first, last = query.frames[0], query.frames[-1]
    ends = first @ templates.frames.columns[:, 0] + templates.frames.squares[0] + first @ first
    return ends + last @ templates.frames.columns[:, -1] + templates.frames.squares[-1] + last @ last

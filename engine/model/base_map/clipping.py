"""Rings and lines cut to a window, and thinned to what its pixels show: Qt draws neither millions of points nor far-away ones well."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Window = tuple[float, float, float, float]


def clipped_ring(ring: Points, window: Window) -> Points:
    """A ring (n, 2) cut by Sutherland and Hodgman: its fill is right inside the window. Empty where nothing is left."""
    x0, y0, x1, y1 = window
    for axis, limit, sign in ((0, x0, 1.0), (0, x1, -1.0), (1, y0, 1.0), (1, y1, -1.0)):
        if not len(ring):
            break
        ring = _clipped_half(ring, axis, limit, sign)
    return ring


def _clipped_half(ring: Points, axis: int, limit: float, sign: float) -> Points:
    inside = sign * (ring[:, axis] - limit) >= 0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    after, inside_after = np.roll(ring, -1, axis=0), np.roll(inside, -1)
    crosses = inside != inside_after
    share = np.zeros(len(ring))
    share[crosses] = (limit - ring[crosses, axis]) / (after[crosses, axis] - ring[crosses, axis])
    cut = ring + share[:, None] * (after - ring)
    both = np.stack((ring, cut), axis=1).reshape(-1, 2)
    return both[np.stack((inside, crosses), axis=1).reshape(-1)]


def clipped_line(line: Points, window: Window) -> list[Points]:
    """Its runs that meet the window: segments wholly beside it are left out, the others stay whole."""
    x0, y0, x1, y1 = window
    low, high = np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:])
    meets = (low[:, 0] <= x1) & (high[:, 0] >= x0) & (low[:, 1] <= y1) & (high[:, 1] >= y0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], meets.view(np.int8), [0]))))
    return [line[begin : end + 1] for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def thinned(points: Points, step: float) -> Points:
    """Without points that lie in the same square of `step` as the one before; the last stays."""
    if len(points) < 3:
        return points
    squares = np.floor(points / step)
    stays = np.any(squares[1:] != squares[:-1], axis=1)
    stays[-1] = True
    return points[np.concatenate(([True], stays))]

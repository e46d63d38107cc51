"""Plane geometry of shapes that are drawn on a picture. Points are shares of it (0–1), y down, unless something else is said."""

import math
from collections.abc import Iterable, Sequence

from engine.model.geometry import Point, Polygon, inside

_SAME = 1e-9


def segments(points: Sequence[Point], closed: bool) -> list[tuple[Point, Point]]:
    """From each point to the next, and from the last to the first where it is closed."""
    ends = (*points[1:], points[0]) if closed and len(points) > 2 else points[1:]
    return list(zip(points, ends, strict=False))


def meeting(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the segments ab and cd cross or touch; of two that lie on each other, one of their shared points."""
    across = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if across[0] * across[1] < 0 and across[2] * across[3] < 0:
        part = across[2] / (across[2] - across[3])
        return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])
    touching = ((c, a, b, across[0]), (d, a, b, across[1]), (a, c, d, across[2]), (b, c, d, across[3]))
    return next((point for point, p, q, turn in touching if abs(turn) < _SAME and _between(p, q, point)), None)


def crossing(points: Sequence[Point], closed: bool) -> Point | None:
    """Where a way crosses or touches itself, None where it does not. Neighbours share their point, and may not lie on each other."""
    parts = segments(points, closed)
    for first in range(len(parts)):
        for second in range(first + 1, len(parts)):
            found = _side_crossing(parts, first, second, closed)
            if found is not None:
                return found
    return None


def _side_crossing(parts: list[tuple[Point, Point]], first: int, second: int, closed: bool) -> Point | None:
    (a, b), (c, d) = parts[first], parts[second]
    if second == first + 1:
        return _folded(a, b, d)
    if closed and first == 0 and second == len(parts) - 1:
        return _folded(c, d, b)
    return meeting(a, b, c, d)


def _folded(a: Point, corner: Point, b: Point) -> Point | None:
    """Where the way turns straight back on itself at a corner."""
    back = (a[0] - corner[0]) * (b[0] - corner[0]) + (a[1] - corner[1]) * (b[1] - corner[1]) > 0
    return corner if abs(_turn(a, corner, b)) < _SAME and back else None


def size_of(points: Sequence[Point]) -> float:
    """Area, as a share of the picture's (shoelace)."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in segments(points, closed=True))) / 2


def inner_point(points: Polygon) -> Point:
    """A point to write at: the centroid; the first point where that lies outside, or the middle of a line."""
    if len(points) < 3:
        return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    doubled = [(a[0] * b[1] - b[0] * a[1], a, b) for a, b in segments(points, closed=True)]
    total = sum(cross for cross, _, _ in doubled)
    if abs(total) < _SAME:
        return points[0]
    x = sum(cross * (a[0] + b[0]) for cross, a, b in doubled) / (3 * total)
    y = sum(cross * (a[1] + b[1]) for cross, a, b in doubled) / (3 * total)
    return (x, y) if inside((x, y), points) else points[0]


def snapped(at: Point, reach: tuple[float, float], corners: Iterable[Point] = ()) -> Point:
    """On a corner of another shape within `reach` (shares, across and down), otherwise on the picture's edges within it."""
    near = [corner for corner in corners if abs(corner[0] - at[0]) <= reach[0] and abs(corner[1] - at[1]) <= reach[1]]
    if near:
        return min(near, key=lambda corner: math.dist(corner, at))
    return _to_edge(at[0], reach[0]), _to_edge(at[1], reach[1])


def _to_edge(value: float, reach: float) -> float:
    if value <= reach:
        return 0.0
    return 1.0 if value >= 1 - reach else value


def translate_points(points: Polygon, du: float, dv: float) -> Polygon:
    """All by the same way, as far as the picture goes."""
    du = min(max(du, -min(p[0] for p in points)), 1 - max(p[0] for p in points))
    dv = min(max(dv, -min(p[1] for p in points)), 1 - max(p[1] for p in points))
    return tuple((_clamped_share(u + du), _clamped_share(v + dv)) for u, v in points)


def away(point: Point, a: Point, b: Point) -> float:
    """Distance of a point from the segment ab, in the units of the three."""
    length = math.dist(a, b) ** 2
    part = 0.0 if length == 0 else ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    part = min(max(part, 0.0), 1.0)
    return math.dist(point, (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))


def left_of(begin: Point, end: Point) -> Point:
    """Unit vector to the left of the way from `begin` to `end`, in a picture (y down), in pixels."""
    length = math.dist(begin, end) or 1.0
    return (end[1] - begin[1]) / length, -(end[0] - begin[0]) / length


def _clamped_share(share: float) -> float:
    return round(min(max(share, 0.0), 1.0), 4)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Point, b: Point, point: Point) -> bool:
    return min(a[0], b[0]) - _SAME <= point[0] <= max(a[0], b[0]) + _SAME and min(a[1], b[1]) - _SAME <= point[1] <= max(a[1], b[1]) + _SAME

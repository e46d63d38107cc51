"""Whether a box and a polygon have anything in common."""

from engine.model.geometry import Box, Point, Polygon


def touches(box: Box, region: Polygon) -> bool:
    """What is left of the polygon when it is cut at the box's four sides (Sutherland and Hodgman, 1974), if anything is."""
    x0, y0, x1, y1 = box
    left = list(region)
    for axis, limit, sign in ((0, x0, 1.0), (0, x1, -1.0), (1, y0, 1.0), (1, y1, -1.0)):
        left = _cut(left, axis, limit, sign)
    return bool(left)


def _cut(corners: list[Point], axis: int, limit: float, sign: float) -> list[Point]:
    """What lies beyond a line across an axis."""
    kept: list[Point] = []
    for before, corner in zip([*corners[-1:], *corners[:-1]], corners, strict=True):
        was, now = sign * (before[axis] - limit), sign * (corner[axis] - limit)
        if was * now < 0:
            share = was / (was - now)
            kept.append((before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])))
        if now >= 0:
            kept.append(corner)
    return kept

"""The zones and lines of one picture as arrays, and where feet are to them: everybody against everything in a few array operations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Point, Polygon
from engine.model.picture_zone import PictureLine, PictureZone

Reals = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

MARGIN = 0.1  # of a box's height: its lower edge jitters by some per cent, and who is so near to a border stays where they were
LEAST_PX = 2.0
OF_ZONE = 0.25  # and never more than that share of a zone's shorter side
OPEN = 0.01  # a border so near to the picture's edge is open: who is cut off by the edge stands beyond it
KEPT = 0.001  # feet beyond the edge are taken to be so far within it


@dataclass(frozen=True, slots=True, eq=False)
class Stood:
    """Where T feet are to Z zones and L lines, in pixels of the frame.

    Attributes:
        zones: (T, Z) 1 clearly inside, −1 clearly outside, 0 so near to the border that it says nothing.
        lines: (T, L) 1 clearly on the right of the way from begin to end, −1 clearly on the left, 0 too near; of the endless line.
        crossed: (T, L) the way from the foot's last place to this one crosses the line between its ends.
    """

    zones: Signs
    lines: Signs
    crossed: Mask


class Borders:
    """Of one camera's picture; changes nothing. Points are shares of the picture until a frame's size is known."""

    def __init__(self, zones: Sequence[PictureZone], lines: Sequence[PictureLine]) -> None:
        self.zones, self.lines = tuple(zones), tuple(lines)
        edges = [edge for zone in zones for edge in _edges(tuple(map(_snapped, zone.area)))]
        self._begins = np.array([begin for begin, _ in edges], np.float64).reshape(-1, 2)
        self._ends = np.array([end for _, end in edges], np.float64).reshape(-1, 2)
        self._open = np.array([_on_edge(*edge) for edge in edges], np.bool_)
        self._first = np.cumsum([0, *(len(zone.area) for zone in zones)])[:-1]
        self._spans = np.array([np.ptp(zone.area, axis=0) for zone in zones], np.float64).reshape(-1, 2)
        self._from = np.array([line.begin for line in lines], np.float64).reshape(-1, 2)
        self._to = np.array([line.end for line in lines], np.float64).reshape(-1, 2)

    def stood(self, feet: Reals, before: Reals, heights: Reals, size: tuple[int, int]) -> Stood:
        """`feet`, `before` (T, 2) pixels: where they stand and stood; NaN before: nobody knows. `heights` (T,) of their boxes."""
        margins = np.maximum(MARGIN * heights, LEAST_PX)
        scale = np.array(size, np.float64)
        return Stood(self._in_zones(feet, margins, scale), *self._by_lines(feet, before, margins, scale))

    def _in_zones(self, feet: Reals, margins: Reals, scale: Reals) -> Signs:
        if not self.zones or not len(feet):
            return np.zeros((len(feet), len(self.zones)), np.int8)
        begins, ends = self._begins * scale, self._ends * scale
        feet = np.clip(feet, KEPT * scale, (1 - KEPT) * scale)
        inside = np.add.reduceat(_hits(feet, begins, ends), self._first, axis=1) % 2 == 1
        away = np.sqrt(np.minimum.reduceat(np.where(self._open, np.inf, _away(feet, begins, ends)), self._first, axis=1))
        narrow = OF_ZONE * (self._spans * scale).min(axis=1)
        clear = away >= np.minimum(margins[:, None], narrow)
        return np.where(clear, np.where(inside, 1, -1), 0).astype(np.int8)

    def _by_lines(self, feet: Reals, before: Reals, margins: Reals, scale: Reals) -> tuple[Signs, Mask]:
        begins, ends = self._from * scale, self._to * scale
        way = ends - begins
        now, then = _turn(begins, way, feet), _turn(begins, way, before)
        clear = np.abs(now) >= margins[:, None] * np.hypot(way[:, 0], way[:, 1])
        sides = np.where(clear, np.sign(now), 0).astype(np.int8)
        step = feet - before
        past_begin = _turn(before, step, begins).T > 0
        past_end = _turn(before, step, ends).T > 0
        # Half-open: who stands exactly on the line counts as on its left, so that no crossing counts twice or not at all.
        crossed = ((now > 0) != (then > 0)) & (past_begin != past_end) & ~np.isnan(then)
        return sides, crossed


def _edges(area: Polygon) -> list[tuple[Point, Point]]:
    return list(zip(area, (*area[1:], area[0]), strict=True))


def _snapped(point: Point) -> Point:
    x, y = (0.0 if value <= OPEN else 1.0 if value >= 1 - OPEN else value for value in point)
    return x, y


def _on_edge(begin: Point, end: Point) -> bool:
    return any(one == other and one in (0.0, 1.0) for one, other in zip(begin, end, strict=True))


def _hits(feet: Reals, begins: Reals, ends: Reals) -> npt.NDArray[np.int64]:
    """(T, E): edges that a ray from each foot to the right meets (even-odd rule)."""
    x, y = feet[:, :1], feet[:, 1:]
    spans = (begins[:, 1] > y) != (ends[:, 1] > y)
    rise = ends[:, 1] - begins[:, 1]
    at_x = begins[:, 0] + (ends[:, 0] - begins[:, 0]) * (y - begins[:, 1]) / np.where(rise == 0, 1.0, rise)
    return (spans & (x < at_x)).astype(np.int64)


def _away(feet: Reals, begins: Reals, ends: Reals) -> Reals:
    """(T, E): squared distances of feet from edges."""
    way = ends - begins
    off_x, off_y = feet[:, :1] - begins[:, 0], feet[:, 1:] - begins[:, 1]
    along = np.clip((off_x * way[:, 0] + off_y * way[:, 1]) / np.maximum((way**2).sum(axis=1), 1e-12), 0.0, 1.0)
    return (off_x - along * way[:, 0]) ** 2 + (off_y - along * way[:, 1]) ** 2


def _turn(begins: Reals, ways: Reals, points: Reals) -> Reals:
    """(P, B): cross products; above 0 where a point is on the right of a way, in a picture whose y points down."""
    off_x, off_y = points[:, :1] - begins[:, 0], points[:, 1:] - begins[:, 1]
    return ways[:, 0] * off_y - ways[:, 1] * off_x

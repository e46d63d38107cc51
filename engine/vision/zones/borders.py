"""The zones and lines of one picture as arrays, and where feet are to them: everybody against everything in a few array operations."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.geometry import Point, Polygon
from engine.model.value_class import dataclass

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
    """Of one camera's picture, in shares of it; changes nothing but what it remembers of the last frame's size."""

    def __init__(self, zones: Sequence[PictureZone], lines: Sequence[PictureLine]) -> None:
        self.zones, self.lines = tuple(zones), tuple(lines)
        self._drawn = _PixelBorders(self.zones, self.lines, (1, 1))

    def stood(self, feet: Reals, before: Reals, heights: Reals, size: tuple[int, int]) -> Stood:
        """`feet`, `before` (T, 2) pixels: where they stand and stood; NaN before: nobody knows. `heights` (T,) of their boxes."""
        if self._drawn.size != size:
            self._drawn = _PixelBorders(self.zones, self.lines, size)
        margins = np.maximum(MARGIN * heights, LEAST_PX)[:, None]
        zones = self._drawn.in_zones(feet, margins) if self.zones else np.zeros((len(feet), 0), np.int8)
        return Stood(zones, *self._drawn.by_lines(feet, before, margins))


class _PixelBorders:
    """Zones and lines in a frame of one size; pixels."""

    def __init__(self, zones: Sequence[PictureZone], lines: Sequence[PictureLine], size: tuple[int, int]) -> None:
        self.size = size
        scale = np.array(size, np.float64)
        edges = [edge for zone in zones for edge in _edges(tuple(map(_snapped, zone.area)))]
        self._begins = np.array([begin for begin, _ in edges], np.float64).reshape(-1, 2) * scale
        self._ways = np.array([end for _, end in edges], np.float64).reshape(-1, 2) * scale - self._begins
        rise = self._ways[:, 1]
        self._slopes = self._ways[:, 0] / np.where(rise == 0, 1.0, rise)
        self._per_length = 1 / np.maximum((self._ways**2).sum(axis=1), 1e-12)
        self._open = np.where([_on_edge(*edge) for edge in edges], np.inf, 0.0)
        self._first = np.cumsum([0, *(len(zone.area) for zone in zones)])[:-1]
        spans = np.array([np.ptp(zone.area, axis=0) for zone in zones], np.float64).reshape(-1, 2)
        self._narrow = OF_ZONE * (spans * scale).min(axis=1) if len(zones) else np.zeros(0)
        self._from = np.array([line.begin for line in lines], np.float64).reshape(-1, 2) * scale
        self._to = np.array([line.end for line in lines], np.float64).reshape(-1, 2) * scale
        self._line_ways = self._to - self._from
        self._line_lengths = np.hypot(self._line_ways[:, 0], self._line_ways[:, 1])
        self._least, self._most = KEPT * scale, (1 - KEPT) * scale

    def in_zones(self, feet: Reals, margins: Reals) -> Signs:
        kept = np.minimum(np.maximum(feet, self._least), self._most)
        off_x, off_y = kept[:, :1] - self._begins[:, 0], kept[:, 1:] - self._begins[:, 1]
        way_x, way_y = self._ways[:, 0], self._ways[:, 1]
        # Even-odd rule: edges that a ray from the foot to the right meets.
        hits = ((off_y < 0) != (off_y < way_y)) & (off_x < self._slopes * off_y)
        inside = np.logical_xor.reduceat(hits, self._first, axis=1)
        along = np.minimum(np.maximum((off_x * way_x + off_y * way_y) * self._per_length, 0.0), 1.0)
        off_x -= along * way_x
        off_y -= along * way_y
        away = np.minimum.reduceat(off_x * off_x + off_y * off_y + self._open, self._first, axis=1)
        clear = away >= np.minimum(margins, self._narrow) ** 2
        return (clear * np.where(inside, 1, -1)).astype(np.int8)

    def by_lines(self, feet: Reals, before: Reals, margins: Reals) -> tuple[Signs, Mask]:
        now, then = _turn(self._from, self._line_ways, feet), _turn(self._from, self._line_ways, before)
        sides = (np.sign(now) * (np.abs(now) >= margins * self._line_lengths)).astype(np.int8)
        # Half-open: who stands exactly on the line counts as on its left, so that no crossing counts twice or not at all.
        changed = ((now > 0) != (then > 0)) & ~np.isnan(then)
        if not changed.any():
            return sides, changed
        step = feet - before
        return sides, changed & ((_turn(before, step, self._from).T > 0) != (_turn(before, step, self._to).T > 0))


def _edges(area: Polygon) -> list[tuple[Point, Point]]:
    return list(zip(area, (*area[1:], area[0]), strict=True))


def _snapped(point: Point) -> Point:
    x, y = (0.0 if value <= OPEN else 1.0 if value >= 1 - OPEN else value for value in point)
    return x, y


def _on_edge(begin: Point, end: Point) -> bool:
    return any(one == other and one in (0.0, 1.0) for one, other in zip(begin, end, strict=True))


def _turn(begins: Reals, ways: Reals, points: Reals) -> Reals:
    """(P, B): cross products; above 0 where a point is on the right of a way, in a picture whose y points down."""
    off_x, off_y = points[:, :1] - begins[:, 0], points[:, 1:] - begins[:, 1]
    return ways[:, 0] * off_y - ways[:, 1] * off_x

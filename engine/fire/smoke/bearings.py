"""Bearings of smoke, the sectors of the land that they cover, and which of them are of one plume in place and time.

A sector reaches from 0.5 to 35 km from its camera. Two bearings are a pair if the times in which their smoke was seen are at most 1800 s
apart and their sectors overlap.
"""

import math
from functools import cached_property

from engine._geodesic import rough_distance_m
from engine.fire.smoke.plane import XY, Plane
from engine.model.fire.smoke import Lookout, SmokeSequence
from engine.model.time import SECOND
from engine.model.value_class import dataclass

NEAREST_M, FURTHEST_M = 500.0, 35_000.0
PAIRS_WITHIN_NS = 1800 * SECOND
WIDEST_CONE_DEG = 120.0  # what fills more than that says nothing about where it is
_NARROWEST_CONE_DEG = 0.1
_ARC_STEP_DEG = 3.0
_GRID_DEG = 0.5


@dataclass(frozen=True, slots=True)
class Bearing:
    """Smoke as one camera sees it: from where, which way, how wide and when."""

    sequence_id: str
    camera_id: str
    latitude: float
    longitude: float
    azimuth_deg: float
    cone_deg: float
    started_ns: int
    last_seen_ns: int


def bearing_of(sequence: SmokeSequence, lookout: Lookout | None) -> Bearing | None:
    """None: nobody said where its camera stands or looks, or the smoke fills too much of the picture to say which way it is."""
    azimuth, cone = sequence.azimuth_deg, sequence.cone_deg
    if lookout is None or azimuth is None or cone is None or cone > WIDEST_CONE_DEG:
        return None
    cone = max(cone, _NARROWEST_CONE_DEG)
    place = lookout.latitude, lookout.longitude
    return Bearing(sequence.id, sequence.camera_id, *place, azimuth, cone, sequence.started_ns, sequence.last_seen_ns)


def apart_m(one: Bearing, other: Bearing) -> float:
    """Between their cameras; within 0.6 %."""
    return rough_distance_m(one.latitude, one.longitude, other.latitude, other.longitude)


def gap_ns(one: Bearing, other: Bearing) -> int:
    """Between the times in which they were seen; 0 where those overlap."""
    return max(0, max(one.started_ns, other.started_ns) - min(one.last_seen_ns, other.last_seen_ns))


class Ray:
    """A bearing on a plane."""

    def __init__(self, bearing: Bearing, plane: Plane) -> None:
        self.bearing = bearing
        self.at = plane.on(bearing.latitude, bearing.longitude)
        self.towards = plane.direction(bearing.latitude, bearing.longitude, bearing.azimuth_deg)

    @cached_property
    def sector(self) -> tuple[XY, ...]:
        """Its corners, a convex polygon, clockwise: the arcs at either end become chords and short straight pieces."""
        half = self.bearing.cone_deg / 2
        pieces = max(2, math.ceil(self.bearing.cone_deg / _ARC_STEP_DEG))
        turns = [-half + self.bearing.cone_deg * piece / pieces for piece in range(pieces + 1)]
        return (self._out(NEAREST_M, -half), *(self._out(FURTHEST_M, turn) for turn in turns), self._out(NEAREST_M, half))

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        east, north = zip(*self.sector, strict=True)
        return min(east), min(north), max(east), max(north)

    def away_m(self, point: XY) -> float:
        return math.dist(self.at, point)

    def off(self, point: XY) -> float:
        """By how much a point is to the left of it, radians (−π to π)."""
        east, north = point[0] - self.at[0], point[1] - self.at[1]
        along = self.towards[0] * east + self.towards[1] * north
        return math.atan2(self.towards[0] * north - self.towards[1] * east, along)

    def _out(self, away_m: float, turned_deg: float) -> XY:
        turn = math.radians(turned_deg)
        east, north = self.towards
        x, y = east * math.cos(turn) + north * math.sin(turn), north * math.cos(turn) - east * math.sin(turn)
        return self.at[0] + away_m * x, self.at[1] + away_m * y


class Planes:
    """Planes around, and bearings on them, each made once. A plane serves everything within half a degree or so."""

    def __init__(self) -> None:
        self._rays: dict[tuple[float, float, str], Ray] = {}
        self._overlaps: dict[tuple[Ray, Ray], tuple[XY, ...]] = {}

    def rays(self, *bearings: Bearing) -> tuple[Plane, tuple[Ray, ...]]:
        """On one plane, near the first of them."""
        middle = round(bearings[0].latitude / _GRID_DEG) * _GRID_DEG, round(bearings[0].longitude / _GRID_DEG) * _GRID_DEG
        plane = Plane(*middle)
        return plane, tuple(self._ray(plane, middle, each) for each in bearings)

    def overlap(self, one: Ray, other: Ray) -> tuple[XY, ...]:
        """See `overlap`."""
        known = self._overlaps.get((one, other))
        if known is None:
            known = self._overlaps[one, other] = overlap(one, other)
        return known

    def _ray(self, plane: Plane, middle: tuple[float, float], bearing: Bearing) -> Ray:
        key = *middle, bearing.sequence_id
        if key not in self._rays:
            self._rays[key] = Ray(bearing, plane)
        return self._rays[key]


def overlap(one: Ray, other: Ray) -> tuple[XY, ...]:
    """Where both sectors are: a polygon; empty: nowhere."""
    (west, south, east, north), (west2, south2, east2, north2) = one.box, other.box
    if west > east2 or west2 > east or south > north2 or south2 > north:
        return ()
    return _clipped(one.sector, other.sector)


def centre(polygon: tuple[XY, ...]) -> XY:
    """Its centroid; of one that is nearly a line the mean of its corners."""
    x0, y0 = polygon[0]
    twice, east, north = 0.0, 0.0, 0.0
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        twice, east, north = twice + cross, east + (x1 + x2 - 2 * x0) * cross, north + (y1 + y2 - 2 * y0) * cross
    if abs(twice) < 1e-6:
        return sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon)
    return x0 + east / (3 * twice), y0 + north / (3 * twice)


def _clipped(polygon: tuple[XY, ...], by: tuple[XY, ...]) -> tuple[XY, ...]:
    """I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping" (CACM 17, 1974). `by`: convex and clockwise."""
    for start, end in zip(by, by[1:] + by[:1], strict=True):
        polygon = _half(polygon, start, end)
        if not polygon:
            break
    return polygon


def _half(polygon: tuple[XY, ...], start: XY, end: XY) -> tuple[XY, ...]:
    """What is to the right of a line, or on it."""
    kept: list[XY] = []
    for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        side, next_side = _right(start, end, here), _right(start, end, there)
        if side >= 0:
            kept.append(here)
        if side * next_side < 0:
            share = side / (side - next_side)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return tuple(kept)


def _right(start: XY, end: XY, point: XY) -> float:
    return (end[1] - start[1]) * (point[0] - start[0]) - (end[0] - start[0]) * (point[1] - start[1])

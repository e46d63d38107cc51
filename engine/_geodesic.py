"""The one door to distances on Earth: geodesics of the WGS-84 ellipsoid, in metres, between places in degrees.

geographiclib solves them to nanometres (Karney, Algorithms for geodesics, J. Geodesy 87, 2013) in some 50 µs, as PostGIS does.
"""

import math
from functools import cache
from importlib import import_module
from typing import Any

from engine.model.geometry import EARTH_M
from engine.model.value_class import dataclass

_SPHERE_ERROR = 0.01  # a sphere of the mean radius is wrong by up to 0.6 %
_LEAST_M_PER_DEGREE = 110_574.0  # of latitude, at the equator
_WIDEST_M_PER_DEGREE = 111_319.49  # of longitude, there; times the cosine of the latitude elsewhere, or more
_MARGIN = 1.0005


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, `west` ≤ `east`."""

    south: float
    north: float
    west: float
    east: float


@cache
def _wgs84() -> tuple[Any, int]:
    geodesic: Any = import_module("geographiclib.geodesic").Geodesic
    return geodesic.WGS84, geodesic.DISTANCE


def distance_m(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    wgs84, wanted = _wgs84()
    return float(wgs84.Inverse(a_latitude, a_longitude, b_latitude, b_longitude, wanted)["s12"])


def offset_m(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> tuple[float, float]:
    """How far b is east and north of a, along the geodesic there."""
    there = _wgs84()[0].Inverse(a_latitude, a_longitude, b_latitude, b_longitude)
    azimuth = math.radians(there["azi1"])
    return float(there["s12"]) * math.sin(azimuth), float(there["s12"]) * math.cos(azimuth)


def is_within(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float, radius_m: float) -> bool:
    """Inclusive. The ellipsoid is asked only where a sphere leaves it open."""
    rough_m = rough_distance_m(a_latitude, a_longitude, b_latitude, b_longitude)
    if abs(rough_m - radius_m) > _SPHERE_ERROR * max(rough_m, radius_m):
        return rough_m < radius_m
    return distance_m(a_latitude, a_longitude, b_latitude, b_longitude) <= radius_m


def rough_distance_m(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """On a sphere: up to 0.6 % off, and sixty times as fast."""
    a, b = math.radians(a_latitude), math.radians(b_latitude)
    half_turn = math.radians(b_longitude - a_longitude) / 2
    square = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_turn) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(square)))


def boxes_around(latitude: float, longitude: float, radius_m: float) -> tuple[Box, ...]:
    """All that lies within the radius (at most 1,000 km), and a little more; two boxes where the 180th meridian is crossed."""
    tall = _MARGIN * radius_m / _LEAST_M_PER_DEGREE
    south, north = max(-90.0, latitude - tall), min(90.0, latitude + tall)
    furthest = max(abs(south), abs(north))
    parallel_m = _WIDEST_M_PER_DEGREE * math.cos(math.radians(furthest))
    wide = 180.0 if furthest >= 89.99 else _MARGIN * radius_m / parallel_m
    if wide >= 180.0:
        return (Box(south, north, -180.0, 180.0),)
    west, east = longitude - wide, longitude + wide
    if west < -180.0:
        return Box(south, north, west + 360.0, 180.0), Box(south, north, -180.0, east)
    if east > 180.0:
        return Box(south, north, west, 180.0), Box(south, north, -180.0, east - 360.0)
    return (Box(south, north, west, east),)


def destination(latitude: float, longitude: float, east_m: float, north_m: float) -> tuple[float, float]:
    """Where one comes to over so many metres, straight; for some hundred kilometres at most."""
    wgs84, _ = _wgs84()
    there = wgs84.Direct(latitude, longitude, math.degrees(math.atan2(east_m, north_m)), math.hypot(east_m, north_m))
    return float(there["lat2"]), float(there["lon2"])

"""A plane on which geodesics are straight lines: the ellipsoidal gnomonic projection of C. F. F. Karney, "Algorithms for geodesics"
(J. Geodesy 87, 2013, section 8). Bearings that cameras take cross on it as lines do.

Within 100 km of its middle a geodesic is off a straight line by less than a tenth of a millimetre, lengths by 0.012 % and directions by
0.007°, so that distances, angles and ellipses of some kilometres may be measured on it as they are.
"""

import math
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

XY: TypeAlias = tuple[float, float]
"""Metres east and north of a plane's middle."""

_AHEAD_M = 20_000.0  # a second point of a bearing
_STEPS, _CLOSE_ENOUGH = 10, 1e-14


@cache
def _wgs84() -> tuple[Any, int]:
    geodesic: Any = import_module("geographiclib.geodesic").Geodesic
    return geodesic.WGS84, geodesic.AZIMUTH | geodesic.REDUCEDLENGTH | geodesic.GEODESICSCALE


class Plane:
    """Around a place. Good for what is within some hundred kilometres; a quarter of the globe away there is none."""

    def __init__(self, latitude: float, longitude: float) -> None:
        self._latitude = latitude
        self._longitude = longitude

    def on(self, latitude: float, longitude: float) -> XY:
        ellipsoid, wanted = _wgs84()
        found = ellipsoid.Inverse(self._latitude, self._longitude, latitude, longitude, wanted)
        away, azimuth = found["m12"] / found["M12"], math.radians(found["azi1"])
        return away * math.sin(azimuth), away * math.cos(azimuth)

    def off(self, point: XY) -> tuple[float, float]:
        """Latitude and longitude, by Newton's method along the geodesic there."""
        ellipsoid, wanted = _wgs84()
        away = math.hypot(*point)
        able = wanted | ellipsoid.STANDARD | ellipsoid.DISTANCE_IN
        line = ellipsoid.Line(self._latitude, self._longitude, math.degrees(math.atan2(*point)), able)
        gone_m = ellipsoid.a * math.atan(away / ellipsoid.a)
        for _ in range(_STEPS):
            at = line.Position(gone_m, wanted)
            step_m = (at["m12"] / at["M12"] - away) * at["M12"] ** 2
            gone_m -= step_m
            if abs(step_m) <= _CLOSE_ENOUGH * ellipsoid.a:
                break
        there = line.Position(gone_m)
        return float(there["lat2"]), float(there["lon2"])

    def direction(self, latitude: float, longitude: float, azimuth_deg: float) -> XY:
        """Unit vector of a bearing that is taken at a place."""
        ahead = _wgs84()[0].Direct(latitude, longitude, azimuth_deg, _AHEAD_M)
        (x0, y0), (x1, y1) = self.on(latitude, longitude), self.on(ahead["lat2"], ahead["lon2"])
        long = math.hypot(x1 - x0, y1 - y0)
        return (x1 - x0) / long, (y1 - y0) / long

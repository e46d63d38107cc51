"""A plane around one place on Earth, in metres: what a map of a town needs, without any map service.

Along the meridian and the parallel of the origin by the radii of curvature of the WGS-84 ellipsoid. Lengths are true to 0.1 % within some
30 km; further away east–west ones are stretched by the cosine of the latitude.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_A_M = 6_378_137.0
_E2 = 0.00669437999014
_LEAST_COS = 1e-3  # at the poles


@dataclass(frozen=True, slots=True)
class GeoPlane:
    """`latitude`, `longitude`: of the origin, in degrees. X is metres east of it, Y north."""

    latitude: float
    longitude: float

    @property
    def _scales(self) -> tuple[float, float]:
        """Metres a degree, eastwards and northwards."""
        return m_per_degree(self.latitude)

    def to_plane(self, latitude: float, longitude: float) -> tuple[float, float]:
        east, north = self._scales
        return (longitude - self.longitude + 540) % 360 * east - 180 * east, (latitude - self.latitude) * north

    def to_plane_many(self, latitudes: ArrayLike, longitudes: ArrayLike) -> NDArray[np.float64]:
        """(n, 2)."""
        east, north = self._scales
        x = ((np.asarray(longitudes, np.float64) - self.longitude + 540) % 360 - 180) * east
        return np.stack((x, (np.asarray(latitudes, np.float64) - self.latitude) * north), axis=-1)

    def to_earth(self, x: float, y: float) -> tuple[float, float]:
        """Latitude, longitude in degrees."""
        east, north = self._scales
        return self.latitude + y / north, (self.longitude + x / east + 540) % 360 - 180

    def radii(self, latitude: float, metres: float) -> tuple[float, float]:
        """How wide and how high a circle of that radius at that latitude is in this plane."""
        (east, north), (east_there, north_there) = self._scales, m_per_degree(latitude)
        return metres * east / east_there, metres * north / north_there


def m_per_degree(latitude: float) -> tuple[float, float]:
    """Of longitude and of latitude."""
    phi = math.radians(latitude)
    w = math.sqrt(1 - _E2 * math.sin(phi) ** 2)
    return math.radians(_A_M / w) * max(_LEAST_COS, math.cos(phi)), math.radians(_A_M * (1 - _E2) / w**3)

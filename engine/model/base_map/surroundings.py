"""What the offline base map shows around one place, in metres east and north of it: small enough for a phone."""

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from engine.model.base_map.clipping import Points, clipped_line, clipped_ring, thinned
from engine.model.base_map.world import FINE, LAST_LATITUDE, RADIUS_M, ROUND_M, Lines, borders, land, to_plane, towns
from engine.model.geometry import EARTH_M
from engine.model.value_class import dataclass

REACH_M = 100_000.0
MOST_TOWNS = 60
_THIN_M = 250.0  # coast lines are right to some 500 m


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    east_m: int
    north_m: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Rings and lines: east, north, east, north…, metres. `towns`: the largest first."""

    land: tuple[tuple[int, ...], ...]
    borders: tuple[tuple[int, ...], ...]
    towns: tuple[Town, ...]


@lru_cache(maxsize=8)
def surroundings(latitude: float, longitude: float) -> Surroundings:
    """Up to `REACH_M` to each side. The first one reads the map, some 0.1 s."""
    frame = Frame(latitude, longitude, REACH_M)
    rings = (clipped_ring(ring, frame.window) for ring in frame.near(land(FINE)))
    lines = (part for line in frame.near(borders(FINE)) for part in clipped_line(line, frame.window))
    return Surroundings(
        tuple(frame.numbers(thinned(ring, _THIN_M * frame.stretch)) for ring in rings if len(ring) > 2),
        tuple(frame.numbers(thinned(line, _THIN_M * frame.stretch)) for line in lines if len(line) > 1),
        tuple(frame.towns()),
    )


class Frame:
    """The square around a place, up to `reach_m` to each side.

    Attributes:
        window: in the plane of web maps. stretch: metres of that plane for one on Earth.
    """

    def __init__(self, latitude: float, longitude: float, reach_m: float) -> None:
        self._latitude, self._longitude = max(-LAST_LATITUDE, min(LAST_LATITUDE, latitude)), longitude
        self._narrow = math.cos(math.radians(self._latitude))
        self.stretch = 1 / self._narrow
        x, y = (float(each) for each in to_plane([longitude], [self._latitude])[0])
        reach = reach_m * self.stretch
        self._x, self.window = x, (x - reach, y - reach, x + reach, y + reach)

    def near(self, lines: Lines) -> Iterable[Points]:
        """Also over the date line."""
        return (line for shift in (-ROUND_M, 0.0, ROUND_M) for line in lines.near(self.window, shift))

    def numbers(self, points: Points) -> tuple[int, ...]:
        """East, north, east, north…, metres."""
        return tuple(int(each) for each in self._metres(points).round().ravel())

    def towns(self) -> Iterable[Town]:
        known = towns()
        turned = np.round((known.places[:, 0] - self._x) / ROUND_M) * ROUND_M
        places = known.places - np.stack((turned, np.zeros(len(turned))), axis=-1)
        x0, y0, x1, y1 = self.window
        inside = (places[:, 0] > x0) & (places[:, 0] < x1) & (places[:, 1] > y0) & (places[:, 1] < y1)
        for number in np.flatnonzero(inside)[:MOST_TOWNS]:
            east, north = self._metres(places[number : number + 1])[0]
            yield Town(known.names[int(number)], round(float(east)), round(float(north)))

    def _metres(self, points: Points) -> Points:
        """As the page measures: along the parallel of the place, and along its meridian."""
        degree = math.radians(1) * EARTH_M
        east = (np.degrees(points[:, 0] / RADIUS_M) - self._longitude) * degree * self._narrow
        north = (np.degrees(np.arctan(np.sinh(points[:, 1] / RADIUS_M))) - self._latitude) * degree
        return np.stack((east, north), axis=-1)

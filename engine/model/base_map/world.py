"""The world of the offline base map in the plane of web maps: land, borders, names. Read when a map first needs it."""

import json
import math
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.model.base_map.clipping import Points
from engine.model.value_class import dataclass

COARSE, FINE = "50m", "10m"
RADIUS_M = 6_378_137.0  # of the plane
ROUND_M = 2 * math.pi * RADIUS_M  # once around the Earth
LAST_LATITUDE = 85.0511287798
_UNITS = 1e5  # of a degree, as tools/base_map.py wrote them
ATTRIBUTION = "Natural Earth, GeoNames"


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """`points` (n, 2) of all lines in metres of the plane; `begins` where each begins, and n. `boxes` (lines, 4): x0, y0, x1, y1."""

    points: Points
    begins: NDArray[np.int64]
    boxes: Points

    def near(self, box: tuple[float, float, float, float], shift: float, least: float = 0.0) -> list[Points]:
        """Lines whose box meets `box`, moved by `shift` to the east, and that are at least so large."""
        x0, y0, x1, y1 = box
        own = self.boxes
        large = np.maximum(own[:, 2] - own[:, 0], own[:, 3] - own[:, 1]) >= least
        meets = large & (own[:, 0] + shift <= x1) & (own[:, 2] + shift >= x0) & (own[:, 1] <= y1) & (own[:, 3] >= y0)
        move = np.array([shift, 0.0])
        return [self.points[self.begins[number] : self.begins[number + 1]] + move for number in np.flatnonzero(meets)]


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names with their places in the plane (n, 2), the most important first, and the largest metres a pixel at which each is shown."""

    names: tuple[str, ...]
    places: Points
    until: Points


@cache
def land(detail: str) -> Lines:
    return _lines(f"land_{detail}")


@cache
def borders(detail: str) -> Lines:
    return _lines(f"borders_{detail}")


@cache
def countries() -> Names:
    rows = sorted(_places()["countries"], key=lambda row: -row[3])
    size = np.array([row[3] for row in rows], np.float64)
    return Names(tuple(row[0] for row in rows), to_plane([row[1] for row in rows], [row[2] for row in rows]), np.sqrt(size) * 2_500 + 1_500)


@cache
def towns() -> Names:
    rows = _places()["towns"]
    return _names(rows, np.array([row[3] for row in rows], np.float64) / 600 + 250)


def _names(rows: list[tuple[str, float, float, float]], until: Points) -> Names:
    return Names(tuple(row[0] for row in rows), to_plane([row[1] for row in rows], [row[2] for row in rows]), until)


@cache
def _places() -> dict[str, list[tuple[str, float, float, float]]]:
    """Name, longitude, latitude, and size or population."""
    return json.loads(files("resources.maps").joinpath("places.json").read_text("utf-8"))


def _lines(name: str) -> Lines:
    with as_file(files("resources.maps").joinpath("world.npz")) as path, np.load(path, allow_pickle=False) as parts:
        degrees = np.cumsum(parts[name], axis=0, dtype=np.int64) / _UNITS
        begins = parts[f"{name}_begins"].astype(np.int64)
    points = to_plane(degrees[:, 0], degrees[:, 1])
    low, high = (each.reduceat(points, begins[:-1], axis=0) for each in (np.minimum, np.maximum))
    return Lines(points, begins, np.hstack([low, high]))


def to_plane(longitudes: ArrayLike, latitudes: ArrayLike) -> Points:
    """(n, 2), metres. Longitudes as they are, also beyond 180: lines go on over the date line. Latitudes beyond ±85.05° lie on the edge."""
    latitude = np.radians(np.clip(np.asarray(latitudes, np.float64), -LAST_LATITUDE, LAST_LATITUDE))
    return np.stack((np.radians(np.asarray(longitudes, np.float64)) * RADIUS_M, np.arcsinh(np.tan(latitude)) * RADIUS_M), axis=-1)

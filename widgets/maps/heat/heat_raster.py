"""Cells of a risk map as one picture in the plane of web maps, made once per hour of the map and only moved while the map is.

The cells are those of rows of equal height, each cut from Greenwich on along its middle parallel (equal areas, as the engine counts them).
A row of the picture shows the row of cells that its middle lies in.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.model.geometry import EARTH_M
from engine.model.value_class import dataclass
from widgets.maps.mercator import RADIUS_M, stretch

_MOST_PIXELS = 2048  # of an edge
_PIXELS_A_CELL = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class HeatRaster:
    """`shares`: (height, width) float32 0–1, NaN where there is no data; row 0 is the north. x0, y0, x1, y1: metres of the plane."""

    shares: NDArray[np.float32]
    x0: float
    y0: float
    x1: float
    y1: float


def rasterised(
    latitudes: NDArray[np.floating], longitudes: NDArray[np.floating], shares: NDArray[np.floating], cell_m: float
) -> HeatRaster | None:
    """Cells by their middles (degrees). None where there are none. On both sides of the 180th meridian each is on its own turn."""
    if not len(shares):
        return None
    latitude, longitude = np.asarray(latitudes, np.float64), np.asarray(longitudes, np.float64)
    rows = np.floor(np.radians(latitude) * EARTH_M / cell_m).astype(np.int64)
    half_deg = np.degrees(cell_m / EARTH_M / np.cos((rows + 0.5) * cell_m / EARTH_M)) / 2
    order = np.lexsort((longitude, rows))
    rows, lefts, rights = rows[order], (longitude - half_deg)[order], (longitude + half_deg)[order]
    values = np.asarray(shares, np.float32)[order]
    x0, x1 = (float(math.radians(each) * RADIUS_M) for each in (lefts.min(), rights.max()))
    y0, y1 = (_northing(float(row) * cell_m / EARTH_M) for row in (rows[0], rows[-1] + 1))
    pixel = max(cell_m * stretch(float(np.median(latitude))) / _PIXELS_A_CELL, (x1 - x0) / _MOST_PIXELS, (y1 - y0) / _MOST_PIXELS)
    wide, high = max(1, math.ceil((x1 - x0) / pixel)), max(1, math.ceil((y1 - y0) / pixel))
    picture = np.full((high, wide), np.nan, np.float32)
    at_longitude = np.degrees((x0 + (np.arange(wide) + 0.5) * (x1 - x0) / wide) / RADIUS_M)
    at_row = np.floor(np.arctan(np.sinh((y1 - (np.arange(high) + 0.5) * (y1 - y0) / high) / RADIUS_M)) * EARTH_M / cell_m).astype(np.int64)
    starts, ends = np.searchsorted(rows, at_row, "left"), np.searchsorted(rows, at_row, "right")
    for number in range(high):
        if number and at_row[number] == at_row[number - 1]:
            picture[number] = picture[number - 1]
        elif ends[number] > starts[number]:
            cells = slice(starts[number], ends[number])
            picture[number] = _raster_row(at_longitude, lefts[cells], rights[cells], values[cells])
    return HeatRaster(picture, x0, y0, x1, y1)


def _raster_row(
    at: NDArray[np.float64], lefts: NDArray[np.float64], rights: NDArray[np.float64], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    nearest = np.maximum(np.searchsorted(lefts, at, "right") - 1, 0)
    inside = (lefts[nearest] <= at) & (at < rights[nearest])
    return np.where(inside, values[nearest], np.float32(np.nan))


def _northing(latitude: float) -> float:
    """Radians to metres of the plane."""
    return math.asinh(math.tan(latitude)) * RADIUS_M

"""Cells of equal area on Earth: rows of one height, each cut into columns of one width, both `cell_m` metres.

A row's columns are counted along its middle parallel from Greenwich, so that a cell has the same area at the equator and in the north
(within 0.1 %), whichever site asks: the sinusoidal projection, cut row by row. Cells of neighbouring rows are shifted against each other.
A cell's number holds row and column and never changes while `cell_m` stays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

EARTH_M = 6_371_008.8  # mean radius (IUGG): the grid is on the sphere of that size
_COLUMNS = 1 << 32
_MIDDLE = 1 << 31


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells with edges of `cell_m` metres. All methods take and give arrays of any one length."""

    cell_m: float = 250.0

    def cells(self, latitude: Values, longitude: Values) -> Numbers:
        """Cell numbers, int64, of WGS-84 degrees."""
        row = np.floor(np.radians(latitude) * EARTH_M / self.cell_m).astype(np.int64)
        column = np.floor(np.radians(longitude) * self._round_m(row) / self.cell_m).astype(np.int64)
        return _number(row, column)

    def centres(self, cells: Numbers) -> tuple[Values, Values]:
        """Latitudes and longitudes of their middles, degrees."""
        row, column = rows_and_columns(cells)
        latitude = (row + 0.5) * self.cell_m / EARTH_M
        longitude = (column + 0.5) * self.cell_m / self._round_m(row)
        return np.degrees(latitude), np.degrees(longitude)

    def around(self, latitude: float, longitude: float, radius_m: float) -> tuple[Numbers, Values]:
        """Cells with their middle within `radius_m` of a place, and how far away it is, metres."""
        row = int(np.floor(np.radians(latitude) * EARTH_M / self.cell_m))
        reach = int(np.ceil(radius_m / self.cell_m)) + 1
        rows = np.arange(row - reach, row + reach + 1, dtype=np.int64)
        rows = rows[np.abs((rows + 0.5) * self.cell_m / EARTH_M) < np.pi / 2]
        column = np.floor(np.radians(longitude) * self._round_m(rows) / self.cell_m).astype(np.int64)
        columns = column[:, None] + np.arange(-reach, reach + 1, dtype=np.int64)
        near = _number(np.broadcast_to(rows[:, None], columns.shape), columns).ravel()
        there = distance_m(latitude, longitude, *self.centres(near))
        inside = there <= radius_m
        return near[inside], there[inside]

    def _round_m(self, row: Numbers) -> Values:
        """Metres to the radian along the middle parallel of rows."""
        return EARTH_M * np.maximum(np.cos((row + 0.5) * self.cell_m / EARTH_M), self.cell_m / EARTH_M)


def rows_and_columns(cells: Numbers) -> tuple[Numbers, Numbers]:
    row = cells >> 32
    return row, cells - (row << 32) - _MIDDLE


def distance_m(latitude: float, longitude: float, latitudes: Values, longitudes: Values) -> Values:
    """Great-circle metres (haversine) from one place to many; degrees. Within 0.6 % of the geodesic."""
    lat, lats = np.radians(latitude), np.radians(latitudes)
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin(np.radians(longitudes - longitude) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


def _number(row: Numbers, column: Numbers) -> Numbers:
    return (row << 32) + (column + _MIDDLE)

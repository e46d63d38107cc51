"""Cells of equal area on Earth: rows of one height, each cut into a whole number of columns as wide as a row is high, `cell_m` metres.

Columns are counted from Greenwich, as many as fit best along the row's middle parallel, so that a row closes at the 180th meridian without
a seam. A cell has the same area at the equator and in the north, whichever site asks (within 0.1 % up to 89° for cells of 250 m): the
sinusoidal projection, cut row by row. Cells of neighbouring rows are shifted against each other. A cell's number holds row and column and
never changes while `cell_m` stays.
"""

import numpy as np
import numpy.typing as npt

from engine.model.geometry import EARTH_M
from engine.model.value_class import dataclass

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

_MIDDLE = 1 << 31


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells with edges of `cell_m` metres. All methods take and give arrays of any one length."""

    cell_m: float = 250.0

    def cells(self, latitude: Values, longitude: Values) -> Numbers:
        """Cell numbers, int64, of WGS-84 degrees."""
        row = np.floor(np.radians(latitude) * EARTH_M / self.cell_m).astype(np.int64)
        row = np.clip(row, -self._row_count, self._row_count - 1)
        count = self._column_counts(row)
        column = np.floor(np.asarray(longitude) / 360.0 * count).astype(np.int64)
        return _cell_number(row, _turned(column, count))

    def centres(self, cells: Numbers) -> tuple[Values, Values]:
        """Latitudes and longitudes of their middles, degrees."""
        row, column = rows_and_columns(cells)
        longitude = (column + 0.5) / self._column_counts(row) * 360.0
        return np.degrees(self._middle(row)), np.where(longitude > 180.0, longitude - 360.0, longitude)

    def is_cell(self, cell: int) -> bool:
        """Whether some place on Earth is in a cell of this number."""
        if not 0 <= cell + (self._row_count << 32) < self._row_count << 33:
            return False
        number = np.array([cell], np.int64)
        return bool(self.cells(*self.centres(number))[0] == cell)

    def around(self, latitude: float, longitude: float, radius_m: float) -> tuple[Numbers, Values]:
        """Cells with their middle within `radius_m` of a place, how far away it is, metres; also across a pole or the 180th meridian."""
        row = int(np.floor(np.radians(latitude) * EARTH_M / self.cell_m))
        reach = int(np.ceil(radius_m / self.cell_m)) + 1
        rows = np.arange(max(row - reach, -self._row_count), min(row + reach, self._row_count - 1) + 1, dtype=np.int64)
        count = self._column_counts(rows)
        wide = np.minimum(np.ceil(self._half_turns(rows, latitude, radius_m) * count) + 1, count // 2).astype(np.int64)
        near = _every_column(rows, np.floor(longitude / 360.0 * count).astype(np.int64), wide, count)
        there = distance_m(latitude, longitude, *self.centres(near))
        inside = there <= radius_m
        return near[inside], there[inside]

    @property
    def _row_count(self) -> int:
        """From the equator to a pole. The last one ends there, and is up to twice as high as the others."""
        return int(np.pi / 2 * EARTH_M / self.cell_m)

    def _middle(self, row: Numbers) -> Values:
        """Latitudes, radians."""
        return (row.astype(np.float64) + 0.5) * (self.cell_m / EARTH_M)

    def _column_counts(self, row: Numbers) -> Numbers:
        """How many columns rows have, at least 3."""
        return np.maximum(np.rint(2 * np.pi * EARTH_M * np.cos(self._middle(row)) / self.cell_m), 3).astype(np.int64)

    def _half_turns(self, rows: Numbers, latitude: float, radius_m: float) -> Values:
        """How far around, as shares of a turn, rows are within the radius of a place to either side of its meridian."""
        there, here = self._middle(rows), np.radians(latitude)
        flat = np.cos(there) * np.cos(here)
        cosine: Values = (np.cos(radius_m / EARTH_M) - np.sin(there) * np.sin(here)) / np.maximum(flat, 1e-12)
        turns: Values = np.arccos(np.clip(cosine, -1.0, 1.0)) / (2 * np.pi)
        return turns


def rows_and_columns(cells: Numbers) -> tuple[Numbers, Numbers]:
    row = cells >> 32
    return row, cells - (row << 32) - _MIDDLE


def distance_m(latitude: float, longitude: float, latitudes: Values, longitudes: Values) -> Values:
    """Great-circle metres (haversine) from one place to many; degrees. Within 0.6 % of the geodesic."""
    lat, lats = np.radians(latitude), np.radians(latitudes)
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin(np.radians(longitudes - longitude) / 2) ** 2
    return 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


def _every_column(rows: Numbers, middle: Numbers, wide: Numbers, count: Numbers) -> Numbers:
    """Numbers of the cells of rows from `wide` columns left of the middle one to as many right of it, each once."""
    many: Numbers = np.minimum(2 * wide + 1, count)
    begin: Numbers = np.cumsum(many) - many
    steps: Numbers = np.arange(int(many.sum()), dtype=np.int64) - np.repeat(begin, many)
    column = np.repeat(middle - wide, many) + steps
    return _cell_number(np.repeat(rows, many), _turned(column, np.repeat(count, many)))


def _turned(column: Numbers, count: Numbers) -> Numbers:
    """Columns counted on past the 180th meridian, as those they are."""
    return (column + count // 2) % count - count // 2


def _cell_number(row: Numbers, column: Numbers) -> Numbers:
    return (row << 32) + (column + _MIDDLE)

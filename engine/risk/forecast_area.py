"""The cells that a forecast looks at: a box of rows and columns of the grid, and how incidents spread over it."""

from collections.abc import Callable
from dataclasses import field

import numpy as np
import numpy.typing as npt

from engine._scipy import scipy_function
from engine.model.errors import InputError
from engine.model.geometry import EARTH_M
from engine.model.value_class import dataclass
from engine.risk.grid import Grid, Numbers, Values

Field = npt.NDArray[np.float32]
_Along = Callable[[Values], Values]
_AlongRow = Callable[[Values, Values], Values]

MOST_CELLS = 300_000
_SHIFTS = 8  # to the cell: rows are shifted against each other, and are treated alike where their shifts fall together
_AT_ONCE = 4096  # incidents


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """`rows` × `columns` cells of the grid, row by row from the south, around the meridian `longitude`.

    cells: (rows · columns,) their numbers. south_m: lower edge of the first row, metres from the equator. west: columns left of the
    meridian's. shifts: (rows,) where the meridian's column has its middle, metres east of it.
    """

    grid: Grid
    rows: int
    columns: int
    cells: Numbers
    longitude: float
    south_m: float
    west: int
    shifts: Values
    _order: Numbers
    _bands: tuple[tuple[Values, Numbers], ...] = field(init=False)  # once: a forecast spreads incidents over them thousands of times

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bands", tuple((self._edges(shift), rows) for shift, rows in _alike(self.shifts, self.grid.cell_m)))

    @classmethod
    def around_places(cls, grid: Grid, latitudes: Values, longitudes: Values) -> "Area":
        """The smallest box that holds all these places (N ≥ 1), degrees. Raises InputError (`cell_m`): it has too many cells."""
        edge = grid.cell_m
        middle = _middle(longitudes)
        east_m = _east_m(latitudes, longitudes, middle)
        low, high = (int(np.floor(np.radians(value) * EARTH_M / edge)) for value in (latitudes.min(), latitudes.max()))
        west, east = int(np.floor(-east_m.min() / edge + 0.5)), int(np.floor(east_m.max() / edge + 0.5))
        west, east = max(west, 0) + 1, max(east, 0) + 1  # rows are shifted by up to half a cell
        rows, columns = high - low + 1, west + east + 1
        if rows * columns > MOST_CELLS:
            message = f"{edge:g} makes {rows * columns} cells around all incidents; {MOST_CELLS} fit: take larger ones or a smaller area"
            raise InputError("cell_m", message)
        cells, shifts = _numbers(grid, low, rows, np.arange(-west, east + 1), middle)
        return cls(grid, rows, columns, cells, middle, low * edge, west, shifts, np.argsort(cells, kind="stable"))

    @property
    def size(self) -> int:
        return len(self.cells)

    def find_positions(self, cells: Numbers) -> Numbers:
        """(N,) where cells stand among these; −1: outside."""
        place = np.minimum(np.searchsorted(self.cells, cells, sorter=self._order), self.size - 1)
        there = self._order[place]
        return np.where(self.cells[there] == cells, there, -1)

    def metres(self, latitudes: Values, longitudes: Values) -> tuple[Values, Values]:
        """East of the meridian and north of the lower edge, of places in degrees."""
        return _east_m(latitudes, longitudes, self.longitude), np.radians(latitudes) * EARTH_M - self.south_m

    def middles(self) -> tuple[Values, Values]:
        """East and north of all cells' middles, metres, as of `metres`."""
        edge = self.grid.cell_m
        east = self.shifts[:, None] + (np.arange(self.columns) - self.west) * edge
        north = np.repeat(self._upwards(0.5), self.columns)
        return east.ravel(), north

    def spread(self, east: Values, north: Values, bandwidth_m: float) -> Field:
        """(cells,) how much of the Gaussian kernels around incidents lies in each cell; they add up to the number of incidents."""
        edge = self.grid.cell_m
        above = np.append(self._upwards(0.0), self.rows * edge)

        def share(edges: Values, at: Values) -> Values:
            return np.diff(_normal((edges - at[:, None]) / bandwidth_m), axis=1)

        return self._sum(east, north, lambda at: share(above, at), share)

    def density(self, east: Values, north: Values, bandwidth_m: float) -> Field:
        """(cells,) the same kernels' density in the middle of each cell, up to a factor: plain KDE, for comparison."""
        edge = self.grid.cell_m
        middles = self._upwards(0.5)

        def bell(to: Values, at: Values) -> Values:
            return np.exp(-0.5 * ((to - at[:, None]) / bandwidth_m) ** 2)

        return self._sum(east, north, lambda at: bell(middles, at), lambda edges, at: bell(edges[:-1] + edge / 2, at))

    def _sum(self, east: Values, north: Values, upward: _Along, sideways: _AlongRow) -> Field:
        total = np.zeros((self.rows, self.columns), np.float32)
        for first in range(0, len(east), _AT_ONCE):
            chunk = slice(first, first + _AT_ONCE)
            up = upward(north[chunk]).astype(np.float32)
            for edges, rows in self._bands:
                total[rows] += up[:, rows].T @ sideways(edges, east[chunk]).astype(np.float32)
        return total.ravel()

    def _upwards(self, part: float) -> Values:
        """Of each row, the height at a part of it, metres."""
        return (np.arange(self.rows, dtype=np.float64) + part) * self.grid.cell_m

    def _edges(self, shift: float) -> Values:
        return shift + (np.arange(self.columns + 1, dtype=np.float64) - self.west - 0.5) * self.grid.cell_m


def _alike(shifts: Values, cell_m: float) -> list[tuple[float, Numbers]]:
    """Rows by their shift, to the nearest sixteenth of a cell."""
    step = cell_m / _SHIFTS
    steps = np.round(shifts / step).astype(np.int64)
    return [(float(value * step), np.flatnonzero(steps == value)) for value in np.unique(steps)]


def _normal(deviations: Values) -> Values:
    """Share of a normal distribution below."""
    return scipy_function("special", "_special_ufuncs", "ndtr")(deviations)


def turned(degrees: Values) -> Values:
    """Angles in [−180, 180)."""
    return (np.asarray(degrees) + 180.0) % 360.0 - 180.0


def _middle(longitudes: Values) -> float:
    """Half-way between the outermost longitudes, also across the 180th meridian."""
    first = float(longitudes[0])
    away = turned(longitudes - first)
    return float(turned(np.array(first + (away.min() + away.max()) / 2)))


def _east_m(latitudes: Values, longitudes: Values, middle: float) -> Values:
    return np.radians(turned(longitudes - middle)) * np.cos(np.radians(latitudes)) * EARTH_M


def _numbers(grid: Grid, low: int, rows: int, columns: Numbers, middle: float) -> tuple[Numbers, Values]:
    """Cells' numbers, row by row, and how far the middles of the meridian's cells are from it, metres."""
    latitude = np.degrees((low + np.arange(rows) + 0.5) * grid.cell_m / EARTH_M)
    _, nearest = grid.centres(grid.cells(latitude, np.full(rows, middle)))
    wide = np.degrees(grid.cell_m / (EARTH_M * np.cos(np.radians(latitude))))
    longitude = turned(nearest[:, None] + columns * wide[:, None])
    cells = grid.cells(np.repeat(latitude, len(columns)), longitude.ravel())
    return cells, np.radians(turned(nearest - middle)) * np.cos(np.radians(latitude)) * EARTH_M

"""Cells in the order in which they came, found by their number: what grows beside a base without being copied with it."""

import numpy as np
import numpy.typing as npt

from engine.risk.grid import Grid, Numbers, Values

_FIRST = 1024


class CellRows:
    """Columns with one row per cell; rows stay where they are. One thread at a time.

    Args:
        cells: the first rows, sorted.
    """

    def __init__(self, grid: Grid, cells: Numbers) -> None:
        self._grid = grid
        self._count = 0
        self._cells = np.zeros(_FIRST, np.int64)
        self._places = np.zeros((5, _FIRST))  # latitude, longitude; unit vector from the middle of the Earth
        self._bumps = np.zeros(_FIRST)
        self._sorted, self._row_of = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._append(cells, np.zeros(0, np.int64))

    def __len__(self) -> int:
        return self._count

    @property
    def cells(self) -> Numbers:
        return self._cells[: self._count]

    @property
    def latitudes(self) -> Values:
        return self._places[0, : self._count]

    @property
    def longitudes(self) -> Values:
        return self._places[1, : self._count]

    @property
    def directions(self) -> Values:
        """(3, N): unit vectors."""
        return self._places[2:, : self._count]

    @property
    def bumps(self) -> Values:
        """To be written to."""
        return self._bumps[: self._count]

    def find_rows(self, cells: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Rows of cells, and which of them there are."""
        if not self._count:
            return np.zeros(len(cells), np.int64), np.zeros(len(cells), bool)
        at = np.minimum(np.searchsorted(self._sorted, cells), self._count - 1)
        return self._row_of[at], self._sorted[at] == cells

    def rows_for(self, cells: Numbers) -> Numbers:
        """Rows of cells (each once), new ones for those that are not there."""
        rows, known = self.find_rows(cells)
        if not known.all():
            new = np.sort(cells[~known])
            self._append(new, np.searchsorted(self._sorted, new))
            rows, _ = self.find_rows(cells)
        return rows

    def _append(self, cells: Numbers, at: Numbers) -> None:
        begin, end = self._count, self._count + len(cells)
        self._make_room(end)
        latitude, longitude = self._grid.centres(cells)
        self._cells[begin:end] = cells
        self._places[:2, begin:end] = latitude, longitude
        self._places[2:, begin:end] = directions(latitude, longitude)
        self._bumps[begin:end] = 0.0
        if not begin:
            at = np.zeros(len(cells), np.int64)
        self._sorted = np.insert(self._sorted, at, cells)
        self._row_of = np.insert(self._row_of, at, np.arange(begin, end))
        self._count = end

    def _make_room(self, count: int) -> None:
        if count <= len(self._cells):
            return
        size = max(count, 2 * len(self._cells))
        more = size - len(self._cells)
        self._cells = np.concatenate([self._cells, np.zeros(more, np.int64)])
        self._bumps = np.concatenate([self._bumps, np.zeros(more)])
        self._places = np.concatenate([self._places, np.zeros((5, more))], axis=1)


def directions(latitudes: Values, longitudes: Values) -> Values:
    """(3, N) unit vectors of places in degrees."""
    up, around = np.radians(latitudes), np.radians(longitudes)
    flat = np.cos(up)
    return np.stack([flat * np.cos(around), flat * np.sin(around), np.sin(up)])

"""The floor as a coarse lattice, over which beliefs about a phone's place are kept."""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.site import Position
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Area: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1 in metres."""

CELL_M, MOST_CELLS = 0.4, 1200
MARGIN_M = 1.0
PHONE_HEIGHT_M = 1.2


@dataclass(frozen=True, slots=True)
class FloorCells:
    """`ny` × `nx` equal squares; cells are counted row by row, x running fastest, and stand for their centres."""

    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int

    @classmethod
    def over(cls, area: Area, cell_m: float = CELL_M, most: int = MOST_CELLS) -> "FloorCells":
        """Covers the area; cells grow where there would be more than `most` of them."""
        x0, y0, x1, y1 = area
        cell = max(cell_m, math.sqrt((x1 - x0) * (y1 - y0) / most))
        nx, ny = (max(round(length / cell), 1) for length in (x1 - x0, y1 - y0))
        return cls((x0 + x1 - nx * cell) / 2, (y0 + y1 - ny * cell) / 2, cell, nx, ny)

    def __len__(self) -> int:
        return self.nx * self.ny

    def centers(self) -> Array:
        """(C, 2) metres; read only, as every belief over these cells asks for them at each step."""
        return _centers(self)


@lru_cache(maxsize=16)
def _centers(cells: FloorCells) -> Array:
    x = cells.x0 + cells.cell_m * (np.arange(cells.nx) + 0.5)
    y = cells.y0 + cells.cell_m * (np.arange(cells.ny) + 0.5)
    found = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
    found.flags.writeable = False
    return found


def area_of(scanners: Iterable[Position], extent: Area | None) -> Area | None:
    """Where phones can be: the plan's extent, otherwise what the scanners span and a metre around. None without either."""
    if extent is not None:
        return extent
    spots = np.array(list(scanners), float).reshape(-1, 3)
    if not len(spots):
        return None
    low, high = spots.min(axis=0)[:2] - MARGIN_M, spots.max(axis=0)[:2] + MARGIN_M
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def distances(spots: Array, scanner: Position) -> Array:
    """(C,) metres between the scanner and a phone carried at each of the places (C, 2)."""
    offset = spots - np.asarray(scanner[:2])
    return np.sqrt(offset[:, 0] ** 2 + offset[:, 1] ** 2 + (PHONE_HEIGHT_M - scanner[2]) ** 2)

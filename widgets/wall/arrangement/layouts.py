"""How a wall is divided: cells on a grid, as shares of it. No Qt."""

from collections.abc import Iterable
from dataclasses import replace

from engine.model.errors import InputError
from engine.model.value_class import dataclass

FREE = "free"
AUTOMATIC = "auto"
FREE_SIDE = 24  # columns and rows of the free layout; divisible by 2, 3, 4, 6, 8 and 12
LEAST = 3  # columns and rows of the smallest cell of a free layout
MOST_CELLS = 36


@dataclass(frozen=True, slots=True)
class Cell:
    """Columns and rows of the layout's grid, counted from the top left."""

    x: int
    y: int
    width: int = 1
    height: int = 1

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def meets(self, other: "Cell") -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def within(self, columns: int, rows: int) -> bool:
        return self.x >= 0 and self.y >= 0 and self.width > 0 and self.height > 0 and self.right <= columns and self.bottom <= rows


@dataclass(frozen=True, slots=True)
class WallLayout:
    """Cells that do not meet, in the order in which cameras fill them.

    Raises:
        InputError: `cells`: there are none or too many, or they overlap or leave the grid.
    """

    id: str
    columns: int
    rows: int
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.cells) <= MOST_CELLS:
            raise InputError("cells", f"{len(self.cells)} cells are none or more than {MOST_CELLS}")
        if not all(cell.within(self.columns, self.rows) for cell in self.cells):
            raise InputError("cells", "a cell lies outside the wall")
        if any(a.meets(b) for at, a in enumerate(self.cells) for b in self.cells[at + 1 :]):
            raise InputError("cells", "cells overlap")

    @property
    def free(self) -> bool:
        return self.id == FREE

    @property
    def automatic(self) -> bool:
        """Made for the room and the number of cameras, and made anew where they change."""
        return self.id == AUTOMATIC


def _square(side: int) -> WallLayout:
    return WallLayout(str(side * side), side, side, tuple(Cell(x, y) for y in range(side) for x in range(side)))


def _one_and(around: int) -> WallLayout:
    """One large cell at the top left, small ones at its right and below it, in reading order."""
    side = (around + 1) // 2
    beside = [Cell(side - 1, y) for y in range(side - 1)]
    below = [Cell(x, side - 1) for x in range(side)]
    return WallLayout(f"1+{around}", side, side, (Cell(0, 0, side - 1, side - 1), *beside, *below))


LAYOUTS: dict[str, WallLayout] = {layout.id: layout for layout in (*(_square(n) for n in (1, 2, 3, 4)), _one_and(5), _one_and(7))}
"""The fixed ones by id: 1, 4, 9, 16, 1+5, 1+7."""
LAYOUT_IDS = (*LAYOUTS, FREE)
UNFITTED = replace(LAYOUTS["4"], id=AUTOMATIC)  # the automatic layout before its room and cameras are known


def freed(layout: WallLayout) -> WallLayout:
    """The same division as a free layout, on its grid."""
    return layout if layout.free else free_layout(_on_free_grid(cell, layout) for cell in layout.cells)


def _on_free_grid(cell: Cell, layout: WallLayout) -> Cell:
    """Exact for the fixed grids; others are rounded, and neighbours stay neighbours."""
    left, right = (round(x * FREE_SIDE / layout.columns) for x in (cell.x, cell.right))
    top, bottom = (round(y * FREE_SIDE / layout.rows) for y in (cell.y, cell.bottom))
    return Cell(left, top, right - left, bottom - top)


def free_layout(cells: Iterable[Cell]) -> WallLayout:
    return WallLayout(FREE, FREE_SIDE, FREE_SIDE, tuple(cells))


def neighbour(layout: WallLayout, index: int, across: int, down: int) -> int:
    """The cell that an arrow leads to: the nearest that lies wholly that way and beside this one, first of all level with its middle.

    The same one where there is none.
    """
    here = layout.cells[index]
    ahead = [at for at, cell in enumerate(layout.cells) if _ahead(here, cell, across, down)]
    return min(ahead, key=lambda at: (*_distance(here, layout.cells[at], across != 0), at), default=index)


def _ahead(here: Cell, cell: Cell, across: int, down: int) -> bool:
    if across:
        beyond = cell.x >= here.right if across > 0 else cell.right <= here.x
        return beyond and cell.y < here.bottom and here.y < cell.bottom
    beyond = cell.y >= here.bottom if down > 0 else cell.bottom <= here.y
    return beyond and cell.x < here.right and here.x < cell.right


def _distance(here: Cell, cell: Cell, sideways: bool) -> tuple[int, int]:
    """(gap, how far from level), both in grid units; the second from the tops, so that Right and then Left come back."""
    if sideways:
        return max(cell.x - here.right, here.x - cell.right), abs(cell.y - here.y)
    return max(cell.y - here.bottom, here.y - cell.bottom), abs(cell.x - here.x)


def without(layout: WallLayout, index: int) -> WallLayout:
    """A free layout without one of its cells; the last one stays."""
    if len(layout.cells) == 1:
        return layout
    return replace(layout, cells=layout.cells[:index] + layout.cells[index + 1 :])

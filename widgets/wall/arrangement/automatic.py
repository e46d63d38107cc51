"""Which arrangement of cells gives the largest pictures in the room that there is. No Qt."""

from collections.abc import Iterator
from functools import lru_cache

from engine.model.value_class import dataclass
from widgets.wall.arrangement.layouts import AUTOMATIC, MOST_CELLS, Cell, WallLayout

LEAST_TILE = 240, 144  # pixels: name and state stay legible; 256 × 144 where pictures are 16 to 9
_GAP = 2
_MOST_STRIPS = 2  # columns of small cells beside a large one, and rows below it
_BETTER = 1.10  # by how much more picture another arrangement replaces the present one
_EQUAL = 1.15  # what cells of one size are worth more than a large one among small ones
_SPARE = 1.05  # of the least tile, before an arrangement that is not on screen is taken


@dataclass(frozen=True, slots=True)
class WallRoom:
    """Pixels that a wall may take, and the shape of its pictures (width through height)."""

    width: int
    height: int
    aspect: float = 16 / 9


def layout_aspect(layout: WallLayout, aspect: float) -> float:
    """The shape of a wall whose smallest cells have the shape of the pictures."""
    return aspect * layout.columns / layout.rows


def automatic_layout(room: WallRoom, cameras: int, now: WallLayout | None = None) -> WallLayout:
    """The arrangement of `cameras` tiles, on as few pages as keep every tile at its least size, with the most picture.

    `now`: what is on screen. It stays until another has a tenth more picture, so that a wall holds still while its window is dragged.
    """
    wanted = min(max(1, cameras), MOST_CELLS)
    for pages in range(1, wanted + 1):
        fitting = [each for each in arrangements(-(-wanted // pages)) if _fits(each, room, 1.0 if each == now else _SPARE)]
        if fitting:
            best = max(fitting, key=lambda each: _worth(each, room))
            return now if now in fitting and _worth(best, room) < _BETTER * _worth(now, room) else best
    return _grid(1, 1, 1)


def picture_area(layout: WallLayout, room: WallRoom) -> float:
    """Pixels of picture on the whole wall; cells without a camera count for nothing."""
    unit = _unit_width(layout, room)
    return sum((unit * cell.width) * (unit * cell.width / room.aspect) for cell in layout.cells)


def least_tile(layout: WallLayout, room: WallRoom) -> tuple[float, float]:
    """Width and height of the smallest tile."""
    width = _unit_width(layout, room) * min(cell.width for cell in layout.cells)
    return width, width / room.aspect


@lru_cache(maxsize=MOST_CELLS)
def arrangements(tiles: int) -> tuple[WallLayout, ...]:
    """All that are thought of for so many tiles: n × m, and one large cell with small ones beside and below it."""
    return (*_grids(tiles), *_ones_large(tiles))


def _grids(tiles: int) -> Iterator[WallLayout]:
    """Without an empty row or column."""
    for columns in range(1, tiles + 1):
        rows = -(-tiles // columns)
        if -(-tiles // rows) == columns:
            yield _grid(columns, rows, tiles)


def _ones_large(tiles: int) -> Iterator[WallLayout]:
    for side in range(2, tiles):
        for beside in range(_MOST_STRIPS + 1):
            for below in range(_MOST_STRIPS + 1):
                if (side + beside) * (side + below) - side * side == tiles - 1:
                    yield _one_large(side, beside, below)


def _grid(columns: int, rows: int, tiles: int) -> WallLayout:
    return WallLayout(AUTOMATIC, columns, rows, tuple(Cell(at % columns, at // columns) for at in range(tiles)))


def _one_large(side: int, beside: int, below: int) -> WallLayout:
    """The large cell at the top left, the others in reading order."""
    columns, rows = side + beside, side + below
    small = (Cell(x, y) for y in range(rows) for x in range(columns) if x >= side or y >= side)
    return WallLayout(AUTOMATIC, columns, rows, (Cell(0, 0, side, side), *small))


def _worth(layout: WallLayout, room: WallRoom) -> float:
    equal = len({cell.width for cell in layout.cells}) == 1
    return picture_area(layout, room) * (_EQUAL if equal else 1.0)


def _fits(layout: WallLayout, room: WallRoom, spare: float) -> bool:
    """One tile always does: there is nothing smaller to give way to."""
    width, height = least_tile(layout, room)
    return len(layout.cells) == 1 or (width >= LEAST_TILE[0] * spare and height >= LEAST_TILE[1] * spare)


def _unit_width(layout: WallLayout, room: WallRoom) -> float:
    """Of the smallest cell, in a wall of that shape within the room."""
    across = (room.width - _GAP * (layout.columns - 1)) / layout.columns
    down = (room.height - _GAP * (layout.rows - 1)) / layout.rows
    return max(1.0, min(across, down * room.aspect))

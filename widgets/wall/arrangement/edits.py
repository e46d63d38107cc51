"""Moving and resizing the cells of a free layout, on its grid. No Qt."""

from dataclasses import replace

from engine.model.value_class import dataclass
from widgets.wall.arrangement.layouts import LEAST, MOST_CELLS, Cell, WallLayout


@dataclass(frozen=True, slots=True)
class Edges:
    """Which edges of a cell are held. None of them: the cell itself."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False

    def __bool__(self) -> bool:
        return self.left or self.top or self.right or self.bottom


def resized(layout: WallLayout, index: int, edges: Edges, across: int, down: int) -> WallLayout:
    """The held edges moved by so many columns and rows, as far as that goes.

    A cell in the way gives way, down to its least size, and stops the edge there. What an edge leaves behind stays empty.
    """
    for dx, dy in _steps(across, down):
        layout = _resize_step(layout, index, edges, dx, dy)
    return layout


def move_cell(layout: WallLayout, index: int, across: int, down: int) -> WallLayout:
    """The cell moved as near to there as the wall's edges allow; where it would lie on others, the layout as it was."""
    cell = layout.cells[index]
    x = min(max(0, cell.x + across), layout.columns - cell.width)
    y = min(max(0, cell.y + down), layout.rows - cell.height)
    there = replace(cell, x=x, y=y)
    return layout if _hits(layout, index, there) else _with(layout, {index: there})


def shaped(layout: WallLayout, index: int, aspect: float, wall_aspect: float) -> WallLayout:
    """The cell made as slim or as flat as pictures of this aspect (width through height) want it, no larger than it is."""
    cell = layout.cells[index]
    per_row = aspect / wall_aspect * layout.columns / layout.rows  # columns
    width = min(cell.width, max(LEAST, round(cell.height * per_row)))
    height = min(cell.height, max(LEAST, round(cell.width / per_row)))
    slimmer = replace(cell, width=width) if width < cell.width else replace(cell, height=height)
    return _with(layout, {index: slimmer})


def with_room(layout: WallLayout) -> WallLayout:
    """One more cell: the largest empty place, else half of the largest cell. The same layout when there is no room for either."""
    if len(layout.cells) >= MOST_CELLS:
        return layout
    empty = _largest_gap(layout)
    if empty is not None:
        return replace(layout, cells=(*layout.cells, empty))
    index = max(range(len(layout.cells)), key=lambda at: layout.cells[at].width * layout.cells[at].height)
    return _split(layout, index)


def _steps(across: int, down: int) -> list[tuple[int, int]]:
    sideways = [((across > 0) - (across < 0), 0)] * abs(across)
    return sideways + [(0, (down > 0) - (down < 0))] * abs(down)


def _resize_step(layout: WallLayout, index: int, edges: Edges, dx: int, dy: int) -> WallLayout:
    """One column or row at a time: each cell in the way gives way by just that, or nothing moves."""
    grown = _dragged(layout.cells[index], edges, dx, dy)
    if grown.width < LEAST or grown.height < LEAST or not grown.within(layout.columns, layout.rows):
        return layout
    changes = {index: grown}
    for at, cell in enumerate(layout.cells):
        if at != index and cell.meets(grown):
            changes[at] = _yielded(cell, layout.cells[index], dx, dy)
    if any(cell.width < LEAST or cell.height < LEAST for cell in changes.values()):
        return layout
    return _with(layout, changes)


def _dragged(cell: Cell, edges: Edges, dx: int, dy: int) -> Cell:
    left, right = cell.x + dx * edges.left, cell.right + dx * edges.right
    top, bottom = cell.y + dy * edges.top, cell.bottom + dy * edges.bottom
    return Cell(left, top, right - left, bottom - top)


def _yielded(cell: Cell, pusher: Cell, dx: int, dy: int) -> Cell:
    """The cell cut on the side from which it is pushed."""
    if dx:
        return replace(cell, x=cell.x + 1, width=cell.width - 1) if cell.x >= pusher.right else replace(cell, width=cell.width - 1)
    return replace(cell, y=cell.y + 1, height=cell.height - 1) if cell.y >= pusher.bottom else replace(cell, height=cell.height - 1)


def _hits(layout: WallLayout, index: int, there: Cell) -> bool:
    return any(cell.meets(there) for at, cell in enumerate(layout.cells) if at != index)


def _with(layout: WallLayout, changes: dict[int, Cell]) -> WallLayout:
    return replace(layout, cells=tuple(changes.get(at, cell) for at, cell in enumerate(layout.cells)))


def _largest_gap(layout: WallLayout) -> Cell | None:
    """The largest empty rectangle, by the heights of empty columns above each row; None where none is large enough for a cell."""
    taken = [[any(cell.meets(Cell(x, y)) for cell in layout.cells) for x in range(layout.columns)] for y in range(layout.rows)]
    best: Cell | None = None
    heights = [0] * layout.columns
    for y in range(layout.rows):
        heights = [0 if taken[y][x] else heights[x] + 1 for x in range(layout.columns)]
        for gap in _gaps_above(heights, y):
            if best is None or gap.width * gap.height > best.width * best.height:
                best = gap
    return best


def _gaps_above(heights: list[int], y: int) -> list[Cell]:
    """Empty rectangles that stand on row `y`, large enough for a cell."""
    found: list[Cell] = []
    for left in range(len(heights)):
        height = heights[left]
        for right in range(left, len(heights)):
            height = min(height, heights[right])
            if height < LEAST:
                break
            if right - left + 1 >= LEAST:
                found.append(Cell(left, y - height + 1, right - left + 1, height))
    return found


def _split(layout: WallLayout, index: int) -> WallLayout:
    """The cell cut in two along its longer side, as wide ones are cut from top to bottom."""
    cell = layout.cells[index]
    if max(cell.width, cell.height) < 2 * LEAST:
        return layout
    if cell.width >= cell.height:
        half = cell.width // 2
        first, second = replace(cell, width=half), replace(cell, x=cell.x + half, width=cell.width - half)
    else:
        half = cell.height // 2
        first, second = replace(cell, height=half), replace(cell, y=cell.y + half, height=cell.height - half)
    changed = _with(layout, {index: first})
    return replace(changed, cells=(*changed.cells, second))

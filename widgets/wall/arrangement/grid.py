"""Where the cells of a layout lie on the screen."""

from PySide6.QtCore import QPointF, QRect, Qt

from widgets.wall.arrangement.edits import Edges
from widgets.wall.arrangement.layouts import WallLayout

ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_GRIP = 6


def cell_rects(area: QRect, layout: WallLayout, gap: int) -> list[QRect]:
    """Cells in their order, `gap` pixels between them. Columns differ by one pixel at most, and so do rows; cells keep to those lines."""
    xs, ys = _lines(area.left(), area.width(), layout.columns, gap), _lines(area.top(), area.height(), layout.rows, gap)
    return [
        QRect(xs[cell.x], ys[cell.y], max(0, xs[cell.right] - xs[cell.x] - gap), max(0, ys[cell.bottom] - ys[cell.y] - gap))
        for cell in layout.cells
    ]


def edges_at(rect: QRect, point: QPointF) -> Edges:
    """Which edges of a cell the pointer is near enough to hold; at a corner two."""
    grip = min(_GRIP, rect.width() // 4, rect.height() // 4)
    return Edges(
        point.x() - rect.left() < grip, point.y() - rect.top() < grip, rect.right() - point.x() < grip, rect.bottom() - point.y() < grip
    )


def units_between(area: QRect, layout: WallLayout, begin: QPointF, end: QPointF) -> tuple[int, int]:
    """Columns and rows of the grid from one point to another, rounded."""
    moved = end - begin
    return round(moved.x() * layout.columns / max(1, area.width())), round(moved.y() * layout.rows / max(1, area.height()))


def _lines(start: int, length: int, count: int, gap: int) -> list[int]:
    """Where columns begin; the last is where one more would."""
    return [start + round((length + gap) * at / count) for at in range(count + 1)]

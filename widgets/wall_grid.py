"""Where tiles lie, and which tile an arrow key leads to."""

from math import isqrt

from PySide6.QtCore import QRect, Qt

LAYOUTS = (1, 4, 9, 16)
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


def grid_cells(area: QRect, tiles: int, gap: int) -> list[QRect]:
    """`tiles` (a square number) cells in reading order that fill the area, `gap` pixels between them; sizes differ by one pixel at most."""
    side = isqrt(tiles)
    columns = _spans(area.left(), area.width(), side, gap)
    rows = _spans(area.top(), area.height(), side, gap)
    return [QRect(x, y, width, height) for y, height in rows for x, width in columns]


def neighbour(index: int, key: int, tiles: int) -> int:
    """The cell that an arrow key leads to; the same one at the edge."""
    side = isqrt(tiles)
    across, down = _STEPS[Qt.Key(key)]
    column, row = index % side + across, index // side + down
    return row * side + column if 0 <= column < side and 0 <= row < side else index


def _spans(start: int, length: int, count: int, gap: int) -> list[tuple[int, int]]:
    room = max(0, length - gap * (count - 1))
    edges = [round(room * i / count) for i in range(count + 1)]
    return [(start + edges[i] + gap * i, edges[i + 1] - edges[i]) for i in range(count)]

"""Where the tiles of recorded video lie: as few cells as hold them, arranged so that the pictures are largest."""

from PySide6.QtCore import QRect, QSize, Qt

_ASPECT = 16 / 9
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


def columns_for(count: int, size: QSize) -> int:
    """How many tiles lie side by side in an area of this size."""
    return max(range(1, max(1, count) + 1), key=lambda columns: (round(_picture_width(columns, count, size)), -_row_count(columns, count)))


def cells(area: QRect, count: int, gap: int) -> list[QRect]:
    """At least `count` cells in reading order that fill the area, `gap` pixels between them; sizes differ by one pixel at most."""
    columns = columns_for(count, area.size())
    rows = _row_count(columns, count)
    across, down = _spans(area.left(), area.width(), columns, gap), _spans(area.top(), area.height(), rows, gap)
    return [QRect(x, y, width, height) for y, height in down for x, width in across]


def beside(index: int, key: int, columns: int, count: int) -> int:
    """The tile that an arrow key leads to; the same one at the edge."""
    across, down = _STEPS[Qt.Key(key)]
    column, row = index % columns + across, index // columns + down
    found = row * columns + column
    return found if 0 <= column < columns and 0 <= found < count else index


def _row_count(columns: int, count: int) -> int:
    return -(-max(1, count) // columns)


def _picture_width(columns: int, count: int, size: QSize) -> float:
    return min(size.width() / columns, size.height() / _row_count(columns, count) * _ASPECT)


def _spans(start: int, length: int, count: int, gap: int) -> list[tuple[int, int]]:
    room = max(0, length - gap * (count - 1))
    edges = [round(room * i / count) for i in range(count + 1)]
    return [(start + edges[i] + gap * i, edges[i + 1] - edges[i]) for i in range(count)]

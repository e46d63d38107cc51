"""Rows of a list as they were drawn last: a row that only moves, or whose neighbour changed, is copied instead of drawn again.

A row of three lines costs most of a millisecond to draw; a list repaints all that it shows whenever one comes.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from widgets.look import look_number
from widgets.theme import color

_KEPT = 120  # more than any screen shows; a row on a wide list takes some 300 KiB


class RowPictures:
    """Main thread only."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, QPixmap]] = OrderedDict()
        self._most = kept

    def draw(self, painter: QPainter, area: QRect, key: Hashable, shown: object, paint: Callable[[QPainter, QRect], None]) -> None:
        """The row `key` in `area`. `shown`: all that its look depends on beside size, screen and theme; only where it is not equal to that
        of last time, `paint(painter, rectangle)` is called."""
        ratio = painter.device().devicePixelRatioF()
        if not ratio.is_integer():
            painter.save()
            paint(painter, area)  # between two pixels of the screen a copy would blur
            painter.restore()
            return
        state = (shown, area.size(), ratio, look_number())
        known = self._kept.get(key)
        if known is None or known[0] != state:
            known = self._kept[key] = (state, _row_pixmap(area, ratio, paint))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        painter.drawPixmap(area.topLeft(), known[1])


def _row_pixmap(area: QRect, ratio: float, paint: Callable[[QPainter, QRect], None]) -> QPixmap:
    pixmap = QPixmap(area.size() * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(color("panel"))  # the ground of every list: text on a see-through one is drawn without the screen's subpixels
    painter = QPainter(pixmap)
    paint(painter, QRect(0, 0, area.width(), area.height()))
    painter.end()
    return pixmap

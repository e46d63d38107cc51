"""What the colours of a risk map mean: a ramp with its unit, and that no colour is no data."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.look import scaled
from widgets.maps.heat.heat_image import heat_colors
from widgets.number_text import number_text
from widgets.theme import color, font
from widgets.translation import tr

_BAR, _BAR_WIDTH = 10, 180
_GAP = 6
_STOPS = 9
_FIGURES = (0.0, 0.25, 0.5, 0.75, 1.0)


class HeatLegend(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faded = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Risk of an incident per hour, 0 to 1; no colour: no data"))

    def set_faded(self, faded: bool) -> None:
        """As the map is: the colours stand here as they lie on it."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words are at the size of text that is set."""
        words = QFontMetrics(font("secondary"))
        width = words.horizontalAdvance(_title() + _nothing()) + scaled(_BAR_WIDTH) + scaled(_BAR) + 8 * _GAP
        return QSize(width, 2 * words.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        words, line = painter.fontMetrics(), QRectF(0, 0, self.width(), painter.fontMetrics().height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, _title())
        bar = QRectF(words.horizontalAdvance(_title()) + 2 * _GAP, 2, scaled(_BAR_WIDTH), line.height() - 4)
        self._paint_ramp(painter, bar)
        none = QRectF(bar.right() + 3 * _GAP, 2, scaled(_BAR) + 4, bar.height())
        painter.fillRect(none, color("panel"))
        painter.setPen(QPen(color("line_strong"), 1))
        painter.drawRect(none.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(color("secondary"))
        painter.drawText(line.adjusted(none.right() + _GAP, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, _nothing())
        painter.end()

    def _paint_ramp(self, painter: QPainter, bar: QRectF) -> None:
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        shares = np.linspace(0, 1, _STOPS)
        for share, rgba in zip(shares, heat_colors(shares, self._faded), strict=True):
            ramp.setColorAt(float(share), QColor.fromRgbF(*(float(part) for part in rgba)))
        painter.fillRect(bar, color("panel"))
        painter.fillRect(bar, ramp)
        painter.setPen(QPen(color("line_strong"), 1))
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(color("secondary"))
        side, high = scaled(20), painter.fontMetrics().height()
        for figure in _FIGURES:
            middle = bar.left() + figure * bar.width()
            painter.drawText(
                QRectF(middle - side, bar.bottom() + 2, 2 * side, high), Qt.AlignmentFlag.AlignHCenter, number_text(figure, "g")
            )


def _title() -> str:
    return tr("Risk per hour")


def _nothing() -> str:
    return tr("No data")

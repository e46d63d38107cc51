"""What the colours of a risk map mean: a ramp with its unit, and that no colour is no data."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.risk_words import tr
from widgets.space.ramps import viridis
from widgets.theme import color, font

_BAR = 10
_STOPS = 9
_FIGURES = (0.0, 0.25, 0.5, 0.75, 1.0)


class HeatLegend(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Risk of an incident in the hour, 0 to 1; without colour: no data"))

    def sizeHint(self) -> QSize:
        return QSize(420, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        painter.drawText(QRectF(0, 0, 110, _BAR + 4), Qt.AlignmentFlag.AlignVCenter, tr("Risk in the hour"))
        bar = QRectF(116, 2, 180, _BAR)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for share, rgb in zip(np.linspace(0, 1, _STOPS), viridis(np.linspace(0, 1, _STOPS)), strict=True):
            ramp.setColorAt(float(share), QColor.fromRgbF(*(float(part) for part in rgb)))
        painter.fillRect(bar, ramp)
        for figure in _FIGURES:
            middle = bar.left() + figure * bar.width()
            painter.drawText(QRectF(middle - 20, bar.bottom() + 2, 40, 16), Qt.AlignmentFlag.AlignHCenter, f"{figure:g}")
        none = QRectF(bar.right() + 18, 2, 14, _BAR)
        painter.drawRect(none.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.drawText(QRectF(none.right() + 6, 0, 90, _BAR + 4), Qt.AlignmentFlag.AlignVCenter, tr("No data"))
        painter.end()

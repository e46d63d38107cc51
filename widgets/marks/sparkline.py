"""A small line of the newest values. Custom painted: a pyqtgraph plot of the same line costs several times as much per paint."""

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import color

_HEADROOM = 1.25  # a steady value is a line within the picture, not its upper edge
_FILL_ALPHA = 28


class Sparkline(QWidget):
    """Scaled from zero to a little above the largest value shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float | None, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: tuple[float | None, ...]) -> None:
        """Oldest first; None is "no data" and leaves a gap, it is not zero."""
        if values != self._values:
            self._values = values
            self.update()

    def lines(self) -> list[QPolygonF]:
        """The line as drawn, one polygon per stretch without a gap."""
        top = max((value for value in self._values if value is not None), default=0.0) * _HEADROOM or 1.0
        step = (self.width() - 4) / max(1, len(self._values) - 1)
        found: list[list[QPointF]] = [[]]
        for i, value in enumerate(self._values):
            if value is None:
                found.append([])
            else:
                found[-1].append(QPointF(2 + i * step, self.height() - 3 - value / top * (self.height() - 6)))
        return [QPolygonF(points) for points in found if points]

    def sizeHint(self) -> QSize:
        return QSize(120, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("line"), 1))
        painter.drawLine(QPointF(2, self.height() - 1.5), QPointF(self.width() - 2, self.height() - 1.5))
        painter.setPen(QPen(QColor(color("accent")), 1.5))
        for line in self.lines():
            if line.size() > 1:
                self._fill_below(painter, line)
                painter.drawPolyline(line)
            elif len(self._values) > 1:  # alone between gaps; the very first value is no course yet
                painter.drawPoint(line.at(0))

    def _fill_below(self, painter: QPainter, line: QPolygonF) -> None:
        tint = QColor(color("accent"))
        tint.setAlpha(_FILL_ALPHA)
        area, foot = QPainterPath(), self.height() - 2.0
        area.addPolygon(QPolygonF([QPointF(line.first().x(), foot), *line.toList(), QPointF(line.last().x(), foot)]))
        painter.fillPath(area, tint)

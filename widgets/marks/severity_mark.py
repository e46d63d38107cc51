"""The shape of a severity in its colour, large, beside a title. The word stands elsewhere on the same card."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.model.event import Severity
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import severity_style


class SeverityMark(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._severity: Severity | None = None
        self.setFixedSize(QSize(22, 28))

    def show_severity(self, severity: Severity | None) -> None:
        if severity != self._severity:
            self._severity = severity
            word = severity_style(severity).word if severity is not None else ""
            self.setAccessibleName(word)
            self.setToolTip(plain_tip(word))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._severity is not None:
            style = severity_style(self._severity)
            painter = QPainter(self)
            draw_shape(painter, style.shape, QRectF(1, 4, 20, 20), style.fill)
            painter.end()

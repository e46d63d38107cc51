"""The mark before the state of the system: a shape and a colour that go with the words beside it."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.shapes import draw_shape
from widgets.theme import shape_color


class StateMark(QWidget):
    """A green disc while all is well, otherwise an orange diamond. The words beside it say the same, so it has no name of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._well = True
        self.setFixedSize(20, 26)

    def set_well(self, well: bool) -> None:
        if well != self._well:
            self._well = well
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(2, 5, 16, 16)
        draw_shape(painter, "disc" if self._well else "diamond", area, shape_color("good" if self._well else "high"))
        painter.end()

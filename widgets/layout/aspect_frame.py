"""Gives one widget the largest room of a certain shape."""

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class AspectFrame(QWidget):
    """Holds a widget in the middle of itself. A grid of pictures then has no bars between the pictures, only beside the grid.

    Signals: resized(): it has another size; what it holds is still to be fitted.
    """

    resized = Signal()

    def __init__(self, held: QWidget, aspect: float = 16 / 9, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held, self._aspect = held, aspect
        self._filling = False
        held.setParent(self)
        self.setMinimumSize(held.minimumSize())

    def aspect(self) -> float:
        return self._aspect

    def set_aspect(self, aspect: float) -> None:
        """Width through height."""
        if abs(aspect - self._aspect) > 0.005:
            self._aspect = aspect
            self._fit_child()

    def set_filling(self, filling: bool) -> None:
        """Give the widget all of the room, whatever its shape."""
        if filling != self._filling:
            self._filling = filling
            self._fit_child()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
        self._fit_child()

    def _fit_child(self) -> None:
        self._held.setGeometry(self.rect() if self._filling else fitted(self.size(), self._aspect))


def fitted(room: QSize, aspect: float) -> QRect:
    """The largest area of this shape within the room, in its middle."""
    width = min(room.width(), round(room.height() * aspect))
    height = min(room.height(), round(room.width() / aspect))
    return QRect((room.width() - width) // 2, (room.height() - height) // 2, width, height)

"""A menu of ticks that stays open while they are set."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu


class StayingMenu(QMenu):
    """Ticks are set one after another, by mouse or by Space; anything else closes it as any menu."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._tick(event.button() is Qt.MouseButton.LeftButton):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._tick(event.key() == Qt.Key.Key_Space):
            super().keyPressEvent(event)

    def _tick(self, wanted: bool) -> bool:
        action = self.activeAction()
        ticks = wanted and action is not None and action.isCheckable() and action.isEnabled()
        if ticks:
            action.trigger()
        return ticks

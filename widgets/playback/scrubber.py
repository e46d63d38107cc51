"""A slider over the length of a clip; a click jumps there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QWidget

_UNITS_PER_S = 1000


class Scrubber(QSlider):
    """Signals: scrubbed(seconds): the user asks for this position."""

    scrubbed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(self.tr("Position in the clip"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSingleStep(_UNITS_PER_S // 5)
        self.setPageStep(_UNITS_PER_S * 2)
        self._following = False
        self.valueChanged.connect(self._on_value_changed)

    def set_duration(self, seconds: float) -> None:
        self._following = True
        self.setRange(0, max(0, round(seconds * _UNITS_PER_S)))
        self._following = False

    def show_position(self, seconds: float) -> None:
        """Move with the playing clip, without asking for anything; not while the user holds the handle."""
        if self.isSliderDown():
            return
        self._following = True
        self.setValue(round(seconds * _UNITS_PER_S))
        self._following = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > 0:
            self.setSliderDown(True)
            self._jump(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._jump(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _jump(self, event: QMouseEvent) -> None:
        share = (event.position().x() - 7) / max(1, self.width() - 14)
        self.setValue(round(min(1.0, max(0.0, share)) * self.maximum()))

    def _on_value_changed(self, value: int) -> None:
        if not self._following:
            self.scrubbed.emit(value / _UNITS_PER_S)

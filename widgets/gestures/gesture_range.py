"""A part of a clip, chosen by dragging its two ends."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import color

SHORTEST_S, LONGEST_S = 0.5, 6.0
_MARGIN = 10.0
_GRIP = 8.0
_STEP_S = 0.1


class RangeBar(QWidget):
    """Left and right move the whole part by a tenth of a second, with Shift its end.

    Signals: changed(from, to): seconds, by the user. sought(seconds): what to show meanwhile.
    """

    changed = Signal(float, float)
    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s, self._from_s, self._to_s, self._at_s = 0.0, 0.0, 0.0, 0.0
        self._held = ""
        self._grabbed_s = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Part of the clip"))

    def sizeHint(self) -> QSize:
        return QSize(320, 36)

    def set_duration(self, seconds: float) -> None:
        """The middle two seconds are chosen at first."""
        self._duration_s = max(0.0, seconds)
        middle = self._duration_s / 2
        self._set(max(0.0, middle - 1.0), min(self._duration_s, middle + 1.0))

    def show_position(self, seconds: float) -> None:
        self._at_s = seconds
        self.update()

    def part(self) -> tuple[float, float]:
        return self._from_s, self._to_s

    def is_usable(self) -> bool:
        return self._duration_s > 0 and self._to_s - self._from_s + 1e-6 >= SHORTEST_S

    def choose_range(self, from_s: float, to_s: float) -> None:
        """As if the user had."""
        self._set(from_s, to_s)
        self.changed.emit(self._from_s, self._to_s)

    def _set(self, from_s: float, to_s: float) -> None:
        shortest = min(SHORTEST_S, self._duration_s)
        self._from_s = min(max(0.0, from_s), self._duration_s - shortest)
        self._to_s = min(max(to_s, self._from_s + shortest), self._from_s + LONGEST_S, self._duration_s)
        self.update()

    def _x(self, seconds: float) -> float:
        return _MARGIN + (self.width() - 2 * _MARGIN) * seconds / max(self._duration_s, 1e-3)

    def _seconds(self, x: float) -> float:
        return (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN) * self._duration_s

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._duration_s:
            return
        x, left, right = event.position().x(), self._x(self._from_s), self._x(self._to_s)
        self._held = "from" if abs(x - left) <= min(_GRIP, abs(x - right)) else "to" if abs(x - right) <= _GRIP else "both"
        if self._held == "both" and not left < x < right:
            length_s = self._to_s - self._from_s
            self.choose_range(self._seconds(x) - length_s / 2, self._seconds(x) + length_s / 2)
        self._grabbed_s = self._seconds(x) - self._from_s
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at_s, length_s = self._seconds(event.position().x()), self._to_s - self._from_s
        match self._held:
            case "from":
                self.choose_range(min(max(at_s, self._to_s - LONGEST_S), self._to_s - SHORTEST_S), self._to_s)
                self.sought.emit(self._from_s)
            case "to":
                self.choose_range(self._from_s, at_s)
                self.sought.emit(self._to_s)
            case "both":
                start_s = min(max(0.0, at_s - self._grabbed_s), self._duration_s - length_s)
                self.choose_range(start_s, start_s + length_s)
                self.sought.emit(self._from_s)
            case _:
                pass

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step_s = {Qt.Key.Key_Left: -_STEP_S, Qt.Key.Key_Right: _STEP_S}.get(Qt.Key(event.key()))
        if step_s is None:
            super().keyPressEvent(event)
            return
        only_end = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        length_s = self._to_s - self._from_s
        start_s = self._from_s if only_end else min(max(0.0, self._from_s + step_s), self._duration_s - length_s)
        self.choose_range(start_s, self._to_s + step_s if only_end else start_s + length_s)
        self.sought.emit(self._to_s if only_end else self._from_s)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(QRectF(_MARGIN, middle - 5, self.width() - 2 * _MARGIN, 10), 3, 3)
        left, right = self._x(self._from_s), self._x(self._to_s)
        painter.setBrush(color("accent"))
        painter.drawRect(QRectF(left, middle - 5, right - left, 10))
        for x in (left, right):
            painter.drawRoundedRect(QRectF(x - 4, middle - 13, 8, 26), 3, 3)
        painter.setPen(color("text"))
        at = self._x(min(self._at_s, self._duration_s))
        painter.drawLine(QPointF(at, middle - 10), QPointF(at, middle + 10))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(color("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

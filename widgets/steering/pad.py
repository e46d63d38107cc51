"""The surface over a tile while its camera is steered: drag, wheel, click and keys become a speed, which is drawn as an arrow."""

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from widgets.steering.velocity import DEAD_PX, STEERING_KEYS, STILL, Velocity, drag_velocity, key_velocity
from widgets.theme import color

WHEEL_MS = 400  # a step of the wheel zooms for so long
_HALO, _LINE = 5.0, 2.5


class SteeringPad(QWidget):
    """A child of the wall. Main thread only. Esc ends steering; keys that it does not know go on to the wall's window.

    Signals: velocity_changed(pan, tilt, zoom); centred(x, y): shares of the surface; home_requested(); ended(); talk_changed(bool).
    """

    velocity_changed = Signal(float, float, float)
    centred = Signal(float, float)
    home_requested = Signal()
    ended = Signal()
    talk_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Camera control"))
        self.setAccessibleDescription(self.tr("Arrow keys move the camera, plus and minus zoom, Home goes home, Esc ends."))
        self.can_centre = False
        self._begin: QPointF | None = None
        self._now = QPointF()
        self._keys: set[Qt.Key] = set()
        self._talking = False
        self._velocity = STILL
        self._wheel = QTimer(self, interval=WHEEL_MS, singleShot=True)
        self._wheel.timeout.connect(self.stop)
        self.hide()

    @property
    def velocity(self) -> Velocity:
        return self._velocity

    def stop(self) -> None:
        """Nothing is held any more."""
        self._begin = None
        self._keys.clear()
        self._set(STILL)
        if self._talking:
            self._talking = False
            self.talk_changed.emit(False)

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin = self._now = event.position()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._begin is not None:
            self._now = event.position()
            self._set(drag_velocity(self._begin, self._now, QSizeF(self.size())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        begin, was_still = self._begin, self._velocity == STILL
        self.stop()
        near = begin is not None and (event.position() - begin).manhattanLength() < QApplication.startDragDistance()
        if near and was_still and self.can_centre:
            self.centred.emit(event.position().x() / max(1, self.width()), event.position().y() / max(1, self.height()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks are two."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps and self._begin is None:
            self._set((0.0, 0.0, max(-1.0, min(1.0, steps * 0.5))))
            self._wheel.start()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEERING_KEYS:
            self._keys.add(key)
            self._set(key_velocity(self._keys, event.modifiers()))
        elif key == Qt.Key.Key_Home and not event.isAutoRepeat():
            self.home_requested.emit()
        elif key == Qt.Key.Key_Escape:
            self.ended.emit()
        elif key == Qt.Key.Key_T and not event.isAutoRepeat():
            self._talking = True
            self.talk_changed.emit(True)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_T):
            if key == Qt.Key.Key_Space:
                self.stop()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            return
        if key in self._keys:
            self._keys.discard(key)
            self._set(key_velocity(self._keys, event.modifiers()))
        elif key == Qt.Key.Key_T and self._talking:
            self._talking = False
            self.talk_changed.emit(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever types elsewhere steers nothing."""
        self.stop()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QPen(color("accent"), 2.0, Qt.PenStyle.SolidLine if self.hasFocus() else Qt.PenStyle.DashLine)
            painter.setPen(frame)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
            middle = QPointF(self.rect().center())
            if self._begin is None:
                _paint_cross(painter, middle)
            if self._begin is not None and self._velocity != STILL:
                _paint_arrow(painter, self._begin, self._now)
            elif self._velocity[:2] != STILL[:2]:
                reach = 0.3 * min(self.width(), self.height())
                _paint_arrow(painter, middle, middle + QPointF(self._velocity[0] * reach, -self._velocity[1] * reach))
            if self._velocity[2]:
                _paint_zoom(painter, middle, self._velocity[2])

    def _set(self, velocity: Velocity) -> None:
        if velocity != self._velocity:
            self._velocity = velocity
            self.velocity_changed.emit(*velocity)
        self.update()


def _pens() -> tuple[QPen, QPen]:
    """One dark, one bright: seen on any picture, in any theme."""
    solid, round_cap = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
    return QPen(color("halo"), _HALO, solid, round_cap), QPen(color("mark"), _LINE, solid, round_cap)


def _paint_cross(painter: QPainter, middle: QPointF) -> None:
    for pen in _pens():
        painter.setPen(pen)
        painter.drawLine(middle - QPointF(8, 0), middle + QPointF(8, 0))
        painter.drawLine(middle - QPointF(0, 8), middle + QPointF(0, 8))


def _paint_arrow(painter: QPainter, begin: QPointF, end: QPointF) -> None:
    angle = math.atan2(end.y() - begin.y(), end.x() - begin.x())
    barbs = [end - QPointF(math.cos(angle + turn), math.sin(angle + turn)) * 14 for turn in (0.45, -0.45)]
    for pen in _pens():
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(begin, DEAD_PX / 2, DEAD_PX / 2)
        painter.drawLine(begin, end)
        painter.drawPolyline(QPolygonF([barbs[0], end, barbs[1]]))


def _paint_zoom(painter: QPainter, middle: QPointF, zoom: float) -> None:
    """A ring that is larger than the middle one where the picture grows."""
    for pen in _pens():
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, 22, 22)
        painter.drawEllipse(middle, 22 + 14 * zoom, 22 + 14 * zoom)

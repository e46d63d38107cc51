"""A plan on which cameras are chosen, moved and turned with the mouse or the keys."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Point
from engine.model.site import CameraPose
from widgets.space.plan.plan import FloorPlan
from widgets.space.scene import CameraMark, SpaceScene
from widgets.theme import color

_REACH_PX = 16.0
_BODY_PX, _HANDLE_PX = 7.0, 6.0
_SHORTEST_M = 0.6  # a handle nearer than that would lie under its camera
_STEP_M, _TURN_DEG = 0.1, 5.0


class CameraPlan(FloorPlan):
    """UI thread. Dragging a camera moves it, dragging the ring before it turns it; a double click sets the chosen one there.

    Arrows move the chosen camera by 10 cm, with Shift by 1 cm; Ctrl with left and right turns it by 5°; Delete takes it off the plan.

    Signals: camera_chosen(id or empty); camera_moved(id, x, y) in metres; camera_aimed(id, x, y): look towards there;
    camera_turned(id, degrees clockwise); place_wanted(x, y); removal_wanted(id).
    """

    camera_chosen = Signal(str)
    camera_moved = Signal(str, float, float)
    camera_aimed = Signal(str, float, float)
    camera_turned = Signal(str, float)
    place_wanted = Signal(float, float)
    removal_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = ""
        self._grabbed: tuple[str, bool] = "", False
        self.setAccessibleName(self.tr("Plan of the cameras"))

    def set_chosen(self, camera_id: str) -> None:
        self._chosen = camera_id
        self.redraw_soon()

    def selected_camera(self) -> str:
        return self._chosen

    # where things are

    def _pixel(self, place: Point) -> QPointF:
        p = self.projection()
        return QPointF(p.left + place[0] * p.scale, p.top - place[1] * p.scale)

    def _ordered(self) -> list[CameraMark]:
        """The chosen one first: where two lie over each other it is meant."""
        return sorted(self.scene.cameras, key=lambda mark: mark.pose.camera_id != self._chosen)

    def grip_at(self, point: QPointF) -> tuple[str, bool]:
        """The camera within reach, and whether it is its ring; ("", False) for none. Only the chosen one has a ring to drag."""
        for mark in self._ordered():
            if _pixel_distance(self._pixel(mark.pose.position[:2]), point) <= _REACH_PX:
                return mark.pose.camera_id, False
        for mark in self._ordered()[:1]:
            if mark.pose.camera_id == self._chosen and _pixel_distance(self._pixel(ring_of(mark.pose)), point) <= _REACH_PX:
                return mark.pose.camera_id, True
        return "", False

    # painting

    def _paint_cones(self, painter: QPainter, scene: SpaceScene) -> None:
        super()._paint_cones(painter, scene)
        for mark in reversed(self._ordered()):
            self._paint_body(painter, mark.pose, mark.pose.camera_id == self._chosen)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_body(self, painter: QPainter, pose: CameraPose, chosen: bool) -> None:
        body, ring = self._pixel(pose.position[:2]), self._pixel(ring_of(pose))
        tint = QColor(color("accent" if chosen else "secondary"))
        painter.setPen(QPen(tint, 1.5, Qt.PenStyle.DashLine if not chosen else Qt.PenStyle.SolidLine))
        if chosen:
            painter.drawLine(body, ring)
            painter.setBrush(color("window"))
            painter.setPen(QPen(tint, 2))
            painter.drawEllipse(ring, _HANDLE_PX, _HANDLE_PX)
        painter.setPen(QPen(color("window"), 1.5))
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(body.x() - _BODY_PX, body.y() - _BODY_PX, 2 * _BODY_PX, 2 * _BODY_PX), 3, 3)

    # hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = self.grip_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else ("", False)
        if self._grabbed[0] and self._grabbed[0] != self._chosen:
            self.camera_chosen.emit(self._grabbed[0])
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            self.setCursor(Qt.CursorShape.OpenHandCursor if self.grip_at(event.position())[0] else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        camera_id, by_ring = self._grabbed
        if not camera_id:
            super()._drag(moved, event)
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        x, y = self.projection().floor_point(event.position().x(), event.position().y())
        (self.camera_aimed if by_ring else self.camera_moved).emit(camera_id, *((x, y) if by_ring else self._clamp_to_floor(x, y)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = "", False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.grip_at(event.position())[0]:
            self.place_wanted.emit(*self._clamp_to_floor(*self.projection().floor_point(event.position().x(), event.position().y())))

    def _clamp_to_floor(self, x: float, y: float) -> tuple[float, float]:
        """On the floor, to the centimetre."""
        b = self.scene.bounds
        return round(min(max(x, b.x0), b.x1), 2), round(min(max(y, b.y0), b.y1), 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pose = next((mark.pose for mark in self.scene.cameras if mark.pose.camera_id == self._chosen), None)
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        turning = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if pose is None or event.key() not in (*steps, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            super().keyPressEvent(event)
        elif event.key() not in steps:
            self.removal_wanted.emit(pose.camera_id)
        elif turning:
            self.camera_turned.emit(pose.camera_id, _TURN_DEG * steps[Qt.Key(event.key())][0])
        else:
            step = _STEP_M / 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_M
            dx, dy = steps[Qt.Key(event.key())]
            self.camera_moved.emit(pose.camera_id, *self._clamp_to_floor(pose.position[0] + dx * step, pose.position[1] + dy * step))


def ring_of(pose: CameraPose) -> Point:
    """Where the ring lies that turns the camera: at what it looks at, but not under the camera."""
    dx, dy = pose.aim[0] - pose.position[0], pose.aim[1] - pose.position[1]
    length = math.hypot(dx, dy)
    if length < 1e-6:
        return pose.position[0], pose.position[1] + _SHORTEST_M
    scale = max(1.0, _SHORTEST_M / length)
    return pose.position[0] + dx * scale, pose.position[1] + dy * scale


def _pixel_distance(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())

"""A plan on which nodes are chosen, moved and set with the mouse or the arrow keys."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from widgets.space.plan.plan import FloorPlan

_REACH_PX = 18.0
_STEP_M = 0.1


class NodePlan(FloorPlan):
    """UI thread. Click chooses, drag moves, double-click sets a new node; arrows move the chosen node by 10 cm, with Shift by 1 cm.

    Signals: node_chosen(key or empty); node_moved(key, x, y) in metres; place_wanted(x, y): a new node there; removal_wanted(key).
    """

    node_chosen = Signal(str)
    node_moved = Signal(str, float, float)
    place_wanted = Signal(float, float)
    removal_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grabbed = ""
        self.setAccessibleName(self.tr("Plan of the nodes"))

    def set_chosen(self, key: str) -> None:
        self.marks = replace(self.marks, chosen_node=key)
        self.redraw_soon()

    def selected_node(self) -> str:
        return self.marks.chosen_node

    def node_at(self, point: QPointF) -> str:
        """The nearest node within reach; empty for none."""
        nodes = self.scene.nodes
        if not nodes:
            return ""
        pixels, _ = self.projection().points(np.array([node.position for node in nodes], np.float64))
        apart = np.hypot(pixels[:, 0] - point.x(), pixels[:, 1] - point.y())
        nearest = int(apart.argmin())
        return nodes[nearest].mac if apart[nearest] <= _REACH_PX else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = self.node_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else ""
        self.node_chosen.emit(self._grabbed)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            self.setCursor(Qt.CursorShape.OpenHandCursor if self.node_at(event.position()) else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        if not self._grabbed:
            super()._drag(moved, event)
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._tell_moved(self._grabbed, *self.projection().floor_point(event.position().x(), event.position().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = ""
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.node_at(event.position()):
            x, y = self.projection().floor_point(event.position().x(), event.position().y())
            self.place_wanted.emit(*self._clamp_to_floor(x, y))

    def _tell_moved(self, key: str, x: float, y: float) -> None:
        self.node_moved.emit(key, *self._clamp_to_floor(x, y))

    def _clamp_to_floor(self, x: float, y: float) -> tuple[float, float]:
        """On the floor, to the centimetre."""
        b = self.scene.bounds
        return round(min(max(x, b.x0), b.x1), 2), round(min(max(y, b.y0), b.y1), 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = next((node for node in self.scene.nodes if node.mac == self.selected_node()), None)
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if node is not None and event.key() in steps:
            step = _STEP_M / 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_M
            dx, dy = steps[Qt.Key(event.key())]
            self._tell_moved(node.mac, node.position[0] + dx * step, node.position[1] + dy * step)
        elif node is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit(node.mac)
        else:
            super().keyPressEvent(event)

"""A plan on which one place is chosen."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Point
from widgets.space.plan.plan import FloorPlan
from widgets.theme import color

_STEP_M = 0.5
_MARK_PX = 9.0


class PlacePlan(FloorPlan):
    """UI thread. A click chooses the place, arrows move it by half a metre. Signals: place_chosen(x, y) in metres."""

    place_chosen = Signal(float, float)

    def __init__(self, reach_m: float, parent: QWidget | None = None) -> None:
        """`reach_m`: how far around it is looked, drawn as a circle."""
        super().__init__(parent)
        self._reach_m = reach_m
        self._place: Point | None = None
        self._pressed: QPointF | None = None
        self.setAccessibleName(self.tr("Plan, choose a place"))

    def chosen_place(self) -> Point | None:
        return self._place

    def choose_place(self, x: float, y: float) -> None:
        b = self.scene.bounds
        self._place = round(min(max(x, b.x0), b.x1), 1), round(min(max(y, b.y0), b.y1), 1)
        self.setAccessibleDescription(self.tr("{0} m east, {1} m north").format(*self._place))
        self.place_chosen.emit(*self._place)
        self.redraw_soon()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 5:
            self.choose_place(*self.projection().floor_point(event.position().x(), event.position().y()))
        self._pressed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event.key() not in steps:
            super().keyPressEvent(event)
            return
        x, y = self._place or self.scene.bounds.center[:2]
        dx, dy = steps[Qt.Key(event.key())]
        self.choose_place(x + dx * _STEP_M, y + dy * _STEP_M)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._place is None:
            return
        p = self.projection()
        middle = QPointF(p.left + self._place[0] * p.scale, p.top - self._place[1] * p.scale)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("accent"), 1, Qt.PenStyle.DashLine))
        painter.drawEllipse(middle, self._reach_m * p.scale, self._reach_m * p.scale)
        painter.setPen(QPen(color("accent"), 2))
        painter.drawLine(middle - QPointF(_MARK_PX, 0), middle + QPointF(_MARK_PX, 0))
        painter.drawLine(middle - QPointF(0, _MARK_PX), middle + QPointF(0, _MARK_PX))
        painter.end()

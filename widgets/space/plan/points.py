"""A plan on which numbered spots of the floor, or beside it, are clicked, dragged and nudged."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Point
from engine.model.site import LARGEST_FLOOR_M
from widgets.space.numbered_marks import mark_area, mark_at, paint_marks
from widgets.space.plan.plan import FloorPlan
from widgets.space.projection import PlanProjection

_STEP_M = 0.1
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class PointPlan(FloorPlan):
    """UI thread. A click sets a spot, or takes hold of one; arrows move the chosen one by 10 cm, with Shift by 1 cm.

    Space sets one in the middle of what is shown, Delete removes the chosen one. Places are metres of the floor.

    Signals: spot_wanted(x, y); spot_chosen(index); grabbed(): a drag begins; spot_moved(index, x, y); removal_wanted(index).
    """

    spot_wanted = Signal(float, float)
    spot_chosen = Signal(int)
    grabbed = Signal()
    spot_moved = Signal(int, float, float)
    removal_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spots: tuple[Point | None, ...] = ()
        self._chosen, self._wrong = -1, 0
        self._held = -1
        self._also: tuple[Point, ...] = ()
        self.has_legend = False
        self.setMinimumSize(300, 190)
        self.setAccessibleName(self.tr("Floor plan"))

    def set_spots(self, spots: tuple[Point | None, ...], chosen: int, wrong: int = 0) -> None:
        """`wrong`: number of the one that is far off, from 1; 0 for none."""
        self._spots, self._chosen, self._wrong = spots, chosen, wrong
        self.redraw_soon()

    def set_also_shown(self, places: tuple[Point, ...]) -> None:
        """Places beside the floor that are to be seen at first: a camera may look out of the house."""
        self._also = places
        self.fit()

    def _fit_now(self) -> None:
        b = self.scene.bounds
        east, north = zip((b.x0, b.y0), (b.x1, b.y1), *self._also, strict=True)
        area = replace(b, x0=min(east), y0=min(north), x1=max(east), y1=max(north))
        self._projection = PlanProjection.fitted(area, self.width(), self.height())

    # where things are

    def pixel(self, spot: Point) -> QPointF:
        p = self.projection()
        return QPointF(p.left + spot[0] * p.scale, p.top - spot[1] * p.scale)

    def _spot_at(self, point: QPointF) -> int:
        return mark_at(self._spot_pixels(), point, self._chosen)

    def _spot_pixels(self) -> list[QPointF | None]:
        return [None if spot is None else self.pixel(spot) for spot in self._spots]

    def _floor_point(self, point: QPointF) -> Point:
        return _rounded(*self.projection().floor_point(point.x(), point.y()))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        paint_marks(painter, self._spot_pixels(), self._chosen, self._wrong)
        painter.end()

    def _corners(self, legend: QRectF) -> tuple[QRectF, ...]:
        """Nor do names lie over the spots and their numbers."""
        return (*super()._corners(legend), *(mark_area(at) for at in self._spot_pixels() if at is not None))

    # hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._spot_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else -1
        if self._held >= 0:
            self.grabbed.emit()
            self.spot_chosen.emit(self._held)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            over = self._spot_at(event.position()) >= 0
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor)
            return
        super().mouseMoveEvent(event)

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._held < 0:
            super()._drag(moved, event)
        else:
            self.spot_moved.emit(self._held, *self._floor_point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and self._held < 0 and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._dragged = None
        self._held = -1
        self.setCursor(Qt.CursorShape.CrossCursor)
        if clicked:
            self.spot_wanted.emit(*self._floor_point(event.position()))

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        spot = self._spots[self._chosen] if 0 <= self._chosen < len(self._spots) else None
        if key in _ARROWS and spot is not None:
            step = _STEP_M / 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_M
            right, up = _ARROWS[Qt.Key(key)]
            self.spot_moved.emit(self._chosen, *_rounded(spot[0] + right * step, spot[1] + up * step))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen >= 0:
            self.removal_wanted.emit(self._chosen)
        elif key == Qt.Key.Key_Space:
            self.spot_wanted.emit(*self._floor_point(QPointF(self.width() / 2, self.height() / 2)))
        else:
            super().keyPressEvent(event)


def _rounded(x: float, y: float) -> Point:
    """To the centimetre, and no further away than a floor may be large."""
    return round(min(max(x, -LARGEST_FLOOR_M), LARGEST_FLOOR_M), 2), round(min(max(y, -LARGEST_FLOOR_M), LARGEST_FLOOR_M), 2)

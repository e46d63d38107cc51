"""What both views of the floor share: the scene, who is chosen, pointing and choosing, and drawing no more often than needed."""

import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.space.compass import LegendRow, legend_area, legend_rows, paint_compass, paint_legend, paint_scale
from widgets.space.marks import MarkPainter, Marks, head_of
from widgets.space.projection import Projection
from widgets.space.scene import Highlight, Layers, PersonMark, SpaceScene
from widgets.theme import color

DATA_MS = 83  # at most twelve pictures a second of what the engine says
_FASTEST_MS = 16
_SLOWEST_MS = 400
_REACH_PX = 26.0
_DRAG_PX = 4.0
ZOOM_STEP = 1.2


class SpaceCanvas(QWidget):
    """Base of the 3D view and the plan.

    Nothing is drawn while it is hidden. What the engine says is drawn at most twelve times a second; dragging faster where that is cheap.

    Signals: person_chosen(str); following_ended(): the operator moved the view away; menu_requested(id, global position): of somebody.
    """

    person_chosen = Signal(str)
    following_ended = Signal()
    menu_requested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.marks = Marks(SpaceScene(), Layers(), Highlight())
        self._painter = MarkPainter()
        self._following = False
        self._fitted = False
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        self._drawn_s = self._cost_s = 0.0
        self._spent_s = 0.0  # on the picture that comes next, before it is painted
        self._stale = True
        self.frames = 0
        self.has_legend = True
        self._redraw_timer = QTimer(self, singleShot=True)
        self._redraw_timer.timeout.connect(self._redraw)

    # what is shown

    @property
    def scene(self) -> SpaceScene:
        return self.marks.scene

    def set_scene(self, scene: SpaceScene) -> None:
        changed = scene.bounds != self.scene.bounds
        self.marks = replace(self.marks, scene=scene)
        if changed and not self._following:
            self._fitted = False
        self._keep_in_middle()
        self.redraw_soon(DATA_MS)

    def set_layers(self, layers: Layers) -> None:
        self.marks = replace(self.marks, layers=layers)
        self.redraw_soon()

    def set_selected(self, blob_id: str) -> None:
        if blob_id != self.marks.selected:
            self.marks = replace(self.marks, selected=blob_id)
            self._keep_in_middle()
            self.redraw_soon()

    def set_highlight(self, highlight: Highlight) -> None:
        if highlight != self.marks.highlight:
            self.marks = replace(self.marks, highlight=highlight)
            self.redraw_soon(0 if not highlight.zones else _FASTEST_MS)

    def set_following(self, following: bool) -> None:
        self._following = following
        self._keep_in_middle()
        self.redraw_soon()

    def following(self) -> bool:
        return self._following

    def fit(self) -> None:
        self._end_following()
        self._fitted = False
        self.redraw_soon()

    def top_view(self) -> None:
        raise NotImplementedError

    def orbit_view(self) -> None:
        """From the side. A plan has none."""

    def turn(self, azimuth: float, elevation: float) -> None:
        """Degrees. A plan does not turn."""

    # what a kind of view does its own way

    def projection(self) -> Projection:
        raise NotImplementedError

    def _fit_now(self) -> None:
        raise NotImplementedError

    def _look_at(self, person: PersonMark) -> None:
        raise NotImplementedError

    def _pan(self, dx_px: float, dy_px: float) -> None:
        raise NotImplementedError

    def _zoom(self, factor: float, about: QPointF) -> None:
        raise NotImplementedError

    def _paint_ground(self, painter: QPainter, stale: bool) -> None:
        """All that lies below names and lines. `stale`: something changed since the last time."""
        raise NotImplementedError

    def _on_ground(self) -> tuple[Marks, Projection]:
        """What belongs over the ground that is painted."""
        return self.marks, self.projection()

    def _north_turn(self) -> float:
        return 0.0

    # drawing when it is time

    def redraw_soon(self, wait_ms: int = _FASTEST_MS) -> None:
        """Draw when `wait_ms` have passed since the last time, later where drawing takes long: it may have a quarter of the time.

        On a machine that is busy otherwise the view gets slower, not the rest of the console.
        """
        self._stale = True
        if not self.isVisible():
            return
        wait = max(wait_ms, _FASTEST_MS, min(_SLOWEST_MS, 4000 * self._cost_s)) / 1000
        left_ms = round(max(0.0, self._drawn_s + wait - time.monotonic()) * 1000)
        if not self._redraw_timer.isActive() or left_ms < self._redraw_timer.remainingTime():
            self._redraw_timer.start(left_ms)

    def _redraw(self) -> None:
        self._drawn_s = time.monotonic()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        if not self._fitted:
            self._fitted = True
            self._fit_now()
        stale, self._stale = self._stale, False
        painter = QPainter(self)
        self._paint_ground(painter, stale)
        rows = self._legend_rows()
        legend = legend_area(QPointF(10, self.height() - 10), rows)
        marks, projection = self._on_ground()
        self._painter.paint(painter, marks, projection, QRectF(self.rect()), self.devicePixelRatioF(), self._corners(legend))
        self._paint_corners(painter, legend, rows)
        if self.hasFocus():
            self._paint_focus(painter)
        painter.end()
        self.frames += 1
        spent, self._spent_s = self._spent_s + time.perf_counter() - began, 0.0
        self._drawn_s, self._cost_s = time.monotonic(), 0.5 * self._cost_s + 0.5 * spent

    def _corners(self, legend: QRectF) -> tuple[QRectF, ...]:
        """Legend, scale and compass: names do not stand there."""
        foot = self._foot_of_scale(legend)
        return legend, QRectF(self.width() - 130, foot - 28, 130, 42), QRectF(self.width() - 76, 8, 72, 72)

    def _foot_of_scale(self, legend: QRectF) -> float:
        """Beside the legend, or above it where the view is narrow."""
        beside = legend.right() < self.width() - 130
        return self.height() - 14 if beside else legend.top() - 10

    def _legend_rows(self) -> tuple[LegendRow, ...]:
        scene = self.scene
        if not self.has_legend:
            return ()
        has = bool(scene.links), bool(len(scene.voxels)), scene.coverage is not None, bool(scene.losses)
        return legend_rows(self.marks.layers, *has)

    def _paint_corners(self, painter: QPainter, legend: QRectF, rows: tuple[LegendRow, ...]) -> None:
        scene = self.scene
        paint_legend(painter, legend, rows)
        scale = self.projection().pixels_per_metre((scene.bounds.center[0], scene.bounds.center[1], scene.bounds.z0))
        paint_scale(painter, QPointF(self.width() - 14, self._foot_of_scale(legend)), scale)
        paint_compass(painter, QPointF(self.width() - 40, 44), self._north_turn())

    def _paint_focus(self, painter: QPainter) -> None:
        painter.setPen(color("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for inset in (0.5, 1.5):
            painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))

    # following

    def _keep_in_middle(self) -> None:
        person = self.scene.person_mark(self.marks.selected) if self._following else None
        if person is not None:
            self._fitted = True
            self._look_at(person)

    def _end_following(self) -> None:
        if self._following:
            self._following = False
            self.following_ended.emit()

    # choosing

    def person_at(self, point: QPointF) -> str:
        """Who stands there, the nearest within reach; empty for nobody."""
        best, found = _REACH_PX, ""
        for person in self.scene.people:
            distance = self._distance_to(person, point)
            if distance < best:
                best, found = distance, person.blob_id
        return found

    def _distance_to(self, person: PersonMark, point: QPointF) -> float:
        foot = (person.position[0], person.position[1], self.scene.bounds.z0)
        pixels, before = self.projection().points(np.array([foot, head_of(person, self.scene.bounds.z0)], np.float64))
        if not before.all():
            return float("inf")
        here, way = np.array([point.x(), point.y()]) - pixels[0], pixels[1] - pixels[0]
        share = float(np.clip(here @ way / max(float(way @ way), 1e-9), 0, 1))
        return float(np.linalg.norm(here - share * way))

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._dragged = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            self._hover(self.person_at(event.position()))
            return
        moved = event.position() - self._dragged
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < _DRAG_PX:
            return
        self._pressed, self._dragged = None, event.position()
        self._drag(moved, event)
        self.redraw_soon()

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        self._end_following()
        self._pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.person_chosen.emit(self.person_at(event.position()))
        self._pressed = self._dragged = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Of whom is pointed at; by the keyboard, of whom is selected."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        person_id = self.marks.selected if by_key else self.person_at(QPointF(event.pos()))
        if person_id:
            self.menu_requested.emit(person_id, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._zoom(ZOOM_STEP**steps, event.position())
            self.redraw_soon()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def _hover(self, blob_id: str) -> None:
        if blob_id != self.marks.hovered:
            self.marks = replace(self.marks, hovered=blob_id)
            self.setCursor(Qt.CursorShape.PointingHandCursor if blob_id else Qt.CursorShape.ArrowCursor)
            self.redraw_soon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows turn (a plan: move), with Shift they move; plus and minus zoom."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event.key() in steps:
            self._step_view(*steps[Qt.Key(event.key())], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom_step(-1 if event.key() == Qt.Key.Key_Minus else 1)
        else:
            super().keyPressEvent(event)
            return
        self.redraw_soon()

    def _step_view(self, right: int, up: int, moving: bool) -> None:
        self._end_following()
        self._pan(-40.0 * right, 40.0 * up)

    def zoom_step(self, steps: int) -> None:
        self._zoom(ZOOM_STEP**steps, QPointF(self.width() / 2, self.height() / 2))
        self.redraw_soon()

    # events of the window system

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stale = True
        if not self._following and event.oldSize().isValid():
            self._fitted = False

    def showEvent(self, event: QShowEvent) -> None:
        self._stale = True

    def hideEvent(self, event: QHideEvent) -> None:
        self._redraw_timer.stop()

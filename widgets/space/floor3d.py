"""The floor in 3D: an orbiting camera over an OpenGL picture with crisp names on it."""

import math
import time

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from widgets.layout.ground import fill_ground
from widgets.space.canvas import SpaceCanvas
from widgets.space.gl_drawing import GlDrawing
from widgets.space.gl_target import GlContext
from widgets.space.marks import Marks
from widgets.space.projection import Orbit, OrbitProjection, Projection
from widgets.space.scene import Highlight, Layers, PersonMark, SpaceScene

_TURN_PER_PX = 0.35
_KEY_TURN = 6.0
_FOLLOW_DISTANCE_M = 7.0
_FETCH_MS = 16


class Floor3D(SpaceCanvas):
    """Drag turns, with Shift or another button it moves; the wheel zooms. Arrows turn, with Shift they move. UI thread.

    OpenGL is told what to draw, and what it drew is fetched a moment later: where a processor stands in for the graphics card, it draws on
    threads of its own meanwhile, and the screen's thread is free.
    """

    def __init__(self, context: GlContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marks = Marks(SpaceScene(), Layers(), Highlight(), solid=True)
        self.orbit = Orbit()
        self._drawing = GlDrawing(context, self)
        self._image = QImage()
        self._begun: tuple[Marks, Orbit] | None = None
        self._drawn = (self.marks, self.orbit)
        self._is_drawing = False
        self._fetch_timer = QTimer(self, singleShot=True, interval=_FETCH_MS)
        self._fetch_timer.timeout.connect(self._fetch)
        self.setAccessibleName(self.tr("Floor in 3D"))

    def projection(self) -> OrbitProjection:
        return OrbitProjection(self.orbit, self.width(), self.height())

    def top_view(self) -> None:
        """From above, north up, with the whole floor on screen."""
        self.orbit = self.orbit.from_above()
        if self._following:
            self.redraw_soon()
        else:
            self.fit()

    def orbit_view(self) -> None:
        """From the side again."""
        self.orbit = Orbit(self.orbit.center, self.orbit.distance_m)
        if self._following:
            self.redraw_soon()
        else:
            self.fit()

    def turn(self, azimuth: float, elevation: float) -> None:
        self.orbit = self.orbit.turned(azimuth, elevation)
        self.redraw_soon()

    def _fit_now(self) -> None:
        self.orbit = self.orbit.fitted(self.scene.bounds, self.width(), self.height())

    def set_following(self, following: bool) -> None:
        if following and not self._following:
            self.orbit = self.orbit.zoomed(max(1.0, self.orbit.distance_m / _FOLLOW_DISTANCE_M))
        super().set_following(following)

    def _look_at(self, person: PersonMark) -> None:
        self.orbit = self.orbit.looking_at((person.position[0], person.position[1], self.scene.bounds.z0 + 0.9))

    def _pan(self, dx_px: float, dy_px: float) -> None:
        scale = self.projection().pixels_per_metre(self.orbit.center)
        tilt = max(0.25, math.sin(math.radians(self.orbit.elevation)))
        self.orbit = self.orbit.panned(-dx_px / scale, dy_px / scale / tilt)

    def _zoom(self, factor: float, about: QPointF) -> None:
        self.orbit = self.orbit.zoomed(factor)

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn(-_TURN_PER_PX * moved.x(), _TURN_PER_PX * moved.y())
        else:
            super()._drag(moved, event)

    def _step_view(self, right: int, up: int, moving: bool) -> None:
        if moving:
            super()._step_view(right, up, moving)
        else:
            self.turn(_KEY_TURN * right, _KEY_TURN * up)

    def _north_turn(self) -> float:
        return math.radians(self.orbit.azimuth + 90)

    def _redraw(self) -> None:
        if self._begun is not None:
            self._redraw_timer.start(_FETCH_MS)
            return
        if not (self._stale and self._fitted and self._image.size() == self._pixels()):
            super()._redraw()
            return
        self._drawn_s = time.monotonic()
        self._begin_drawing()
        self._stale = False
        self._fetch_timer.start()

    def _begin_drawing(self) -> None:
        began = time.perf_counter()
        self._is_drawing = self._drawing.begin_drawing(self.marks, self.orbit, self._pixels())
        self._begun = self.marks, self.orbit
        self._spent_s = time.perf_counter() - began

    def _fetch(self) -> None:
        if self._begun is None:
            return
        began = time.perf_counter()
        self._take_image(self._begun)
        self._spent_s += time.perf_counter() - began
        changed, self._stale = self._stale, False
        self.repaint()
        self._stale = changed

    def _take_image(self, begun: tuple[Marks, Orbit]) -> None:
        """Wait for what was begun."""
        self._image = self._drawing.image() if self._is_drawing else QImage()
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self._drawn, self._begun = begun, None

    def _paint_ground(self, painter: QPainter, stale: bool) -> None:
        if stale or self._image.isNull():
            self._begin_drawing()
            self._take_image((self.marks, self.orbit))
            self._spent_s = 0.0
        elif self._begun is not None:
            self._take_image(self._begun)
        if self._image.isNull():
            fill_ground(painter, self, "window")
        painter.drawImage(0, 0, self._image)

    def _on_ground(self) -> tuple[Marks, Projection]:
        marks, orbit = self._drawn
        return marks, OrbitProjection(orbit, self.width(), self.height())

    def _pixels(self) -> QSize:
        return self.size() * self.devicePixelRatioF()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._fetch_timer.stop()
        self._begun = None

"""The floor in 3D: an orbiting camera over an OpenGL picture with crisp names on it."""

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from widgets.space.canvas import SpaceCanvas
from widgets.space.gl_drawing import GlDrawing
from widgets.space.gl_target import GlContext
from widgets.space.marks import Marks
from widgets.space.projection import Orbit, OrbitProjection
from widgets.space.scene import Highlight, Layers, PersonMark, SpaceScene
from widgets.theme import color

_TURN_PER_PX = 0.35
_KEY_TURN = 6.0
_FOLLOW_DISTANCE_M = 7.0


class Floor3D(SpaceCanvas):
    """Drag turns, with Shift or another button it moves; the wheel zooms. Arrows turn, with Shift they move. UI thread."""

    def __init__(self, context: GlContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marks = Marks(SpaceScene(), Layers(), Highlight(), solid=True)
        self.orbit = Orbit()
        self._drawing = GlDrawing(context, self)
        self._image = QImage()
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
        self.orbit = self.orbit.moved(-dx_px / scale, dy_px / scale / tilt)

    def _zoom(self, factor: float, about: QPointF) -> None:
        self.orbit = self.orbit.zoomed(factor)

    def _drag(self, moved: QPointF, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn(-_TURN_PER_PX * moved.x(), _TURN_PER_PX * moved.y())
        else:
            super()._drag(moved, event)

    def _step(self, right: int, up: int, moving: bool) -> None:
        if moving:
            super()._step(right, up, moving)
        else:
            self.turn(_KEY_TURN * right, _KEY_TURN * up)

    def _north_turn(self) -> float:
        return math.radians(self.orbit.azimuth + 90)

    def _paint_ground(self, painter: QPainter, stale: bool) -> None:
        if stale or self._image.isNull():
            pixels = self.size() * self.devicePixelRatioF()
            self._image = self._drawing.draw(self.marks, self.orbit, pixels)
            self._image.setDevicePixelRatio(self.devicePixelRatioF())
        if self._image.isNull():
            painter.fillRect(self.rect(), color("window"))
        painter.drawImage(0, 0, self._image)

"""Land and borders on the screen: a picture of a window around what is shown, kept until the map leaves it, zooms or looks different."""

from typing import cast

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from engine.model.base_map.clipping import Points, Window, clipped_line, clipped_ring, thinned
from engine.model.base_map.world import COARSE, FINE, borders, land
from engine.model.value_class import dataclass
from widgets.look import look_number
from widgets.maps.map_view import MapView
from widgets.maps.mercator import ROUND_M
from widgets.theme import color

FINE_FROM = 2_500.0  # metres a pixel: below, the finer data is drawn
_ROOM = 0.3  # of the window beside what is shown, in screens
_THIN_PX, _FAR_THIN_PX = 0.7, 1.6
_FAR = 8_000.0  # metres a pixel: above, whole continents are shown
_SMALLEST_PX = 1.5  # islands that are smaller are left out


@dataclass(frozen=True, slots=True, eq=False)
class WorldPaths:
    """In pixels, around the middle of the view they were made for."""

    land: QPainterPath
    coast: QPainterPath
    borders: QPainterPath


@dataclass(frozen=True, slots=True, eq=False)
class _WorldPicture:
    picture: QImage
    window: Window
    known: tuple[object, ...]

    def serves(self, view: MapView, known: tuple[object, ...]) -> bool:
        x0, y0, x1, y1 = self.window
        (west, north), (east, south) = view.to_plane(0, 0), view.to_plane(view.width, view.height)
        return known == self.known and x0 <= west and east <= x1 and y0 <= south and north <= y1


class WorldDrawing:
    """UI thread. `made` counts how often the picture was made anew."""

    def __init__(self) -> None:
        self._picture: _WorldPicture | None = None
        self.made = 0

    def draw(self, painter: QPainter, view: MapView) -> None:
        ratio = painter.device().devicePixelRatioF()
        known = (view.scale, ratio, look_number())
        if self._picture is None or not self._picture.serves(view, known):
            self._picture = _WorldPicture(_picture(view, ratio), _window(view), known)
            self.made += 1
        painter.drawImage(QPointF(*view.to_screen(self._picture.window[0], self._picture.window[3])), self._picture.picture)


def water_color() -> QColor:
    """Of the whole ground, before land is drawn."""
    return mixed(color("window"), color("low"), 0.10)


def land_color() -> QColor:
    return color("panel")


def coast_color() -> QColor:
    return mixed(color("panel"), color("line_strong"), 0.75)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`share` of the other colour."""
    pairs = ((one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF()))
    red, green, blue = ((1 - share) * a + share * b for a, b in pairs)
    return QColor.fromRgbF(red, green, blue)


def _hairline(tint: QColor) -> QPen:
    """One pixel and whole: wider or dashed lines of so many points take Qt a hundred times as long."""
    pen = QPen(tint, 1.0)
    pen.setCosmetic(True)
    return pen


def _window(view: MapView) -> Window:
    wide, high = view.width * view.scale * (0.5 + _ROOM), view.height * view.scale * (0.5 + _ROOM)
    return view.x - wide, view.y - high, view.x + wide, view.y + high


def _picture(view: MapView, ratio: float) -> QImage:
    wide, high = view.width * (1 + 2 * _ROOM), view.height * (1 + 2 * _ROOM)
    picture = QImage(round(wide * ratio), round(high * ratio), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(water_color())
    paths = world_paths(view)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(wide / 2, high / 2)
    painter.fillPath(paths.land, land_color())
    painter.setPen(_hairline(coast_color()))
    painter.drawPath(paths.coast)
    painter.drawPath(paths.borders)
    painter.end()
    return picture


def world_paths(view: MapView) -> WorldPaths:
    detail = FINE if view.scale < FINE_FROM else COARSE
    window = _window(view)
    step = (_FAR_THIN_PX if view.scale > _FAR else _THIN_PX) * view.scale
    filled, coast, lines = QPainterPath(), QPainterPath(), QPainterPath()
    filled.setFillRule(Qt.FillRule.OddEvenFill)  # lakes and the rings of poles
    for shift in (-ROUND_M, 0.0, ROUND_M):
        for ring in land(detail).near(window, shift, _SMALLEST_PX * view.scale):
            _add_ring(filled, coast, thinned(ring, step), window, view)
        for line in borders(detail).near(window, shift):
            _add_lines(lines, thinned(line, step), window, view)
    return WorldPaths(filled, coast, lines)


def _add_ring(filled: QPainterPath, coast: QPainterPath, ring: Points, window: Window, view: MapView) -> None:
    cut = clipped_ring(ring, window)
    if len(cut) < 3:
        return
    filled.addPolygon(_polygon(cut, view))
    filled.closeSubpath()
    _add_lines(coast, np.concatenate((ring, ring[:1])), window, view)


def _add_lines(path: QPainterPath, line: Points, window: Window, view: MapView) -> None:
    for run in clipped_line(line, window):
        path.addPolygon(_polygon(run, view))


def _polygon(points: Points, view: MapView) -> QPolygonF:
    """Written into Qt's own memory: a list of points would take ten times as long."""
    made = QPolygonF()
    made.resize(len(points))
    memory = np.frombuffer(cast("bytes", shiboken6.VoidPtr(made.data(), len(points) * 16, True)), np.float64).reshape(-1, 2)  # pyright: ignore[reportCallIssue]
    memory[:, 0] = (points[:, 0] - view.x) / view.scale
    memory[:, 1] = (view.y - points[:, 1]) / view.scale
    return made

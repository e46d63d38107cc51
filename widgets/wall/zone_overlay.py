"""Zones and lines of a camera over its picture on the wall, with how many are in each; and what nobody is shown."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPolygon, QPolygonF

from engine.model.cameras.picture_zone import LineDirection, PictureLine, PictureZone, ZoneCount
from engine.model.cameras.privacy import areas_on
from engine.model.geometry import Point, Polygon
from engine.model.settings import CameraSettings
from engine.model.value_class import dataclass
from widgets.drawing.shape_geometry import inner_point
from widgets.drawing.shape_looks import arrow_head, arrows, line_color, place_color, privacy_color
from widgets.plates import Plates, PlateSpec
from widgets.theme import color
from widgets.wall.overlay_painter import LABEL_HEIGHT, free_place

_NARROW = 220  # tiles below this width have no names of zones
_LONGEST, _LEAST = 200, 56  # pixels of a name
_ARROW, _HEAD = 14.0, 5.0
_AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))
_TOP_STRIP = 34  # names and states of cameras stand here


@dataclass(frozen=True, slots=True)
class _Mark:
    """A zone, or a line (two points), as it is drawn."""

    id: str
    name: str
    points: Polygon
    tint: QColor
    direction: LineDirection | None = None


class ZoneOverlay:
    """Main thread only."""

    def __init__(self, plates: Plates) -> None:
        self._plates = plates

    def paint(self, painter: QPainter, camera: CameraSettings, whole: QRectF, tile: QRectF, counts: Mapping[str, ZoneCount]) -> None:
        """`whole`: where the whole picture lies; `counts`: by zone id."""
        marks = list(_marks(camera))
        if not marks:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for mark in marks:
            _paint_mark(painter, mark, whole)
        if tile.width() >= _NARROW:
            self._paint_names(painter, marks, whole, tile, counts)

    def _paint_names(self, painter: QPainter, marks: list[_Mark], whole: QRectF, tile: QRectF, counts: Mapping[str, ZoneCount]) -> None:
        ratio, room = painter.device().devicePixelRatioF(), tile.adjusted(2, _TOP_STRIP, -2, -2)
        taken: list[QRectF] = []
        for mark in marks:
            plate = self._plate(mark, whole, tile, counts.get(mark.id), ratio)
            size = QSizeF(plate.deviceIndependentSize())
            at = _pixel(inner_point(mark.points), whole) - QPointF(size.width() / 2, size.height() / 2)
            if mark.direction is not None:
                at = _pixel(mark.points[0], whole) + QPointF(6, 4)
            if not tile.intersects(QRectF(at, size)):
                continue
            taken.append(free_place(_moved_into(QRectF(at, size), room), taken, room))
            painter.drawPixmap(taken[-1].topLeft().toPoint(), plate)

    def _plate(self, mark: _Mark, whole: QRectF, tile: QRectF, count: ZoneCount | None, ratio: float) -> QPixmap:
        """The name gives way where there is little room; the number stays."""
        number = str(count.count) if count is not None and count.known else ""
        limit = min(_LONGEST, round(tile.width() * 0.4))
        if mark.direction is None:
            across = [point[0] for point in mark.points]
            limit = max(_LEAST, min(limit, round((max(across) - min(across)) * whole.width())))
        spec = PlateSpec(mark.name, mark="bar", mark_color=mark.tint.name(), height=LABEL_HEIGHT, max_width=limit, ending=number)
        return self._plates.get(spec, ratio)


def paint_privacy(painter: QPainter, camera: CameraSettings, whole: QRectF, frame: QSizeF) -> None:
    """Plainly dark, whatever the picture below shows: also where the engine has not covered it yet."""
    if not camera.privacy:
        return
    size = round(frame.width()), round(frame.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(privacy_color())
    for area in areas_on(camera.privacy, size, (camera.privacy_size,)):
        painter.drawPolygon(QPolygonF([_pixel(point, whole) for point in area]))


def _marks(camera: CameraSettings) -> Iterator[_Mark]:
    for number, zone in enumerate(camera.zones):
        yield _of_zone(zone, number)
    for number, line in enumerate(camera.lines):
        yield _of_line(line, number)


def _of_zone(zone: PictureZone, number: int) -> _Mark:
    return _Mark(zone.id, zone.name, zone.area, place_color(number))


def _of_line(line: PictureLine, number: int) -> _Mark:
    return _Mark(line.id, line.name, (line.begin, line.end), line_color(number), line.direction)


def _paint_mark(painter: QPainter, mark: _Mark, whole: QRectF) -> None:
    """One pixel wide with dark ones around, so that it stands out of any picture. Wider lines, or smooth ones, cost ten times more."""
    ways = _ways(mark, whole)
    for tint, dx, dy in (*((color("halo"), dx, dy) for dx, dy in _AROUND), (mark.tint, 0, 0)):
        painter.setPen(tint)
        for way in ways:
            painter.drawPolyline(way.translated(dx, dy))


def _ways(mark: _Mark, whole: QRectF) -> list[QPolygon]:
    """Its outline, or the line and its arrows."""
    pixels = [_pixel(point, whole) for point in mark.points]
    if mark.direction is None:
        return [QPolygon([pixel.toPoint() for pixel in (*pixels, pixels[0])])]
    made = [QPolygon([pixel.toPoint() for pixel in pixels])]
    for begin, end in arrows(pixels[0], pixels[-1], mark.direction, _ARROW):
        made += [QPolygon([begin.toPoint(), end.toPoint()]), QPolygon([pixel.toPoint() for pixel in arrow_head(begin, end, _HEAD)])]
    return made


def _pixel(share: Point, whole: QRectF) -> QPointF:
    return QPointF(whole.x() + share[0] * whole.width(), whole.y() + share[1] * whole.height())


def _moved_into(place: QRectF, room: QRectF) -> QRectF:
    x = min(max(place.x(), room.left()), max(room.left(), room.right() - place.width()))
    y = min(max(place.y(), room.top()), max(room.top(), room.bottom() - place.height()))
    return QRectF(x, y, place.width(), place.height())

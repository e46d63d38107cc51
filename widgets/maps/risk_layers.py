"""What lies on a risk map besides risk: cameras with their view cones, plumes of smoke with bearings and ellipses, outlines of places."""

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.model.fire.smoke import Crossing
from engine.model.value_class import dataclass
from widgets.maps.heat.heat_raster import EARTH_M
from widgets.maps.map_labels import MapLabel
from widgets.maps.map_view import MapView
from widgets.maps.mercator import Mercator
from widgets.theme import color

_CONE_PX = 64.0
_SECTOR_M = 35_000.0  # as far as smoke is looked for (the engine's sectors)
_LEAST_ELLIPSE_PX = 3.0
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CameraOnMap:
    """`cones`: azimuth and angle of view of each of its views, degrees. fire: what its fire weather is, in words; empty: not known."""

    id: str
    name: str
    latitude: float
    longitude: float
    cones: tuple[tuple[float, float], ...] = ()
    fire: str = ""
    fire_role: str = "secondary"


@dataclass(frozen=True, slots=True)
class Sightline:
    """From where smoke is seen, in which direction, and the angle it fills."""

    latitude: float
    longitude: float
    azimuth_deg: float
    cone_deg: float


@dataclass(frozen=True, slots=True)
class PlumeOnMap:
    id: str
    sightlines: tuple[Sightline, ...]
    place: Crossing | None = None
    tip: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PatternOnMap:
    """What happens again and again around a place, as somebody else sees it."""

    name: str
    latitude: float
    longitude: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Outline:
    """A named area: rings of places (latitude, longitude). `name`: in one line or several; never empty."""

    name: str
    rings: tuple[tuple[Place, ...], ...]


def draw_cameras(painter: QPainter, view: MapView, plane: Mercator, cameras: tuple[CameraOnMap, ...]) -> list[MapLabel]:
    """Gives their names, for when all marks are drawn."""
    names: list[MapLabel] = []
    for camera in cameras:
        at = on_screen(view, plane, camera.latitude, camera.longitude)
        for azimuth, angle in camera.cones:
            _draw_cone(painter, at, azimuth, angle)
        painter.setPen(QPen(color("accent"), 1.6))
        painter.setBrush(color("plate"))
        mark = camera_box(at)
        painter.drawRoundedRect(mark, 3, 3)
        fire = ((camera.fire, camera.fire_role),) if camera.fire else ()
        names.append(MapLabel(mark, ((camera.name, "secondary"), *fire)))
    return names


def camera_box(at: QPointF) -> QRectF:
    return QRectF(at.x() - 6, at.y() - 6, 12, 12)


def draw_plumes(painter: QPainter, view: MapView, plane: Mercator, plumes: tuple[PlumeOnMap, ...]) -> None:
    for plume in plumes:
        for line in plume.sightlines:
            _draw_sightline(painter, view, plane, line)
    for plume in plumes:
        if plume.place is not None:
            _draw_crossing(painter, view, plane, plume.place)


def draw_outlines(painter: QPainter, view: MapView, plane: Mercator, outlines: tuple[Outline, ...]) -> list[MapLabel]:
    """Gives the names of those that are large enough, for when all marks are drawn."""
    names: list[MapLabel] = []
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for outline in outlines:
        for ring in outline.rings:
            painter.setPen(QPen(color("secondary"), 1))
            drawn = polygon(view, plane, ring)
            painter.drawPolygon(drawn)
            box = drawn.boundingRect()
            if box.width() > 90 and box.intersects(QRectF(0, 0, view.width, view.height)):
                lines = tuple((line, "secondary") for line in outline.name.splitlines())
                names.append(MapLabel(QRectF(box.center(), QSizeF(1, 1)), lines))
    return names


def draw_patterns(painter: QPainter, view: MapView, plane: Mercator, patterns: tuple[PatternOnMap, ...]) -> list[MapLabel]:
    """Gives their names, for when all marks are drawn."""
    names: list[MapLabel] = []
    for pattern in patterns:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        at = on_screen(view, plane, pattern.latitude, pattern.longitude)
        radius = max(plane.radii(pattern.latitude, pattern.radius_m)[0] / view.scale, 8.0)
        for pen in lines_on_cells(color("moderate"), 1.6, Qt.PenStyle.DotLine):
            painter.setPen(pen)
            painter.drawEllipse(at, radius, radius)
        circle = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        names.append(MapLabel(circle, ((pattern.name, "moderate"),), above=True))
    return names


def polygon(view: MapView, plane: Mercator, ring: tuple[Place, ...]) -> QPolygonF:
    places = plane.to_plane_many([latitude for latitude, _ in ring], [longitude for _, longitude in ring])
    return QPolygonF([QPointF(*view.to_screen(float(x), float(y))) for x, y in places])


def lines_on_cells(tint: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> tuple[QPen, QPen]:
    """What is drawn first, and the line itself: cells have every brightness, and no colour alone stands out of all of them."""
    return QPen(color("panel"), width + 3), QPen(tint, width, style)


def on_screen(view: MapView, plane: Mercator, latitude: float, longitude: float) -> QPointF:
    return QPointF(*view.to_screen(*plane.to_plane(latitude, longitude)))


def destination(latitude: float, longitude: float, azimuth_deg: float, distance_m: float) -> Place:
    """Where one comes to along a great circle; on the sphere, for drawing."""
    lat, turn, far = math.radians(latitude), math.radians(azimuth_deg), distance_m / EARTH_M
    there = math.asin(math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * math.cos(turn))
    east = math.atan2(math.sin(turn) * math.sin(far) * math.cos(lat), math.cos(far) - math.sin(lat) * math.sin(there))
    return math.degrees(there), longitude + math.degrees(east)


def _draw_cone(painter: QPainter, at: QPointF, azimuth: float, angle: float) -> None:
    fill = QColor(color("accent"))
    fill.setAlphaF(0.16)
    painter.setBrush(fill)
    painter.setPen(QPen(color("accent"), 1))
    square = QRectF(at.x() - _CONE_PX, at.y() - _CONE_PX, 2 * _CONE_PX, 2 * _CONE_PX)
    painter.drawPie(square, round((90 - azimuth - angle / 2) * 16), round(angle * 16))  # from east, against the clock


def _draw_sightline(painter: QPainter, view: MapView, plane: Mercator, line: Sightline) -> None:
    """A wedge as wide as the smoke, as far as it may be."""
    tint = QColor(color("high"))
    tint.setAlphaF(0.14)
    here = (line.latitude, line.longitude)
    half = max(line.cone_deg, 0.2) / 2
    edge = tuple(destination(*here, line.azimuth_deg + turn * half, _SECTOR_M) for turn in (-1.0, -0.5, 0.0, 0.5, 1.0))
    painter.setBrush(tint)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(polygon(view, plane, (here, *edge)))
    painter.setPen(QPen(color("high"), 1.4, Qt.PenStyle.DashLine))
    painter.drawLine(on_screen(view, plane, *here), on_screen(view, plane, *edge[2]))


def _draw_crossing(painter: QPainter, view: MapView, plane: Mercator, place: Crossing) -> None:
    """The ellipse that holds it 19 times in 20; dashed where it is too long to send somebody on it alone."""
    at = on_screen(view, plane, place.latitude, place.longitude)
    pixel_m = view.scale / plane.radii(place.latitude, 1.0)[0]
    major, minor = (max(axis / pixel_m, _LEAST_ELLIPSE_PX) for axis in (place.major_m, place.minor_m))
    fill = QColor(color("critical"))
    fill.setAlphaF(0.18)
    painter.save()
    painter.translate(at)
    painter.rotate(place.turn_deg)
    painter.setBrush(fill)
    for pen in lines_on_cells(color("critical"), 1.8, Qt.PenStyle.SolidLine if place.accurate else Qt.PenStyle.DashLine):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(0, 0), minor, major)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.restore()
    painter.setPen(QPen(color("critical"), 2))
    for dx, dy in ((5, 5), (5, -5)):
        painter.drawLine(at - QPointF(dx, dy), at + QPointF(dx, dy))

"""What lies under the marks of a map: a grid of coordinates, the floor plan of the site, a scale."""

import math

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.model.site import Floor, SiteAnchor
from widgets.incidents.incident_words import latitude_text, longitude_text
from widgets.maps.geo_plane import GeoPlane, m_per_degree
from widgets.maps.map_graticule import MOST_LINES, draw_lines
from widgets.maps.map_labels import MapLabel, draw_label, see_through
from widgets.maps.map_view import MapView, grid_step, lines_between, round_length
from widgets.number_text import number_text
from widgets.theme import color, font

_BETWEEN = 120  # pixels between lines of the grid, at least
_SCALE_BAR = 150
Point = tuple[float, float]


def draw_nowhere(painter: QPainter, area: QRect, text: str) -> None:
    """While there is nothing that a map could be around."""
    painter.setPen(QPen(color("line"), 1))
    painter.setBrush(color("panel"))
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setPen(color("secondary"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def draw_ground(painter: QPainter, view: MapView, plane: GeoPlane, here: str) -> None:
    """`here`: the place under the mouse, in words."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("panel"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, view.width - 1, view.height - 1), 6, 6)
    _draw_grid(painter, view, plane)
    painter.setPen(QPen(color("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(0.5, 0.5, view.width - 1, view.height - 1), 6, 6)
    draw_scale(painter, view, view.scale)
    if here:
        draw_label(painter, QPointF(view.width - 10, view.height - 26), here, right=True, role="text")


def site_corners(floor: Floor, anchor: SiteAnchor) -> tuple[Point, ...]:
    """Of the floor's outline, in metres east and north of the anchor; the anchor alone where no outline is known."""
    box = _extent(floor)
    if box is None:
        return ((0.0, 0.0),)
    x0, y0, x1, y1 = box
    return tuple(turned(point, anchor.heading_deg) for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def turned(point: Point, heading_deg: float) -> Point:
    """From the floor's axes to east and north."""
    heading = math.radians(heading_deg)
    x, y = point
    return x * math.cos(heading) + y * math.sin(heading), y * math.cos(heading) - x * math.sin(heading)


def draw_site(painter: QPainter, view: MapView, floor: Floor, anchor: SiteAnchor) -> MapLabel:
    """Its outline and walls where they can be seen, otherwise a mark. Gives its name, for when all marks are drawn."""
    outline = QPolygonF([QPointF(*view.to_screen(*corner)) for corner in site_corners(floor, anchor)])
    here = QPointF(*view.to_screen(0, 0))
    if outline.size() < 4 or max(outline.boundingRect().width(), outline.boundingRect().height()) < 16:
        _draw_house(painter, here)
        return MapLabel(QRectF(here.x() - 9, here.y() - 10, 18, 19), ((_site_word(), "good"),))
    fill = QColor(color("good"))
    fill.setAlphaF(0.10)
    painter.setBrush(fill)
    painter.setPen(QPen(color("good"), 1.6))
    painter.drawPolygon(outline)
    painter.setPen(QPen(color("secondary"), 1))
    for wall in floor.walls:
        a, b = turned(wall.a, anchor.heading_deg), turned(wall.b, anchor.heading_deg)
        painter.drawLine(QLineF(QPointF(*view.to_screen(*a)), QPointF(*view.to_screen(*b))))
    return MapLabel(outline.boundingRect(), ((_site_word(), "good"),), above=True)


def _draw_house(painter: QPainter, at: QPointF) -> None:
    painter.setPen(QPen(color("good"), 2))
    painter.setBrush(color("plate"))
    roof = QPolygonF([at + QPointF(*p) for p in ((-8, 8), (-8, -1), (0, -9), (8, -1), (8, 8))])
    painter.drawPolygon(roof)


def _extent(floor: Floor) -> tuple[float, float, float, float] | None:
    if floor.extent is not None:
        return floor.extent
    ends = [end for wall in floor.walls for end in (wall.a, wall.b)]
    if len(ends) < 4:
        return None
    xs, ys = [x for x, _ in ends], [y for _, y in ends]
    return min(xs), min(ys), max(xs), max(ys)


def _draw_grid(painter: QPainter, view: MapView, plane: GeoPlane) -> None:
    east, north = m_per_degree(plane.latitude)
    (x0, y1), (x1, y0) = view.to_plane(0, 0), view.to_plane(view.width, view.height)
    step_x, digits_x = grid_step(_BETWEEN * view.scale / east)
    step_y, digits_y = grid_step(_BETWEEN * view.scale / north)
    longitudes = lines_between(plane.longitude + x0 / east, plane.longitude + x1 / east, step_x)[:MOST_LINES]
    latitudes = lines_between(max(-90, plane.latitude + y0 / north), min(90, plane.latitude + y1 / north), step_y)[:MOST_LINES]
    upright = [(view.to_screen((each - plane.longitude) * east, 0)[0], longitude_text(each, digits_x)) for each in longitudes]
    level = [(view.to_screen(0, (each - plane.latitude) * north)[1], latitude_text(each, digits_y)) for each in latitudes]
    draw_lines(painter, view, upright, level)


def draw_scale(painter: QPainter, view: MapView, pixel_m: float) -> None:
    """`pixel_m`: metres a pixel on Earth, where the plane's are others."""
    length = round_length(_SCALE_BAR * pixel_m)
    wide = length / pixel_m
    left, top = 12.0, 26.0
    text = (
        f"{number_text(length / 1000, 'g')} km"
        if length >= 1000
        else f"{number_text(length, 'g')} m"
        if length >= 1
        else f"{number_text(length * 100, 'g')} cm"
    )
    plate = QRectF(left - 6, top - 20, wide + 12, 28)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(see_through())
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QPen(color("text"), 1.5))
    painter.drawPolyline(QPolygonF([QPointF(left, top - 4), QPointF(left, top), QPointF(left + wide, top), QPointF(left + wide, top - 4)]))
    painter.setFont(font("secondary"))
    painter.drawText(QRectF(left, top - 20, wide, 16), Qt.AlignmentFlag.AlignCenter, text)


def draw_simulated(painter: QPainter, view: MapView) -> None:
    """What is on this map never happened, or some of it."""
    draw_label(painter, QPointF(view.width / 2, 24), QCoreApplication.translate("IncidentMap", "SIMULATED"), centred=True, role="text")


def _site_word() -> str:
    return QCoreApplication.translate("IncidentMap", "Site")

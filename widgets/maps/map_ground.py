"""What a map has besides marks: the floor plan of the site, a scale, the word that it is simulated."""

import math

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.model.site import Floor, SiteAnchor
from widgets.maps.map_labels import MapLabel, draw_label, label_size, see_through
from widgets.maps.map_view import MapView, round_length
from widgets.maps.mercator import Mercator, stretch
from widgets.number_text import number_text
from widgets.theme import color, font

_SCALE_BAR = 150
_BESIDE_SCALE, _BELOW_SCALE = 8, 20
Point = tuple[float, float]


def site_corners(floor: Floor, anchor: SiteAnchor, plane: Mercator) -> list[Point]:
    """Of the floor's outline, in metres of the plane; the anchor alone where no outline is known."""
    box = _extent(floor)
    if box is None:
        return [on_plane((0.0, 0.0), anchor, plane)]
    x0, y0, x1, y1 = box
    return [on_plane(point, anchor, plane) for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]


def on_plane(point: Point, anchor: SiteAnchor, plane: Mercator) -> Point:
    """A point of the floor plan. A site is small: the plane's lengths are those at its anchor."""
    x, y = plane.to_plane(anchor.latitude, anchor.longitude)
    east, north = turned(point, anchor.heading_deg)
    longer = stretch(anchor.latitude)
    return x + east * longer, y + north * longer


def turned(point: Point, heading_deg: float) -> Point:
    """From the floor's axes to east and north."""
    heading = math.radians(heading_deg)
    x, y = point
    return x * math.cos(heading) + y * math.sin(heading), y * math.cos(heading) - x * math.sin(heading)


def draw_site(painter: QPainter, view: MapView, floor: Floor, anchor: SiteAnchor, plane: Mercator) -> MapLabel:
    """Its outline and walls where they can be seen, otherwise a mark. Gives its name, for when all marks are drawn."""
    outline = _outline(view, floor, anchor, plane)
    if _is_mark(outline):
        _draw_house(painter, _here(view, anchor, plane))
        return MapLabel(site_box(view, floor, anchor, plane), ((_site_word(), "good"),))
    fill = QColor(color("good"))
    fill.setAlphaF(0.10)
    painter.setBrush(fill)
    painter.setPen(QPen(color("good"), 1.6))
    painter.drawPolygon(outline)
    painter.setPen(QPen(color("secondary"), 1))
    for wall in floor.walls:
        a, b = (QPointF(*view.to_screen(*on_plane(end, anchor, plane))) for end in (wall.a, wall.b))
        painter.drawLine(QLineF(a, b))
    return MapLabel(outline.boundingRect(), ((_site_word(), "good"),), above=True)


def site_box(view: MapView, floor: Floor, anchor: SiteAnchor, plane: Mercator) -> QRectF:
    """What its mark or its outline covers on screen."""
    outline, here = _outline(view, floor, anchor, plane), _here(view, anchor, plane)
    return QRectF(here.x() - 9, here.y() - 10, 18, 19) if _is_mark(outline) else outline.boundingRect()


def _outline(view: MapView, floor: Floor, anchor: SiteAnchor, plane: Mercator) -> QPolygonF:
    return QPolygonF([QPointF(*view.to_screen(*corner)) for corner in site_corners(floor, anchor, plane)])


def _here(view: MapView, anchor: SiteAnchor, plane: Mercator) -> QPointF:
    return QPointF(*view.to_screen(*plane.to_plane(anchor.latitude, anchor.longitude)))


def _is_mark(outline: QPolygonF) -> bool:
    """Too small on screen to be an outline."""
    return outline.size() < 4 or max(outline.boundingRect().width(), outline.boundingRect().height()) < 16


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


def draw_scale(painter: QPainter, view: MapView, pixel_m: float) -> QRectF:
    """`pixel_m`: metres a pixel on Earth, where the plane's are others. Gives where it stands."""
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
    return plate


def draw_simulated(painter: QPainter, view: MapView, scale: QRectF) -> QRectF:
    """Some or all of what this map shows is simulated. `scale`: where that stands; on a narrow map the word stands below it. Gives where
    the word stands."""
    text = QCoreApplication.translate("IncidentMap", "SIMULATED")
    wide = label_size(text).width()
    if (view.width - wide) / 2 > scale.right() + _BESIDE_SCALE:
        return draw_label(painter, QPointF(view.width / 2, 24), text, centred=True, role="text")
    return draw_label(painter, QPointF(12, scale.bottom() + _BELOW_SCALE), text, role="text")


def _site_word() -> str:
    return QCoreApplication.translate("IncidentMap", "Site")

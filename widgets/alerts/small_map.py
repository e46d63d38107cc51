"""A map as small as the picture of a row: the base, the site, and the mark of one place on Earth."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.model.event import Severity
from engine.model.site import SiteAnchor
from widgets.maps.base.base_map import BaseMap
from widgets.maps.map_view import MapView, grid_step, lines_between
from widgets.maps.mercator import Mercator
from widgets.shapes import draw_shape
from widgets.theme import color, severity_style

Earth = tuple[float, float]  # latitude, longitude
_MARGIN, _ALONE_M, _MARK, _SITE, _CELL = 9, 40.0, 11.0, 2.5, 18.0


def paint_small_map(painter: QPainter, area: QRect, base: BaseMap, place: Earth, anchor: SiteAnchor | None, severity: Severity) -> None:
    """Both ends are on it where the site's place is known, with a line between them."""
    plane = Mercator(place[1])
    x, y = plane.to_plane(*place)
    site = None if anchor is None else plane.to_plane(anchor.latitude, anchor.longitude)
    view = MapView(x, y, _ALONE_M, area.width(), area.height())
    if site is not None:
        box = min(x, site[0]), min(y, site[1]), max(x, site[0]), max(y, site[1])
        view = view.fitted(box, _MARGIN, 2.0)
        scale = max(view.scale, (box[3] - box[1]) / max(1, area.height() - 2 * _MARGIN))
        view = MapView(view.x, view.y, scale, area.width(), area.height())
    painter.save()
    painter.translate(area.topLeft())
    base.draw(painter, view, shown=True)
    _draw_grid(painter, view, plane)
    at = QPointF(*view.to_screen(x, y))
    if site is not None:
        home = QPointF(*view.to_screen(*site))
        painter.setPen(QPen(color("secondary"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(home, at)
        painter.setPen(QPen(color("good"), 1.5))
        painter.setBrush(color("window"))
        painter.drawEllipse(home, _SITE, _SITE)
    style = severity_style(severity)
    draw_shape(painter, style.shape, QRectF(at.x() - _MARK / 2, at.y() - _MARK / 2, _MARK, _MARK), style.fill)
    painter.restore()


def _draw_grid(painter: QPainter, view: MapView, plane: Mercator) -> None:
    """Degrees, without their numbers, and the edge: it is seen to be a map also where its ground is plain."""
    (north, west), (south, east) = (plane.to_earth(*view.to_plane(left, top)) for left, top in ((0, 0), (view.width, view.height)))
    step, _ = grid_step(max(1e-4, abs(east - west) * _CELL / view.width))
    painter.setPen(QPen(color("line_strong"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for longitude in lines_between(west, east, step):
        left, _ = view.to_screen(*plane.to_plane(south, longitude))
        painter.drawLine(QPointF(left, 0), QPointF(left, view.height))
    for latitude in lines_between(south, north, step):
        _, top = view.to_screen(*plane.to_plane(latitude, west))
        painter.drawLine(QPointF(0, top), QPointF(view.width, top))
    painter.drawRoundedRect(QRectF(0.5, 0.5, view.width - 1, view.height - 1), 4, 4)

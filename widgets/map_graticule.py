"""The lines of latitude and longitude of a map, with their numbers: what there is where no map service is asked."""

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from widgets.incident_words import latitude_text, longitude_text
from widgets.map_view import MapView, grid_step, lines_between
from widgets.mercator import LAST_LATITUDE, Mercator
from widgets.theme import color, font

_BETWEEN = 120  # pixels between two lines, about
_MOST_LINES = 60


def draw_graticule(painter: QPainter, view: MapView, plane: Mercator, on_picture: bool = False) -> None:
    """on_picture: over tiles, where thin see-through lines do."""
    line = QColor(color("secondary" if on_picture else "raised"))
    line.setAlphaF(0.25 if on_picture else 1.0)
    north, west = plane.to_earth(*view.to_plane(0, 0))
    south, _ = plane.to_earth(*view.to_plane(view.width, view.height))
    wide_deg = min(360.0, view.width * view.scale / 111_319.49)
    step_x, digits_x = grid_step(max(1e-5, wide_deg * _BETWEEN / view.width))
    step_y, digits_y = grid_step(max(1e-5, (north - south) * _BETWEEN / view.height))
    painter.setFont(font("secondary"))
    for longitude in lines_between(west, west + wide_deg, step_x)[:_MOST_LINES]:
        left = view.to_screen(plane.to_plane(0.0, longitude)[0], 0)[0]
        _line(painter, QLineF(left, 0, left, view.height), line)
        turned = (longitude + 180) % 360 - 180
        painter.drawText(QPointF(left + 4, view.height - 8), longitude_text(turned, digits_x))
    for latitude in lines_between(max(-LAST_LATITUDE, south), min(LAST_LATITUDE, north), step_y)[:_MOST_LINES]:
        top = view.to_screen(0, plane.to_plane(latitude, plane.longitude)[1])[1]
        _line(painter, QLineF(0, top, view.width, top), line)
        if 56 < top < view.height - 44:
            painter.drawText(QPointF(8, top - 4), latitude_text(latitude, digits_y))


def _line(painter: QPainter, line: QLineF, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1))
    painter.drawLine(line)
    painter.setPen(color("disabled"))

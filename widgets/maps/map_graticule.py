"""The lines of latitude and longitude of a map, with their numbers: what there is where no map service is asked."""

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from widgets.incidents.incident_words import latitude_text, longitude_text
from widgets.maps.map_labels import draw_figure
from widgets.maps.map_view import MapView, grid_step, lines_between
from widgets.maps.mercator import LAST_LATITUDE, Mercator
from widgets.theme import color, font

_BETWEEN = 120  # pixels between two lines, about
MOST_LINES = 60
Line = tuple[float, str]
"""Where it lies on the screen, and its number."""


def draw_graticule(painter: QPainter, view: MapView, plane: Mercator, on_picture: bool = False) -> list[QRectF]:
    """on_picture: over tiles, where thin see-through lines do. Gives where the numbers stand."""
    north, west = plane.to_earth(*view.to_plane(0, 0))
    south, _ = plane.to_earth(*view.to_plane(view.width, view.height))
    wide_deg = min(360.0, view.width * view.scale / 111_319.49)
    step_x, digits_x = grid_step(max(1e-5, wide_deg * _BETWEEN / view.width))
    step_y, digits_y = grid_step(max(1e-5, (north - south) * _BETWEEN / view.height))
    upright: list[Line] = [
        (view.to_screen(plane.to_plane(0.0, longitude)[0], 0)[0], longitude_text(longitude, digits_x))
        for longitude in lines_between(west, west + wide_deg, step_x)[:MOST_LINES]
    ]
    level: list[Line] = [
        (view.to_screen(0, plane.to_plane(latitude, plane.longitude)[1])[1], latitude_text(latitude, digits_y))
        for latitude in lines_between(max(-LAST_LATITUDE, south), min(LAST_LATITUDE, north), step_y)[:MOST_LINES]
    ]
    return draw_lines(painter, view, upright, level, on_picture)


def draw_lines(painter: QPainter, view: MapView, upright: list[Line], level: list[Line], on_picture: bool = False) -> list[QRectF]:
    """All lines first, so that none goes through a number."""
    ink = QColor(color("secondary" if on_picture else "line"))
    ink.setAlphaF(0.25 if on_picture else 0.6)
    painter.setPen(QPen(ink, 1))
    for left, _ in upright:
        painter.drawLine(QLineF(left, 0, left, view.height))
    for top, _ in level:
        painter.drawLine(QLineF(0, top, view.width, top))
    metrics = QFontMetricsF(font("secondary"))
    fits = [(left, text) for left, text in upright if left + 8 + metrics.horizontalAdvance(text) <= view.width]
    figures = [draw_figure(painter, QPointF(left + 4, view.height - 8), text) for left, text in fits]
    return figures + [draw_figure(painter, QPointF(8, top - 4), text) for top, text in level if 56 < top < view.height - 44]

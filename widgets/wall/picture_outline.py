"""Outlines of pictures and over them, which stand out of dark and of bright ones."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from widgets.theme import color


def outline_picture(painter: QPainter, area: QRectF, width: float = 2.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
    """In the colour of marks, with dark lines beside. All of it lies within `area`; `width`: of the bright line."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2 + 1
    for role, across, way in (("halo", width + 2, Qt.PenStyle.SolidLine), ("mark", width, style)):
        pen = QPen(color(role), across, way)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(area.adjusted(inset, inset, -inset, -inset))


def edge_tile(painter: QPainter, area: QRect) -> None:
    """Of what no picture fills: grounds of tiles and windows are alike in some themes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(color("line"))
    painter.drawRect(area.adjusted(0, 0, -1, -1))

"""The ground of widgets that paint all of themselves."""

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from widgets.theme import color


def fill_ground(painter: QPainter, widget: QWidget, role: str) -> None:
    """Also the part of a pixel that a fraction of scale (125 %, 150 %) leaves at the right and lower edge: nothing else paints there."""
    painter.fillRect(widget.rect().adjusted(0, 0, 1, 1), color(role))

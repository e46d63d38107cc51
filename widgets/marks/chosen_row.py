"""The ground of a chosen row where a delegate paints it itself: as the style sheet paints all others."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from widgets.theme import color


def fill_chosen(painter: QPainter, row: QRect) -> None:
    """With the lines above and below that tell it from the others where the ground alone is too weak."""
    painter.fillRect(row, color("accent_quiet"))
    for top in (row.top(), row.bottom()):
        painter.fillRect(QRect(row.left(), top, row.width(), 1), color("chosen_edge"))

"""The mark of simulated rows: over their picture, so that names and places keep their line."""

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from widgets.look import scaled
from widgets.theme import color, font, plate_color

_LETTERS, _SIDE = 9, 4  # pixels


def paint_simulated(painter: QPainter, picture: QRect) -> None:
    """In the upper left corner: in the lower one the word is burned into the picture, and there the feet are."""
    text = QCoreApplication.translate("EventFeed", "SIMULATED")
    face = QFont(font("secondary", QFont.Weight.DemiBold))
    face.setPixelSize(min(scaled(_LETTERS), picture.height() // 4))
    metrics = QFontMetrics(face)
    area = QRectF(picture.left(), picture.top(), min(metrics.horizontalAdvance(text) + 2 * _SIDE, picture.width()), metrics.height() + 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate_color())
    painter.drawRoundedRect(area, 3, 3)
    painter.setFont(face)
    painter.setPen(color("text"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

"""A dark ground with lines at every tenth, to draw on where there is no picture."""

from PySide6.QtGui import QColor, QImage, QPainter, QPen

from widgets.theme import color

_SIZE = 1280, 720
_TENTHS = 10


def ground(width: int = _SIZE[0], height: int = _SIZE[1]) -> QImage:
    """Of the aspect of the pictures that would be there, where that is known."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color("video")))
    painter = QPainter(image)
    painter.setPen(QPen(color("line"), max(1, width // 640)))
    for number in range(1, _TENTHS):
        painter.drawLine(number * width // _TENTHS, 0, number * width // _TENTHS, height)
        painter.drawLine(0, number * height // _TENTHS, width, number * height // _TENTHS)
    painter.drawRect(image.rect().adjusted(0, 0, -1, -1))
    painter.end()
    return image

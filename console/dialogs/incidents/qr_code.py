"""QR codes of links, as pictures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_QUIET = 4  # modules around a code (ISO/IEC 18004, 5.3.8)
_MODULE = 12  # pixels in a file


def code_image(text: str, module: int = _MODULE) -> QImage:
    """Black on white whatever the theme: scanners want it so."""
    import segno  # only now: a start of the console does not wait for it

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=_QUIET)]
    image = QImage(len(rows[0]), len(rows), QImage.Format.Format_RGB32)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.setPixelColor(x, y, QColor(Qt.GlobalColor.black if dark else Qt.GlobalColor.white))
    return image.scaled(image.size() * module)


def poster_image(text: str, title: str, below: str) -> QImage:
    """A sheet with the code, what it is for above it and the address below it."""
    sheet = QImage(1240, 1754, QImage.Format.Format_RGB32)  # A4 at 150 dots an inch
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    draw_poster(painter, QRectF(sheet.rect()), code_image(text), title, below)
    painter.end()
    return sheet


def print_poster(printer: "QPrinter", text: str, title: str, below: str) -> None:
    painter = QPainter(printer)
    draw_poster(painter, printer.pageLayout().paintRectPixels(printer.resolution()).toRectF(), code_image(text), title, below)
    painter.end()


def draw_poster(painter: QPainter, area: QRectF, code: QImage, title: str, below: str) -> None:
    """In the upper three quarters of a sheet."""
    painter.setPen(QColor(Qt.GlobalColor.black))
    side = area.width() * 0.62
    letters = QFont(painter.font())
    letters.setPixelSize(round(area.width() * 0.055))
    letters.setBold(True)
    painter.setFont(letters)
    head = QRectF(area.left() + area.width() * 0.08, area.top() + area.height() * 0.08, area.width() * 0.84, area.height() * 0.16)
    painter.drawText(head, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, title)
    painter.drawImage(QRectF(area.center().x() - side / 2, head.bottom() + area.height() * 0.03, side, side), code)
    letters.setPixelSize(round(area.width() * 0.022))
    letters.setBold(False)
    painter.setFont(letters)
    foot = QRectF(head.left(), head.bottom() + area.height() * 0.05 + side, head.width(), area.height() * 0.1)
    painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWrapAnywhere, below)


class QrCode(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setFixedSize(QSize(260, 260))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._image = code_image(text, 1)
        self.update()

    def image(self) -> QImage:
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(self.rect(), self._image)
        painter.end()

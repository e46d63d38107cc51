"""The picture of a camera test, with the size of the smallest person beside it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import color, font, plate_color


class CameraPreview(QWidget):
    """Shows a picture, or a sentence while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._text = ""
        self._share = 0.12
        self._busy = False
        self.setMinimumSize(320, 180)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def heightForWidth(self, width: int) -> int:
        """As wide as most cameras' pictures; others lie within."""
        return width * 9 // 16

    def show_picture(self, jpeg: bytes) -> bool:
        """False when the bytes are no picture."""
        image = QImage.fromData(jpeg)
        if image.isNull():
            return False
        self._image, self._text = image, ""
        self.update()
        return True

    def show_text(self, text: str, wrong: bool = False) -> None:
        self._image, self._text, self._wrong = QImage(), text, wrong
        self.setAccessibleDescription(text)
        self.update()

    def has_picture(self) -> bool:
        return not self._image.isNull()

    def set_person_share(self, share: float) -> None:
        """Height of the smallest person as a share of the picture's height; 0 draws none."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(color("line"))
        painter.setBrush(color("video"))
        painter.drawRoundedRect(area, 6, 6)
        if self._image.isNull():
            self._draw_text(painter, area)
        else:
            self._draw_picture(painter, area)
        painter.end()

    def _draw_text(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(font("body"))
        painter.setPen(color("critical" if getattr(self, "_wrong", False) else "secondary"))
        painter.drawText(area.adjusted(24, 16, -24, -16), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._text)

    def _draw_picture(self, painter: QPainter, area: QRectF) -> None:
        size = self._image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(area.center().x() - size.width() / 2, area.center().y() - size.height() / 2, size.width(), size.height())
        painter.drawImage(target, self._image)
        if self._share > 0:
            self._draw_person(painter, target)

    def _draw_person(self, painter: QPainter, picture: QRectF) -> None:
        """An outline as high as the smallest person, standing at the foot of the picture."""
        height = self._share * picture.height()
        foot = QPointF(picture.right() - 16 - height * 0.2, picture.bottom() - 12)
        body = QRectF(foot.x() - height * 0.17, foot.y() - height, height * 0.34, height)
        for pen, brush in ((QPen(color("halo"), 4), QColor(Qt.GlobalColor.transparent)), (QPen(color("mark"), 1.5), _faint(color("mark")))):
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawRoundedRect(body, height * 0.1, height * 0.1)
        self._draw_person_label(painter, body, picture)

    def _draw_person_label(self, painter: QPainter, body: QRectF, picture: QRectF) -> None:
        text = self.tr("Smallest person")
        painter.setFont(font("secondary"))
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        plate = QRectF(max(picture.left() + 4, body.left() - width - 6), picture.bottom() - 32, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate_color())
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(color("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _faint(base: QColor) -> QColor:
    faint = QColor(base)
    faint.setAlpha(50)
    return faint

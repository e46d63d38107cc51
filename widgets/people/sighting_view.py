"""The last picture of a person, with where and when it was; a press plays it."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.icons import icon_pixmap
from widgets.look import scaled
from widgets.playback.clip_marks import StillMarks
from widgets.playback.clip_overlay import paint_still
from widgets.theme import color, font, plate_color

_PLAY = 34
_EMPTY = 64


class SightingView(QAbstractButton):
    """Signals: clicked(), while it shows a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._marks = QImage(), StillMarks()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_nothing("")

    def show_picture(self, jpeg: bytes, marks: StillMarks, text: str) -> None:
        """`text`: where and when."""
        self._image = QImage.fromData(QByteArray(jpeg))
        self._marks = marks
        self._show(text)

    def show_nothing(self, text: str) -> None:
        """`text`: why there is no picture."""
        self._image, self._marks = QImage(), StillMarks()
        self._show(text)

    def _show(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.setEnabled(self.has_picture())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.has_picture() else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.tr("Play the clip") if self.has_picture() else "")
        self.updateGeometry()
        self.update()

    def has_picture(self) -> bool:
        return not self._image.isNull()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * 9 // 16 if self.has_picture() else scaled(_EMPTY)

    def sizeHint(self) -> QSize:
        return QSize(340, self.heightForWidth(340))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(area, 4, 4)
        painter.setClipPath(outline)
        if self.has_picture():
            self._paint_picture(painter, area)
        else:
            painter.fillRect(area, color("raised"))
            painter.setPen(color("secondary"))
            painter.setFont(font("secondary"))
            inset = area.adjusted(12, 4, -12, -4)
            painter.drawText(inset, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.text())
        if self.hasFocus():
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, color("video"))
        scale = min(area.width() / self._image.width(), area.height() / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        placed = QRectF(area.center().x() - wide / 2, area.center().y() - high / 2, wide, high)
        painter.drawImage(placed, self._image)
        paint_still(painter, placed, self._marks)
        if self.underMouse() or self.hasFocus():
            self._paint_play(painter, area)
        self._paint_caption(painter, area)

    def _paint_play(self, painter: QPainter, area: QRectF) -> None:
        spot = QRectF(area.center().x() - _PLAY / 2, area.center().y() - _PLAY / 2, _PLAY, _PLAY)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate_color())
        painter.drawEllipse(spot)
        side = _PLAY // 2
        sign = icon_pixmap("play", color("text"), side, painter.device().devicePixelRatioF())
        painter.drawPixmap(QRectF(spot.center().x() - side / 2, spot.center().y() - side / 2, side, side).toRect(), sign)

    def _paint_caption(self, painter: QPainter, area: QRectF) -> None:
        """On a dark plate, so that it is read on any picture."""
        face = font("secondary")
        painter.setFont(face)
        strip = QRectF(area.left(), area.bottom() - scaled(24), area.width(), scaled(24))
        painter.fillRect(strip, plate_color())
        painter.setPen(color("text"))
        inset = strip.adjusted(8, 0, -8, 0)
        shown = QFontMetrics(face).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(inset.width()))
        painter.drawText(inset, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

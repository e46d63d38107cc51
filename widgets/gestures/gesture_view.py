"""A camera's live picture with the skeletons of who is in it, a countdown and a sentence over it."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.people.view import TrackPose
from engine.model.snapshot import Picture
from widgets.gestures.gesture_figure import draw_figure
from widgets.layout.ground import fill_ground
from widgets.theme import color, font, person_color, plate_color
from widgets.wall.picture_outline import edge_tile
from widgets.wall.viewport import Viewport

_FOOT = 46  # pixels below words: the mark of simulated cameras stands there
_THINNEST, _WIDEST = 1.0, 3.0  # pixels of a figure's limbs
_HEIGHT_A_PX = 70.0  # of a figure: who is far away stays a figure, and is no blot


class GestureView(QWidget):
    """Qt's main thread. Pictures are held and not copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._image = QImage()
        self._poses: tuple[TrackPose, ...] = ()
        self._big, self._words = "", ""
        self._recorded: float | None = None
        self._masked = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 158)

    def show_picture(self, picture: Picture | None) -> None:
        self._picture, self._image = picture, QImage()
        if picture is not None:
            height, width, _ = picture.pixels.shape
            self._image = QImage(picture.pixels.data, width, height, picture.pixels.strides[0], QImage.Format.Format_RGB32)
        self.update()

    def show_poses(self, poses: Sequence[TrackPose]) -> None:
        self._poses = tuple(poses)
        self.update()

    def set_masked(self, masked: bool) -> None:
        """Masked: skeletons only, on black, where faces must not be seen."""
        if masked is not self._masked:
            self._masked = masked
            self.update()

    def show_words(self, words: str) -> None:
        """At the top of the picture: marks of cameras and of simulations stand at its foot. Empty takes them away."""
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.update()

    def show_count(self, text: str, recorded: float | None = None) -> None:
        """Large in the middle (`3`, `2`, `1`); `recorded`: share of a take that is done, None when none is recorded."""
        self._big, self._recorded = text, recorded
        self.update()

    def words(self) -> str:
        return self._words

    def has_picture(self) -> bool:
        return self._picture is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        fill_ground(painter, self, "video")
        picture = self._picture
        if picture is not None:
            place = Viewport().picture_rect(QRectF(self.rect()), QSizeF(self._image.size()))
            if not self._masked:
                painter.drawImage(place, self._image)
            self._draw_poses(painter, place, picture)
        edge_tile(painter, self.rect())
        self._draw_recording(painter)
        self._draw_words(painter)
        self._draw_big(painter)
        painter.end()

    def _draw_poses(self, painter: QPainter, place: QRectF, picture: Picture) -> None:
        scale = np.array([place.width() / max(1, picture.frame_width), place.height() / max(1, picture.frame_height)], np.float32)
        origin = np.array([place.left(), place.top()], np.float32)
        for number, pose in enumerate(self._poses):
            points = pose.landmarks[:, :2] * scale + origin
            width = min(_WIDEST, max(_THINNEST, float(np.ptp(points[:, 1])) / _HEIGHT_A_PX))
            draw_figure(painter, points, person_color(number), width, pose.visibility)

    def _draw_recording(self, painter: QPainter) -> None:
        if self._recorded is None:
            return
        bar = QRectF(0, 0, self.width(), 8)
        painter.fillRect(bar, plate_color())
        bar.setWidth(self.width() * min(1.0, self._recorded))
        painter.fillRect(bar, color("critical"))
        self._plate(painter, self.tr("Recording: perform the gesture now"), 16, color("text"))

    def _draw_words(self, painter: QPainter) -> None:
        if self._words:
            self._plate(painter, self._words, 16 if self._recorded is None else 56, color("text"))

    def _plate(self, painter: QPainter, text: str, top: float, tint: QColor) -> None:
        painter.setFont(font("section"))
        painter.setPen(tint)  # without a pen a text takes no place
        area = QRectF(16, top, self.width() - 32, 200)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        place = painter.boundingRect(area, flags, text)
        foot = self.height() - _FOOT
        if place.bottom() > foot:
            place.translate(0, foot - place.bottom())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate_color())
        painter.drawRoundedRect(place.adjusted(-12, -6, 12, 6), 6, 6)
        painter.setPen(tint)
        painter.drawText(place, flags, text)

    def _draw_big(self, painter: QPainter) -> None:
        if not self._big:
            return
        large = font("figure")
        large.setPixelSize(max(72, self.height() // 3))
        painter.setFont(large)
        circle = QRectF(0, 0, self.height() * 0.5, self.height() * 0.5)
        circle.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate_color())
        painter.drawEllipse(circle)
        painter.setPen(color("accent"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, self._big)

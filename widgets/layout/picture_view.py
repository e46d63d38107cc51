"""One still picture, aspect kept."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.layout.ground import fill_ground
from widgets.wall.viewport import Viewport


class PictureView(QWidget):
    """Draws (H, W, 4) uint8 BGRA pixels, which are held and not copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels: npt.NDArray[np.uint8] | None = None
        self._image = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)

    def show_pixels(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        """None shows nothing."""
        self._pixels = pixels
        self._image = QImage()
        if pixels is not None:
            height, width, _ = pixels.shape
            self._image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
        self.update()

    def image(self) -> QImage:
        """A copy."""
        return self._image.copy()

    def has_picture(self) -> bool:
        return not self._image.isNull()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_ground(painter, self, "video")
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = Viewport().picture_rect(QRectF(self.rect()), QSizeF(self._image.size()))
        painter.drawImage(area, self._image)
        self.paint_over(painter, area)

    def paint_over(self, painter: QPainter, area: QRectF) -> None:
        """Over the picture, which lies in `area`. Nothing, unless a subclass says otherwise."""

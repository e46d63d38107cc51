"""Making faces unrecognisable: a few averages are drawn instead of the pixels."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

_CELLS = QSize(5, 6)  # of a face; fewer than any recogniser can use
_WHOLE = QSize(16, 9)  # of a whole picture


def mosaic(image: QImage, cells: QSize = _WHOLE) -> QImage:
    """The averages of so many cells, as large as the image."""
    small = image.scaled(cells, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return small.scaled(image.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation)


def hide_region(painter: QPainter, image: QImage, region: QRectF, frame: QSizeF, to_tile: QTransform) -> None:
    """`region` in pixels of a frame of size `frame`, which the image shows in its own size; `to_tile` maps frame pixels."""
    across, down = image.width() / frame.width(), image.height() / frame.height()
    wanted = QRectF(region.x() * across, region.y() * down, region.width() * across, region.height() * down)
    source = wanted.toAlignedRect().intersected(image.rect())
    if source.isEmpty():
        return
    covered = QRectF(source.x() / across, source.y() / down, source.width() / across, source.height() / down)
    averages = image.copy(source).scaled(_CELLS, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter.drawImage(to_tile.mapRect(covered), averages)

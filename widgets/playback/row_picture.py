"""A picture of a clip as small as in a row: cut to where its subject goes, with what is marked."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_overlay import OVERLAY, paint_marks
from widgets.playback.clip_reader import ClipPicture

_LEAST = 0.5  # of the picture's width: closer, nobody would see where it is
_ROOM = 0.3  # around the subject, of its own extent
WHOLE = QRectF(0, 0, 1, 1)


def subject_part(marks: ClipMarks) -> QRectF:
    """The part of the picture, in shares of it, within which the subject moves throughout the clip; as wide as it is high in shares."""
    boxes = [box for trail in marks.trails for box in trail.boxes]
    if not boxes:
        return WHOLE
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    side = min(1.0, max(_LEAST, (1 + _ROOM) * max(right - left, bottom - top)))
    x = min(max((left + right - side) / 2, 0.0), 1 - side)
    y = min(max((top + bottom - side) / 2, 0.0), 1 - side)
    return QRectF(x, y, side, side)


def row_picture(picture: ClipPicture, marks: ClipMarks, at_ns: int, part: QRectF, size: QSize, ratio: float) -> QPixmap:
    """`part`: of the picture, to be seen. It fills the row; what does not fit its shape is cut off evenly."""
    height, width = picture.pixels.shape[:2]
    image = QImage(picture.pixels.data, width, height, int(picture.pixels.strides[0]), QImage.Format.Format_RGB32)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    scale = max(size.width() / (part.width() * width), size.height() / (part.height() * height))
    middle = part.center()
    area = QRectF(
        size.width() / 2 - middle.x() * width * scale, size.height() / 2 - middle.y() * height * scale, width * scale, height * scale
    )
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(pixmap.rect(), Qt.GlobalColor.black)
    painter.drawImage(_kept_inside(area, size), image)
    if OVERLAY.shown and marks:
        paint_marks(painter, _kept_inside(area, size), marks, at_ns)
    painter.end()
    return pixmap


def _kept_inside(area: QRectF, size: QSize) -> QRectF:
    """Moved so that no edge of the row stays empty."""
    x = min(0.0, max(area.x(), size.width() - area.width()))
    y = min(0.0, max(area.y(), size.height() - area.height()))
    return QRectF(x, y, area.width(), area.height())

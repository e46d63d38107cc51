"""The whole picture, small, in the corner of a tile that is zoomed, with what is looked at outlined in it."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QTransform

from widgets.people.blurring import hide_region
from widgets.theme import color
from widgets.wall.picture_outline import outline_picture
from widgets.wall.viewport import Viewport

_SHARE = 0.26
_MARGIN = 8
_LEAST = 240  # of the tile's width; in smaller ones it would hide too much of what is looked at


def inset_rect(area: QRect, frame: QSizeF, at_left: bool = False) -> QRect:
    """Where it lies: at the bottom right, or left; empty where the tile is too small for it."""
    if area.width() < _LEAST or area.height() < _LEAST * 9 // 16:
        return QRect()
    room = QSizeF(area.width() * _SHARE, area.height() * _SHARE)
    size = frame.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).toSize()
    x = area.left() + _MARGIN if at_left else area.right() + 1 - _MARGIN - size.width()
    return QRect(x, area.bottom() + 1 - _MARGIN - size.height(), size.width(), size.height())


def seen_share(viewport: Viewport, area: QRectF, frame: QSizeF) -> QRectF:
    """What part of the picture is on the screen, in shares of it."""
    whole = viewport.picture_rect(area, frame)
    seen = whole & area
    width, height = whole.width(), whole.height()
    return QRectF((seen.x() - whole.x()) / width, (seen.y() - whole.y()) / height, seen.width() / width, seen.height() / height)


def looking_at(viewport: Viewport, inset: QRect, point: QPointF) -> Viewport:
    """The viewport whose middle is where the pointer is in the inset."""
    x, y = (point.x() - inset.x()) / inset.width(), (point.y() - inset.y()) / inset.height()
    return Viewport(viewport.zoom, min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))


def paint_inset(painter: QPainter, inset: QRect, image: QImage, hidden: list[QRectF], frame: QSizeF, seen: QRectF) -> None:
    """`hidden`: parts of the frame that are not shown, here either."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(inset, image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    to_inset = QTransform.fromTranslate(inset.x(), inset.y()).scale(inset.width() / frame.width(), inset.height() / frame.height())
    for region in hidden:
        hide_region(painter, image, region, frame, to_inset)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color("line"), 1))
    painter.drawRect(QRectF(inset).adjusted(-0.5, -0.5, 0.5, 0.5))
    x, y = inset.x() + seen.x() * inset.width(), inset.y() + seen.y() * inset.height()
    outline_picture(painter, QRectF(x, y, seen.width() * inset.width(), seen.height() * inset.height()))

"""Where a small picture lies in the corner of a tile."""

from PySide6.QtCore import QPointF, QRect, QSize, QSizeF, Qt

from widgets.look import scaled
from widgets.plates import HEIGHT
from widgets.wall.corner_pictures import Corner

_SHARE = 0.36
_MARGIN = 8
_LEAST = 240  # of the tile's width at plain text size; in smaller ones its name would cover it


def corner_room(area: QRect) -> QSize:
    """The largest that it may be; empty where the tile is too small for one."""
    if area.width() < scaled(_LEAST) or area.height() < scaled(_LEAST) * 9 // 16:
        return QSize()
    return QSize(round(area.width() * _SHARE), round(area.height() * _SHARE))


def corner_rect(area: QRect, frame: QSizeF, corner: Corner, rows: int = 0) -> QRect:
    """Where a picture of this shape lies. `rows`: plates of the tile that stand in this corner, which are left free."""
    room = corner_room(area)
    if room.isEmpty():
        return QRect()
    size = frame.scaled(QSizeF(room), Qt.AspectRatioMode.KeepAspectRatio).toSize()
    aside = _MARGIN + rows * (max(HEIGHT, scaled(HEIGHT)) + 4)
    x = area.left() + _MARGIN if corner.left else area.right() + 1 - _MARGIN - size.width()
    y = area.top() + aside if corner.top else area.bottom() + 1 - aside - size.height()
    return QRect(x, y, size.width(), size.height())


def nearest_corner(area: QRect, point: QPointF) -> Corner:
    left, top = point.x() < area.x() + area.width() / 2, point.y() < area.y() + area.height() / 2
    return next(corner for corner in Corner if (corner.left, corner.top) == (left, top))

"""Small pictures of events: kept while useful, asked for when seen."""

from collections import OrderedDict

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from engine.model.time import SECOND
from widgets.playback.clip_marks import StillMarks
from widgets.playback.clip_overlay import paint_still

SIZE = QSize(96, 54)
_KEPT = 400
_PATIENCE_NS = SECOND // 2  # an event's picture is made a moment after the event; doubled with each try
_TRIES = 8
UNMARKED = StillMarks()
_LEAST_SHARE, _ROOM = 0.4, 1.5  # of a picture that a close-up shows at least; and how much more than the box


class Thumbnails:
    """Decoded thumbnails by event id, the newest used 400 of them. Main thread only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: dict[str, tuple[int, int]] = {}

    def get(self, event_id: str) -> QPixmap | None:
        if event_id in self._kept:
            self._kept.move_to_end(event_id)
        return self._kept.get(event_id)

    def put(self, event_id: str, jpeg: bytes, ratio: float, marks: StillMarks = UNMARKED, near: bool = False) -> bool:
        """Decode and keep, cut to the row's shape, with what is marked on it; False when it is no picture. near: what is around the box."""
        image = QImage.fromData(QByteArray(jpeg), "JPEG")  # pyright: ignore[reportArgumentType]  # PySide takes str, and no bytes
        if image.isNull():
            return False
        self._kept[event_id] = _row_picture(*(_close_up(image, marks) if near else (image, marks)), ratio)
        self._asked.pop(event_id, None)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return True

    def should_ask(self, event_id: str, now_ns: int) -> bool:
        """True when it is missing and was not asked for just now or too often; counts as asking."""
        last_ns, tries = self._asked.get(event_id, (0, 0))
        too_soon = tries > 0 and now_ns - last_ns < _PATIENCE_NS << (tries - 1)
        if event_id in self._kept or too_soon or tries >= _TRIES:
            return False
        self._asked[event_id] = (now_ns, tries + 1)
        return True

    def ask_again(self, event_id: str) -> None:
        """However often it was asked for."""
        self._asked.pop(event_id, None)

    def drop_all(self) -> None:
        """Whose faces may be seen has changed: everything is asked for again."""
        self._kept.clear()
        self._asked.clear()

    def keep_only(self, event_ids: set[str]) -> None:
        """Forget requests for events that are no longer in the feed."""
        self._asked = {event_id: asked for event_id, asked in self._asked.items() if event_id in event_ids}


def _close_up(image: QImage, marks: StillMarks) -> tuple[QImage, StillMarks]:
    """Around the box, so that who it is can be told in a small picture; all of it where there is no box."""
    if marks.box is None:
        return image, marks
    left, top, right, bottom = marks.box
    share = min(1.0, max(_LEAST_SHARE, _ROOM * max(bottom - top, right - left)))
    x, y = (min(max((low + high - share) / 2, 0.0), 1.0 - share) for low, high in ((left, right), (top, bottom)))
    width, height = image.width(), image.height()
    part = image.copy(round(x * width), round(y * height), max(1, round(share * width)), max(1, round(share * height)))
    return part, StillMarks(((left - x) / share, (top - y) / share, (right - x) / share, (bottom - y) / share))


def _row_picture(image: QImage, marks: StillMarks, ratio: float) -> QPixmap:
    target = SIZE * ratio
    scaled = image.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
    x, y = (scaled.width() - target.width()) // 2, (scaled.height() - target.height()) // 2
    pixmap = QPixmap.fromImage(scaled.copy(x, y, target.width(), target.height()))
    pixmap.setDevicePixelRatio(ratio)
    if marks != UNMARKED:
        painter = QPainter(pixmap)
        paint_still(painter, QRectF(QPointF(-x, -y) / ratio, QSizeF(scaled.size()) / ratio), marks)
        painter.end()
    return pixmap

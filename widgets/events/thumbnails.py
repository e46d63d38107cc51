"""Small pictures of events: kept while useful, asked for when seen."""

from collections import OrderedDict

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from engine.model.time import SECOND

SIZE = QSize(96, 54)
_KEPT = 400
_PATIENCE_NS = SECOND // 2  # an event's picture is made a moment after the event; doubled with each try
_TRIES = 8


class Thumbnails:
    """Decoded thumbnails by event id, the newest used 400 of them. Main thread only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: dict[str, tuple[int, int]] = {}

    def get(self, event_id: str) -> QPixmap | None:
        if event_id in self._kept:
            self._kept.move_to_end(event_id)
        return self._kept.get(event_id)

    def put(self, event_id: str, jpeg: bytes, ratio: float) -> bool:
        """Decode and keep, cut to the row's shape; False when it is no picture."""
        image = QImage.fromData(QByteArray(jpeg), "JPEG")  # pyright: ignore[reportArgumentType]  # PySide takes str, and no bytes
        if image.isNull():
            return False
        self._kept[event_id] = _fitted(image, ratio)
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

    def drop_all(self) -> None:
        """Whose faces may be seen has changed: everything is asked for again."""
        self._kept.clear()
        self._asked.clear()

    def keep_only(self, event_ids: set[str]) -> None:
        """Forget requests for events that are no longer in the feed."""
        self._asked = {event_id: asked for event_id, asked in self._asked.items() if event_id in event_ids}


def _fitted(image: QImage, ratio: float) -> QPixmap:
    target = SIZE * ratio
    scaled = image.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
    x, y = (scaled.width() - target.width()) // 2, (scaled.height() - target.height()) // 2
    pixmap = QPixmap.fromImage(scaled.copy(x, y, target.width(), target.height()))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap

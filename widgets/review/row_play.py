"""Which item plays in its row, by pointer or keyboard, and its picture of now: of its clip, else those of its events in turn."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from engine.model.review.review import ReviewItem
from widgets.events.thumbnails import Thumbnails

_DWELL_MS, _STILL_MS = 200, 450  # a pointer that crosses the list asks for nothing


class RowPlay(QObject):
    """Main thread only.

    Signals:
        clip_wanted(ReviewItem): answer with `show_moment` for each picture, or with `show_stills` where it has no clip.
        clip_left(): no clip plays any more.
        still_wanted(event_id): its picture is shown next. changed(item_id): another picture is shown in its row.

    Attributes:
        item_id: what plays; empty: nothing. event_id: the event whose still is shown; empty: the best one.
        moment: the picture of the clip; None: stills. share: how far through its clip, 0–1.
    """

    clip_wanted = Signal(object)
    clip_left = Signal()
    still_wanted = Signal(str)
    changed = Signal(str)

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._item: ReviewItem | None = None
        self.event_id = ""
        self.moment: QPixmap | None = None
        self.share = 0.0
        self._dwell = QTimer(self, interval=_DWELL_MS, singleShot=True)
        self._dwell.timeout.connect(self._ask)
        self._stills = QTimer(self, interval=_STILL_MS)
        self._stills.timeout.connect(self._show_next_still)

    @property
    def item_id(self) -> str:
        return self._item.id if self._item is not None else ""

    def play(self, item: ReviewItem | None) -> None:
        """None: nothing plays."""
        before = self.item_id
        if before == (item.id if item is not None else ""):
            return
        self._item, self.event_id, self.moment, self.share = item, "", None, 0.0
        self._stills.stop()
        if before:
            self.clip_left.emit()
            self.changed.emit(before)
        if item is None:
            self._dwell.stop()
        else:
            self._dwell.start()

    def show_moment(self, item_id: str, picture: QPixmap, share: float) -> None:
        """Of its clip. Ignored where it plays no more."""
        if item_id and item_id == self.item_id:
            self._stills.stop()
            self.moment, self.share = picture, share
            self.changed.emit(item_id)

    def show_stills(self, item_id: str) -> None:
        """It has no clip."""
        if item_id and item_id == self.item_id:
            self.moment = None
            self._show_next_still()
            self._stills.start()

    def _ask(self) -> None:
        if self._item is not None:
            self.clip_wanted.emit(self._item)

    def _show_next_still(self) -> None:
        if self._item is None:
            return
        ids = self._item.event_ids
        for event_id in ids:
            self.still_wanted.emit(event_id)
        having = [each for each in ids if self._thumbnails.get(each) is not None]
        if having:
            following = (having.index(self.event_id) + 1) % len(having) if self.event_id in having else 0
            self.event_id, self.share = having[following], following / max(1, len(having) - 1)
            self.changed.emit(self._item.id)

"""The pictures of what was found: those of its events, as their rows have them."""

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmap

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.history.timeline import SearchHit
from engine.model.snapshot import Snapshot
from engine.recording.clips.masked_still import subject_of
from widgets.events.thumbnails import Thumbnails
from widgets.playback.clip_marks import StillMarks


class PictureList(Protocol):
    """Where pictures are shown: a widget with rows."""

    pictures: dict[str, QPixmap]

    def devicePixelRatioF(self) -> float: ...

    def show_picture(self, picture_id: str, picture: QPixmap) -> None: ...


class HitPictures(QObject):
    """UI thread. Whose faces may be seen can change: then all pictures are fetched anew."""

    def __init__(self, bridge: EngineBridge, shown: PictureList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._list = bridge, shown
        self._thumbnails = Thumbnails()
        self._asked: dict[str, None] = {}  # in the order of the rows
        self._missing: set[str] = set()  # not made yet when they were asked for
        self._hidden = False

    def watch(self, snapshot: Snapshot) -> None:
        if snapshot.faces_hidden != self._hidden:
            self._hidden = snapshot.faces_hidden
            again, self._asked = self._asked, {}
            self._missing.clear()
            self._thumbnails.drop_all()
            self._list.pictures.clear()
            self._fetch_ids(again)
            return
        for event_id in tuple(self._missing):
            if self._thumbnails.should_ask(event_id, snapshot.at_ns):
                self._missing.discard(event_id)
                self._fetch_one(event_id)

    def fetch(self, hits: Iterable[SearchHit]) -> None:
        """Those of the first rows first."""
        self._fetch_ids(hit.event_id for hit in hits if hit.event_id)

    def _fetch_ids(self, event_ids: Iterable[str]) -> None:
        for event_id in dict.fromkeys(event_ids):
            if event_id not in self._asked:
                self._asked[event_id] = None
                self._fetch_one(event_id)

    def _fetch_one(self, event_id: str) -> None:
        shown, failed = partial(self._show_thumbnail, event_id, self._hidden), self._ignore_error
        self._bridge.fetch(partial(self._bridge.port.thumbnail, event_id), shown, failed, owner=self)

    def _show_thumbnail(self, event_id: str, hidden: bool, jpeg: bytes | None) -> None:
        if hidden != self._hidden:
            return
        if jpeg is None:
            self._missing.add(event_id)
            return
        if not self._thumbnails.put(event_id, jpeg, self._list.devicePixelRatioF(), StillMarks(subject_of(jpeg)), near=True):
            return
        picture = self._thumbnails.get(event_id)
        if picture is not None:
            self._list.show_picture(event_id, picture)

    def _ignore_error(self, _: WatchroomError) -> None:
        """A row without a picture says as much."""

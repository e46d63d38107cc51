"""Plays the clip of a review item as small as its row: found, fetched, decoded on a thread of its own, without sound, again and again."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.playback.clip_fetch import ClipFetch, event_begins_s
from console.playback.clip_reader import RecordedClipReader
from console.playback.event_marks import EventMarks
from engine.model.accounts.access import Verb
from engine.model.cameras.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.question import ListClips
from engine.model.time import seconds_to_ns
from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_reader import ClipPicture
from widgets.playback.clip_session import ClipSession
from widgets.playback.row_picture import WHOLE, row_picture, subject_part

_WIDEST = 480  # pixels; a part of it fills a row, on dense screens twice over


class RowClip(QObject):
    """UI thread. One at a time; what comes of an earlier one is ignored.

    Signals: shown(key, QPixmap, share of the clip): its next picture. none(key): there is none to play.
    """

    shown = Signal(str, object, float)
    none = Signal(str)

    def __init__(self, bridge: EngineBridge, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge, self._size, self._over = bridge, size, parent
        self._key = ""
        self._event: Event | None = None
        self._clip: Clip | None = None
        self._part, self._picked = WHOLE, ClipMarks()
        self._session: ClipSession | None = None  # its thread starts with the first clip
        self._files = ClipFetch(bridge, self)
        self._files.came.connect(self._open)
        self._files.failed.connect(self._give_up)
        self._files.faces_changed.connect(self._fetch_again)
        self._marks = EventMarks(bridge, self)
        self._marks.came.connect(self._take_marks)

    def start(self, key: str, event: Event) -> None:
        """The clip of this event. `key`: what the answers are told with."""
        self.stop()
        self._key, self._event = key, event
        if not self._bridge.may(Verb.SEE_PAST):
            self._give_up()
            return
        self._bridge.ask(ListClips(limit=1, event_id=event.id), self._receive_clips, partial(self._not_found, key), key, owner=self)

    def stop(self) -> None:
        self._key, self._event, self._clip = "", None, None
        self._part, self._picked = WHOLE, ClipMarks()
        self._files.leave()
        self._marks.leave()
        if self._session is not None:
            self._session.halt()

    def shutdown(self) -> None:
        self.stop()
        if self._session is not None:
            self._session.shutdown()
            self._session = None

    def _receive_clips(self, key: str, clips: tuple[Clip, ...]) -> None:
        if key != self._key:
            return
        if clips:
            self._clip = clips[0]
            self._files.start(self._clip.id)
        else:
            self._give_up()

    def _not_found(self, key: str, _: WatchroomError) -> None:
        if key == self._key:
            self._give_up()

    def _fetch_again(self) -> None:
        """Faces may be seen now, or no longer."""
        if self._clip is not None:
            if self._session is not None:
                self._session.halt()
            self._files.start(self._clip.id)

    def _open(self, path: Path) -> None:
        if self._clip is None or self._event is None:
            return
        self._marks.start(self._event, self._clip)
        self._ready_session().open(path, event_begins_s(self._clip, self._event))

    def _ready_session(self) -> ClipSession:
        if self._session is None:
            self._session = ClipSession(partial(RecordedClipReader, _WIDEST), self)
            self._session.looping = True
            self._session.shown.connect(self._show)
            self._session.failed.connect(self._give_up)
        return self._session

    def _take_marks(self, marks: ClipMarks) -> None:
        self._picked, self._part = marks, subject_part(marks)

    def _show(self, picture: ClipPicture) -> None:
        session, clip = self._session, self._clip
        if session is None or session.info is None or clip is None:
            return
        at_ns, ratio = clip.started_ns + seconds_to_ns(picture.time_s), self._over.devicePixelRatioF()
        drawn = row_picture(picture, self._picked, at_ns, self._part, self._size, ratio)
        self.shown.emit(self._key, drawn, min(1.0, picture.time_s / max(session.info.duration_s, 0.001)))

    def _give_up(self, _: object = None) -> None:
        key, self._key = self._key, ""
        if key:
            self.none.emit(key)

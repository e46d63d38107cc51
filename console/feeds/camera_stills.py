"""The newest picture of every camera for a list of them: one each, again every few seconds; of the chosen one, all."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.playback.still import image_of
from engine.model.accounts.access import Verb
from engine.model.event import Event, EventKind
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture, Snapshot
from engine.model.value_class import dataclass

_EVERY_MS = 10_000
_SMALL, _LARGE = PictureWant(192, 108), PictureWant(640, 360)
_SEEN = (EventKind.PERSON, EventKind.MOTION)


@dataclass(frozen=True, slots=True)
class Still:
    """`recorded`: from the record, not from the camera."""

    pixmap: QPixmap
    at_ns: int
    recorded: bool = False


class CameraStills(QObject):
    """UI thread. Begins paused. Signals: came(camera id)."""

    came = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._feeds = bridge.wall(self._take_picture)
        self._feeds.pause()
        self._stills: dict[str, Still] = {}
        self._settings: dict[str, CameraSettings] = {}
        self._live: frozenset[str] = frozenset()
        self._waiting: set[str] = set()
        self._looked_up: set[str] = set()
        self._chosen, self._hidden, self._on = "", False, False
        self._again = QTimer(self, interval=_EVERY_MS)
        self._again.timeout.connect(self._want_all)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._apply)

    def still(self, camera_id: str) -> Still | None:
        return self._stills.get(camera_id)

    def pixmap(self, camera_id: str) -> QPixmap | None:
        known = self._stills.get(camera_id)
        return known.pixmap if known is not None else None

    def resume(self) -> None:
        if not self._on and self._bridge.may(Verb.SEE_LIVE):
            self._on = True
            self._feeds.resume()
            self._again.start()
            self._want_all()

    def pause(self) -> None:
        if self._on:
            self._on = False
            self._again.stop()
            self._feeds.pause()

    def choose(self, camera_id: str) -> None:
        """Its pictures are asked for large, and all of them."""
        if camera_id != self._chosen:
            self._chosen = camera_id
            self._apply()
        self._look_up(camera_id)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Pictures of before go where faces, or parts of a camera's picture, are hidden otherwise from now on."""
        settings = {view.settings.id: view.settings for view in snapshot.cameras}
        hidden = snapshot.faces_hidden
        self._drop(key for key in list(self._stills) if hidden != self._hidden or settings.get(key) != self._settings.get(key))
        live = frozenset(view.settings.id for view in snapshot.cameras if view.health.state is CameraState.LIVE)
        new = live - self._live
        self._settings, self._hidden, self._live = settings, hidden, live
        if new:
            self._waiting |= new
            self._apply()

    def _drop(self, camera_ids: Iterable[str]) -> None:
        for camera_id in camera_ids:
            del self._stills[camera_id]
            self._looked_up.discard(camera_id)
            self._waiting.add(camera_id)

    def _want_all(self) -> None:
        self._waiting = set(self._live)
        self._apply()

    def _apply(self) -> None:
        wanted = (self._waiting | {self._chosen}) & self._live
        self._feeds.want({camera_id: _LARGE if camera_id == self._chosen else _SMALL for camera_id in sorted(wanted)})

    def _take_picture(self, picture: Picture) -> None:
        camera_id = picture.camera_id
        if camera_id not in self._settings:
            return
        self._stills[camera_id] = Still(QPixmap.fromImage(image_of(picture)), picture.captured_ns)
        self._waiting.discard(camera_id)
        if camera_id != self._chosen:
            self._soon.start()  # not while the feeds are gone through
        self.came.emit(camera_id)

    # a camera that has shown nothing since this console was opened

    def _look_up(self, camera_id: str) -> None:
        """Its newest event that has a picture."""
        if not camera_id or camera_id in self._stills or camera_id in self._live or camera_id in self._looked_up:
            return
        if not self._bridge.may(Verb.SEE_PAST):
            return
        self._looked_up.add(camera_id)
        question = ListEvents(limit=1, camera_id=camera_id, kinds=_SEEN)
        self._bridge.ask(question, self._receive_events, ignore_answer, camera_id, owner=self)

    def _receive_events(self, camera_id: str, events: tuple[Event, ...]) -> None:
        for event in events:
            call = partial(self._bridge.port.thumbnail, event.id)
            self._bridge.fetch(call, self._receive_thumbnail, ignore_answer, camera_id, event, self._hidden, owner=self)

    def _receive_thumbnail(self, camera_id: str, event: Event, hidden: bool, jpeg: bytes | None) -> None:
        if jpeg is None or hidden != self._hidden or camera_id in self._stills or camera_id not in self._settings:
            return
        image = QImage.fromData(QByteArray(jpeg))
        if not image.isNull():
            self._stills[camera_id] = Still(QPixmap.fromImage(image), event.started_ns, recorded=True)
            self.came.emit(camera_id)

    def close(self) -> None:
        self._again.stop()
        self._soon.stop()
        self._feeds.close()

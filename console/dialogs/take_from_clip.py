"""A take out of a recorded clip: choose the event, drag the part, and let the engine look."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.clip_reader import RecordedClipReader
from console.dialogs.frame import FramedDialog
from console.words import error_text
from engine.model.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.people_command import TakeFromClip
from engine.model.port import EnginePort
from engine.model.question import ListClips, ListEvents
from engine.model.time import SECOND, Clock
from widgets.clip_player import ClipPlayer
from widgets.empty_state import EmptyState
from widgets.event_feed import EventFeed
from widgets.gesture_range import RangeBar
from widgets.theme import set_role

_CLIPS = 40


class TakeFromClipDialog(FramedDialog):
    """Accepted once the engine has begun; the take then appears among the others."""

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        lead = _tr("Choose an event in whose clip somebody makes the gesture, then drag the part in which they do.")
        super().__init__(_tr("Take from a clip"), lead, parent=parent)
        self._bridge = bridge
        self._clips: dict[str, Clip] = {}
        self._shown = ""
        self._empty = EmptyState("film", _tr("Looking for clips…"), "")
        self.feed = EventFeed(clock, empty=self._empty)
        self.player = ClipPlayer(RecordedClipReader, self)
        self.part = RangeBar()
        self._says = QLabel()
        set_role(self._says, "secondary")
        self.add_cancel()
        self.go = self.add_button(_tr("&Make a take of this part"), "primary")
        self._lay_out()
        self._connect()
        self._refresh()
        port = bridge.port
        bridge.fetch(lambda: clips_of_late(port), self._found, self.show_error, owner=self)

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.player, 1)
        column.addWidget(self.part)
        column.addWidget(self._says)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(self.feed)
        across.addWidget(right)
        across.setSizes([300, 620])
        row = QHBoxLayout()
        row.addWidget(across)
        self.body.addLayout(row, 1)
        self.resize(1000, 660)

    def _connect(self) -> None:
        self.feed.event_selected.connect(self.open_event)
        self.feed.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.player.closed.connect(self.reject)
        self.player.position_changed.connect(self.part.follow)
        self.part.sought.connect(self.player.seek)
        self.part.changed.connect(lambda *_: self._refresh())
        self.go.clicked.connect(self.make)

    def _found(self, found: tuple[tuple[Event, Clip], ...]) -> None:
        snapshot = self._bridge.snapshot
        names = {camera.id: camera.name for camera in snapshot.settings.cameras} if snapshot else {}
        self._clips = {event.id: clip for event, clip in found}
        self._empty.set_text(
            _tr("No clips yet"), _tr("Clips are recorded when somebody is seen. Then a take can be made of a part of one.")
        )
        self.feed.set_events(tuple(event for event, _ in found), names)
        self.feed.set_clip_events(frozenset(self._clips))
        if found:
            self.open_event(found[0][0].id)

    def open_event(self, event_id: str) -> None:
        clip = self._clips.get(event_id)
        if clip is None or event_id == self._shown:
            return
        self._shown = event_id
        self.part.set_duration((clip.ended_ns - clip.started_ns) / SECOND)
        self.player.show_loading("")
        port = self._bridge.port
        self._bridge.fetch(lambda: port.clip_file(clip.id), lambda path: self._open(event_id, path, clip), self._no_clip, owner=self)
        self._refresh()

    def _open(self, event_id: str, path: Path, clip: Clip) -> None:
        if event_id == self._shown:
            self.player.open_clip(path, "", clip.started_ns)

    def _no_clip(self, error: WatchroomError) -> None:
        self.player.show_error(error_text(error))

    def _fetch_thumbnail(self, event_id: str) -> None:
        port = self._bridge.port
        self._bridge.fetch(
            lambda: port.thumbnail(event_id),
            lambda jpeg: self.feed.set_thumbnail(event_id, jpeg) if jpeg else None,
            lambda error: None,  # the row keeps its placeholder
            owner=self,
        )

    def _refresh(self) -> None:
        usable = bool(self._shown) and self.part.is_usable()
        from_s, to_s = self.part.part()
        self._says.setText(_tr("From {0:.1f} s to {1:.1f} s: {2:.1f} s").format(from_s, to_s, to_s - from_s) if usable else "")
        self.go.setEnabled(usable)

    def make(self) -> None:
        self.show_trouble("")
        self.go.setEnabled(False)
        command = TakeFromClip(self._clips[self._shown].id, *self.part.part())
        self._bridge.command(command, lambda _: self.accept(), self._refused, owner=self)

    def _refused(self, error: WatchroomError) -> None:
        self.show_error(error)
        self._refresh()

    def done(self, result: int) -> None:
        self.player.shutdown()
        super().done(result)


def clips_of_late(port: EnginePort) -> tuple[tuple[Event, Clip], ...]:
    """Any thread. Events that have a clip, newest first."""
    clips = {clip.event_id: clip for clip in reversed(port.ask(ListClips(limit=_CLIPS)).clips)}
    events = port.ask(ListEvents(limit=5 * _CLIPS)).events
    return tuple((event, clips[event.id]) for event in events if event.id in clips)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TakeFromClipDialog", text)

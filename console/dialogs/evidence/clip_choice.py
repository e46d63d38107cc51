"""Choosing a recorded clip in which somebody is seen: the events of late, and beside them the clip that is chosen."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.playback.clip_reader import RecordedClipReader
from console.playback.event_marks import EventMarks
from console.searching.typed_chips import OF_EVENTS, TypedChips
from console.words import error_text
from engine.model.cameras.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event, EventKind
from engine.model.port import EnginePort
from engine.model.question import ListClips, ListEvents
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.events.event_feed import EventFeed
from widgets.layout.boxes import make_column
from widgets.marks.empty_state import EmptyState
from widgets.playback.clip_player import ClipPlayer
from widgets.translation import tr

_EVENTS, _CLIPS = 40, 400
_NOBODY_SEEN = (
    *(EventKind.MOTION, EventKind.CAMERA_LOST, EventKind.NODE_LOST, EventKind.FORECAST_FAILED),
    *(EventKind.PRESENCE, EventKind.PHONE_LEFT, EventKind.INCIDENT),
)
_OF_PEOPLE = tuple(kind for kind in EventKind if kind not in _NOBODY_SEEN)

Found = tuple[tuple[Event, Clip], ...]


class ClipChoice(QSplitter):
    """UI thread. The first clip is chosen by itself.

    Signals: changed(): another clip is chosen. refused(WatchroomError): none can be listed.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, clock: Clock, find: Callable[[EnginePort], Found], nothing: str) -> None:
        """`find`: any thread. `nothing`: what is said where there is no clip."""
        super().__init__(Qt.Orientation.Horizontal)
        self._bridge, self._nothing = bridge, nothing
        self._clips: dict[str, Clip] = {}
        self._events: dict[str, Event] = {}
        self._shown = ""
        self._empty = EmptyState("film", tr("Looking for clips…"), "")
        self.feed = EventFeed(clock, empty=self._empty)
        self.chips = TypedChips(self.feed.bar, bridge, OF_EVENTS, self)
        self.player = ClipPlayer(RecordedClipReader, self, closable=False)
        self._marks = EventMarks(bridge, self)
        self._marks.came.connect(self.player.show_marks)
        self._right = QWidget()
        self._column = make_column(self._right, margins=(8, 0, 0, 0))
        self._column.addWidget(self.player, 1)
        self.setChildrenCollapsible(False)
        self.addWidget(self.feed)
        self.addWidget(self._right)
        self.setSizes([340, 620])
        self._right.hide()
        self.feed.event_selected.connect(self.open_event)
        self.feed.thumbnail_wanted.connect(self._fetch_thumbnail)
        self._find = find
        self._recorded = bridge.snapshot.clip_events if bridge.snapshot is not None else frozenset[str]()
        bridge.snapshot_changed.connect(self._look_again)
        self._find_clips()

    def add_below(self, widget: QWidget) -> None:
        """Below the player."""
        self._column.addWidget(widget)

    def clip(self) -> Clip | None:
        return self._clips.get(self._shown)

    def open_event(self, event_id: str) -> None:
        clip = self._clips.get(event_id)
        if clip is None or event_id == self._shown:
            return
        self._shown = event_id
        self._marks.leave()
        self.feed.select_event(event_id)
        before = QApplication.focusWidget()
        self.player.show_loading("")
        if before is not None:  # going through the list with the keyboard goes on
            before.setFocus()
        port = self._bridge.port
        self._bridge.fetch(partial(port.clip_file, clip.id), self._open_clip, self._no_clip, event_id, clip, owner=self)
        self.changed.emit()

    def _find_clips(self) -> None:
        port, find = self._bridge.port, self._find
        self._bridge.fetch(partial(find, port), self._show_clips, self._show_list_error, owner=self)

    def _look_again(self, snapshot: Snapshot) -> None:
        """A clip that is recorded meanwhile comes by itself."""
        if snapshot.clip_events != self._recorded:
            self._recorded = snapshot.clip_events
            self._find_clips()

    def _show_clips(self, found: Found) -> None:
        snapshot = self._bridge.snapshot
        names = {camera.id: camera.name for camera in snapshot.settings.cameras} if snapshot else {}
        self._clips = {event.id: clip for event, clip in found}
        self._events = {event.id: event for event, _ in found}
        self._empty.set_text(tr("No clip shows anybody yet"), self._nothing)
        self.feed.set_events(tuple(event for event, _ in found), names)
        self.feed.set_clip_events(frozenset(self._clips))
        self._right.setVisible(bool(found))
        if found and not self._shown:
            self.open_event(found[0][0].id)
            self.feed.setFocus()

    def _show_list_error(self, error: WatchroomError) -> None:
        self._empty.set_text(tr("Clips cannot be listed"), error_text(error))
        self.refused.emit(error)

    def _open_clip(self, event_id: str, clip: Clip, path: Path) -> None:
        if event_id == self._shown:
            before = QApplication.focusWidget()
            self.player.open_clip(path, "", clip.started_ns)
            self._marks.start(self._events[event_id], clip)
            if before is not None:
                before.setFocus()

    def _no_clip(self, error: WatchroomError) -> None:
        self.player.show_error(error_text(error))

    def _fetch_thumbnail(self, event_id: str) -> None:
        port = self._bridge.port
        self._bridge.fetch(
            partial(port.thumbnail, event_id),
            self._show_thumbnail,
            ignore_answer,  # the row keeps its placeholder
            event_id,
            owner=self,
        )

    def _show_thumbnail(self, event_id: str, jpeg: bytes | None) -> None:
        self.feed.set_thumbnail(event_id, jpeg)


def clips_with_people(port: EnginePort, person_id: str = "", camera_id: str = "") -> Found:
    """Any thread. Events with people that have a clip: of this person, then of this camera, then of anybody; each part newest first."""
    questions = [ListEvents(limit=_EVENTS, kinds=_OF_PEOPLE)]
    if camera_id:
        questions.insert(0, ListEvents(limit=_EVENTS, kinds=_OF_PEOPLE, camera_id=camera_id))
    if person_id:
        questions.insert(0, ListEvents(limit=_EVENTS, person_id=person_id))
    events = {event.id: event for question in questions for event in port.ask(question)}
    clips = {clip.event_id: clip for clip in reversed(port.ask(ListClips(limit=_CLIPS)))}
    return tuple((event, clips[event.id]) for event in events.values() if event.id in clips)

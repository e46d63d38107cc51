"""Opens the clip of an event in the player: find it, fetch it, play it, or say why there is none.

Where faces are hidden it is a copy without them: the panel says so, shows how far that copy is, and offers to show faces with a reason.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from console.actions.moment_actions import Moment, MomentActions, moment_of
from console.bridge import EngineBridge
from console.dialogs.accounts.unmask import UnmaskDialog
from console.dialogs.at_site import open_at_site
from console.pages.hidden_faces import HiddenFaces
from console.playback.clip_fetch import ClipFetch, event_begins_s
from console.playback.clip_reader import RecordedClipReader
from console.playback.event_marks import EventMarks
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.cameras.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event, EventKind
from engine.model.question import ListClips
from engine.model.snapshot import Job, Snapshot
from engine.model.time import SECOND, seconds_to_ns
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.empty_state import EmptyState
from widgets.marks.waiting_state import WaitingState
from widgets.playback.clip_player import ClipPlayer
from widgets.words import event_title

_CUTTING_NS = 10 * SECOND  # to close and hash a file after its last picture


class ClipPanel(QWidget):
    """The player below the wall. Shows one event at a time; answers for an earlier one are ignored.

    Signals: closed(): the operator closed the player. began(event id): its clip is open; none(event id): it has none, yet or ever;
    preparing(): faces are being hidden in it.
    """

    closed = Signal()
    began = Signal(str)
    none = Signal(str)
    preparing = Signal()

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None, ambient: bool = False) -> None:
        """`ambient`: part of something that is looked at: without title and close button, repeating, from the moment that it is about, not
        taking the keyboard."""
        super().__init__(parent)
        self._bridge, self._ambient = bridge, ambient
        self._zone_id = ""
        self._event: Event | None = None
        self._clip: Clip | None = None
        self._title = ""
        self._waiting = False
        self.player = ClipPlayer(RecordedClipReader, self, closable=not ambient, ambient=ambient)
        self._marks = EventMarks(bridge, self)
        self._marks.came.connect(self.player.show_marks)
        self.player.closed.connect(self.close_clip)
        self.notice = EmptyState("film", "", "", self.tr("Close"), self)
        self.notice.action_requested.connect(self.close_clip)
        self.hiding = WaitingState(
            "eye-off", self.tr("Hiding faces in this clip…"), self.tr("It plays as soon as that is done."), self.tr("Cancel"), self
        )
        self.hiding.cancelled.connect(self.close_clip)
        self.hidden_faces = HiddenFaces(bridge.session, self)
        self.hidden_faces.show_requested.connect(self.show_faces)
        self._files = self._make_files()
        self._lay_out_stack()

    def _make_files(self) -> ClipFetch:
        files = ClipFetch(self._bridge, self)
        files.came.connect(self._play)
        files.preparing.connect(self._show_hiding)
        files.failed.connect(self._show_clip_error)
        files.faces_changed.connect(self._again)
        return files

    def _lay_out_stack(self) -> None:
        self._stack = QStackedWidget(self)
        for page in (self.player, self.notice, self.hiding):
            self._stack.addWidget(page)
        column = make_column(self, spacing=0, margins=NO_MARGINS)
        column.addWidget(self.hidden_faces)
        column.addWidget(self._stack, 1)

    def set_compact(self, compact: bool) -> None:
        """Where there is little height: without pictures of what is missing, and with the controls in one row."""
        self.player.set_compact(compact)
        self.notice.set_compact(compact)
        self.hiding.set_compact(compact)
        self._stack.updateGeometry()  # pages that are not in front do not tell

    def offer_actions(self, actions: MomentActions) -> None:
        """The player's menu has what can be done with the event."""
        self.player.menu_opening.connect(partial(self._add_actions, actions))

    def _add_actions(self, actions: MomentActions, menu: QMenu) -> None:
        moment = self.moment()
        if moment is not None:
            menu.addSeparator()
            actions.add_to(menu, moment)

    def moment(self) -> Moment | None:
        """What is shown: an event, or a clip of another one that shows the place."""
        if self._event is not None:
            return moment_of(self._event)
        return Moment(self._clip.camera_id, self._clip.started_ns, self._clip.ended_ns) if self._clip is not None else None

    def open_event(self, event: Event, camera_name: str, zone_id: str = "") -> None:
        """`zone_id`: to mark besides that of the event."""
        self._event, self._clip, self._waiting, self._zone_id = event, None, False, zone_id
        self._files.leave()
        self._marks.leave()
        self._title = self.tr("{0} · {1}").format(event_title(event), camera_name)
        if event.simulated:
            self._title = self.tr("{0} · simulated").format(self._title)
        self._show_player()
        self._find(event)

    def open_clip(self, clip: Clip, title: str, zone_id: str = "") -> None:
        """A clip of another event that shows the place; nobody is marked in it, only the zone."""
        self.leave()
        self._clip, self._title, self._zone_id = clip, title, zone_id
        self._show_player()
        self._files.start(clip.id)

    def is_waiting(self) -> bool:
        """Whether its clip is still being recorded."""
        return self._waiting

    def _show_player(self) -> None:
        self.player.show_loading(self._title)
        self.hidden_faces.hide()
        self._stack.setCurrentWidget(self.player)

    def _show_notice(self, title: str, text: str) -> None:
        """Instead of the player, which stops what it played."""
        self.player.show_loading(self._title)
        self.hidden_faces.hide()
        self.notice.set_text(title, text)
        self._stack.setCurrentWidget(self.notice)

    def _find(self, event: Event) -> None:
        self._bridge.ask(
            ListClips(limit=1, event_id=event.id),
            self._fetch_first_clip,
            lambda error: self._show_clip_error(error) if self._is_current(event) else None,
            event,
            owner=self,
        )

    def _fetch_first_clip(self, event: Event, clips: tuple[Clip, ...]) -> None:
        if not self._is_current(event):
            return
        if clips:
            self._clip = clips[0]
            self._files.start(self._clip.id)
        else:
            self._say_there_is_none()

    def _play(self, path: Path) -> None:
        if self._clip is None:
            return
        self._stack.setCurrentWidget(self.player)
        self.hidden_faces.setVisible(self._files.hidden)
        self.player.open_clip(path, self._title, self._clip.started_ns, self._begins_at_s(self._clip))
        if self._event is not None:
            self._marks.start(self._event, self._clip, self._zone_id)
            self.began.emit(self._event.id)
        else:
            self._marks.show_places(self._clip, self._zone_id)

    def _begins_at_s(self, clip: Clip) -> float:
        """Who looks at an alert sees its event at once."""
        return event_begins_s(clip, self._event) if self._ambient and self._event is not None else 0.0

    def _show_hiding(self, job: Job) -> None:
        self.hiding.show_progress(job.done, job.total)
        self._stack.setCurrentWidget(self.hiding)
        self.preparing.emit()

    def _again(self) -> None:
        """Faces may be seen now, or no longer: the clip is shown otherwise."""
        if self._clip is not None:
            self._show_player()
            self._files.start(self._clip.id)

    def show_faces(self) -> None:
        """Ask for the reason; the clip is opened again once faces are shown."""
        clip_id = "" if self._clip is None else self._clip.id
        open_at_site(self._bridge, _unmask_dialog, self, clip_id, verb=Verb.UNMASK)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """While a clip is being recorded: look whether it is whole, or will never come."""
        event = self._event
        if not self._waiting or event is None:
            return
        self._event = next((newer for newer in snapshot.events if newer.id == event.id), event)
        if event.id in snapshot.clip_events:
            self._waiting = False
            self._show_player()
            self._find(self._event)
        elif not self._still_recording(snapshot):
            self._say_there_is_none()

    def _say_there_is_none(self) -> None:
        snapshot = self._bridge.snapshot
        self._waiting = snapshot is not None and self._still_recording(snapshot)
        if self._waiting:
            self._show_notice(self.tr("Recording…"), self.tr("{0}. The clip opens here as soon as it is whole.").format(self._title))
        else:
            why = self.tr("{0}. Recording was off at the time, or the clip has been deleted since.").format(self._title)
            self._show_notice(self.tr("No clip of this event"), why)
        if self._event is not None:
            self.none.emit(self._event.id)

    def _still_recording(self, snapshot: Snapshot) -> bool:
        event, recording = self._event, snapshot.settings.recording
        if event is None or not recording.enabled or event.kind is EventKind.CAMERA_LOST:
            return False
        longest_ns = event.started_ns + seconds_to_ns(recording.longest_clip_s)
        end_ns = longest_ns if event.ended_ns is None else min(event.ended_ns, longest_ns)
        return snapshot.at_ns < end_ns + seconds_to_ns(recording.after_s) + _CUTTING_NS

    def _show_clip_error(self, error: WatchroomError) -> None:
        self._waiting = False
        self.hidden_faces.hide()
        self._stack.setCurrentWidget(self.player)
        self.player.show_error(error_text(error))

    def _is_current(self, event: Event) -> bool:
        return self._event is not None and self._event.id == event.id

    def leave(self) -> None:
        """Show nothing, and forget what is on its way."""
        self._event, self._clip, self._waiting = None, None, False
        self._files.leave()
        self._marks.leave()
        self.player.show_loading("")

    def close_clip(self) -> None:
        """As its button does."""
        self.leave()
        self.closed.emit()

    def shutdown(self) -> None:
        self.player.shutdown()


def _unmask_dialog(bridge: EngineBridge, _clip_id: str, over: QWidget) -> UnmaskDialog:
    return UnmaskDialog(bridge, over)

"""The Investigate page: what happened, on one clock: recordings and the floor above, lanes below; search, notes, other settings."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from console.dialogs.evidence_pack import EvidencePackDialog
from console.dialogs.lock_evidence import LockEvidenceDialog
from console.dialogs.recording import RecordingDialog
from console.jump_links import Jump, is_link, link_of, read_link, read_moment
from console.pages.investigate_bookmarks import BookmarkPanel
from console.pages.investigate_calendar import CalendarPopup
from console.pages.investigate_feed import TimelineFeed
from console.pages.investigate_floor import ReplayFloor
from console.pages.investigate_found import FoundPanel
from console.pages.investigate_locks import LockPanel
from console.pages.investigate_map import MapOfThen
from console.pages.investigate_notice import RecordingNotice
from console.pages.investigate_replay import ReplayFollower
from console.pages.investigate_tools import HeadRow, StretchTools, show_words
from console.pages.investigate_try import TryPanel
from console.pages.investigate_why import WhyOfMoment
from console.pages.investigate_words import first_lanes, has_floor, lane_names, screen_zone, tr
from console.pages.page import Page, PageContext, ShortcutNote
from console.playback import PlaybackController
from console.words import denied_text, error_text
from engine.model.access import Verb
from engine.model.errors import InputError, WatchroomError
from engine.model.replay import Different
from engine.model.segment import EvidenceLock
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.timeline import Bookmark, FindNeighbour, LaneKind, NeighbourKind, SearchHit, Timeline
from widgets.empty_state import EmptyState
from widgets.playback import MOST_CAMERAS, PlaybackState
from widgets.playback_wall import PlaybackWall
from widgets.timeline import TimelineView
from widgets.timeline_rows import with_lanes
from widgets.timeline_window import DAY_NS, HOUR_NS, MINUTE_NS, TimeWindow, window
from widgets.timeline_words import stretch_text
from widgets.transport_bar import TransportBar
from widgets.transport_keys import TransportKeys

_BEFORE_NS = 2 * SECOND  # of a moment that is jumped to, so that it is seen to begin
_HEAD_WORDS_FROM = 1000
_WORDS_FROM = 1180  # pixels beside the panel from which the tools have words
_BACK_NS = MINUTE_NS  # from now, where the page begins
_REPLAY_NS = 10 * MINUTE_NS  # of a replay without a stretch chosen


class InvestigatePage(Page):
    """UI thread. The clock of the page is the playback's position; nothing is asked for while another page is on screen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._remembered, self._toasts = context.bridge, context.clock, context.remembered, context.toasts
        self._zone: ZoneInfo = screen_zone()
        self._names: dict[str, str] = {}
        self._names_of: object = None
        self._cameras: tuple[str, ...] = ()
        self._begun = False
        self.feed = TimelineFeed(context.bridge, self)
        self.replay = ReplayFollower(context.bridge, self)
        self.playback = PlaybackController(context.bridge, context.clock, self)
        self.wall = PlaybackWall(self.playback)
        self.transport = TransportBar(self.playback, self._zone)
        self.timeline = TimelineView(self._zone)
        self.floor = ReplayFloor(self._zone)
        self.map = MapOfThen(context.bridge, self._zone)
        self.found = FoundPanel(context.bridge, context.clock, self._zone)
        self.bookmarks = BookmarkPanel(context.bridge, context.clock, self._zone, context.toasts)
        self.locks = LockPanel(context.bridge, context.clock, self._zone, context.toasts)
        self.trying = TryPanel(context.bridge, self._zone, context.toasts)
        self.why = WhyOfMoment(context.bridge, context.clock)
        self.calendar = CalendarPopup(context.bridge, self._zone, self)
        self.head, self.tools = HeadRow(), StretchTools(context.bridge.session)
        self.question, self.floor_button, self.panel_button = self.head.question, self.head.floor, self.head.panel
        self.pack_button = self.tools.pack
        self._build()
        self._connect()
        self._bind_keys()
        self._restore()

    # building

    def _build(self) -> None:
        self.recording = RecordingNotice(self._bridge.may(Verb.ADMINISTER))
        self.panel = QTabWidget()
        self.panel.setDocumentMode(True)
        self.panel.addTab(self.found, tr("Found"))
        self.panel.addTab(self.bookmarks, tr("Bookmarks"))
        self.panel.addTab(self.locks, tr("Locks"))
        self.panel.addTab(self.trying, tr("Try settings"))
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.setChildrenCollapsible(False)
        self.side.setMinimumWidth(372)
        self.side.addWidget(self.panel)
        self.side.addWidget(self.why)
        self.side.setSizes([420, 340])
        self.why.hide()
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self._wall_or_not())
        self.then = QTabWidget(documentMode=True)
        self.then.addTab(self.floor, tr("Floor"))
        self.then.addTab(self.map, tr("Map"))
        self._across.addWidget(self.then)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([900, 420])
        self.then.setMinimumWidth(260)
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(6)
        self._acts.addWidget(self.transport, 1)
        column.addLayout(self._acts)
        column.addWidget(self.timeline, 1)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(self._across)
        self._down.addWidget(lower)
        self._down.setStretchFactor(0, 1)
        self._down.setSizes([500, 380])
        self._beside = QSplitter(Qt.Orientation.Horizontal)
        self._beside.setChildrenCollapsible(False)
        self._beside.addWidget(self._down)
        self._beside.addWidget(self.side)
        self._beside.setStretchFactor(0, 1)
        self._beside.setSizes([1300, 380])
        self.denied = EmptyState("eye-off", tr("No look at the past"), denied_text(Verb.SEE_PAST))
        allowed = self._bridge.may(Verb.SEE_PAST)
        self.denied.setVisible(not allowed)
        self._body = QWidget()
        self._body.setVisible(allowed)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.head)
        inner.addWidget(self.recording)
        inner.addWidget(self._beside, 1)
        self._add_tools()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 10)
        outer.addWidget(self._body, 1)
        outer.addWidget(self.denied, 1)

    def _wall_or_not(self) -> QStackedWidget:
        self.no_cameras = EmptyState("video", "", "")
        self.stage = QStackedWidget()
        self.stage.addWidget(self.wall)
        self.stage.addWidget(self.no_cameras)
        return self.stage

    def _show_whether_cameras(self) -> None:
        if self._cameras:
            self.no_cameras.set_text(tr("No camera is shown"), tr("Choose up to nine with the button “Cameras” on top."))
        else:
            self.no_cameras.set_text(tr("No cameras yet"), tr("Add one on Live. What it sees from then on can be looked at here."))
        self.stage.setCurrentWidget(self.wall if self.playback.cameras else self.no_cameras)

    def _add_tools(self) -> None:
        tools = self.timeline.tools
        place = tools.count() - 1
        for offset, button in enumerate(self.tools.steps()):
            tools.insertWidget(place + offset, button)
        for act in self.tools.acts():
            self._acts.addWidget(act)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        room = self.width() - (self.side.width() if self.panel_button.isChecked() else 0)
        show_words(self.tools.acts(), room >= _WORDS_FROM)
        show_words(self.head.buttons(), self.width() >= _HEAD_WORDS_FROM)

    def _connect(self) -> None:
        canvas = self.timeline.canvas
        canvas.window_changed.connect(lambda shown: self.feed.want(shown, canvas.columns()))
        canvas.sought.connect(self.playback.seek)
        canvas.range_changed.connect(self._range_changed)
        canvas.ends_wanted.connect(self._go_to_end)
        canvas.bookmark_chosen.connect(self._bookmark_chosen)
        self.timeline.folded.connect(self._keep_folded)
        self.feed.changed.connect(self._show_timeline)
        self.feed.refused.connect(lambda error: self.timeline.show_trouble(error_text(error)))
        self.playback.moved.connect(self._moved)
        self.playback.cameras_changed.connect(self._show_whether_cameras)
        self.playback.state_changed.connect(lambda _: self._sync_replay())
        self.wall.selection_changed.connect(self.playback.set_lead)
        self.replay.changed.connect(self._show_replay)
        self.replay.pictured.connect(self._show_picture)
        self.replay.refused.connect(self._replay_refused)
        self.floor.start_wanted.connect(self.start_replay)
        self.floor.stop_wanted.connect(self.replay.stop)
        self.map.chosen.connect(lambda incident_id: self.visit_requested.emit("incidents", incident_id))
        self.question.returnPressed.connect(self.ask)
        self.found.hit_chosen.connect(self._hit_chosen)
        self.found.told.connect(lambda text: self._toasts.show_message(text))
        self.bookmarks.chosen.connect(self._show_bookmark)
        self.bookmarks.changed.connect(self.feed.renew)
        self.bookmarks.add_button.clicked.connect(self.add_bookmark)
        self.locks.chosen.connect(self._show_lock)
        self.locks.wanted.connect(self.lock_stretch)
        self.locks.changed.connect(canvas.set_locks)
        self.trying.chosen.connect(self._different_chosen)
        self.trying.pack_wanted.connect(self.make_pack)
        self.calendar.day_chosen.connect(self.show_day)
        self.recording.wanted.connect(lambda: self._open_recording())
        self.head.cameras.menu().aboutToShow.connect(self._fill_cameras)
        clicks = (
            (self.head.day, self.open_calendar),
            (self.head.link, self.copy_link),
            (self.tools.now, lambda: self._go_to_end(1)),
            (self.tools.previous, lambda: self.step_event(False)),
            (self.tools.next, lambda: self.step_event(True)),
            (self.tools.mark, self.add_bookmark),
            (self.tools.replay, self._toggle_replay),
            (self.tools.tries, self.try_settings),
            (self.tools.pack, self.make_pack),
            (self.tools.lock, self.lock_stretch),
        )
        for button, do in clicks:
            button.clicked.connect(lambda _=False, do=do: do())
        self.floor_button.toggled.connect(self.then.setVisible)
        self.panel_button.toggled.connect(self._show_panel)
        self._beside.splitterMoved.connect(lambda *_: self._fit_words())

    def _bind_keys(self) -> None:
        anywhere = (
            ("N", lambda: self.step_event(True)),
            ("Shift+N", lambda: self.step_event(False)),
            ("Ctrl+Right", lambda: self.step_event(True)),
            ("Ctrl+Left", lambda: self.step_event(False)),
            ("B", self.add_bookmark),
            ("G", self.open_calendar),
            ("I", lambda: self._set_end(0)),
            ("O", lambda: self._set_end(1)),
            ("/", self.question.setFocus),
            ("Ctrl+Shift+C", self.copy_link),
        )
        for keys, do in anywhere:
            QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut).activated.connect(do)
        TransportKeys(self.playback, self)

    def _restore(self) -> None:
        self._remembered.restore_splitter("investigate-across", self._across)
        self._remembered.restore_splitter("investigate-down", self._down)
        self._remembered.restore_splitter("investigate-beside", self._beside)
        self.panel_button.setChecked(self._remembered.flag("investigate/panel", True))
        known = {kind.value: kind for kind in LaneKind}
        folded = self._remembered.text("investigate/folded", "").split(",")
        self.timeline.set_folded(frozenset(known[name] for name in folded if name in known))

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (
            ShortcutNote("Space J K L", tr("Play; back, stop, forward; again: faster")),
            ShortcutNote(", .", tr("One picture back or forward")),
            ShortcutNote("N Shift+N", tr("The next event, the one before")),
            ShortcutNote("I O", tr("The stretch begins, ends at the moment that is shown")),
            ShortcutNote("B", tr("A bookmark on this moment")),
            ShortcutNote("G", tr("Go to a day")),
            ShortcutNote("/", tr("Search the record, or jump to a time")),
            ShortcutNote("+ − ← →", tr("On the timeline: closer, farther, earlier, later; the wheel zooms")),
            ShortcutNote("Home End", tr("On the timeline: where the record begins; now")),
        )

    # what the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if not self._bridge.may(Verb.SEE_PAST):
            return
        self._name(snapshot)
        if not self._begun:
            self._begin(snapshot.at_ns)
            self.floor_button.setChecked(self._remembered.flag("investigate/floor", has_floor(snapshot)))
        self.timeline.canvas.set_now(snapshot.at_ns)
        self.feed.follow(snapshot.at_ns)
        self.locks.follow(snapshot.at_ns)
        self.found.show_snapshot(snapshot, self._names)
        self.trying.show_snapshot(snapshot, self._names)

    def _name(self, snapshot: Snapshot) -> None:
        about = (snapshot.settings, snapshot.people.persons)
        if self._names_of is not None and about == self._names_of:
            return
        self._names_of = about
        self._names = lane_names(snapshot)
        self.bookmarks.set_names(self._names)
        self.locks.set_names(self._names)
        self.recording.show_settings(snapshot.settings)
        self.why.show_settings(snapshot.settings)
        self.map.show_settings(snapshot.settings)
        cameras = tuple(camera.id for camera in snapshot.settings.cameras)
        if cameras != self._cameras:
            self._show_cameras(cameras)
        self._show_whether_cameras()

    def _show_cameras(self, cameras: tuple[str, ...]) -> None:
        """All of them, as many as fit; those that were chosen before, where they are still there."""
        kept = tuple(each for each in self._remembered.text("investigate/cameras").split(",") if each in cameras)
        self._cameras = cameras
        self.playback.set_cameras((kept or cameras)[:MOST_CAMERAS])

    def _begin(self, now_ns: int) -> None:
        self._begun = True
        self.playback.seek(now_ns - _BACK_NS)
        self.timeline.canvas.set_playhead(now_ns - _BACK_NS)
        self.timeline.canvas.set_words(tr("Looking at the record…"))
        self.timeline.canvas.set_window(window(now_ns - HOUR_NS + 2 * MINUTE_NS, HOUR_NS))
        self.bookmarks.load()

    def _show_timeline(self, timeline: Timeline) -> None:
        snapshot = self._bridge.snapshot
        lanes = first_lanes(snapshot) if snapshot is not None else ()
        self.timeline.show_timeline(with_lanes(timeline, lanes), self._names)

    def has_content(self) -> bool:
        return self.feed.settled

    # the clock

    def _moved(self, at_ns: int) -> None:
        canvas = self.timeline.canvas
        canvas.set_playhead(at_ns)
        self.map.follow(at_ns)
        if self.playback.state.playing:
            canvas.set_window(canvas.window_shown().following(at_ns))
        self._sync_replay()

    def jump(self, at_ns: int, camera_id: str = "") -> None:
        """Show a moment: the clock goes there, and the timeline with it."""
        canvas = self.timeline.canvas
        if camera_id in self._cameras and camera_id not in self.playback.cameras:
            self.playback.set_cameras((camera_id, *self.playback.cameras)[:MOST_CAMERAS])
        self.playback.seek(at_ns)
        canvas.set_playhead(at_ns)
        if not canvas.window_shown().holds(at_ns):
            canvas.set_window(canvas.window_shown().around(at_ns))

    def _go_to_end(self, end: int) -> None:
        now_ns = self._clock.now_ns()
        if end > 0:
            self.timeline.canvas.set_window(window(now_ns - HOUR_NS + 2 * MINUTE_NS, HOUR_NS))
            return
        self._ask_neighbour(FindNeighbour(0, True), tr("Nothing is in the record yet."))

    def step_event(self, forward: bool) -> None:
        none = tr("No later event is in the record.") if forward else tr("No earlier event is in the record.")
        chosen = self.playback.cameras if len(self.playback.cameras) < len(self._cameras) else ()
        self._ask_neighbour(FindNeighbour(self.playback.position_ns, forward, NeighbourKind.EVENT, chosen), none)

    def _ask_neighbour(self, question: FindNeighbour, none: str) -> None:
        def came(at_ns: int | None) -> None:
            if at_ns is None:
                self._toasts.show_message(none)
            else:
                self.jump(at_ns)

        self._bridge.ask(question, lambda answer: came(answer.next_ns), self._refused, owner=self)

    def show_day(self, day: date) -> None:
        """All of a local day, with the clock at its first event."""
        since = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        since_ns = int(since.timestamp()) * SECOND
        self.timeline.canvas.set_window(window(since_ns, DAY_NS))
        self._bridge.ask(
            FindNeighbour(since_ns - 1, True), lambda answer: self._in_day(since_ns, answer.next_ns), self._refused, owner=self
        )

    def _in_day(self, since_ns: int, at_ns: int | None) -> None:
        self.jump(at_ns if at_ns is not None and at_ns < since_ns + DAY_NS else since_ns)

    def open_calendar(self) -> None:
        shown = datetime.fromtimestamp(self.playback.position_ns / SECOND, self._zone).date()
        today = datetime.fromtimestamp(self._clock.now_ns() / SECOND, self._zone).date()
        self.calendar.open_at(min(shown, today), today, self.head.day)

    # going somewhere

    def visit(self, what: str) -> None:
        """A link to a moment; or `person:<id>`, to see where somebody was."""
        if what.startswith("person:"):
            self.show_tab(self.found)
            self.found.track(what.removeprefix("person:"))
        elif what:
            self.follow_link(what)

    def follow_link(self, text: str) -> None:
        try:
            jump = read_link(text)
        except InputError as error:
            self._toasts.show_message(error_text(error), "critical")
            return
        if not self._begun:
            self._begin(jump.at_ns)
        self.jump(jump.at_ns, jump.camera_id)
        self.timeline.canvas.set_window(window(jump.at_ns - 5 * MINUTE_NS, 10 * MINUTE_NS))
        if jump.event_id:
            self.panel_button.setChecked(True)
            self.why.show_event(jump.event_id, jump.at_ns)

    def copy_link(self) -> None:
        cameras = self.playback.cameras
        link = link_of(Jump(self.playback.position_ns, cameras[0] if len(cameras) == 1 else ""))
        QGuiApplication.clipboard().setText(link)
        self._toasts.show_message(tr("The link to this moment is copied."))

    def ask(self) -> None:
        """What stands in the box on top: a link, a time, a question (it ends with "?"), or words to look for."""
        text = self.question.text().strip()
        if is_link(text):
            self.follow_link(text)
        elif (at_ns := read_moment(text, self._clock.now_ns(), self._zone)) is not None:
            self.jump(at_ns)
            self.timeline.canvas.setFocus()
        elif text.endswith("?"):
            self.visit_requested.emit("chat", text)
        else:
            self.show_tab(self.found)
            self.found.search_text(text)

    def _show_panel(self, shown: bool) -> None:
        self.side.setVisible(shown)
        self._fit_words()

    def show_tab(self, tab: QWidget) -> None:
        self.panel_button.setChecked(True)
        self.panel.setCurrentWidget(tab)

    def _hit_chosen(self, hit: SearchHit) -> None:
        self.jump(max(0, hit.at_ns - _BEFORE_NS), hit.camera_id)
        self.why.show_hit(hit)

    def _bookmark_chosen(self, bookmark_id: str) -> None:
        self.show_tab(self.bookmarks)
        self.bookmarks.choose(bookmark_id)

    def _show_bookmark(self, bookmark: Bookmark) -> None:
        self.jump(bookmark.at_ns, bookmark.camera_id)
        if bookmark.until_ns is not None:
            self.timeline.canvas.set_range((bookmark.at_ns, bookmark.until_ns))

    def add_bookmark(self) -> None:
        self.bookmarks.add(self.playback.position_ns, self.timeline.range_chosen())

    def _refused(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")

    # the stretch

    def _set_end(self, end: int) -> None:
        """The stretch begins (0) or ends (1) at the moment that is shown; a new one is as long as a tenth of the view."""
        at_ns, shown = self.playback.position_ns, self.timeline.window_shown()
        chosen = self.timeline.range_chosen()
        length_ns = shown.length_ns // 10
        since_ns, until_ns = chosen or ((at_ns, at_ns + length_ns) if end == 0 else (at_ns - length_ns, at_ns))
        since_ns, until_ns = (at_ns, max(until_ns, at_ns + SECOND)) if end == 0 else (min(since_ns, at_ns - SECOND), at_ns)
        self.timeline.canvas.set_range((since_ns, until_ns))

    def _range_changed(self, chosen: tuple[int, int] | None) -> None:
        self.trying.set_stretch(chosen)
        self.tools.show_stretch(stretch_text(*chosen, self._zone) if chosen else tr("Of what the timeline shows"))

    def stretch(self) -> tuple[int, int]:
        """The one that is chosen, else what the timeline shows of the past."""
        shown: TimeWindow = self.timeline.window_shown()
        now_ns = self._clock.now_ns()
        return self.timeline.range_chosen() or (min(shown.since_ns, now_ns - SECOND), min(shown.until_ns, now_ns))

    def try_settings(self) -> None:
        if self.timeline.range_chosen() is None:
            self.timeline.canvas.set_range(self.stretch())
        self.show_tab(self.trying)

    def make_pack(self) -> EvidencePackDialog:
        since_ns, until_ns = self.stretch()
        dialog = EvidencePackDialog(self._bridge, since_ns, until_ns, self._zone, self._chosen_cameras(), parent=self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def lock_stretch(self) -> LockEvidenceDialog:
        self.show_tab(self.locks)
        return self.locks.lock(self.stretch(), self._chosen_cameras())

    def _chosen_cameras(self) -> tuple[str, ...]:
        """Empty: all of them."""
        return tuple(self.playback.cameras) if set(self.playback.cameras) != set(self._cameras) else ()

    def _show_lock(self, lock: EvidenceLock) -> None:
        self.jump(lock.since_ns, lock.camera_ids[0] if lock.camera_ids else "")
        self.timeline.canvas.set_range((lock.since_ns, lock.until_ns))

    def _different_chosen(self, each: Different) -> None:
        self.jump(each.at_ns, each.camera_id)
        found = self.trying.difference()
        self.why.show_different(each, found.decisions if found is not None else ())

    # replay

    def start_replay(self) -> None:
        chosen, at_ns, now_ns = self.timeline.range_chosen(), self.playback.position_ns, self._clock.now_ns()
        since_ns, until_ns = chosen or (at_ns, min(at_ns + _REPLAY_NS, now_ns))
        self.floor_button.setChecked(True)
        self.then.setCurrentWidget(self.floor)
        if chosen is not None and not since_ns <= at_ns < until_ns:
            self.jump(since_ns)
        self.floor.show_trouble("")
        self.replay.start(since_ns, max(until_ns, since_ns + SECOND))
        self._sync_replay()

    def _toggle_replay(self) -> None:
        if self.replay.on:
            self.replay.stop()
        else:
            self.start_replay()

    def _sync_replay(self) -> None:
        state: PlaybackState = self.playback.state
        self.replay.follow(self.playback.position_ns, state.playing, state.speed)

    def _show_replay(self) -> None:
        self.floor.show_session(self.replay.session, self.replay.starting)
        self.tools.show_replaying(self.replay.on)

    def _show_picture(self, picture: Snapshot) -> None:
        if self.isVisible():
            self.floor.show_picture(picture)

    def _replay_refused(self, error: WatchroomError) -> None:
        self.floor.show_trouble(error_text(error))

    # cameras and settings

    def _fill_cameras(self) -> None:
        menu, shown = self.head.cameras.menu(), self.playback.cameras
        menu.clear()
        for camera_id in self._cameras:
            action = menu.addAction(self._names.get(camera_id, camera_id))
            action.setCheckable(True)
            action.setChecked(camera_id in shown)
            action.setEnabled(camera_id in shown or len(shown) < MOST_CAMERAS)
            action.toggled.connect(lambda on, camera_id=camera_id: self._choose_camera(camera_id, on))

    def _choose_camera(self, camera_id: str, on: bool) -> None:
        shown = self.playback.cameras
        chosen = tuple(each for each in self._cameras if (on if each == camera_id else each in shown))
        self.playback.set_cameras(chosen[:MOST_CAMERAS])
        self._remembered.put("investigate/cameras", ",".join(chosen))

    def _open_recording(self) -> None:
        dialog = RecordingDialog(self._bridge, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _keep_folded(self, folded: frozenset[LaneKind]) -> None:
        self._remembered.put("investigate/folded", ",".join(sorted(kind.value for kind in folded)))

    def leave(self) -> None:
        self.playback.pause()

    def shutdown(self) -> None:
        self._remembered.keep_splitter("investigate-across", self._across)
        self._remembered.keep_splitter("investigate-down", self._down)
        self._remembered.keep_splitter("investigate-beside", self._beside)
        if self._begun:
            self._remembered.put("investigate/floor", self.floor_button.isChecked())
        self._remembered.put("investigate/panel", self.panel_button.isChecked())
        self.replay.stop()
        self.trying.stop()
        self.playback.shutdown()

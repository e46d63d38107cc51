"""The Investigate page: what happened, on one clock: recordings and the floor above, lanes below; search, notes, other settings."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from console.actions.camera_actions import CameraActions
from console.actions.moment_actions import SIMILAR
from console.chat.query_form import unlisted_texts
from console.chat.question_form import QuestionForm
from console.dialogs.at_site import open_at_site
from console.dialogs.cameras.recording import RecordingDialog
from console.dialogs.evidence.lock_evidence import LockEvidenceDialog
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.pages.investigate.alike import of_event, of_region
from console.pages.investigate.blob import WhyThere, blob_of
from console.pages.investigate.cameras import CameraChoice, CameraStage, ZonesShown
from console.pages.investigate.evidence.bookmarks import BookmarkPanel
from console.pages.investigate.evidence.locks import LockPanel
from console.pages.investigate.evidence.packs import PackDesk
from console.pages.investigate.feed import TimelineFeed
from console.pages.investigate.floor import ReplayFloor
from console.pages.investigate.keys import key_actions, key_notes
from console.pages.investigate.layout import Arrangement, LowerPart, Side, tabs_of
from console.pages.investigate.map import MapOfThen
from console.pages.investigate.moment import MomentShown
from console.pages.investigate.notice import RecordingNotice
from console.pages.investigate.region import Region, RegionOverlay
from console.pages.investigate.search_results import FoundPanel
from console.pages.investigate.stretch import StretchChosen
from console.pages.investigate.tools import HeadRow, StretchTools
from console.pages.investigate.why import WhyOfMoment
from console.pages.investigate.words import first_lanes, has_floor, lane_names, moment_of_hit
from console.pages.investigate.zone import PageZone
from console.pages.page import LOW, Page, PageContext, ShortcutNote
from console.pages.what_if.replay import ReplayFollower
from console.pages.what_if.rerun import Rerun
from console.pages.what_if.trial import TryPanel
from console.palette.commands_catalogue import Action, bind
from console.playback.playback import PlaybackController
from console.playback.recorded_marks import RecordedMarks
from console.searching.query_filter import filter_of, limited_timeline
from console.searching.record_search import is_question
from console.shell.jump_links import Jump, is_link, link_of, read_link, read_moment
from console.words import denied_text, error_text
from engine.model.accounts.access import Verb
from engine.model.cameras.segment import EvidenceLock
from engine.model.errors import InputError
from engine.model.history.plan import QuestionPlan
from engine.model.history.replay import Different
from engine.model.history.timeline import Bookmark, LaneKind, SearchFilter, SearchHit, Timeline
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.chat.chat_question import word_at
from widgets.chat.query_chips import QueryChips
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.folding_row import FoldingRow
from widgets.marks.empty_state import EmptyState
from widgets.playback.clip_overlay import OVERLAY
from widgets.playback.playback_wall import PlaybackWall
from widgets.playback.transport_bar import TransportBar
from widgets.playback.transport_keys import TransportKeys
from widgets.signals import on, on_told
from widgets.timeline.timeline import TimelineView
from widgets.timeline.timeline_rows import with_lanes
from widgets.timeline.timeline_window import DAY_NS, MINUTE_NS, window
from widgets.translation import tr

if TYPE_CHECKING:
    from console.pages.investigate.evidence.packs import AnyPackDialog

_MARGIN = 16
_NARROW = 480


class InvestigatePage(Page):
    """UI thread. The clock of the page is the playback's position; nothing is asked for while another page is on screen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._remembered, self._toasts = context.bridge, context.clock, context.remembered, context.toasts
        self._zone = PageZone()
        self._names: dict[str, str] = {}
        self._names_of: object = None
        self._begun = False
        self.feed = TimelineFeed(context.bridge, self)
        self.replay = ReplayFollower(context.bridge, self)
        self.playback = PlaybackController(context.bridge, context.clock, self)
        self.wall = PlaybackWall(self.playback, zone=self._zone)
        self.marks = RecordedMarks(context.bridge, context.clock, self.playback, self.wall)
        self.region = RegionOverlay(self.wall)
        self.transport = TransportBar(self.playback, self._zone)
        self.timeline = TimelineView(self._zone)
        self.floor = ReplayFloor(self._zone)
        self.map = MapOfThen(context.bridge, self._zone, context.remembered)
        self.found = FoundPanel(context.bridge, context.clock, self._zone)
        self.bookmarks = BookmarkPanel(context.bridge, context.clock, self._zone, context.toasts)
        self.locks = LockPanel(context.bridge, context.clock, self._zone, context.toasts)
        self.trying = TryPanel(context.bridge, self._zone, context.toasts)
        self.why = WhyOfMoment(context.bridge, context.clock, self._zone)
        self.head, self.tools = HeadRow(), StretchTools(context.bridge.session)
        self.acts = FoldingRow(self.tools.acts())
        self.zones = ZonesShown(self.wall, context.remembered)
        self.cameras = CameraChoice(self.playback, self.head.cameras.menu(), self.zones, context.remembered)
        about = (context.bridge, context.clock, self._zone, context.toasts)
        self.moment = MomentShown(*about, self.playback, self.timeline, self.cameras, self)
        self.calendar = self.moment.calendar
        self.stretch = StretchChosen(context.clock, self._zone, self.playback, self.timeline)
        self.packs = PackDesk(context.bridge, self._zone, context.toasts, self)
        shown = (context.clock, self.playback, self.timeline, self.moment)
        self.rerun = Rerun(self.replay, self.floor, self.tools, *shown, self._show_floor)
        self.question, self.floor_button, self.panel_button = self.head.question, self.head.floor, self.head.panel
        self.pack_button = self.tools.pack
        self.chips = QueryChips()
        asked = (self._question_text, self._one_site, self._unfinished_word)
        self.form = QuestionForm(context.bridge, self.chips, context.clock, *asked, over_sites=True)
        self._limits = SearchFilter()  # of the form: what the timeline shows, too
        self._build_panels()
        self._connect_parts()
        self._bind_keys()
        self._restore()

    # building

    def _build_panels(self) -> None:
        self.recording = RecordingNotice(self._bridge.may(Verb.ADMINISTER))
        panel = (
            (self.found, tr("Results")),
            (self.bookmarks, tr("Bookmarks")),
            (self.locks, tr("Locks")),
            (self.trying, tr("Try settings")),
        )
        self.panel = tabs_of(panel)
        self.side = Side(self.panel, self.why)
        self.stage = CameraStage(self.wall, self._bridge.may(Verb.ADMINISTER))
        self.stage.add_requested.connect(CameraActions(self._bridge, self._toasts, self).add)
        self.then = tabs_of(((self.floor, tr("Floor")), (self.map, tr("Map"))))
        self.then.setMinimumWidth(220)
        lower = LowerPart(self.transport, self.acts, self.timeline)
        self._arrangement = Arrangement(self.stage, self.then, lower, self.side)
        self.denied = EmptyState("eye-off", tr("No access to recordings"), denied_text(Verb.SEE_PAST))
        self._body = QWidget()
        inner = make_column(self._body, spacing=8, margins=NO_MARGINS)
        inner.addWidget(self.head)
        inner.addWidget(self.chips)
        inner.addWidget(self.recording)
        inner.addWidget(self._arrangement, 1)
        self._add_tools()
        outer = make_column(self, margins=(_MARGIN, 12, _MARGIN, 10))
        outer.addWidget(self._body, 1)
        outer.addWidget(self.denied, 1)
        allowed = self._bridge.may(Verb.SEE_PAST)
        self._body.setVisible(allowed)
        self.denied.setVisible(not allowed)

    def _show_whether_cameras(self) -> None:
        self.stage.show_whether(bool(self.cameras.known), bool(self.playback.cameras))

    def _add_tools(self) -> None:
        for button in self.tools.steps():
            self.timeline.tools.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_parts()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_parts()

    def _fit_parts(self) -> None:
        panel = self.panel_button.isChecked()
        self.then.setVisible(self.floor_button.isChecked() and self.width() >= _NARROW)  # beside the least pictures, not over them
        self.recording.set_room(self.height() >= LOW or (not panel and self.width() >= _NARROW))
        self._arrangement.fit(self.width() - 2 * _MARGIN, panel)

    def _connect_parts(self) -> None:
        self._connect_timeline()
        self._connect_clock()
        self._connect_search()
        self._connect_panel()
        self._connect_buttons()

    def _connect_timeline(self) -> None:
        canvas = self.timeline.canvas
        canvas.window_changed.connect(lambda shown: self.feed.want(shown, canvas.columns()))
        canvas.sought.connect(self.playback.seek)
        canvas.range_changed.connect(self._range_changed)
        canvas.bookmark_chosen.connect(self._bookmark_chosen)
        self.timeline.folded.connect(self._keep_folded)
        self.feed.changed.connect(self._show_timeline)
        self.feed.refused.connect(lambda error: self.timeline.show_trouble(error_text(error)))

    def _connect_clock(self) -> None:
        self.playback.moved.connect(self._follow_playback)
        self.playback.cameras_changed.connect(self._show_whether_cameras)
        self.wall.selection_changed.connect(self.playback.set_lead)
        on_told(self.map.chosen, self.visit_requested.emit, "incidents")
        self.floor.why_wanted.connect(self.explain_person)

    def _connect_search(self) -> None:
        self.question.returnPressed.connect(self.ask)
        self.found.hit_chosen.connect(self._hit_chosen)
        self.found.area_ended.connect(self.region.end)
        self.found.words_left.connect(self.question.setText)
        self.question.textEdited.connect(self.found.offer_chips)
        on(self.question.cursorPositionChanged, self.form.strike_finished)
        on(self.question.editingFinished, self.form.strike_finished)
        on(self.question.textChanged, self.form.restart)
        self.form.changed.connect(self._limit_by_form)
        self.form.filled.connect(self.head.form.setChecked)
        on(self.head.form.clicked, self._toggle_form)
        on(self.found.searched, self.form.clear)
        self.found.choices.span_of = self._span_of
        self.found.told.connect(self._toasts.show_message)
        on_told(self.found.question_wanted, self.visit_requested.emit, "chat")
        self.region.area_wanted.connect(self._search_area)
        self.region.alike_wanted.connect(self._find_alike)
        self.region.cleared.connect(self.found.end_area)

    def _connect_panel(self) -> None:
        self.bookmarks.chosen.connect(self._show_bookmark)
        self.bookmarks.changed.connect(self.feed.renew)
        self.bookmarks.add_button.clicked.connect(self.add_bookmark)
        self.locks.chosen.connect(self._show_lock)
        self.locks.wanted.connect(self.lock_stretch)
        self.locks.changed.connect(self.timeline.canvas.set_locks)
        self.trying.chosen.connect(self._different_chosen)
        self.trying.pack_wanted.connect(self.make_pack)
        self.recording.wanted.connect(self._open_recording)

    def _connect_buttons(self) -> None:
        on(self.head.area.clicked, self.region.begin)
        on(self.head.day.clicked, self.open_calendar)
        on(self.head.link.clicked, self.copy_link)
        on(self.tools.now.clicked, self.moment.go_to_end, 1)
        on(self.tools.previous.clicked, self.step_event, False)
        on(self.tools.next.clicked, self.step_event, True)
        on(self.tools.mark.clicked, self.add_bookmark)
        on(self.tools.replay.clicked, self.rerun.toggle)
        on(self.tools.tries.clicked, self.try_settings)
        on(self.tools.pack.clicked, self.make_pack)
        on(self.tools.packs.clicked, self.show_packs)
        on(self.tools.lock.clicked, self.lock_stretch)
        on(self.floor_button.toggled, self._fit_parts)
        self.panel_button.toggled.connect(self._show_panel)

    def _bind_keys(self) -> None:
        bind(self.actions())
        TransportKeys(self.playback, self)

    def actions(self) -> tuple[Action, ...]:
        return key_actions(
            self,
            (
                ("next", tr("Next event"), "N", self.step_event, True),
                ("before", tr("Previous event"), "Shift+N", self.step_event, False),
                ("on", tr("Skip to the next event"), "Ctrl+Right", self.step_event, True),
                ("back", tr("Skip to the previous event"), "Ctrl+Left", self.step_event, False),
                ("bookmark", tr("Bookmark this moment"), "B", self.add_bookmark),
                ("area", tr("Search an area of the picture"), "X", self.region.begin),
                ("day", tr("Go to day"), "G", self.open_calendar),
                ("zones", tr("Show zones and lines"), "Z", self.zones.toggle),
                ("overlay", tr("Show boxes and trails"), "M", OVERLAY.toggle),
                ("begin", tr("Set start of selection"), "I", self.stretch.set_end, 0),
                ("end", tr("Set end of selection"), "O", self.stretch.set_end, 1),
                ("search", tr("Search the record"), "Ctrl+F", self.question.setFocus),
                ("link", tr("Copy a link to this moment"), "Ctrl+Shift+C", self.copy_link),
            ),
        )

    def _restore(self) -> None:
        self._arrangement.restore(self._remembered)
        self.side.hide()  # until there is something to show in it
        known = {kind.value: kind for kind in LaneKind}
        folded = self._remembered.text("investigate/folded", "").split(",")
        self.timeline.set_folded(frozenset(known[name] for name in folded if name in known))

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return key_notes()

    # what the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if not self._bridge.may(Verb.SEE_PAST):
            return
        self._set_names(snapshot)
        if not self._begun:
            self._begin_at(snapshot.at_ns)
            self.floor_button.setChecked(self._remembered.flag("investigate/floor", has_floor(snapshot)))
        self.timeline.canvas.set_now(snapshot.at_ns)
        self.feed.follow(snapshot.at_ns)
        self.locks.follow(snapshot.at_ns)
        self.found.show_snapshot(snapshot, self._names)
        self.trying.show_snapshot(snapshot, self._names)

    def _set_names(self, snapshot: Snapshot) -> None:
        about = (snapshot.settings, snapshot.people.persons, tuple(site.settings for site in snapshot.sites))
        if self._names_of is not None and about == self._names_of:
            return
        self._names_of = about
        self._names = lane_names(snapshot)
        self.bookmarks.set_names(self._names)
        self.locks.set_names(self._names)
        self.recording.show_recording(snapshot)
        self.why.show_settings(snapshot.settings)
        self.map.show_settings(snapshot.settings)
        self.wall.set_camera_settings(snapshot.settings.cameras)
        self.cameras.offer(tuple(camera.id for camera in snapshot.settings.cameras), self._names)
        self._show_whether_cameras()

    def _begin_at(self, now_ns: int) -> None:
        self._begun = True
        self.moment.begin(now_ns)
        self.bookmarks.load()

    def _show_timeline(self, timeline: Timeline) -> None:
        snapshot = self._bridge.snapshot
        lanes = first_lanes(snapshot) if snapshot is not None else ()
        self.timeline.show_timeline(limited_timeline(with_lanes(timeline, lanes), self._limits), self._names)

    def has_content(self) -> bool:
        return self.feed.settled

    # the clock

    def _follow_playback(self, at_ns: int) -> None:
        canvas = self.timeline.canvas
        canvas.set_playhead(at_ns)
        self.map.follow(at_ns)
        if self.playback.state.playing:
            canvas.set_window(canvas.window_shown().following(at_ns))
        self.rerun.sync()

    def jump(self, at_ns: int, camera_id: str = "") -> None:
        self.moment.jump(at_ns, camera_id)

    def step_event(self, forward: bool) -> None:
        self.moment.step_event(forward)

    def open_calendar(self) -> None:
        self.moment.open_calendar(self.head.day)

    # going somewhere

    def visit(self, what: str) -> None:
        """A link to a moment; `person:<id>`, to see where somebody was; `similar:<event id>`, for who looks like them; `find:<words>`."""
        if what.startswith("person:"):
            self.show_tab(self.found)
            self.found.track(what.removeprefix("person:"))
        elif what.startswith(SIMILAR):
            self.show_tab(self.found)
            self.found.search_alike(of_event(what.removeprefix(SIMILAR)))
        elif what.startswith("find:"):
            self.question.setText(what.removeprefix("find:"))
            self._search_words()
        elif what:
            self.follow_link(what)

    def follow_link(self, text: str) -> None:
        try:
            jump = read_link(text)
        except InputError as error:
            self._toasts.show_message(error_text(error), "critical")
            return
        if not self._begun:
            self._begin_at(jump.at_ns)
        self.jump(jump.at_ns, jump.camera_id)
        self.marks.choose_event(jump.event_id)
        self.timeline.canvas.set_window(window(jump.at_ns - 5 * MINUTE_NS, 10 * MINUTE_NS))
        if jump.event_id:
            self.panel_button.setChecked(True)
            self.why.show_event(jump.event_id, jump.at_ns)

    def copy_link(self) -> None:
        cameras = self.playback.cameras
        link = link_of(Jump(self.playback.position_ns, cameras[0] if len(cameras) == 1 else ""))
        QGuiApplication.clipboard().setText(link)
        self._toasts.show_message(tr("Link to this moment copied."))

    def ask(self) -> None:
        """What stands in the box on top: a link, a time, a question, or words to look for."""
        text = self.question.text().strip()
        if is_link(text):
            self.follow_link(text)
        elif (at_ns := read_moment(text, self._clock.now_ns(), self._zone)) is not None:
            self.jump(at_ns)
            self.timeline.canvas.setFocus()
        elif is_question(text) or (not text and self.form.is_filled and self._one_site() is not None):
            self._ask_question(text)
        else:
            self._search_words()

    def _ask_question(self, text: str) -> None:
        """As its chips stand there, where somebody changed them."""
        taken = self.form.take() if self._one_site() is not None else None
        if taken is None:
            self.visit_requested.emit("chat", text)
        else:
            self.plan_asked.emit(text or taken[1], taken[0])

    def _search_words(self) -> None:
        self.show_tab(self.found)
        self.found.search_text(self.question.text())

    def _toggle_form(self) -> None:
        if self.form.is_filled:
            self.form.clear()
        else:
            self.form.begin()

    def _limit_by_form(self, plan: QuestionPlan) -> None:
        """What its chips say limits the list and the timeline. Of no question: it is put away."""
        names, before = self.form.names(), self._limits
        if plan.queries and names is not None:
            self._limits = filter_of(plan.queries[0].query)
            self.show_tab(self.found)
            self.found.search_form(self._limits, unlisted_texts(plan, names))
        else:
            self._limits = SearchFilter()
            self.found.end_form()
        since_ns, until_ns = self._limits.since_ns, self._limits.until_ns
        if since_ns is not None and until_ns is not None and (since_ns, until_ns) != (before.since_ns, before.until_ns):
            self.timeline.canvas.set_window(window(since_ns, until_ns - since_ns))
        self.feed.renew()

    def _question_text(self) -> str:
        """Empty: it is no question, but words to look for."""
        text = self.question.text().strip()
        return text if is_question(text) else ""

    def _unfinished_word(self) -> str:
        return word_at(self.question.text(), self.question.cursorPosition()) if self.question.hasFocus() else ""

    def _one_site(self) -> str | None:
        """As in Ask: of several sites none understands words for the others."""
        keys = [site.key for site in self._bridge.sites]
        return keys[0] if len(keys) == 1 else None if keys else ""

    # a part of a picture

    def _search_area(self, region: Region) -> None:
        self.show_tab(self.found)
        self.found.search_area(region)

    def _find_alike(self, region: Region, image: QImage) -> None:
        self.show_tab(self.found)
        self.found.search_alike(of_region(region, image, self._names.get(region.camera_id, region.camera_id)))

    def _span_of(self, key: str) -> tuple[int, int] | None:
        """What a search is limited to; a stretch that is not chosen is what the timeline shows."""
        shown = self.timeline.canvas.window_shown()
        now_ns = self._clock.now_ns()
        spans = {"shown": (shown.since_ns, shown.until_ns), "day": (now_ns - DAY_NS, now_ns + SECOND)}
        spans["stretch"] = self.timeline.range_chosen() or spans["shown"]
        return spans.get(key)

    def _show_panel(self, shown: bool) -> None:
        self.side.setVisible(shown)
        self._fit_parts()

    def show_tab(self, tab: QWidget) -> None:
        self.panel_button.setChecked(True)
        self.panel.setCurrentWidget(tab)

    def _hit_chosen(self, hit: SearchHit) -> None:
        self.jump(moment_of_hit(hit), hit.camera_id)
        self.marks.choose_hit(hit)
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

    # the stretch

    def _range_changed(self, chosen: tuple[int, int] | None) -> None:
        self.trying.set_stretch(chosen)
        self.tools.show_stretch(self.stretch.words(chosen))

    def try_settings(self) -> None:
        self.stretch.choose_now()
        self.show_tab(self.trying)

    def make_pack(self) -> "AnyPackDialog":
        return self.packs.make(self.stretch.now(), self.cameras.camera_filter(), self.region.region())

    def show_packs(self) -> EvidencePacksDialog:
        return self.packs.show()

    def lock_stretch(self) -> LockEvidenceDialog:
        self.show_tab(self.locks)
        return self.locks.lock(self.stretch.now(), self.cameras.camera_filter())

    def _show_lock(self, lock: EvidenceLock) -> None:
        self.jump(lock.since_ns, lock.camera_ids[0] if lock.camera_ids else "")
        self.timeline.canvas.set_range((lock.since_ns, lock.until_ns))

    def _different_chosen(self, each: Different) -> None:
        self.jump(each.at_ns, each.camera_id)
        found = self.trying.difference()
        self.why.show_different(each, found.decisions if found is not None else ())

    # replay

    def start_replay(self) -> None:
        self.rerun.start()

    def explain_person(self, person_id: str, picture: Snapshot) -> WhyThere | None:
        """Why radio found them there; None where it has nothing to do with them."""
        blob = blob_of(picture, person_id)
        if blob is None:
            self._toasts.show_message(tr("Located by cameras only, not by radio."))
            return None
        dialog = WhyThere(self._bridge, blob, picture, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def _show_floor(self) -> None:
        self.floor_button.setChecked(True)
        self.then.setCurrentWidget(self.floor)

    # settings, and the end

    def _open_recording(self) -> None:
        open_at_site(self._bridge, RecordingDialog, self)

    def _keep_folded(self, folded: frozenset[LaneKind]) -> None:
        self._remembered.put("investigate/folded", ",".join(sorted(kind.value for kind in folded)))

    def leave(self) -> None:
        self.playback.pause()

    def shutdown(self) -> None:
        super().shutdown()
        self._arrangement.keep(self._remembered)
        self.map.stop()
        if self._begun:
            self._remembered.put("investigate/floor", self.floor_button.isChecked())
        self.replay.stop()
        self.trying.stop()
        self.playback.shutdown()

"""The Live page: the wall, the events beside it, and the player below it."""

from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QWidget

from console.actions.camera_actions import CameraActions
from console.actions.moment_actions import Moment, MomentActions, moment_of
from console.actions.people_actions import PeopleActions
from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.accounts.unmask import UnmaskDialog
from console.dialogs.at_site import name_site
from console.dialogs.frame import open_dialog
from console.dialogs.upkeep.import_settings import import_dialog
from console.feeds.alert_picture_feed import AlertPictureFeed
from console.pages.alerts.who_is_it import WhoIsIt
from console.pages.detection_notice import DetectionNotice
from console.pages.investigate.clip_panel import ClipPanel
from console.pages.live.identity import LiveIdentity
from console.pages.live.listening import LiveListening
from console.pages.live.review_column import ReviewColumn
from console.pages.live.wall_and_clip import LEAST_WALL, WallAndClip
from console.pages.page import Page, PageContext, ShortcutNote
from console.palette.commands_catalogue import Action, bind, keyed
from console.playback.event_marks import still_marks
from console.searching.typed_chips import OF_EVENTS, TypedChips
from console.shell.jump_links import link_to
from console.steering.live_steering import at_home
from console.steering.wall_steering import WallSteering
from console.wall.book import WallBook
from console.wall.desk import WallDesk
from console.wall.menu import WallMenu
from console.wall.windows import WallWindows
from console.words import denied_text, permit, place_names
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Disposition
from engine.model.cameras.track import Track
from engine.model.event import Event
from engine.model.health import CameraState
from engine.model.people.view import PeopleView
from engine.model.radio.fused import SourceKind
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_column import AlertColumn
from widgets.events.event_feed import EventFeed
from widgets.fields.first_focus import set_first_focus
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.empty_state import EmptyState
from widgets.signals import on, on_told
from widgets.time_text import clock_text

LEAST_SIDE = 300
_SMALL_WALL = 420  # width of the video beside events in a window that isn't roomy: tiles of 346 × 195 below each other
_SIDE = 334, 430  # of the column beside the video, until somebody moves it: least and most,
_SIDE_SHARE = 0.23  # and the share of the window between them
_ROOMY = 1000  # pixels of a window that has room for the least video beside a question
_BETWEEN = 36  # margins of the page and the splitter


class LivePage(Page):
    """UI thread. While another page is on screen no pictures are asked for."""

    moves = True

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._toasts = context.bridge, context.remembered, context.toasts
        self._faces_hidden = False
        self.book = WallBook(context.remembered.folder, context.bridge.session.kept_as)
        self.desk = WallDesk(context, self.book, "live", self)
        self.wall, self.toolbar = self.desk.wall, self.desk.toolbar
        self.feed = EventFeed(context.clock, self)
        self.chips = TypedChips(self.feed.bar, context.bridge, OF_EVENTS, self)
        self.review = ReviewColumn(context, self.feed, self)
        self.alerts = AlertColumn(context.clock, context.bridge.user, self)
        self.alert_pictures = AlertPictureFeed(context.bridge, self.alerts.pictures, self)
        self.clip = ClipPanel(context.bridge, self)
        self.notice = DetectionNotice(context, self)
        self.camera_actions = CameraActions(context.bridge, context.toasts, self, self.wall.last_picture)
        self.people_actions = PeopleActions(context.bridge, context.toasts, context.clock, lambda face_id: None, self)
        self.moments = MomentActions(context.bridge, context.toasts, context.clock, self)
        self.who = WhoIsIt(self.people_actions, context.bridge.session, self)
        self.identity = LiveIdentity(self)
        self.walls = WallWindows(context, self.book, self._menu_elsewhere, self)
        self.listening = LiveListening(context, self, self.desk, lambda: [frame.desk for frame in self.walls.frames()])
        self.steerings = WallSteering(context, self, self.desk)
        self.steering = self.steerings.main
        self.wall_menu = WallMenu(self.desk, self.book, context.bridge.session, context.toasts, self)
        self._build_wall()
        self._connect_toolbar()
        self._restore()
        self.desk.bind(self, "live")
        bind(self._own_actions())
        set_first_focus(self, self.wall)

    def _build_wall(self) -> None:
        self.empty = self._empty_state()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.desk.body)
        self._stack.addWidget(self.empty)
        self._stack.setCurrentWidget(self.empty)
        self._down = WallAndClip(self._stack, self.clip, self)
        left = QWidget(self)
        column = make_column(left, spacing=8, margins=(0, 0, 4, 0))
        column.addWidget(self.toolbar)
        column.addWidget(self.notice)
        column.addWidget(self.listening.bar)
        column.addWidget(self.desk.offer)
        column.addWidget(self._down, 1)
        self._across = QSplitter(Qt.Orientation.Horizontal, self)
        self._across.addWidget(left)
        self.side = _inset(self._events(), left=4)
        self._across.addWidget(self.side)
        self._across.setChildrenCollapsible(False)
        self.review.setMinimumWidth(LEAST_SIDE)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([1010, _SIDE[0]])
        self._side_moved = False
        self._across.splitterMoved.connect(self._keep_side_width)
        row = make_row(self, margins=(8, 8, 8, 8))
        row.addWidget(self._across)

    def _events(self) -> QWidget:
        """What wants somebody, and what is asked, above what happened."""
        holder = QWidget()
        column = make_column(holder, spacing=8, margins=NO_MARGINS)
        column.addWidget(self.alerts)
        column.addWidget(self.who)
        column.addWidget(self.identity)
        column.addWidget(self.review, 1)
        return holder

    def _empty_state(self) -> EmptyState:
        if not self._bridge.may(Verb.SEE_LIVE):
            return EmptyState("eye-off", self.tr("No live pictures"), denied_text(Verb.SEE_LIVE), parent=self)
        if not self._bridge.may(Verb.ADMINISTER):
            text = self.tr("An administrator adds cameras. They appear here immediately.")
            return EmptyState("video", self.tr("No cameras yet"), text, parent=self)
        return self._first_steps()

    def _first_steps(self) -> EmptyState:
        text = self.tr(
            "Find one on the network, or add it by its address, from USB or from a file. Settings that another site exported bring its "
            "cameras along. To look around first, start Watchroom with --demo."
        )
        empty = EmptyState("video", self.tr("No cameras yet"), text, self.tr("Find a camera…"), self)
        empty.action_requested.connect(self.camera_actions.add_first)
        empty.add_button(self.tr("Add camera…")).clicked.connect(self.camera_actions.add)
        empty.add_button(self.tr("Import settings…")).clicked.connect(self.import_settings)
        return empty

    def _connect_toolbar(self) -> None:
        may_add = permit(self.toolbar.add_button, self._bridge.session, Verb.ADMINISTER, self.tr("Add a camera"))
        self.wall.set_can_add(may_add)
        self.wall.add_camera_requested.connect(self.camera_actions.add)
        self.wall.context_menu_requested.connect(self._open_menu)
        self.toolbar.add_requested.connect(self.camera_actions.add)
        self.toolbar.faces_requested.connect(self.show_blurred_faces)
        permit(
            self.toolbar.faces_button,
            self._bridge.session,
            Verb.UNMASK,
            self.tr("Show faces for a few minutes; the reason is recorded in the audit log"),
        )
        self.identity.naming_requested.connect(self._name_explained)
        self.feed.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.feed.event_activated.connect(self.review.open_event)
        self.review.event_opened.connect(self.show_event)
        self.feed.timeline_wanted.connect(lambda event: self.visit_requested.emit("investigate", link_to(event)))
        if self._bridge.may(Verb.SEE_PAST):
            self.feed.offer_timeline()
        self.toolbar.side_toggled.connect(self._choose_side)
        self.feed.menu_opening.connect(self._add_event_actions)
        self.review.menu_opening.connect(self._add_event_actions)
        self.clip.offer_actions(self.moments)
        self.moments.visit_requested.connect(self.visit_requested)
        on_told(self.alerts.opened, self.visit_requested.emit, "alerts")
        self.clip.closed.connect(self.clip.hide)
        self.clip.closed.connect(self._fit_parts)
        on(self.wall_menu.another_requested, self.walls.open_another)
        self.desk.camera_chosen.connect(self.walls.heat)
        self.walls.camera_chosen.connect(self.desk.heat)
        self.walls.opened.connect(self.listening.bind_in)
        self.walls.opened.connect(self.steerings.open_in)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_parts()
        self.alerts.set_room(self.height())
        if not self._side_moved:
            side = min(max(round(_SIDE_SHARE * self.window().width()), _SIDE[0]), _SIDE[1])
            self._across.setSizes([self._across.width() - self._across.handleWidth() - side, side])

    def _fit_parts(self) -> None:
        self._fit_side()
        self._fit_width()

    def _is_roomy(self) -> bool:
        return self.window().width() >= _ROOMY

    def _fit_width(self) -> None:
        """In a window without room for the least video beside a question or events, tiles are smaller instead of cut."""
        beside = 0 if self._is_roomy() or self.side.isHidden() else LEAST_SIDE
        least = LEAST_WALL[0] if self._is_roomy() else max(1, min(LEAST_WALL[0], self.width() - _BETWEEN - beside))
        self._down.set_least_width(least)

    def _keep_side_width(self) -> None:
        self._side_moved = True

    def _choose_side(self, wanted: bool) -> None:
        self._remembered.put(self._side_kept(), wanted)
        if wanted and not self._is_roomy() and not self.clip.isHidden():
            self.clip.close_clip()
        self._fit_parts()

    def _side_kept(self) -> str:
        """Two choices: in a small window the column takes half of the tiles away, so that it is asked for there."""
        return "live/side" if self._is_roomy() else "live/side-small"

    def _fit_side(self) -> None:
        """Where there is no room for both, the column beside the wall folds: the video is never smaller than `LEAST_WALL`, in a small
        window than `_SMALL_WALL`. There the clip of an event takes the place of the column until it is closed."""
        roomy = self._is_roomy()
        wanted = self._remembered.flag(self._side_kept(), roomy) and (roomy or self.clip.isHidden())
        fits = self.width() >= (LEAST_WALL[0] if roomy else _SMALL_WALL) + LEAST_SIDE + _BETWEEN
        self.side.setVisible(wanted and fits)
        self.toolbar.show_side(wanted, fits)

    def _restore(self) -> None:
        self._side_moved = self._remembered.restore_splitter("live-across", self._across)
        self._down.restore(self._remembered)

    def actions(self) -> tuple[Action, ...]:
        return (*self.desk.actions(self, "live"), *self._own_actions())

    def _own_actions(self) -> tuple[Action, ...]:
        section = self.tr("Live")
        whys = (
            ("why-next", self.tr("Explain the identity of the next person on the selected camera"), "W", self._step_why, 1),
            ("why-before", self.tr("Explain the identity of the previous person"), "Shift+W", self._step_why, -1),
        )
        return (
            *keyed("live", section, whys, (self.wall,), only_there=True),
            Action(
                "live.another-wall", self.tr("Open another wall"), section, self.walls.open_another, words=self.tr("window monitor screen")
            ),
            *self.listening.actions(),
            *self.steering.actions(),
        )

    def _step_why(self, by: int) -> None:
        self.identity.step(self.wall.selected(), by)

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (
            *(ShortcutNote(keys, does) for keys, does in self.desk.fixed_keys()),
            ShortcutNote("Enter", self.tr("Maximise the selected camera, or open the selected event")),
            ShortcutNote("Esc", self.tr("Back to all cameras, or close the clip")),
            ShortcutNote("Space K", self.tr("Play or pause the clip")),
            ShortcutNote("J L", self.tr("Back and forward in the clip")),
            ShortcutNote(", .", self.tr("One picture back or forward")),
        )

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        names = snapshot.settings.camera_names()
        self.desk.show_snapshot(at_home(snapshot))
        self.steering.show_snapshot(snapshot)
        self._show_faces(snapshot)
        self._note_unmasking(snapshot)
        self.feed.set_events(snapshot.events, names, place_names(snapshot.settings))
        self.feed.set_clip_events(snapshot.clip_events)
        self.review.show_snapshot(snapshot)
        self.alert_pictures.show_snapshot(snapshot)
        self.feed.set_false_alarms([each.event_id for each in snapshot.verdicts if each.disposition is Disposition.FALSE])
        alerting = {alert.camera_id for alert in snapshot.alerts.alerts} & names.keys()
        at_sites = self._bridge.with_sites({camera_id: names[camera_id] for camera_id in alerting})
        self.alerts.show_alerts(snapshot.alerts.alerts, at_sites, place_names(snapshot.settings), snapshot.at_ns)
        self.who.show_snapshot(snapshot)
        self.identity.show_snapshot(snapshot)
        self.clip.show_snapshot(snapshot)
        self.notice.show_snapshot(snapshot)
        self._stack.setCurrentWidget(self.desk.body if snapshot.cameras and self._bridge.may(Verb.SEE_LIVE) else self.empty)

    def _show_faces(self, snapshot: Snapshot) -> None:
        """The button says whether faces are blurred here, and until when they are not."""
        until_ns = snapshot.people.unmasked_until_ns or 0
        if not snapshot.settings.recognition.blur_faces:
            self.toolbar.show_faces("", False)
        elif until_ns > snapshot.at_ns:
            self.toolbar.show_faces(self.tr("Faces shown until {0}").format(clock_text(until_ns, snapshot.at_ns)), True)
        else:
            self.toolbar.show_faces(self.tr("Faces are blurred…"), False)

    def _note_unmasking(self, snapshot: Snapshot) -> None:
        """Small pictures are shown otherwise once faces are shown or hidden."""
        if snapshot.faces_hidden != self._faces_hidden:
            self._faces_hidden = snapshot.faces_hidden
            self.feed.forget_thumbnails()

    def show_blurred_faces(self) -> None:
        """Ask for the reason."""
        if self._bridge.may(Verb.UNMASK):
            dialog = UnmaskDialog(self._bridge, self)
            open_dialog(dialog)

    def import_settings(self) -> None:
        """Of another site, from a file."""
        self._bridge.at_one_site(self._import_settings_at, verb=Verb.ADMINISTER)

    def _import_settings_at(self, bridge: EngineBridge) -> None:
        dialog = import_dialog(bridge, self._toasts, self)
        if dialog is not None:
            name_site(dialog, bridge)
            open_dialog(dialog)

    def leave(self) -> None:
        self.desk.leave()

    def _fetch_thumbnail(self, event_id: str) -> None:
        port, hidden = self._bridge.port, self._faces_hidden
        self._bridge.fetch(
            partial(port.thumbnail, event_id),
            self._show_thumbnail,
            ignore_answer,  # the row keeps its placeholder, and the feed asks again
            event_id,
            hidden,
            owner=self,
        )

    def _show_thumbnail(self, event_id: str, hidden: bool, jpeg: bytes | None) -> None:
        snapshot = self._bridge.snapshot
        event = next((each for each in snapshot.events if each.id == event_id), None) if snapshot is not None else None
        if jpeg is not None and event is not None and snapshot is not None and hidden == self._faces_hidden:
            self.feed.set_thumbnail(event_id, jpeg, still_marks(jpeg, event, snapshot.settings, event.camera_id, event.zone_id))

    # What the operator does

    def _open_menu(self, camera_id: str, position: QPoint) -> None:
        track = self.wall.track_at(QPointF(self.wall.mapFromGlobal(position))) if camera_id else None
        menu = self.menu_of(camera_id, track) if camera_id else self.wall_menu.empty_menu(self)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(position)

    def _menu_elsewhere(self, desk: WallDesk, menu: WallMenu, camera_id: str, over: QWidget) -> QMenu | None:
        """Of a tile in another window."""
        if not camera_id:
            return menu.empty_menu(over)
        shown = self.camera_actions.menu(camera_id, over)
        first = shown.actions()[0]
        self.listening.add_to(shown, camera_id, first)
        self.steerings.add_to(desk, shown, camera_id, first)
        menu.tile_actions(shown, camera_id, first)
        shown.insertSeparator(first)
        return shown

    def menu_of(self, camera_id: str, track: Track | None = None) -> QMenu:
        """The tile's menu: first who it is that was pointed at, then what the wall can do, then what can be done with the camera."""
        menu = self.camera_actions.menu(camera_id, self)
        first = menu.actions()[0]
        if track is not None:
            why = QAction(icon("circle-help"), self.tr("&Explain identity"), menu)
            on(why.triggered, self.identity.explain, track.id)
            menu.insertAction(first, why)
            self._add_naming(menu, track, why)
        self.listening.add_to(menu, camera_id, first)
        self.steering.add_to(menu, camera_id, first)
        self.wall_menu.tile_actions(menu, camera_id, first)
        menu.insertSeparator(first)
        self.moments.add_to(menu, self._moment(camera_id, track), first)
        menu.insertSeparator(first)
        return menu

    def _add_event_actions(self, menu: QMenu, event: Event) -> None:
        menu.addSeparator()
        self.moments.add_to(menu, moment_of(event))

    def _moment(self, camera_id: str, track: Track | None) -> Moment:
        """What is on show in a tile, live or replayed, with the event of whom was pointed at."""
        snapshot, at_ns = self._bridge.snapshot, self.desk.replay.position_ns(camera_id)
        subject, events = track.id if track is not None else "", snapshot.events if snapshot is not None else ()
        event = next((each for each in events if subject and each.subject_id == subject and each.camera_id == camera_id), None)
        now_ns = snapshot.at_ns if snapshot is not None else 0
        return Moment(camera_id, at_ns if at_ns is not None else now_ns, at_ns if at_ns is not None else now_ns, event)

    def _add_naming(self, menu: QMenu, track: Track, before: QAction | None) -> None:
        snapshot = self._bridge.snapshot
        people = snapshot.people if snapshot is not None else PeopleView()
        fused = people.fused.of_source(SourceKind.CAMERA, track.id) if people.fused is not None else None
        if fused is not None:
            who = dict(people.names).get(track.id) or fused.identity
            self.people_actions.naming_menu(fused.id, who.person_id if who is not None else "", menu, before)
            menu.insertSeparator(before)  # type: ignore[arg-type]

    def _name_explained(self, track: Track) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_naming(menu, track, None)
        button = self.identity.name_button
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def visit(self, what: str) -> None:
        """A camera, alone."""
        if what:
            self.desk.heat(what)
            self.wall.set_maximised(what)
            self.wall.setFocus()

    def open_event(self, event_id: str) -> None:
        self.review.open_event(event_id)

    def show_event(self, event: Event) -> None:
        """Its clip, below the wall or beside it."""
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        self.desk.heat(event.camera_id)
        self.walls.heat(event.camera_id)
        camera = snapshot.settings.camera(event.camera_id)
        self.clip.show()
        self._fit_parts()
        self.clip.open_event(event, camera.name if camera else event.camera_id)
        self.clip.player.setFocus()

    def has_content(self) -> bool:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return False
        states = {view.settings.id: view.health.state for view in snapshot.cameras}
        live = {camera_id for camera_id, state in states.items() if state is CameraState.LIVE}
        settled = bool(states) and CameraState.CONNECTING not in states.values()
        return settled and not self.desk.cameras_without_picture(live) and bool(snapshot.events) and self._bridge.idle

    def shutdown(self) -> None:
        super().shutdown()
        if self._side_moved:
            self._remembered.keep_splitter("live-across", self._across)
        self._down.keep(self._remembered)
        self.listening.close()
        self.steerings.close()
        self.desk.close()
        self.walls.close()
        self.review.shutdown()
        self.clip.shutdown()


def _inset(widget: QWidget, left: int) -> QWidget:
    """The widget with room at its left, between it and the splitter's line."""
    holder = QWidget()
    row = make_row(holder, margins=(left, 0, 0, 0))
    row.addWidget(widget)
    return holder

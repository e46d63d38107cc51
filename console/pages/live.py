"""The Live page: the wall, the events beside it, and the player below it."""

from dataclasses import fields
from statistics import median_low

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from console.camera_actions import CameraActions
from console.dialogs.unmask import UnmaskDialog
from console.jump_links import link_to
from console.pages.clip_panel import ClipPanel
from console.pages.detection_notice import DetectionNotice
from console.pages.live_identity import LiveIdentity
from console.pages.live_toolbar import LiveToolbar
from console.pages.page import Page, PageContext, ShortcutNote
from console.pages.who_is_it import WhoIsIt
from console.people_actions import PeopleActions
from console.words import denied_text, permit, place_names
from engine.model.access import Verb
from engine.model.fused import SourceKind
from engine.model.health import CameraState
from engine.model.people_view import PeopleView
from engine.model.port import PictureWant
from engine.model.snapshot import CameraView, Picture, Snapshot
from engine.model.track import Track
from widgets.alert_column import AlertColumn
from widgets.aspect_frame import AspectFrame
from widgets.empty_state import EmptyState
from widgets.event_feed import EventFeed
from widgets.icons import icon
from widgets.overlays import Overlays
from widgets.time_text import clock_text
from widgets.video_wall import VideoWall
from widgets.wall_layouts import LAYOUTS
from widgets.wall_people import wall_people

_RETRY_MS = 2000
_SLIMMEST, _WIDEST = 5 / 4, 2.0  # shapes of a wall: upright or panoramic pictures do not make it a strip


class LivePage(Page):
    """UI thread. While another page is on screen no pictures are asked for."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered = context.bridge, context.remembered
        self._wants: dict[str, PictureWant] = {}
        self._seen: set[str] = set()
        self._on_screen = False
        self._faces_hidden = False
        self.wall = VideoWall(context.clock, self)
        self.feed = EventFeed(context.clock, self)
        self.alerts = AlertColumn(context.clock, context.bridge.session.user.name, self)
        self.clip = ClipPanel(context.bridge, self)
        self.toolbar = LiveToolbar(self)
        self.notice = DetectionNotice(context, self)
        self.camera_actions = CameraActions(context.bridge, context.toasts, self)
        self.people_actions = PeopleActions(context.bridge, context.toasts, context.clock, lambda face_id: None, self)
        self.who = WhoIsIt(self.people_actions, context.bridge.session, self)
        self.identity = LiveIdentity(self)
        self._pictures = context.bridge.wall(self._show_picture)
        self._build()
        self._connect()
        self._restore()
        self._bind_keys()
        self.setFocusProxy(self.wall)

    def _build(self) -> None:
        self.empty = self._empty_state()
        self._stack = QStackedWidget(self)
        self._frame = AspectFrame(self.wall, parent=self)
        self._stack.addWidget(self._frame)
        self._stack.addWidget(self.empty)
        self._stack.setCurrentWidget(self.empty)
        self._down = QSplitter(Qt.Orientation.Vertical, self)
        self._down.addWidget(self._stack)
        self._down.addWidget(self.clip)
        self._down.setCollapsible(0, False)
        self._down.setSizes([430, 470])
        self.clip.hide()
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.toolbar)
        column.addWidget(self.notice)
        column.addWidget(self._down, 1)
        self._across = QSplitter(Qt.Orientation.Horizontal, self)
        self._across.addWidget(left)
        self._across.addWidget(_inset(self._events(), left=4))
        self._across.setCollapsible(0, False)
        self.feed.setMinimumWidth(300)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([1010, 334])
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.addWidget(self._across)

    def _events(self) -> QWidget:
        """What wants somebody, and what is asked, above what happened."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.alerts)
        column.addWidget(self.who)
        column.addWidget(self.identity)
        column.addWidget(self.feed, 1)
        return holder

    def _empty_state(self) -> EmptyState:
        if not self._bridge.may(Verb.SEE_LIVE):
            return EmptyState("eye-off", self.tr("No live pictures"), denied_text(Verb.SEE_LIVE), parent=self)
        if not self._bridge.may(Verb.ADMINISTER):
            text = self.tr("An administrator adds cameras. They appear here at once.")
            return EmptyState("video", self.tr("No cameras yet"), text, parent=self)
        text = self.tr("Add one, or open the demo site by starting Watchroom with --demo.")
        return EmptyState("video", self.tr("No cameras yet"), text, self.tr("Add camera…"), self)

    def _connect(self) -> None:
        may_add = permit(self.toolbar.add_button, self._bridge.session, Verb.ADMINISTER, self.tr("Add a camera"))
        self.wall.set_can_add(may_add)
        self.wall.wanted_size_changed.connect(self._want)
        self.wall.add_camera_requested.connect(self.camera_actions.add)
        self.wall.context_menu_requested.connect(self._open_menu)
        self.wall.page_changed.connect(self.toolbar.show_pages)
        self.toolbar.layout_chosen.connect(self._choose_layout)
        self.toolbar.overlays_chosen.connect(self._choose_overlays)
        self.toolbar.page_step.connect(lambda step: self.wall.set_page(self.wall.page() + step))
        self.toolbar.add_requested.connect(self.camera_actions.add)
        self.toolbar.faces_requested.connect(self.show_blurred_faces)
        permit(self.toolbar.faces_button, self._bridge.session, Verb.UNMASK, self.tr("Show faces for some minutes; the reason is kept"))
        self.empty.action_requested.connect(self.camera_actions.add)
        self.identity.naming_requested.connect(self._name_explained)
        self.feed.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.feed.event_activated.connect(self.open_event)
        self.feed.timeline_wanted.connect(lambda event: self.visit_requested.emit("investigate", link_to(event)))
        if self._bridge.may(Verb.SEE_PAST):
            self.feed.offer_timeline()
        self.alerts.opened.connect(lambda alert_id: self.visit_requested.emit("alerts", alert_id))
        self.clip.closed.connect(self.clip.hide)
        self._pictures.failed.connect(lambda *_: QTimer.singleShot(_RETRY_MS, self, self._watch))

    def _restore(self) -> None:
        layout = self._remembered.text("live/tiles", "4")
        self._choose_layout(layout if layout in LAYOUTS else "4")
        self._choose_overlays(
            Overlays(**{each.name: self._remembered.flag(f"live/{each.name}", each.default is True) for each in fields(Overlays)})
        )
        self._remembered.restore_splitter("live-across", self._across)
        self._remembered.restore_splitter("live-down", self._down)

    def _bind_keys(self) -> None:
        for number in range(1, 10):
            key = QShortcut(QKeySequence(str(number)), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(lambda number=number: self._pick(number))
        for text, by in (("W", 1), ("Shift+W", -1)):
            key = QShortcut(QKeySequence(text), self.wall, context=Qt.ShortcutContext.WidgetShortcut)
            key.activated.connect(lambda by=by: self.identity.step(self.wall.selected(), by))

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (
            ShortcutNote("1–9", self.tr("Select a camera")),
            ShortcutNote("Enter", self.tr("Maximise the selected camera, or open the selected event")),
            ShortcutNote("W", self.tr("Why the next person on the selected camera is taken for whom they are; with Shift the one before")),
            ShortcutNote("Esc", self.tr("Back to all cameras, or close the clip")),
            ShortcutNote("Space K", self.tr("Play or pause the clip")),
            ShortcutNote("J L", self.tr("Back and forward in the clip")),
            ShortcutNote(", .", self.tr("One picture back or forward")),
        )

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        names = {view.settings.id: view.settings.name for view in snapshot.cameras}
        self.wall.set_cameras(snapshot.cameras)
        self.wall.set_people(wall_people(snapshot.people, snapshot.settings.recognition.blur_faces, snapshot.at_ns))
        self._show_faces(snapshot)
        self._note_unmasking(snapshot)
        self.feed.set_events(snapshot.events, names, place_names(snapshot.settings))
        self.feed.set_clip_events(snapshot.clip_events)
        self.alerts.show_alerts(snapshot.alerts.alerts, names, place_names(snapshot.settings), snapshot.at_ns)
        self.who.show_snapshot(snapshot)
        self.identity.show_snapshot(snapshot)
        self.clip.show_snapshot(snapshot)
        self.notice.show_snapshot(snapshot)
        self._frame.set_aspect(_wall_aspect(snapshot.cameras))
        self._stack.setCurrentWidget(self._frame if snapshot.cameras and self._bridge.may(Verb.SEE_LIVE) else self.empty)
        self._forget_removed(set(names))
        if not self._on_screen:
            self._on_screen = True
            self._watch()

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
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _forget_removed(self, known: set[str]) -> None:
        for camera_id in set(self._wants) - known:
            self._want(camera_id, QSize(), False)

    def leave(self) -> None:
        self._on_screen = False
        self._pictures.want({})

    def _want(self, camera_id: str, pixels: QSize, main: bool) -> None:
        if pixels.isEmpty():
            self._wants.pop(camera_id, None)
            self._seen.discard(camera_id)
        else:
            self._wants[camera_id] = PictureWant(pixels.width(), pixels.height(), main)
        self._watch()

    def _watch(self) -> None:
        if self._on_screen:
            self._pictures.want(self._wants)

    def _show_picture(self, picture: Picture) -> None:
        self._seen.add(picture.camera_id)
        self.wall.set_picture(picture.camera_id, picture)

    def _fetch_thumbnail(self, event_id: str) -> None:
        port, hidden = self._bridge.port, self._faces_hidden
        self._bridge.fetch(
            lambda: port.thumbnail(event_id),
            lambda jpeg: self.feed.set_thumbnail(event_id, jpeg) if jpeg and hidden == self._faces_hidden else None,
            lambda error: None,  # the row keeps its placeholder, and the feed asks again
            owner=self,
        )

    # What the operator does

    def _choose_layout(self, layout: str) -> None:
        self.wall.set_layout(LAYOUTS[layout])
        self.toolbar.show_layout(layout)
        self._remembered.put("live/tiles", layout)

    def _choose_overlays(self, overlays: Overlays) -> None:
        self.wall.set_overlays(overlays)
        self.toolbar.show_overlays(overlays)
        for each in fields(Overlays):
            self._remembered.put(f"live/{each.name}", getattr(overlays, each.name))

    def _pick(self, number: int) -> None:
        """The numbers count the cameras on the wall's page, wherever the keyboard is; while one fills the wall they switch to another."""
        self.wall.select_nth(number - 1)
        self.wall.setFocus()

    def _open_menu(self, camera_id: str, position: QPoint) -> None:
        if camera_id:
            menu = self.menu_of(camera_id, self.wall.track_at(QPointF(self.wall.mapFromGlobal(position))))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(position)

    def menu_of(self, camera_id: str, track: Track | None = None) -> QMenu:
        """The tile's menu: first who it is that was pointed at, then what everybody may do."""
        menu = self.camera_actions.menu(camera_id, self)
        large = self.wall.maximised() == camera_id
        action = QAction(
            icon("minimize-2" if large else "maximize-2"), self.tr("&Back to all cameras") if large else self.tr("Ma&ximise"), menu
        )
        action.triggered.connect(lambda: self.wall.set_maximised("" if large else camera_id))
        first = menu.actions()[0]
        menu.insertAction(first, action)
        menu.insertSeparator(first)
        if track is not None:
            why = QAction(icon("circle-help"), self.tr("&Why this name"), menu)
            why.triggered.connect(lambda: self.identity.explain(track.id))
            menu.insertAction(action, why)
            self._add_naming(menu, track, why)
        return menu

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
            self.wall.select(what)
            self.wall.set_maximised(what)
            self.wall.setFocus()

    def open_event(self, event_id: str) -> None:
        snapshot = self._bridge.snapshot
        event = next((event for event in snapshot.events if event.id == event_id), None) if snapshot else None
        if snapshot is None or event is None:
            return
        camera = snapshot.settings.camera(event.camera_id)
        self.clip.show()
        self.clip.open_event(event, camera.name if camera else event.camera_id)
        self.clip.player.setFocus()

    def has_content(self) -> bool:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return False
        states = {view.settings.id: view.health.state for view in snapshot.cameras}
        live = {camera_id for camera_id, state in states.items() if state is CameraState.LIVE}
        settled = bool(states) and CameraState.CONNECTING not in states.values()
        return settled and (live & set(self._wants)) <= self._seen and bool(snapshot.events) and self._bridge.idle

    def shutdown(self) -> None:
        self._remembered.keep_splitter("live-across", self._across)
        self._remembered.keep_splitter("live-down", self._down)
        self.clip.shutdown()


def _wall_aspect(cameras: tuple[CameraView, ...]) -> float:
    """The shape of the middlemost camera's pictures; what differs from it gets bars. Unknown ones count as 16 to 9."""
    known = [view.health.width / view.health.height for view in cameras if view.health.width and view.health.height]
    middle = median_low(known) if known else 16 / 9
    return min(max(middle, _SLIMMEST), _WIDEST)


def _inset(widget: QWidget, left: int) -> QWidget:
    """The widget with room at its left, between it and the splitter's line."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(left, 0, 0, 0)
    row.addWidget(widget)
    return holder

"""One wall with what belongs to it: pictures, tree, toolbar, hot tile, carousel, and the plan that is kept of it."""

import time
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QWindow
from PySide6.QtWidgets import QSplitter, QWidget

from console.pages.live.toolbar import LiveToolbar
from console.pages.page import PageContext
from console.palette.commands_catalogue import Action, bind
from console.wall.alarms import alarms_of, newer, newest_alarm
from console.wall.book import NamedWall, WallBook, WallWindow
from console.wall.numbers import WallNumbers
from console.wall.offer import WallOffer
from console.wall.picture import PictureSaving
from console.wall.replay import WallReplay
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Alert
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture, Snapshot
from widgets.layout.aspect_frame import AspectFrame
from widgets.look import current_look
from widgets.wall.arrangement.aspect import wall_aspect
from widgets.wall.arrangement.automatic import WallRoom, automatic_layout, layout_aspect
from widgets.wall.arrangement.carousel import Carousel
from widgets.wall.arrangement.layouts import AUTOMATIC, FREE, LAYOUT_IDS, LAYOUTS, UNFITTED, freed
from widgets.wall.arrangement.plan import WallPlan
from widgets.wall.arrangement.state import HotTile
from widgets.wall.arrangement.tree import WallTree
from widgets.wall.overlays import Overlays
from widgets.wall.video_wall import VideoWall
from widgets.wall.wall_people import wall_people

_RETRY_MS = 2000
_PULSE_MS = 500
_USED = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.TouchBegin)


class WallDesk(QObject):
    """UI thread. Whoever owns it lays out `toolbar`, `offer` and `body`. While `leave` holds, no pictures are asked for.

    Signals: camera_chosen(camera_id): somebody chose a camera here, so that the hot tiles of other walls may take it;
        changed(): the plan, its name or the carousel.
    """

    camera_chosen = Signal(str)
    changed = Signal()

    def __init__(self, context: PageContext, book: WallBook, window_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._clock = context.bridge, context.remembered, context.clock
        self._book, self._id, self._over = book, window_id, parent
        self._wants: dict[str, PictureWant] = {}
        self._seen: set[str] = set()
        self._on_screen = False
        self._alarm: Alert | None = None
        self._alarms: dict[str, Alert] = {}
        self._pointer = QCursor.pos()
        self._listened: QWindow | None = None
        self._aspect = wall_aspect(())
        self.name = ""
        self.carousel = Carousel()
        self.wall = VideoWall(context.clock, parent)
        self.tree = WallTree(parent)
        self.toolbar = LiveToolbar(parent)
        self.offer = WallOffer(parent)
        self.saving = PictureSaving(context.bridge, context.toasts, parent)
        self.replay = WallReplay(context.bridge, context.clock, self.wall, context.toasts, self)
        self.numbers = WallNumbers(self.wall, self.cameras, self)
        self._pictures = context.bridge.wall(self._show_picture)
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._build(parent)
        self._connect()
        self._restore()

    def _build(self, parent: QWidget) -> None:
        self.frame = AspectFrame(self.wall, parent=parent)
        self.body = QSplitter(Qt.Orientation.Horizontal, parent)
        self.body.addWidget(self.tree)
        self.body.addWidget(self.frame)
        self.body.setCollapsible(1, False)
        self.body.setCollapsible(0, False)
        self.body.setStretchFactor(1, 1)
        self.body.setSizes([210, 900])

    def _connect(self) -> None:
        self.frame.resized.connect(self._fit_layout)
        self.wall.wanted_size_changed.connect(self._want)
        self.wall.page_changed.connect(self.toolbar.show_pages)
        self.wall.plan_changed.connect(self._keep)
        self.wall.selection_changed.connect(self._selected)
        self.wall.used.connect(self._used)
        self.tree.opened.connect(self.open_camera)
        self.numbers.cell_chosen.connect(self._pick)
        self.numbers.camera_chosen.connect(self._pick_camera)
        self.toolbar.layout_chosen.connect(self.choose_layout)
        self.toolbar.overlays_chosen.connect(self._choose_overlays)
        self.toolbar.tree_toggled.connect(self._show_tree)
        self.toolbar.page_step.connect(lambda step: self.wall.set_page(self.wall.page() + step))
        self.offer.accepted.connect(self.use)
        self._pictures.failed.connect(lambda *_: QTimer.singleShot(_RETRY_MS, self, self._watch))
        self._pulse.timeout.connect(self._beat)
        self._pulse.start()

    @property
    def id(self) -> str:
        """Of the window, as its plan is kept."""
        return self._id

    @property
    def over(self) -> QWidget:
        """What it lies in."""
        return self._over

    def actions(self, over: QWidget, page_id: str) -> tuple[Action, ...]:
        """What the wall in `over` does by name and key."""
        section = self.tr("Live")

        def action(
            name: str, title: str, run: Callable[[], object], keys: str = "", host: QWidget = over, why_not: Callable[[], str] | None = None
        ) -> Action:
            return Action(f"{page_id}.{name}", title, section, run, keys, hosts=(host,), only_there=host is self.wall, why_not=why_not)

        layouts = (
            action(f"layout-{each}", self.tr("Layout {0}").format(each), lambda each=each: self.choose_layout(each), f"Alt+{number}")
            for number, each in enumerate(LAYOUT_IDS, start=1)
        )
        automatic = action("layout-auto", self.tr("Automatic layout"), partial(self.choose_layout, AUTOMATIC), "Alt+0")
        save = action("picture", self.tr("Save a picture of the selected camera"), self.save_picture, "S", self.wall)
        return (
            automatic,
            *layouts,
            action("number", self.tr("Select a camera by its number…"), self.numbers.begin_camera, "#"),
            action("tree", self.tr("Show or hide the camera tree"), self.toolbar.tree_button.toggle, "Ctrl+B"),
            replace(save, verb=Verb.EXPORT),
            *self._replay_actions(action),
            action(
                "small-swap",
                self.tr("Swap the small picture of the selected tile with the large one"),
                self.exchange,
                "P",
                self.wall,
                self._no_small,
            ),
            action(
                "small-move", self.tr("Move the small picture to the next corner"), self.turn_corner, "Shift+P", self.wall, self._no_small
            ),
            action("hot-lock", self.tr("Lock or unlock the hot tile"), self.toggle_hot_lock, "H", self.wall),
        )

    def _replay_actions(self, action: Callable[..., Action]) -> tuple[Action, ...]:
        """The keys of shuttles: J back, K play or pause, L to live."""
        made = (
            action("replay-10", self.tr("Replay the last 10 s of the selected camera"), partial(self.step_back, 10), "J", self.wall),
            action("replay-30", self.tr("Replay the last 30 s of the selected camera"), partial(self.step_back, 30), "Shift+J", self.wall),
            action("replay-pause", self.tr("Play or pause the replay"), self.toggle_replay, "K", self.wall, self._no_replay),
            action("replay-live", self.tr("Back to the live picture"), self.go_live, "L", self.wall, self._no_replay),
        )
        return tuple(replace(each, verb=Verb.SEE_PAST) for each in made)

    def step_back(self, seconds: int) -> None:
        if self.wall.selected():
            self.replay.step_back(self.wall.selected(), seconds)

    def toggle_replay(self) -> None:
        self.replay.toggle(self.wall.selected())

    def go_live(self) -> None:
        self.replay.go_live(self.wall.selected())

    def _no_replay(self) -> str:
        replayed = self.wall.selected() in self.replay.cameras
        return "" if replayed else self.tr("The selected camera is live.")

    def bind(self, over: QWidget, page_id: str) -> None:
        """Give them their keys; and the digits, wherever the keyboard is in `over`."""
        bind(self.actions(over, page_id))
        self.numbers.bind(over)

    def fixed_keys(self) -> tuple[tuple[str, str], ...]:
        """Keys that the wall answers by itself, and what for."""
        return (
            ("1–9", self.tr("Select a camera by its cell; in walls of more than nine, two digits and Enter or a pause")),
            ("Shift+↑↓←→", self.tr("Move the selected camera to the next cell")),
            ("Ctrl+↑↓←→", self.tr("In a free layout: move the right or lower edge; with Shift the cell")),
            ("+ − 0", self.tr("Zoom the selected picture, and show it whole again")),
        )

    # what is kept

    def _restore(self) -> None:
        kept = self._book.window(self._id) or WallWindow()
        self._show_plan(kept.plan, kept.name)
        self.wall.page_changed.connect(self._keep_page)
        names = {each.name: self._remembered.flag(f"{self._id}/{each.name}", each.default is True) for each in fields(Overlays)}
        self._choose_overlays(Overlays(**names))
        self.toolbar.tree_button.setChecked(self._remembered.flag(f"{self._id}/tree", False))
        self._show_tree(self.toolbar.tree_button.isChecked())
        self._remembered.restore_splitter(f"{self._id}-tree", self.body)

    def plan(self) -> WallPlan:
        return replace(self.wall.plan(), carousel_s=self.carousel.period_s)

    def apply(self, plan: WallPlan, name: str = "") -> None:
        """Show a plan, and keep it; `name`: of the wall kept by that name."""
        self._show_plan(plan, name)
        self._keep()

    def _show_plan(self, plan: WallPlan, name: str) -> None:
        self.name = name
        self.wall.set_plan(plan)
        self.carousel.start(plan.carousel_s, time.monotonic())
        self._heat_alarm()
        self._arranged()

    def use(self, name: str) -> None:
        """Show a wall that is kept by name, if there still is one."""
        found = self._book.wall(name)
        if found is not None:
            self.apply(found.plan, name)
            self.offer.withdraw()

    def keep_as(self, named: NamedWall) -> None:
        """Raises InputError when there are too many."""
        self._book.put(named)
        self.name = named.name
        self._keep()

    def _keep(self) -> None:
        known = self._book.window(self._id) or WallWindow()
        self._book.keep_window(self._id, replace(known, plan=self.plan(), name=self.name))
        self._arranged()

    def _keep_page(self) -> None:
        """Pages that turn by themselves are not worth writing down."""
        if not self.carousel.period_s:
            self._keep()

    def _arranged(self) -> None:
        self._fit_layout()
        layout = self.wall.wall_layout()
        self.toolbar.show_layout(layout.id)
        self.frame.set_filling(layout.free)
        self.changed.emit()

    def _fit_layout(self) -> None:
        """The automatic layout made for the room and the cameras of now; any wall in the shape of its cells."""
        size, layout = self.frame.size(), self.wall.wall_layout()
        if layout.automatic and self.wall.wanted_cells():
            room = WallRoom(size.width(), size.height(), self._aspect)
            self.wall.fit_layout(automatic_layout(room, self.wall.wanted_cells(), None if layout is UNFITTED else layout))
        self.frame.set_aspect(layout_aspect(self.wall.wall_layout(), self._aspect))

    # what the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.wall.set_cameras(snapshot.cameras)
        self.replay.show_snapshot(snapshot)
        self.wall.set_zone_counts(snapshot.zones)
        self.wall.set_people(wall_people(snapshot.people, snapshot.settings.recognition.blur_faces, snapshot.at_ns))
        if self.tree.isVisible():
            self.tree.show_cameras(snapshot.cameras)
        self._aspect = wall_aspect(snapshot.cameras)
        self._fit_layout()
        self._take_alarms(snapshot)
        self.offer.show_time(self._book.named_walls, self.name, self._clock.now_ns())
        for camera_id in set(self._wants) - {view.settings.id for view in snapshot.cameras}:
            self._want(camera_id, QSize(), False)
        if not self._on_screen:
            self._on_screen = True
            self._listen()
            self._watch()

    def _take_alarms(self, snapshot: Snapshot) -> None:
        self._alarms = alarms_of(snapshot)
        self.wall.set_alarms(self._alarms)
        newest = newest_alarm(self._alarms)
        if newest is not None and newer(newest, self._alarm):
            self._alarm = newest
            self._heat_alarm()

    def _heat_alarm(self) -> None:
        if self._alarm is not None and self._alarm.camera_id in self._alarms:
            self.wall.heat(self._alarm.camera_id)

    def leave(self) -> None:
        self._on_screen = False
        self.numbers.cancel()
        self.replay.pause()
        self._pictures.want({})

    def close(self) -> None:
        """For good."""
        self._pulse.stop()
        self.replay.close()
        self._remembered.keep_splitter(f"{self._id}-tree", self.body)
        self._pictures.close()

    def _want(self, camera_id: str, pixels: QSize, main: bool) -> None:
        if pixels.isEmpty():
            self._wants.pop(camera_id, None)
            self._seen.discard(camera_id)
        else:
            self._wants[camera_id] = PictureWant(pixels.width(), pixels.height(), main, enlarged=True)
        self._watch()

    def _watch(self) -> None:
        if self._on_screen:
            self._pictures.want(self._wants)

    def _show_picture(self, picture: Picture) -> None:
        self._seen.add(picture.camera_id)
        self.wall.set_picture(picture.camera_id, picture)

    def cameras_without_picture(self, live: set[str]) -> set[str]:
        """Of these cameras, those of which the first picture is still to come."""
        return (live & set(self._wants)) - self._seen

    # what the operator does

    def choose_layout(self, layout_id: str) -> None:
        """A fixed one; the automatic one; or the free one, which begins as what is on the wall."""
        now = self.wall.wall_layout()
        made = {FREE: freed(now), AUTOMATIC: now if now.automatic else UNFITTED}
        self.wall.set_layout(made.get(layout_id) or LAYOUTS[layout_id])
        self._keep()

    def _choose_overlays(self, overlays: Overlays) -> None:
        self.wall.set_overlays(overlays)
        self.toolbar.show_overlays(overlays)
        for each in fields(Overlays):
            self._remembered.put(f"{self._id}/{each.name}", getattr(overlays, each.name))

    def _show_tree(self, shown: bool) -> None:
        self.tree.setVisible(shown)
        self._remembered.put(f"{self._id}/tree", shown)
        if shown and self._bridge.snapshot is not None:
            self.tree.show_cameras(self._bridge.snapshot.cameras)

    def _pick(self, cell: int) -> None:
        """The numbers count the cells on the screen, wherever the keyboard is; while one fills the wall they switch to another."""
        self.wall.select_nth(cell)
        self.wall.setFocus()

    def _pick_camera(self, camera_id: str) -> None:
        self.open_camera(camera_id)
        self.wall.setFocus()

    def open_camera(self, camera_id: str) -> None:
        """Into the hot tile, and select it; one that was taken off the wall and finds no hot tile takes the selected cell."""
        before = self.wall.selected()
        heated = self.heat(camera_id)
        self.wall.select_camera(camera_id)
        if not heated and self.wall.selected() != camera_id:
            self.wall.arranging.put_camera(camera_id, self.wall.cell_of(before))

    def heat(self, camera_id: str) -> bool:
        """A camera that was chosen elsewhere; True when the hot tile shows it now."""
        hot = self.wall.hot()
        return self.wall.heat(camera_id) or (hot is not None and hot.camera_id == camera_id)

    def _selected(self, camera_id: str) -> None:
        if camera_id:
            self.wall.heat(camera_id)
            self.camera_chosen.emit(camera_id)

    def exchange(self) -> None:
        """The small picture of the selected tile becomes the large one."""
        self.wall.arranging.exchange(self.wall.selected())

    def turn_corner(self) -> None:
        self.wall.arranging.turn_corner(self.wall.selected())

    def _no_small(self) -> str:
        return "" if self.wall.corner_of(self.wall.selected()) else self.tr("The selected tile has no picture in picture.")

    def cameras(self) -> tuple[CameraSettings, ...]:
        """All that this account may see."""
        snapshot = self._bridge.snapshot
        return tuple(view.settings for view in snapshot.cameras) if snapshot is not None else ()

    def set_hot(self, on: bool) -> None:
        """The largest cell becomes the hot tile; of several as large, the selected one, else the first. The automatic layout makes one more
        cell, and has its largest first."""
        if self.wall.wall_layout().automatic:
            self.wall.arranging.set_hot_cell(0 if on else -1)
            return
        sizes = [cell.width * cell.height for cell in self.wall.wall_layout().cells]
        chosen = self.wall.cell_of(self.wall.selected())
        largest = chosen if sizes[chosen] == max(sizes) else sizes.index(max(sizes))
        self.wall.arranging.set_hot_cell(largest if on else -1)

    def toggle_hot_lock(self) -> None:
        hot: HotTile | None = self.wall.hot()
        if hot is not None:
            self.wall.lock_hot(not hot.locked)
            self.changed.emit()

    def set_carousel(self, seconds: int) -> None:
        self.carousel.start(seconds, time.monotonic())
        self._keep()

    def save_picture(self) -> None:
        if self.wall.selected():
            self.save_picture_of(self.wall.selected())

    def save_picture_of(self, camera_id: str) -> None:
        """As it is on show: live, or replayed."""
        self.saving.save(camera_id, self.replay.picture(camera_id))

    # the carousel

    def _used(self) -> None:
        self.carousel.used(time.monotonic())

    def _beat(self) -> None:
        """The mouse is looked at here, so that nothing is asked of every event of the window.

        With reduced motion no page turns by itself.
        """
        if not self.carousel.period_s or not self._on_screen or current_look().reduced_motion:
            return
        if QCursor.pos() != self._pointer:
            self._pointer = QCursor.pos()
            self._used()
        if self.carousel.take_turn(time.monotonic(), self.alarmed() or bool(self.wall.maximised()), self.wall.pages()):
            self.wall.set_page((self.wall.page() + 1) % self.wall.pages())

    def alarmed(self) -> bool:
        """Whether a camera on the screen has an alert that nobody acknowledged."""
        return any(camera_id in self._alarms for camera_id in self.wall.visible_cameras())

    def _listen(self) -> None:
        """Keys pressed anywhere in the window hold the pages, too."""
        handle = self._over.window().windowHandle()
        if handle is not None and handle is not self._listened:
            self._listened = handle
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _USED:
            self._used()
        return False

"""The video wall: one custom-painted widget for all tiles."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.model.alerts.alert import Alert
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Track
from engine.model.snapshot import CameraView, Picture
from engine.model.time import Clock
from widgets.marks.plain_tip import plain_tip
from widgets.people.identity_words import identity_tip
from widgets.wall.arrangement.arranging import WallArranging
from widgets.wall.arrangement.cells import WallCells
from widgets.wall.arrangement.keys import ZOOM_STEP, WallKeyboard
from widgets.wall.arrangement.layouts import WallLayout
from widgets.wall.arrangement.plan import WallPlan
from widgets.wall.arrangement.state import NO_CELL, HotTile, WallState
from widgets.wall.arrangement.wants import ShownTile, WallWants, wanted_pictures
from widgets.wall.corner_pictures import Corner, CornerPicture
from widgets.wall.corner_place import corner_room
from widgets.wall.heard_mark import ListeningMark
from widgets.wall.overlay_painter import shown_boxes
from widgets.wall.overlays import Overlays
from widgets.wall.tile_painter import TilePainter
from widgets.wall.tile_replay import TileReplay
from widgets.wall.viewport import Viewport
from widgets.wall.wall_hands import WallHands
from widgets.wall.wall_painting import WallPainting
from widgets.wall.wall_people import WallPeople
from widgets.wall.wall_replays import WallReplays
from widgets.wall.wall_tiles import WallTiles

CAMERA_MIME = "application/x-watchroom-camera"
_TICK_MS = 500
_ANNOUNCE_MS = 100


class VideoWall(QWidget):
    """Pictures of cameras in the cells of a layout, more on further pages. Qt's main thread only.

    Keys: 1–9 and arrows select, Enter maximises or restores, Esc restores, + and − zoom the selected tile, 0 shows it whole again,
    Page Up and Page Down turn pages; Shift with an arrow carries the selected camera to the next cell; in a free layout Ctrl with an
    arrow moves the right or lower edge of its cell, Ctrl+Shift the cell itself. A small picture in a corner is dragged to another one, and
    becomes the large one by a double-click; a camera that is dropped with Ctrl becomes small in the tile below.

    Signals:
        tile_activated(camera_id): a tile was maximised or restored (double-click, Enter).
        selection_changed(camera_id): "" when nothing is selected.
        wanted_size_changed(camera_id, pixels, main): ask the engine for pictures of this size, from the main stream if `main`.
            An empty size means that the camera is off the screen. Sent at most ten times per second.
        add_camera_requested(): an empty tile was clicked.
        context_menu_requested(camera_id, global position): "" on an empty tile.
        page_changed(page, pages): pages count from 0.
        plan_changed(): cells, or who is in them, were changed by hand.
        used(): somebody used the mouse or a key on it.
    """

    tile_activated = Signal(str)
    selection_changed = Signal(str)
    wanted_size_changed = Signal(str, QSize, bool)
    add_camera_requested = Signal()
    context_menu_requested = Signal(str, QPoint)
    page_changed = Signal(int, int)
    plan_changed = Signal()
    used = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None, painter: TilePainter | None = None) -> None:
        """`painter`: another way to draw tiles, or one that measures."""
        super().__init__(parent)
        self._clock = clock
        self._state = WallState()
        self._tiles = WallTiles()
        self.cells = WallCells()
        self._painting = WallPainting(clock, self._state, self.cells, painter or TilePainter())
        self.dress = self._painting.dress
        self._asked: frozenset[str] = frozenset()
        self._menu_cell = NO_CELL
        self.arranging = WallArranging(self, self._state, self.cells, self.plan_changed.emit)
        self.replays = WallReplays(self, self.cells, self._show_barred)
        self._hands = WallHands(self, self.arranging)
        self._keyboard = WallKeyboard(self, self._state, self.arranging, self._hands)
        self._wants = WallWants(self.wanted_size_changed.emit)
        self._last_page = (0, 1)
        self._prepare()

    def _prepare(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Video wall"))
        self._tick_timer = QTimer(self, interval=_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._announce_timer = QTimer(self, interval=_ANNOUNCE_MS, singleShot=True)
        self._announce_timer.timeout.connect(self._announce_sizes)
        self._arrange()

    # what is shown

    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        """Take the cameras of a new snapshot: names, states, tracks. Their order is that on the wall until somebody arranges them."""
        now_ns = self._clock.now_ns()
        ids = tuple(view.settings.id for view in cameras)
        for view in cameras:
            if self._tiles.set_view(view, now_ns):
                self._repaint_tile(view.settings.id)
        if ids != self._state.ids:
            self._take_ids(ids)

    def set_picture(self, camera_id: str, picture: Picture) -> None:
        """Show a newer picture; cheap. Its pixels are not copied: they must stay as they are. Unknown cameras are ignored."""
        if self._tiles.set_picture(camera_id, picture, self._clock.now_ns()):
            self._repaint_tile(camera_id)

    def set_replay(self, camera_id: str, replay: TileReplay | None) -> None:
        """Show what was recorded in a camera's tiles instead of what is live, and a bar below it; None: live again."""
        now_ns = self._clock.now_ns()
        self._tiles.set_replay(camera_id, replay, now_ns)
        self.replays.show_replay(camera_id, replay if self._tiles.get(camera_id) is not None else None, now_ns)
        self._repaint_tile(camera_id)

    def _show_barred(self, cells: frozenset[int]) -> None:
        if cells != self.dress.barred:
            self.dress.barred = cells
            self.update()

    def last_picture(self, camera_id: str) -> Picture | None:
        """The newest that came live of a camera; None for none."""
        tile = self._tiles.get(camera_id)
        return tile.live_picture if tile is not None else None

    def set_overlays(self, overlays: Overlays) -> None:
        self.dress.overlays = overlays
        self.update()

    def overlays(self) -> Overlays:
        return self.dress.overlays

    def set_zone_counts(self, counts: tuple[ZoneCount, ...]) -> None:
        """How many are in each zone, shown with the next pictures."""
        self.dress.zones = {count.zone_id: count for count in counts}

    def set_people(self, people: WallPeople) -> None:
        """Who is who, shown with the next pictures; hiding or showing faces shows at once."""
        before, self.dress.people = self.dress.people, people
        if before.blurred != people.blurred:
            self.update()

    def set_alarms(self, alarms: Mapping[str, Alert]) -> None:
        """By camera, the newest alert that nobody has acknowledged. The hot tile says whether what it shows is one."""
        if alarms != self.dress.alarms:
            self.dress.alarms = alarms
            if self._state.hot is not None:
                self.repaint_cell(self._state.hot.cell)

    def set_heard(self, heard: ListeningMark | None) -> None:
        """Whose sound is played, and how; None for nobody. How loud it is, is shown with the next picture."""
        before, self.dress.heard = self.dress.heard, heard
        for each in {before.camera_id if before is not None else "", heard.camera_id if heard is not None else ""}:
            if each and (before is None or heard is None or replace(before, level=0) != replace(heard, level=0)):
                self._repaint_tile(each)

    def track_at(self, point: QPointF) -> Track | None:
        """Whose box lies there, the nearest to the camera first; None for nobody."""
        cell = self.cells.cell_at(point)
        tile = self.cells.tile(cell)
        if tile is None or tile.picture is None or not tile.chrome.status.live or self.cells.small_at(point) == cell:
            return None
        to_tile = tile.placement(self.cells.rect(cell), self.devicePixelRatioF()).to_tile
        found = [(track, to_tile.mapRect(box)) for track, box in shown_boxes(tile.view, tile.picture.captured_ns)]
        under = [(track, box) for track, box in found if box.contains(point)]
        return max(under, key=lambda pair: pair[1].bottom())[0] if under else None

    def set_can_add(self, allowed: bool) -> None:
        """Whether empty tiles invite to add a camera (the account may administer)."""
        self.dress.can_add = allowed
        self.update()

    def tile_pixel_size(self, camera_id: str) -> QSize:
        """Device pixels that pictures of this camera should have now, zoom included; empty while it is not on the screen."""
        return wanted_pictures(self._shown_tiles()).get(camera_id, (QSize(), False))[0]

    def visible_cameras(self) -> tuple[str, ...]:
        """In the order of the cells, then those that are small in corners."""
        return tuple(dict.fromkeys((*self._state.visible_ids(), *self.cells.small_cameras())))

    def corner_of(self, camera_id: str) -> CornerPicture | None:
        """The small picture in a camera's tile, shown or too small to be; None: there is none."""
        return self._state.corner_of(camera_id)

    # layout and plan

    def wall_layout(self) -> WallLayout:
        return self._state.layout

    def set_layout(self, layout: WallLayout) -> None:
        self._state.set_layout(layout)
        self.rearranged()

    def fit_layout(self, layout: WallLayout) -> None:
        """Another arrangement of the automatic layout; nothing of it is kept."""
        if layout is not self._state.layout:
            self._state.fit_layout(layout)
            self.rearranged()

    def wanted_cells(self) -> int:
        """How many cells the automatic layout is to have, on all pages."""
        return self._state.wanted_cells()

    def plan(self) -> WallPlan:
        """What of the wall is worth keeping. `carousel_s` is not the wall's own."""
        hot = self._state.hot
        hot_cell = hot.cell if hot is not None else NO_CELL
        return WallPlan(self._state.layout, self._state.assignment, hot_cell, page=self._state.page, corners=self._state.corners)

    def set_plan(self, plan: WallPlan) -> None:
        self._hands.cancel()
        self._state.set_layout(plan.layout)
        self._state.corners = plan.corners
        self._state.assign(plan.assignment)
        self._state.set_hot(HotTile(plan.hot_cell) if plan.hot_cell >= 0 else None)
        self._state.set_page(plan.page)
        self.rearranged()

    # the hot tile

    def hot(self) -> HotTile | None:
        return self._state.hot

    def lock_hot(self, locked: bool) -> None:
        """Locked, it shows what it shows until a person puts something else there."""
        if self._state.hot is not None:
            self._state.hot.locked = locked
            self.repaint_cell(self._state.hot.cell)

    def heat(self, camera_id: str) -> bool:
        """Show a camera in the hot tile, if there is one that is not locked and shows another."""
        before = self._state.selected
        changed = self._state.heat(camera_id)
        if changed:
            self.chosen_anew(before)
        return changed

    # selection, maximising, pages

    def selected(self) -> str:
        return self._state.selected

    def select_camera(self, camera_id: str) -> None:
        """Select a camera, turning to its page; "" selects none."""
        self._select(camera_id)

    def _select(self, camera_id: str, hot: bool = False) -> None:
        before = (self._state.selected, self._state.selected_hot)
        self._state.select_camera(camera_id, hot)
        if (self._state.selected, self._state.selected_hot) != before:
            self.chosen_anew(before[0])

    def chosen_anew(self, before: str) -> None:
        self.rearranged()
        if self._state.selected != before:
            self.selection_changed.emit(self._state.selected)
        self._tell_assistive_technology()

    def maximised(self) -> str:
        """Id of the camera that fills the wall, "" when none does."""
        return self._state.maximised

    def set_maximised(self, camera_id: str) -> None:
        """Let one camera fill the wall; "" goes back to the cells."""
        before = self._state.selected
        self._state.maximise(camera_id)
        self.chosen_anew(before)

    def page(self) -> int:
        return self._state.page

    def pages(self) -> int:
        return self._state.pages()

    def set_page(self, page: int) -> None:
        self._state.maximised = ""
        self._state.set_page(page)
        self.rearranged()

    # taking values

    def _take_ids(self, ids: tuple[str, ...]) -> None:
        selected = self._state.selected
        self._state.set_ids(ids)
        self._tiles.keep_cameras(ids)
        self.rearranged()
        if self._state.selected != selected:
            self.selection_changed.emit(self._state.selected)

    def _tick(self) -> None:
        """Ages and clocks move on; a camera whose pictures stopped coming stops looking live."""
        now_ns = self._clock.now_ns()
        for camera_id in self.visible_cameras():
            if self._tiles.refresh(camera_id, now_ns):
                self._repaint_tile(camera_id)

    # where cells are

    def cell_of(self, camera_id: str) -> int:
        """The cell of this page in which a camera is, of two its own; 0 for one that is not there."""
        if camera_id == self._state.selected:
            return self._state.position()
        of_page = self._state.on_page()
        return next((at for at in self._state.places() if camera_id and of_page[at] == camera_id), 0)

    def rearranged(self) -> None:
        self._arrange()
        self.update()
        page = (self._state.page, self._state.pages())
        if page != self._last_page:
            self._last_page = page
            self.page_changed.emit(*page)

    def _arrange(self) -> None:
        self.cells.arrange(self.rect(), self._state, self._tiles)
        self.replays.place()
        self._note_shown()
        self._announce_soon()

    def _note_shown(self) -> None:
        """Cameras that come on the screen have no picture of now yet."""
        before, self._asked = self._asked, self.cells.cameras() if self.isVisible() else frozenset()
        for camera_id in self._asked - before:
            self._tiles.begin_asking(camera_id, self._clock.now_ns())

    def _announce_soon(self) -> None:
        if not self._announce_timer.isActive():
            self._announce_timer.start()

    def _announce_sizes(self) -> None:
        self._wants.say(wanted_pictures(self._shown_tiles()))

    def _shown_tiles(self) -> list[ShownTile]:
        return self.cells.visible_tiles(self.rect(), self.devicePixelRatioF()) if self.isVisible() else []

    def repaint_cell(self, cell: int) -> None:
        self.update(self.cells.rect(cell))

    def _repaint_tile(self, camera_id: str) -> None:
        for area in self.cells.areas(camera_id):
            self.update(area)

    def show_carried(self, rect: QRect | None) -> None:
        """Where what is carried would be put."""
        if rect != self.dress.carried:
            self.dress.carried = rect
            self.update()

    # events of the window system

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._painting.paint(painter, event, self.devicePixelRatioF(), self.hasFocus())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(text) if text else "", self)
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """Why somebody has their name, or what a small picture is; empty where neither is."""
        small = self.cells.cornered(self.cells.small_at(point))
        if small is not None:
            return self.tr("{0}, {1}. Double-click to make it the large one.").format(
                small.tile.chrome.called, small.tile.chrome.status.text
            )
        track = self.track_at(point)
        identity = self.dress.people.names.get(track.id) if track is not None else None
        return identity_tip(identity, self._tiles.names(), self._clock.now_ns()) if identity is not None else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._note_shown()
        self._tick()
        self._tick_timer.start()
        self._announce_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        self._hands.cancel()
        self._note_shown()
        self._tick_timer.stop()
        self._announce_soon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._announce_soon()
        super().changeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keyboard and not self._state.selected:
            self.select_camera(next(iter(self._state.visible_ids()), ""))
        self._repaint_tile(self._state.selected)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._repaint_tile(self._state.selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.used.emit()
        cell = self.cells.cell_at(event.position())
        camera_id, hot = self.cells.camera(cell), self._state.is_hot(cell)
        left = event.button() == Qt.MouseButton.LeftButton
        if camera_id:
            self._select(camera_id, hot)
        elif cell >= 0 and self.dress.can_add and left and not self._state.layout.free and not hot:
            self.add_camera_requested.emit()
        if left and cell >= 0:
            self._hands.press(cell, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.used.emit()
        self._hover(self.cells.cell_at(event.position()))
        self._hands.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hands.release(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cells.cell_at(event.position())
        camera_id = self.cells.camera(cell)
        if not camera_id or event.button() != Qt.MouseButton.LeftButton:
            return
        if self.cells.small_at(event.position()) == cell:
            self._hands.cancel()
            self.arranging.exchange(camera_id)
        else:
            self.toggle_maximised(camera_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.used.emit()
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(self.cells.cell_at(event.position()), ZOOM_STEP**steps, event.position())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(self.cells.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(NO_CELL)
        self.unsetCursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self._menu_cell = self._state.position() if by_key else self.cells.cell_at(QPointF(event.pos()))
        camera_id = self._state.selected if by_key else self.cells.camera(self._menu_cell)
        place = self.mapToGlobal(self.cells.rect(self._menu_cell).center()) if by_key and camera_id else event.globalPos()
        self.context_menu_requested.emit(camera_id, place)

    def menu_cell(self) -> int:
        """The cell whose menu was asked for last; -1 between cells."""
        return self._menu_cell

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_camera(event.mimeData()) in self._state.ids:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        cell = self.cells.cell_at(event.position())
        small = self._becomes_small(event, cell)
        where = self._free_corner(cell) if small else self.cells.rect(cell)
        self.show_carried(where if cell >= 0 else None)
        event.setAccepted(cell >= 0 and (small or not self._state.maximised))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_carried(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_carried(None)
        cell, camera_id = self.cells.cell_at(event.position()), dragged_camera(event.mimeData())
        if self._becomes_small(event, cell):
            self.arranging.put_in_corner(self.cells.camera(cell), camera_id)
            event.acceptProposedAction()
        elif cell >= 0 and not self._state.maximised:
            self.arranging.put_camera(camera_id, cell)
            event.acceptProposedAction()

    def _becomes_small(self, event: QDropEvent, cell: int) -> bool:
        """Ctrl is held over the tile of another camera, which has room for a small picture."""
        camera_id, with_ctrl = self.cells.camera(cell), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        room = not corner_room(self.cells.rect(cell)).isEmpty()
        return with_ctrl and room and camera_id not in ("", dragged_camera(event.mimeData()))

    def _free_corner(self, cell: int) -> QRect:
        """Where a small picture would come."""
        small = self._state.corners.of_camera(self.cells.camera(cell))
        return self.cells.corner_area(cell, small.corner if small is not None else Corner.BOTTOM_RIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.used.emit()
        if not self._keyboard.press(event):
            super().keyPressEvent(event)

    # acting

    def camera_in(self, cell: int) -> str:
        """The camera in a cell of this page, counted from 0, also while another one fills the wall; "" where there is none."""
        return self._state.nth_on_page(cell)

    def select_nth(self, cell: int) -> None:
        """The camera in a cell of this page, counted from 0; while one fills the wall it gives way to that one."""
        if camera_id := self._state.nth_on_page(cell):
            self._select(camera_id, self._state.hot is not None and self._state.hot.cell == cell)

    def toggle_maximised(self, camera_id: str) -> None:
        """By hand, which is told, also where there is but one cell."""
        if len(self._state.layout.cells) > 1 or self._state.maximised:
            self.set_maximised("" if self._state.maximised else camera_id)
        self.tile_activated.emit(camera_id)

    def zoom(self, cell: int, factor: float, about: QPointF) -> None:
        """The picture in a cell, about a point of the wall that stays where it is."""
        tile = self.cells.tile(cell)
        if tile is not None:
            tile.zoom(factor, about, QRectF(self.cells.rect(cell)))
            self.repaint_cell(cell)
            self._announce_soon()

    def show_whole(self, cell: int) -> None:
        """As much of the picture in a cell as there is."""
        tile = self.cells.tile(cell)
        if tile is not None:
            tile.viewport = Viewport()
            self.repaint_cell(cell)
            self._announce_soon()

    def _hover(self, cell: int) -> None:
        before, self.dress.hovered = self.dress.hovered, cell
        if cell != before:
            self.repaint_cell(before)
            self.repaint_cell(cell)

    def _tell_assistive_technology(self) -> None:
        tile = self._tiles.get(self._state.selected)
        text = self.tr("{0}, {1}").format(tile.chrome.called, tile.chrome.status.text) if tile else self.tr("No camera selected")
        small = self._small_words(self._state.selected)
        text = self.tr("{0}; small in its corner {1}").format(text, small) if small else text
        if text == self.accessibleDescription():
            return
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _small_words(self, camera_id: str) -> str:
        small = self._state.corner_of(camera_id)
        tile = self._tiles.get(small.camera_id) if small is not None else None
        return self.tr("{0}, {1}").format(tile.chrome.called, tile.chrome.status.text) if tile is not None else ""


def dragged_camera(data: QMimeData) -> str:
    """The camera that is dragged; empty: something else is."""
    return bytes(data.data(CAMERA_MIME).data()).decode("utf-8", "replace")

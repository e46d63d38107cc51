"""The video wall: one custom-painted widget for all tiles."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
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
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.model.alert import Alert
from engine.model.picture_zone import ZoneCount
from engine.model.snapshot import CameraView, Picture
from engine.model.time import Clock
from engine.model.track import Track
from widgets.heard_mark import Heard
from widgets.identity_words import identity_tip
from widgets.overlay_painter import NOBODY, shown_boxes
from widgets.overlays import Overlays
from widgets.plain_tip import plain_tip
from widgets.theme import color
from widgets.tile import Tile
from widgets.tile_painter import TileLook, TilePainter
from widgets.viewport import Viewport
from widgets.wall_edits import Edges, moved, resized, shaped, with_room
from widgets.wall_grid import ARROWS, cell_rects
from widgets.wall_hands import WallHands
from widgets.wall_keys import WallKey, wall_key
from widgets.wall_layouts import LAYOUTS, WallLayout, freed, without
from widgets.wall_marks import hot_note, paint_carried
from widgets.wall_people import WallPeople
from widgets.wall_plan import WallPlan
from widgets.wall_state import HotTile, WallState
from widgets.wall_tiles import WallTiles
from widgets.wall_wants import ShownTile, WallWants, wanted_pictures

CAMERA_MIME = "application/x-watchroom-camera"
_GAP = 2
_TICK_MS = 500
_ANNOUNCE_MS = 100
_WHEEL_STEP = 1.25


class VideoWall(QWidget):
    """Pictures of cameras in the cells of a layout, more on further pages. Qt's main thread only.

    Keys: 1–9 and arrows select, Enter maximises or restores, Esc restores, + and − zoom the selected tile, 0 shows it whole again,
    Page Up and Page Down turn pages; Shift with an arrow carries the selected camera to the next cell; in a free layout Ctrl with an
    arrow moves the right or lower edge of its cell, Ctrl+Shift the cell itself.

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
        self._rects: list[QRect] = []
        self._on_screen: tuple[str, ...] = ()
        self._drawn: list[Tile | None] = []
        self._hot_cell = -1
        self._asked: frozenset[str] = frozenset()
        self._areas: dict[str, list[int]] = {}
        self._indices: dict[tuple[int, int], int] = {}
        self._overlays = Overlays()
        self._people = NOBODY
        self._zones: Mapping[str, ZoneCount] = {}
        self._alarms: Mapping[str, Alert] = {}
        self._heard: Heard | None = None
        self._painter = painter or TilePainter()
        self._can_add = True
        self._hovered = -1
        self._menu_cell = -1
        self._carried: QRect | None = None
        self._hands = WallHands(self)
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

    def last_picture(self, camera_id: str) -> Picture | None:
        """The newest that came of a camera; None for none."""
        tile = self._tiles.get(camera_id)
        return tile.picture if tile is not None else None

    def set_overlays(self, overlays: Overlays) -> None:
        self._overlays = overlays
        self.update()

    def overlays(self) -> Overlays:
        return self._overlays

    def set_zone_counts(self, counts: tuple[ZoneCount, ...]) -> None:
        """How many are in each zone, shown with the next pictures."""
        self._zones = {count.zone_id: count for count in counts}

    def set_people(self, people: WallPeople) -> None:
        """Who is who, shown with the next pictures; hiding or showing faces shows at once."""
        before, self._people = self._people, people
        if before.blurred != people.blurred:
            self.update()

    def set_alarms(self, alarms: Mapping[str, Alert]) -> None:
        """By camera, the newest alert that nobody has acknowledged. The hot tile says whether what it shows is one."""
        if alarms != self._alarms:
            self._alarms = alarms
            if self._state.hot is not None:
                self.repaint_cell(self._state.hot.cell)

    def set_heard(self, heard: Heard | None) -> None:
        """Whose sound is played, and how; None for nobody. How loud it is, is shown with the next picture."""
        before, self._heard = self._heard, heard
        for each in {before.camera_id if before is not None else "", heard.camera_id if heard is not None else ""}:
            if each and (before is None or heard is None or replace(before, level=0) != replace(heard, level=0)):
                self._repaint_tile(each)

    def track_at(self, point: QPointF) -> Track | None:
        """Whose box lies there, the nearest to the camera first; None for nobody."""
        cell = self.cell_at(point)
        tile = self.cell_tile(cell)
        if tile is None or tile.picture is None or not tile.chrome.status.live:
            return None
        to_tile = tile.placement(self._rects[cell], self.devicePixelRatioF()).to_tile
        found = [(track, to_tile.mapRect(box)) for track, box in shown_boxes(tile.view, tile.picture.captured_ns)]
        under = [(track, box) for track, box in found if box.contains(point)]
        return max(under, key=lambda pair: pair[1].bottom())[0] if under else None

    def set_can_add(self, allowed: bool) -> None:
        """Whether empty tiles invite to add a camera (the account may administer)."""
        self._can_add = allowed
        self.update()

    def tile_pixel_size(self, camera_id: str) -> QSize:
        """Device pixels that pictures of this camera should have now, zoom included; empty while it is not on the screen."""
        return wanted_pictures(self._shown_tiles()).get(camera_id, (QSize(), False))[0]

    def visible_cameras(self) -> tuple[str, ...]:
        return self._state.shown()

    # layout and plan

    def wall_layout(self) -> WallLayout:
        return self._state.layout

    def set_layout(self, layout: WallLayout) -> None:
        self._state.set_layout(layout)
        self._rearranged()

    def plan(self) -> WallPlan:
        """What of the wall is worth keeping. `carousel_s` is not the wall's own."""
        hot = self._state.hot
        return WallPlan(self._state.layout, self._state.assignment, hot.cell if hot is not None else -1, page=self._state.page)

    def set_plan(self, plan: WallPlan) -> None:
        self._hands.cancel()
        self._state.set_layout(plan.layout)
        self._state.assign(plan.assignment)
        self._state.set_hot(HotTile(plan.hot_cell) if plan.hot_cell >= 0 else None)
        self._state.set_page(plan.page)
        self._rearranged()

    def try_layout(self, layout: WallLayout) -> None:
        """The same cells elsewhere, while the mouse still holds them."""
        if layout != self._state.layout:
            self._state.reshape(layout)
            self._rearranged()

    def keep_layout(self) -> None:
        """What was tried stays."""
        self.plan_changed.emit()

    def add_cell(self) -> None:
        """One more cell of a free layout; another layout becomes a free one first."""
        self._edit(with_room(freed(self._state.layout)))

    def remove_cell(self, cell: int) -> None:
        """A cell of a free layout goes; its camera goes with it off the wall. The last cell stays."""
        layout = without(freed(self._state.layout), cell)
        if layout != freed(self._state.layout):
            selected = self._state.selected
            self._state.drop_cell(cell, layout)
            self._chosen_anew(selected)
            self.plan_changed.emit()

    def fit_cell(self, cell: int) -> None:
        """The cell of a free layout takes the shape of its pictures, so that there are no bars."""
        tile = self.cell_tile(cell)
        if tile is not None and self.height():
            size = tile.frame_size()
            self._edit(shaped(freed(self._state.layout), cell, size.width() / size.height(), self.width() / self.height()))

    def _edit(self, layout: WallLayout) -> None:
        self.try_layout(layout)
        self.plan_changed.emit()

    def swap_cells(self, first: int, second: int) -> None:
        self._state.swap(first, second)
        self._rearranged()
        self.plan_changed.emit()

    def put_camera(self, camera_id: str, cell: int) -> None:
        """From anywhere into a cell of this page."""
        self._state.put(camera_id, cell)
        self.select(camera_id)
        self._rearranged()
        self.plan_changed.emit()

    def take_off(self, camera_id: str) -> None:
        selected = self._state.selected
        self._state.take_off(camera_id)
        self._chosen_anew(selected)
        self.plan_changed.emit()

    def keep_only_page(self) -> None:
        selected = self._state.selected
        self._state.keep_only_page()
        self._chosen_anew(selected)
        self.plan_changed.emit()

    # the hot tile

    def hot(self) -> HotTile | None:
        return self._state.hot

    def set_hot_cell(self, cell: int) -> None:
        """Make a cell the hot tile; it shows what it showed. -1: there is none any more."""
        self._state.set_hot(HotTile(cell, self._state.nth_on_page(cell)) if cell >= 0 else None)
        self._rearranged()
        self.plan_changed.emit()

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
            self._chosen_anew(before)
        return changed

    # selection, maximising, pages

    def selected(self) -> str:
        return self._state.selected

    def select(self, camera_id: str) -> None:
        """Select a camera, turning to its page; "" selects none."""
        self._select(camera_id)

    def _select(self, camera_id: str, hot: bool = False) -> None:
        before = (self._state.selected, self._state.selected_hot)
        self._state.select(camera_id, hot)
        if (self._state.selected, self._state.selected_hot) != before:
            self._chosen_anew(before[0])

    def _chosen_anew(self, before: str) -> None:
        self._rearranged()
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
        self._chosen_anew(before)

    def page(self) -> int:
        return self._state.page

    def pages(self) -> int:
        return self._state.pages()

    def set_page(self, page: int) -> None:
        self._state.maximised = ""
        self._state.set_page(page)
        self._rearranged()

    # taking values

    def _take_ids(self, ids: tuple[str, ...]) -> None:
        selected = self._state.selected
        self._state.set_ids(ids)
        self._tiles.keep(ids)
        self._rearranged()
        if self._state.selected != selected:
            self.selection_changed.emit(self._state.selected)

    def _tick(self) -> None:
        """Ages and clocks move on; a camera whose pictures stopped coming stops looking live."""
        now_ns = self._clock.now_ns()
        for camera_id in self._state.shown():
            if self._tiles.refresh(camera_id, now_ns):
                self._repaint_tile(camera_id)

    # where cells are

    def cell_at(self, point: QPointF) -> int:
        """-1 between cells."""
        return next((at for at, rect in enumerate(self._rects) if rect.contains(point.toPoint())), -1)

    def cell_rect(self, cell: int) -> QRect:
        return self._rects[cell] if 0 <= cell < len(self._rects) else QRect()

    def camera_in(self, cell: int) -> str:
        """Who is in a cell on the screen; "" for an empty one, and for none."""
        return self._on_screen[cell] if 0 <= cell < len(self._on_screen) else ""

    def cell_of(self, camera_id: str) -> int:
        """The cell of this page in which a camera is, of two its own; 0 for one that is not there."""
        if camera_id == self._state.selected:
            return self._state.position()
        of_page = self._state.on_page()
        return next((at for at in self._state.places() if camera_id and of_page[at] == camera_id), 0)

    def cell_tile(self, cell: int) -> Tile | None:
        return self._drawn[cell] if 0 <= cell < len(self._drawn) else None

    def _rearranged(self) -> None:
        self._arrange()
        self.update()
        page = (self._state.page, self._state.pages())
        if page != self._last_page:
            self._last_page = page
            self.page_changed.emit(*page)

    def _arrange(self) -> None:
        self._rects = cell_rects(self.rect(), LAYOUTS["1"] if self._state.maximised else self._state.layout, _GAP)
        self._on_screen = (self._state.maximised,) if self._state.maximised else self._state.on_page()
        self._hot_cell = self._state.hot.cell if self._state.hot is not None and not self._state.maximised else -1
        self._drawn = [self._tiles.get(camera_id, cell == self._hot_cell) for cell, camera_id in enumerate(self._on_screen)]
        self._areas = {}
        for cell, camera_id in enumerate(self._on_screen):
            if camera_id:
                self._areas.setdefault(camera_id, []).append(cell)
        self._note_shown()
        self._indices = {(rect.x(), rect.y()): index for index, rect in enumerate(self._rects)}
        self._gaps = QRegion(self.rect())
        for rect in self._rects:
            self._gaps -= rect
        self._announce_soon()

    def _note_shown(self) -> None:
        """Cameras that come on the screen have no picture of now yet."""
        before, self._asked = self._asked, frozenset(self._areas) if self.isVisible() else frozenset()
        for camera_id in self._asked - before:
            self._tiles.ask(camera_id, self._clock.now_ns())

    def _announce_soon(self) -> None:
        if not self._announce_timer.isActive():
            self._announce_timer.start()

    def _announce_sizes(self) -> None:
        self._wants.say(wanted_pictures(self._shown_tiles()))

    def _shown_tiles(self) -> list[ShownTile]:
        if not self.isVisible():
            return []
        whole, ratio = max(1, self.width() * self.height()), self.devicePixelRatioF()
        shown: list[ShownTile] = []
        for cell, rect in enumerate(self._rects):
            tile = self.cell_tile(cell)
            if tile is not None:
                size = (QSizeF(rect.size()) * ratio).toSize()
                shown.append(ShownTile(tile.view.settings.id, size, rect.width() * rect.height() / whole, tile.viewport.zoom))
        return shown

    def repaint_cell(self, cell: int) -> None:
        self.update(self.cell_rect(cell))

    def _repaint_tile(self, camera_id: str) -> None:
        for cell in self._areas.get(camera_id, ()):
            self.update(self._rects[cell])

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        plain = TileLook(self._overlays, self.devicePixelRatioF(), people=self._people, zones=self._zones)
        with QPainter(self) as painter:
            for cell in self._touched(painter, event):
                tile = self.cell_tile(cell)
                if tile is not None:
                    self._painter.paint(painter, tile, self._rects[cell], self._look(plain, cell, tile))
                else:
                    self._paint_empty(painter, cell)
            if self._carried is not None:
                painter.setClipping(False)
                paint_carried(painter, self._carried)

    def _touched(self, painter: QPainter, event: QPaintEvent) -> list[int]:
        """Cells to paint: mostly the one with a new picture. Fills the gaps between them."""
        around = event.rect()
        only = self._indices.get((around.x(), around.y()))
        if only is not None and self._rects[only] == around:
            return [only]
        region = event.region()
        for gap in self._gaps & region:
            painter.fillRect(gap, color("window"))
        return [index for index, rect in enumerate(self._rects) if region.intersects(rect)]

    def _paint_empty(self, painter: QPainter, cell: int) -> None:
        hovered = cell == self._hovered
        if self._state.is_hot(cell):
            self._painter.paint_waiting(
                painter, self._rects[cell], self.tr("Hot tile"), self.tr("Shows the newest alert, and what is selected")
            )
            return
        first = not any(self.camera_in(before) == "" and not self._state.is_hot(before) for before in range(cell))
        self._painter.paint_empty(painter, self._rects[cell], self._can_add and (first or hovered), hovered)

    def _look(self, plain: TileLook, cell: int, tile: Tile) -> TileLook:
        hot = cell == self._hot_cell
        camera_id = self._on_screen[cell]
        selected = camera_id == self._state.selected and (hot == self._state.selected_hot or bool(self._state.maximised))
        hovered = cell == self._hovered
        heard = self._heard if self._heard is not None and self._heard.camera_id == camera_id else None
        if not selected and not hovered and not hot and heard is None:
            return plain
        note = hot_note(self._state.hot, self._alarms.get(camera_id), self._clock.now_ns()) if hot and self._state.hot else None
        return replace(plain, selected=selected, focused=selected and self.hasFocus(), hovered=hovered, note=note, heard=heard)

    def show_carried(self, rect: QRect | None) -> None:
        """Where what is carried would be put."""
        if rect != self._carried:
            self._carried = rect
            self.update()

    # events of the window system

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(text) if text else "", self)
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """Why somebody has their name; empty where nobody with a name is."""
        track = self.track_at(point)
        identity = self._people.names.get(track.id) if track is not None else None
        if identity is None:
            return ""
        return identity_tip(identity, self._tiles.names(), self._clock.now_ns())

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
            self.select(next(iter(self._state.shown()), ""))
        self._repaint_tile(self._state.selected)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._repaint_tile(self._state.selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.used.emit()
        cell = self.cell_at(event.position())
        camera_id = self.camera_in(cell)
        left = event.button() == Qt.MouseButton.LeftButton
        if camera_id:
            self._select(camera_id, self._state.is_hot(cell))
        elif cell >= 0 and self._can_add and left and not self._state.layout.free and not self._state.is_hot(cell):
            self.add_camera_requested.emit()
        if left and cell >= 0:
            self._hands.press(cell, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.used.emit()
        self._hover(self.cell_at(event.position()))
        self._hands.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hands.release(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        camera_id = self.camera_in(self.cell_at(event.position()))
        if camera_id and event.button() == Qt.MouseButton.LeftButton:
            self._toggle_maximised(camera_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.used.emit()
        cell = self.cell_at(event.position())
        steps = event.angleDelta().y() / 120
        if steps:
            self._zoom(cell, _WHEEL_STEP**steps, event.position())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        self.unsetCursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self._menu_cell = self._state.position() if by_key else self.cell_at(QPointF(event.pos()))
        camera_id = self._state.selected if by_key else self.camera_in(self._menu_cell)
        place = self.mapToGlobal(self.cell_rect(self._menu_cell).center()) if by_key and camera_id else event.globalPos()
        self.context_menu_requested.emit(camera_id, place)

    def menu_cell(self) -> int:
        """The cell whose menu was asked for last; -1 between cells."""
        return self._menu_cell

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_camera(event.mimeData()) in self._state.ids:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        cell = self.cell_at(event.position())
        self.show_carried(self.cell_rect(cell) if cell >= 0 else None)
        event.setAccepted(cell >= 0 and not self._state.maximised)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_carried(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_carried(None)
        cell = self.cell_at(event.position())
        if cell >= 0 and not self._state.maximised:
            self.put_camera(dragged_camera(event.mimeData()), cell)
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.used.emit()
        key = wall_key(event)
        if key is None:
            super().keyPressEvent(event)
            return
        self._apply_key(key, event.key())

    def _apply_key(self, key: WallKey, code: int) -> None:
        selected = self._state.selected
        if key is WallKey.NUMBER:
            self.select_nth(code - Qt.Key.Key_1)
        elif key in (WallKey.ARROW, WallKey.CARRY, WallKey.RESIZE, WallKey.MOVE):
            self._apply_arrow(key, *ARROWS[Qt.Key(code)])
        elif key is WallKey.TURN:
            self.set_page(self._state.page + (1 if code == Qt.Key.Key_PageDown else -1))
        elif key is WallKey.RESTORE and self._hands.carrying:
            self._hands.cancel()
        elif key is WallKey.RESTORE and self._state.maximised:
            self._toggle_maximised(self._state.maximised)
        elif key is WallKey.ACTIVATE and selected:
            self._toggle_maximised(selected)
        elif key is WallKey.ZOOM and selected in self._state.shown():
            self._zoom_by_key(self._selected_cell(), code)

    # acting

    def select_nth(self, cell: int) -> None:
        """The camera in a cell of this page, counted from 0; while one fills the wall it gives way to that one."""
        if camera_id := self._state.nth_on_page(cell):
            self._select(camera_id, self._state.hot is not None and self._state.hot.cell == cell)

    def _apply_arrow(self, key: WallKey, across: int, down: int) -> None:
        if not self._state.selected:
            self.select(next(iter(self._state.shown()), ""))
            return
        cell, layout = self._state.position(), self._state.layout
        if key is WallKey.ARROW:
            self.select_nth(self._state.towards(across, down))
        elif self._state.maximised:
            return
        elif key is WallKey.CARRY:
            self.swap_cells(cell, self._state.beside(across, down))
        elif layout.free and key is WallKey.MOVE:
            self._edit(moved(layout, cell, across, down))
        elif layout.free:
            self._edit(resized(layout, cell, Edges(right=across != 0, bottom=down != 0), across, down))

    def _selected_cell(self) -> int:
        return 0 if self._state.maximised else self._state.position()

    def _toggle_maximised(self, camera_id: str) -> None:
        if len(self._state.layout.cells) > 1 or self._state.maximised:
            self.set_maximised("" if self._state.maximised else camera_id)
        self.tile_activated.emit(camera_id)

    def _zoom(self, cell: int, factor: float, about: QPointF) -> None:
        tile = self.cell_tile(cell)
        if tile is not None:
            tile.zoom(factor, about, QRectF(self.cell_rect(cell)))
            self.repaint_cell(cell)
            self._announce_soon()

    def _zoom_by_key(self, cell: int, code: int) -> None:
        tile = self.cell_tile(cell)
        if tile is not None and code == Qt.Key.Key_0:
            tile.viewport = Viewport()
            self.repaint_cell(cell)
            self._announce_soon()
            return
        self._zoom(cell, 1 / _WHEEL_STEP if code == Qt.Key.Key_Minus else _WHEEL_STEP, QPointF(self.cell_rect(cell).center()))

    def _hover(self, cell: int) -> None:
        if cell == self._hovered:
            return
        changed, self._hovered = (self._hovered, cell), cell
        for each in changed:
            self.repaint_cell(each)

    def _tell_assistive_technology(self) -> None:
        tile = self._tiles.get(self._state.selected)
        text = self.tr("{0}, {1}").format(tile.chrome.name, tile.chrome.status.text) if tile else self.tr("No camera selected")
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))


def dragged_camera(data: QMimeData) -> str:
    """The camera that is dragged; empty: something else is."""
    return bytes(data.data(CAMERA_MIME).data()).decode("utf-8", "replace")

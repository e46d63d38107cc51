"""The video wall: one custom-painted widget for all tiles."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
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

from engine.model.snapshot import CameraView, Picture
from engine.model.time import Clock
from engine.model.track import Track
from widgets.identity_words import identity_tip
from widgets.overlay_painter import NOBODY, shown_boxes
from widgets.overlays import Overlays
from widgets.plain_tip import plain_tip
from widgets.theme import color
from widgets.tile import Tile
from widgets.tile_painter import TileLook, TilePainter
from widgets.viewport import Viewport
from widgets.wall_grid import grid_cells, neighbour
from widgets.wall_keys import WallKey, wall_key
from widgets.wall_people import WallPeople
from widgets.wall_state import WallState

_GAP = 2
_TICK_MS = 500
_ANNOUNCE_MS = 100
_LARGEST = 4096
_MAIN_ZOOM = 2.0
_WHEEL_STEP = 1.25


class VideoWall(QWidget):
    """Pictures of up to sixteen cameras at a time, more on further pages. Qt's main thread only.

    Keys: 1–9 and arrows select, Enter maximises or restores, Esc restores, + and − zoom the selected tile, 0 shows it whole again,
    Page Up and Page Down turn pages.

    Signals:
        tile_activated(camera_id): a tile was maximised or restored (double-click, Enter).
        selection_changed(camera_id): "" when nothing is selected.
        wanted_size_changed(camera_id, pixels, main): ask the engine for pictures of this size, from the main stream if `main`.
            An empty size means that the camera is off the screen. Sent at most ten times per second.
        add_camera_requested(): an empty tile was clicked.
        context_menu_requested(camera_id, global position): "" on an empty tile.
        page_changed(page, pages): pages count from 0.
    """

    tile_activated = Signal(str)
    selection_changed = Signal(str)
    wanted_size_changed = Signal(str, QSize, bool)
    add_camera_requested = Signal()
    context_menu_requested = Signal(str, QPoint)
    page_changed = Signal(int, int)

    def __init__(self, clock: Clock, parent: QWidget | None = None, painter: TilePainter | None = None) -> None:
        """`painter`: another way to draw tiles, or one that measures."""
        super().__init__(parent)
        self._clock = clock
        self._state = WallState()
        self._tiles: dict[str, Tile] = {}
        self._rects: list[QRect] = []
        self._areas: dict[str, QRect] = {}
        self._indices: dict[tuple[int, int], int] = {}
        self._overlays = Overlays()
        self._people = NOBODY
        self._painter = painter or TilePainter()
        self._can_add = True
        self._hovered = -1
        self._drag: QPointF | None = None
        self._announced: dict[str, tuple[QSize, bool]] = {}
        self._last_page = (0, 1)
        self._prepare()

    def _prepare(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Video wall"))
        self._tick_timer = QTimer(self, interval=_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._announce_timer = QTimer(self, interval=_ANNOUNCE_MS, singleShot=True)
        self._announce_timer.timeout.connect(self._announce_sizes)
        self._arrange()

    # what is shown

    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        """Take the cameras of a new snapshot: names, states, tracks. Order is the order on the wall."""
        now_ns = self._clock.now_ns()
        ids = tuple(view.settings.id for view in cameras)
        for view in cameras:
            self._take_view(view, now_ns)
        if ids != self._state.ids:
            self._take_ids(ids)

    def set_picture(self, camera_id: str, picture: Picture) -> None:
        """Show a newer picture; cheap. Its pixels are not copied: they must stay as they are. Unknown cameras are ignored."""
        tile = self._tiles.get(camera_id)
        if tile is None:
            return
        now_ns = self._clock.now_ns()
        tile.set_picture(picture, now_ns)
        if not tile.chrome.status.live:
            tile.refresh(now_ns)
        self._repaint_tile(camera_id)

    def set_layout_size(self, tiles: int) -> None:
        """1, 4, 9 or 16 tiles on a page. ValueError otherwise."""
        self._state.set_tiles(tiles)
        self._rearranged()

    def layout_size(self) -> int:
        return self._state.tiles

    def set_overlays(self, overlays: Overlays) -> None:
        self._overlays = overlays
        self.update()

    def overlays(self) -> Overlays:
        return self._overlays

    def set_people(self, people: WallPeople) -> None:
        """Who is who, shown with the next pictures; hiding or showing faces shows at once."""
        before, self._people = self._people, people
        if before.blurred != people.blurred:
            self.update()

    def track_at(self, point: QPointF) -> Track | None:
        """Whose box lies there, the nearest to the camera first; None for nobody."""
        camera_id = self._camera_at(self._index_at(point))
        tile = self._tiles.get(camera_id)
        if tile is None or tile.picture is None or not tile.chrome.status.live:
            return None
        to_tile = tile.placement(self._areas[camera_id], self.devicePixelRatioF()).to_tile
        found = [(track, to_tile.mapRect(box)) for track, box in shown_boxes(tile.view, tile.picture.captured_ns)]
        under = [(track, box) for track, box in found if box.contains(point)]
        return max(under, key=lambda pair: pair[1].bottom())[0] if under else None

    def set_can_add(self, allowed: bool) -> None:
        """Whether empty tiles invite to add a camera (the account may administer)."""
        self._can_add = allowed
        self.update()

    def tile_pixel_size(self, camera_id: str) -> QSize:
        """Device pixels that pictures of this camera should have now, zoom included; empty while it is not on the screen."""
        area = self._areas.get(camera_id)
        if area is None or not self.isVisible():
            return QSize()
        wanted = QSizeF(area.size()) * (self.devicePixelRatioF() * self._tiles[camera_id].viewport.zoom)
        return wanted.toSize().boundedTo(QSize(_LARGEST, _LARGEST))

    def visible_cameras(self) -> tuple[str, ...]:
        return self._state.shown()

    # selection, maximising, pages

    def selected(self) -> str:
        return self._state.selected

    def select(self, camera_id: str) -> None:
        """Select a camera, turning to its page; "" selects none."""
        before = self._state.selected
        self._state.select(camera_id)
        if self._state.selected == before:
            return
        self._rearranged()
        self.selection_changed.emit(self._state.selected)
        self._tell_assistive_technology()

    def maximised(self) -> str:
        """Id of the camera that fills the wall, "" when none does."""
        return self._state.maximised

    def set_maximised(self, camera_id: str) -> None:
        """Let one camera fill the wall; "" goes back to the grid."""
        if camera_id:
            self.select(camera_id)
        self._state.maximise(camera_id)
        self._rearranged()

    def page(self) -> int:
        return self._state.page

    def pages(self) -> int:
        return self._state.pages()

    def set_page(self, page: int) -> None:
        self._state.maximised = ""
        self._state.set_page(page)
        self._rearranged()

    # taking values

    def _take_view(self, view: CameraView, now_ns: int) -> None:
        camera_id = view.settings.id
        tile = self._tiles.get(camera_id)
        if tile is None:
            tile = self._tiles[camera_id] = Tile(view)
        state_changed = tile.view.health.state is not view.health.state or tile.view.settings != view.settings
        if tile.set_view(view, now_ns):
            self._repaint_tile(camera_id)
        if (state_changed or not tile.chrome.status.text) and tile.refresh(now_ns):
            self._repaint_tile(camera_id)

    def _take_ids(self, ids: tuple[str, ...]) -> None:
        selected = self._state.selected
        self._state.set_ids(ids)
        self._tiles = {camera_id: self._tiles[camera_id] for camera_id in ids}
        self._rearranged()
        if self._state.selected != selected:
            self.selection_changed.emit(self._state.selected)

    def _tick(self) -> None:
        """Ages and clocks move on; a camera whose pictures stopped coming stops looking live."""
        now_ns = self._clock.now_ns()
        for camera_id in self._state.shown():
            if self._tiles[camera_id].refresh(now_ns):
                self._repaint_tile(camera_id)

    # layout

    def _rearranged(self) -> None:
        self._arrange()
        self.update()
        page = (self._state.page, self._state.pages())
        if page != self._last_page:
            self._last_page = page
            self.page_changed.emit(*page)

    def _arrange(self) -> None:
        self._rects = grid_cells(self.rect(), self._state.cells(), _GAP)
        self._areas = dict(zip(self._state.shown(), self._rects, strict=False))
        self._indices = {(rect.x(), rect.y()): index for index, rect in enumerate(self._rects)}
        self._gaps = QRegion(self.rect())
        for rect in self._rects:
            self._gaps -= rect
        self._announce_soon()

    def _announce_soon(self) -> None:
        if not self._announce_timer.isActive():
            self._announce_timer.start()

    def _announce_sizes(self) -> None:
        wanted = {camera_id: (self.tile_pixel_size(camera_id), self._wants_main(camera_id)) for camera_id in self._tiles}
        wanted |= {gone: (QSize(), False) for gone in self._announced if gone not in wanted}
        changed = {camera_id: want for camera_id, want in wanted.items() if self._announced.get(camera_id, (QSize(), False)) != want}
        self._announced = {camera_id: want for camera_id, want in wanted.items() if camera_id in self._tiles}
        for camera_id, (size, main) in changed.items():
            self.wanted_size_changed.emit(camera_id, size, main)

    def _wants_main(self, camera_id: str) -> bool:
        """The main stream is worth its cost where one camera fills the wall or is looked at closely."""
        shown = self.isVisible() and camera_id in self._state.shown()
        return shown and (self._state.cells() == 1 or self._tiles[camera_id].viewport.zoom >= _MAIN_ZOOM)

    def _repaint_tile(self, camera_id: str) -> None:
        area = self._areas.get(camera_id)
        if area is not None:
            self.update(area)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._state.shown()
        plain = TileLook(self._overlays, self.devicePixelRatioF(), people=self._people)
        with QPainter(self) as painter:
            for index in self._touched(painter, event):
                if index < len(shown):
                    self._painter.paint(painter, self._tiles[shown[index]], self._rects[index], self._look(plain, index, shown[index]))
                else:
                    self._paint_empty(painter, index, index == len(shown))

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

    def _paint_empty(self, painter: QPainter, index: int, first: bool) -> None:
        hovered = index == self._hovered
        self._painter.paint_empty(painter, self._rects[index], self._can_add and (first or hovered), hovered)

    def _look(self, plain: TileLook, index: int, camera_id: str) -> TileLook:
        selected, hovered = camera_id == self._state.selected, index == self._hovered
        if not selected and not hovered:
            return plain
        return replace(plain, selected=selected, focused=selected and self.hasFocus(), hovered=hovered)

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
        cameras = {camera_id: tile.view.settings.name for camera_id, tile in self._tiles.items()}
        return identity_tip(identity, cameras, self._clock.now_ns())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._tick()
        self._tick_timer.start()
        self._announce_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick_timer.stop()
        self._announce_soon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._announce_soon()
        super().changeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keyboard and not self._state.selected:
            self.select(self._state.nth_on_page(0))
        self._repaint_tile(self._state.selected)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._repaint_tile(self._state.selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position())
        camera_id = self._camera_at(index)
        if camera_id:
            self.select(camera_id)
            self._drag = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        elif index >= 0 and self._can_add and event.button() == Qt.MouseButton.LeftButton:
            self.add_camera_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._index_at(event.position()))
        if self._drag is None or not self._state.selected:
            return
        moved, self._drag = event.position() - self._drag, event.position()
        camera_id = self._state.selected
        if self._tiles[camera_id].viewport.zoom > 1:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._tiles[camera_id].pan(moved, self._area_of(camera_id))
            self._repaint_tile(camera_id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        camera_id = self._camera_at(self._index_at(event.position()))
        if camera_id and event.button() == Qt.MouseButton.LeftButton:
            self._toggle_maximised(camera_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        camera_id = self._camera_at(self._index_at(event.position()))
        steps = event.angleDelta().y() / 120
        if camera_id and steps:
            self._zoom(camera_id, _WHEEL_STEP**steps, event.position())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(self._index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        camera_id = self._state.selected if by_key else self._camera_at(self._index_at(QPointF(event.pos())))
        place = self.mapToGlobal(self._area_of(camera_id).center().toPoint()) if by_key and camera_id else event.globalPos()
        self.context_menu_requested.emit(camera_id, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = wall_key(event)
        if key is None:
            super().keyPressEvent(event)
            return
        self._apply_key(key, event.key())

    def _apply_key(self, key: WallKey, code: int) -> None:
        selected = self._state.selected
        if key is WallKey.NUMBER:
            self.select(self._state.nth_on_page(code - Qt.Key.Key_1) or selected)
        elif key is WallKey.ARROW:
            self._move_selection(code)
        elif key is WallKey.TURN:
            self.set_page(self._state.page + (1 if code == Qt.Key.Key_PageDown else -1))
        elif key is WallKey.RESTORE and self._state.maximised:
            self._toggle_maximised(self._state.maximised)
        elif key is WallKey.ACTIVATE and selected:
            self._toggle_maximised(selected)
        elif key is WallKey.ZOOM and selected in self._state.shown():
            self._zoom_by_key(selected, code)

    # acting

    def _move_selection(self, code: int) -> None:
        if not self._state.selected:
            self.select(self._state.nth_on_page(0))
            return
        self.select(self._state.nth_on_page(neighbour(self._state.position(), code, self._state.tiles)) or self._state.selected)

    def _toggle_maximised(self, camera_id: str) -> None:
        if self._state.tiles > 1 or self._state.maximised:
            self.set_maximised("" if self._state.maximised else camera_id)
        self.tile_activated.emit(camera_id)

    def _zoom(self, camera_id: str, factor: float, about: QPointF) -> None:
        self._tiles[camera_id].zoom(factor, about, self._area_of(camera_id))
        self._repaint_tile(camera_id)
        self._announce_soon()

    def _zoom_by_key(self, camera_id: str, code: int) -> None:
        if code == Qt.Key.Key_0:
            self._tiles[camera_id].viewport = Viewport()
            self._repaint_tile(camera_id)
            self._announce_soon()
            return
        self._zoom(camera_id, 1 / _WHEEL_STEP if code == Qt.Key.Key_Minus else _WHEEL_STEP, self._area_of(camera_id).center())

    def _hover(self, index: int) -> None:
        if index == self._hovered:
            return
        changed, self._hovered = (self._hovered, index), index
        for each in changed:
            if 0 <= each < len(self._rects):
                self.update(self._rects[each])

    def _index_at(self, point: QPointF) -> int:
        return next((i for i, rect in enumerate(self._rects) if rect.contains(point.toPoint())), -1)

    def _camera_at(self, index: int) -> str:
        shown = self._state.shown()
        return shown[index] if 0 <= index < len(shown) else ""

    def _area_of(self, camera_id: str) -> QRectF:
        return QRectF(self._areas.get(camera_id, QRect()))

    def _tell_assistive_technology(self) -> None:
        tile = self._tiles.get(self._state.selected)
        text = self.tr("{0}, {1}").format(tile.chrome.name, tile.chrome.status.text) if tile else self.tr("No camera selected")
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

"""The wall of recorded video: up to nine cameras of one moment, in one custom-painted widget."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.settings import CameraSettings
from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_overlay import OVERLAY
from widgets.playback.playback import Playback, RecordedTile
from widgets.playback.playback_grid import beside, cells, columns_for
from widgets.playback.playback_painter import RecordedLook, RecordedPainter, picture_size
from widgets.theme import color
from widgets.wall.viewport import Viewport

_GAP = 2
_LARGEST = 4096
_WHEEL_STEP = 1.25
_WANT_MS = 60
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class PlaybackWall(QWidget):
    """Shows what a `Playback` gives, in the size that there is room for. Qt's main thread only.

    Wheel zooms, dragging moves the zoomed picture, a double click or Enter lets one camera fill the wall and back, Esc goes back, arrows
    select, 0 shows the selected picture whole. J, K, L and the like are for `widgets.playback.transport_keys`.

    Signals: selection_changed(camera id), "" for none; steps follow the selected camera.
    """

    selection_changed = Signal(str)

    def __init__(self, playback: Playback, parent: QWidget | None = None, zone: tzinfo | None = None) -> None:
        """`zone`: of the times shown; None: this machine's."""
        super().__init__(parent)
        self._playback = playback
        self._painter = RecordedPainter(zone)
        self._images: dict[str, QImage] = {}
        self._tiles: dict[str, RecordedTile] = {}
        self._viewports: dict[str, Viewport] = {}
        self._areas: dict[str, QRect] = {}
        self._wanted: dict[str, QSize] = {}
        self._selected = self._maximised = ""
        self._settings: dict[str, CameraSettings] = {}
        self._zones = False
        self._marks: dict[str, ClipMarks] = {}
        self._drag: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 112)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Recorded video"))
        self._want_timer = QTimer(self, interval=_WANT_MS, singleShot=True)
        self._want_timer.timeout.connect(self._want)
        OVERLAY.changed.connect(self._redraw)
        playback.tile_changed.connect(self._show_tile)
        playback.cameras_changed.connect(self._take_cameras)
        self._take_cameras()

    def selected(self) -> str:
        return self._selected

    def select(self, camera_id: str) -> None:
        """Steps follow its pictures from now on; "" selects none."""
        if camera_id != self._selected and (not camera_id or camera_id in self._playback.cameras):
            self._selected = camera_id
            self._playback.set_lead(camera_id)
            self.update()
            self.selection_changed.emit(camera_id)

    def maximised(self) -> str:
        return self._maximised

    def set_maximised(self, camera_id: str) -> None:
        """Let one camera fill the wall; "" goes back to the grid."""
        self._maximised = camera_id if camera_id in self._playback.cameras else ""
        if self._maximised:
            self.select(camera_id)
        self._arrange()

    def area(self, camera_id: str) -> QRect:
        """Where a camera's tile lies; empty while it is not on screen."""
        return self._areas.get(camera_id, QRect())

    def camera_at(self, point: QPointF) -> str:
        """Empty where there is none."""
        return self._camera_at(point)

    def picture_area(self, camera_id: str) -> QRectF:
        """Where a camera's whole picture lies, more than its tile where it is zoomed; empty without a picture."""
        image = self._images.get(camera_id, QImage())
        if image.isNull() or camera_id not in self._areas:
            return QRectF()
        return self._viewport(camera_id).picture_rect(QRectF(self.area(camera_id)), picture_size(self._tiles[camera_id], image))

    def image(self, camera_id: str) -> QImage:
        """A copy of the picture that is shown, null where there is none."""
        return self._images.get(camera_id, QImage()).copy()

    def zoom(self, camera_id: str) -> float:
        return self._viewport(camera_id).zoom

    def set_camera_settings(self, cameras: Sequence[CameraSettings]) -> None:
        """Whose zones and lines there are to draw: those of now, whatever they were when it was recorded."""
        self._settings = {camera.id: camera for camera in cameras}
        if self._zones:
            self.update()

    def zones_shown(self) -> bool:
        return self._zones

    def show_zones(self, shown: bool) -> None:
        """Zones and lines of the pictures, drawn over them."""
        self._zones = shown
        self.update()

    def marks(self, camera_id: str) -> ClipMarks:
        return self._marks.get(camera_id, ClipMarks())

    def show_marks(self, camera_id: str, marks: ClipMarks) -> None:
        """Who was in the pictures of a camera, drawn over those of the same time."""
        self._marks[camera_id] = marks
        self.update(self.area(camera_id))

    def _redraw(self) -> None:
        self.update()

    # what is shown

    def _take_cameras(self) -> None:
        cameras = self._playback.cameras
        self._tiles = {camera_id: self._playback.tile(camera_id) for camera_id in cameras}
        self._images = {camera_id: _image(tile) for camera_id, tile in self._tiles.items()}
        self._viewports = {camera_id: self._viewport(camera_id) for camera_id in cameras}
        if self._selected not in cameras:
            self.select("")
        if self._maximised not in cameras:
            self._maximised = ""
        self._arrange()

    def _show_tile(self, camera_id: str) -> None:
        tile = self._playback.tile(camera_id)
        if camera_id not in self._tiles:
            return
        if self._tiles[camera_id].pixels is not tile.pixels:
            self._images[camera_id] = _image(tile)
        self._tiles[camera_id] = tile
        self.update(self.area(camera_id))

    def _viewport(self, camera_id: str) -> Viewport:
        return self._viewports.get(camera_id, Viewport())

    # layout

    def _visible_cameras(self) -> tuple[str, ...]:
        return (self._maximised,) if self._maximised else self._playback.cameras

    def _arrange(self) -> None:
        self._rects = cells(self.rect(), len(self._visible_cameras()), _GAP)
        self._areas = dict(zip(self._visible_cameras(), self._rects, strict=False))
        self._want_soon()
        self.update()

    def _want_soon(self) -> None:
        if not self._want_timer.isActive():
            self._want_timer.start()

    def _want(self) -> None:
        """Tell how large the pictures should be; those off the screen are not decoded."""
        wanted = {camera_id: self._pixels(camera_id) for camera_id in self._playback.cameras}
        for camera_id, size in wanted.items():
            if self._wanted.get(camera_id) != size:
                self._playback.want(camera_id, size.width(), size.height())
        self._wanted = wanted

    def _pixels(self, camera_id: str) -> QSize:
        area = self.area(camera_id)
        if area.isEmpty() or not self.isVisible():
            return QSize(0, 0)
        size = QSizeF(area.size()) * (self.devicePixelRatioF() * self._viewport(camera_id).zoom)
        return size.toSize().boundedTo(QSize(_LARGEST, _LARGEST))

    # events of the window system

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._visible_cameras()
        with QPainter(self) as painter:
            if not any(rect.contains(event.rect()) for rect in self._rects):
                painter.fillRect(event.rect(), color("window"))
            for index, rect in enumerate(self._rects):
                if not event.region().intersects(rect):
                    continue
                if index < len(shown):
                    self._paint_tile(painter, shown[index], rect)
                else:
                    self._painter.paint_empty(painter, rect)

    def _paint_tile(self, painter: QPainter, camera_id: str, rect: QRect) -> None:
        selected = camera_id == self._selected
        zones = self._settings.get(camera_id) if self._zones else None
        marks = self._marks.get(camera_id) if OVERLAY.shown else None
        look = RecordedLook(self.devicePixelRatioF(), selected, selected and self.hasFocus(), zones, marks)
        self._painter.paint(painter, self._tiles[camera_id], self._images[camera_id], rect, self._viewport(camera_id), look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._want()

    def hideEvent(self, event: QHideEvent) -> None:
        self._want()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keyboard and not self._selected and self._playback.cameras:
            self.select(self._playback.cameras[0])
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        camera_id = self._camera_at(event.position())
        if camera_id:
            self.select(camera_id)
        self._drag = event.position() if camera_id and event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and self._selected in self._areas and self.zoom(self._selected) > 1:
            by, self._drag = event.position() - self._drag, event.position()
            frame = picture_size(self._tiles[self._selected], self._images[self._selected])
            self._look_at(self._selected, self._viewport(self._selected).panned(by, QRectF(self.area(self._selected)), frame))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        camera_id = self._camera_at(event.position())
        if camera_id:
            self.set_maximised("" if self._maximised else camera_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        camera_id = self._camera_at(event.position())
        if camera_id and event.angleDelta().y():
            factor = _WHEEL_STEP ** (event.angleDelta().y() / 120)
            frame = picture_size(self._tiles[camera_id], self._images[camera_id])
            self._look_at(camera_id, self._viewport(camera_id).zoomed(factor, event.position(), QRectF(self.area(camera_id)), frame))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _ARROWS and self._playback.cameras and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._select_beside(key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected:
            self.set_maximised("" if self._maximised else self._selected)
        elif key == Qt.Key.Key_Escape and self._maximised:
            self.set_maximised("")
        elif key == Qt.Key.Key_0 and self._selected:
            self._look_at(self._selected, Viewport())
        else:
            super().keyPressEvent(event)

    def _select_beside(self, key: int) -> None:
        cameras = self._playback.cameras
        if self._selected not in cameras:
            self.select(cameras[0])
            return
        if not self._maximised:
            columns = columns_for(len(cameras), self.size())
            self.select(cameras[beside(cameras.index(self._selected), key, columns, len(cameras))])

    def _look_at(self, camera_id: str, viewport: Viewport) -> None:
        self._viewports[camera_id] = viewport
        self._want_soon()
        self.update(self.area(camera_id))

    def _camera_at(self, point: QPointF) -> str:
        return next((camera_id for camera_id, rect in self._areas.items() if rect.contains(point.toPoint())), "")


def _image(tile: RecordedTile) -> QImage:
    """Over the tile's pixels, which it keeps alive while it is shown."""
    if tile.pixels is None:
        return QImage()
    height, width, _ = tile.pixels.shape
    return QImage(tile.pixels.data, width, height, tile.pixels.strides[0], QImage.Format.Format_RGB32)

"""A still picture in which numbered spots are clicked, dragged and nudged."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.geometry import Point
from widgets.layout.ground import fill_ground
from widgets.space.numbered_marks import mark_at, paint_marks
from widgets.theme import color, font, plate_color
from widgets.wall.viewport import Viewport

_DRAG_PX = 4.0
_STEP_PX = 5.0  # of the picture
_ZOOM = 1.25
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class PointsPicture(QWidget):
    """UI thread. A click sets a spot, or takes hold of one; arrows move the chosen one by five pixels of the picture, with Shift by one.

    Space sets one in the middle of what is shown, Delete removes the chosen one, the wheel and + − zoom, 0 shows all; what is zoomed is
    moved by dragging beside the spots. Places are shares of the picture's width and height.

    Signals: spot_wanted(u, v); spot_chosen(index); grabbed(): a drag begins; spot_moved(index, u, v); removal_wanted(index).
    """

    spot_wanted = Signal(float, float)
    spot_chosen = Signal(int)
    grabbed = Signal()
    spot_moved = Signal(int, float, float)
    removal_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._text = ""
        self._viewport = Viewport()
        self._spots: tuple[Point | None, ...] = ()
        self._chosen, self._wrong = -1, 0
        self._lines: Sequence[Sequence[Point]] = ()
        self._held = -1
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 190)
        self.setAccessibleName(self.tr("Picture of the camera"))

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    # what is shown

    def show_image(self, image: QImage) -> None:
        self._image, self._text = image, ""
        self.update()

    def show_text(self, text: str) -> None:
        """Instead of a picture."""
        self._image, self._text = QImage(), text
        self.setAccessibleDescription(text)
        self.update()

    def has_picture(self) -> bool:
        return not self._image.isNull()

    def set_spots(self, spots: tuple[Point | None, ...], chosen: int, wrong: int = 0) -> None:
        """`wrong`: number of the one that is far off, from 1; 0 for none."""
        self._spots, self._chosen, self._wrong = spots, chosen, wrong
        self.update()

    def set_lines(self, lines: Sequence[Sequence[Point]]) -> None:
        """Drawn over the picture, below the spots."""
        self._lines = lines
        self.update()

    # where things are

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -2)

    def _image_rect(self) -> QRectF:
        return self._viewport.picture_rect(self._area(), QSizeF(self._image.size()))

    def pixel(self, share: Point) -> QPointF:
        placed = self._image_rect()
        return QPointF(placed.x() + share[0] * placed.width(), placed.y() + share[1] * placed.height())

    def _picture_share(self, point: QPointF) -> Point:
        """In the picture, to a hundredth of a percent."""
        placed = self._image_rect()
        u, v = (point.x() - placed.x()) / placed.width(), (point.y() - placed.y()) / placed.height()
        return round(min(max(u, 0.0), 1.0), 4), round(min(max(v, 0.0), 1.0), 4)

    def _spot_at(self, point: QPointF) -> int:
        return mark_at([None if spot is None else self.pixel(spot) for spot in self._spots], point, self._chosen)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_ground(painter, self, "video")
        if self._image.isNull():
            self._paint_text(painter)
        else:
            self._paint_picture(painter)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color("accent" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_text(self, painter: QPainter) -> None:
        painter.setFont(font("body"))
        painter.setPen(color("secondary"))
        painter.drawText(self._area().adjusted(24, 16, -24, -16), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._text)

    def _paint_picture(self, painter: QPainter) -> None:
        placed = self._image_rect()
        painter.setClipRect(self._area())
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawImage(placed, self._image)
        painter.save()
        painter.setClipRect(placed.intersected(self._area()))
        self._paint_lines(painter)
        painter.restore()
        paint_marks(painter, [None if spot is None else self.pixel(spot) for spot in self._spots], self._chosen, self._wrong)

    def _paint_lines(self, painter: QPainter) -> None:
        """Light on dark ground and dark on light."""
        tint = QColor(color("accent"))
        tint.setAlphaF(0.75)
        for pen in (QPen(plate_color(), 3), QPen(tint, 1)):
            painter.setPen(pen)
            for line in self._lines:
                painter.drawPolyline(QPolygonF([self.pixel(point) for point in line]))

    # hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._image.isNull():
            return
        self._pressed = self._last = event.position()
        self._held = self._spot_at(event.position())
        if self._held >= 0:
            self.grabbed.emit()
            self.spot_chosen.emit(self._held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is None:
            over = not self._image.isNull() and self._spot_at(event.position()) >= 0
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor)
            return
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < _DRAG_PX:
            return
        moved, self._pressed, self._last = event.position() - self._last, None, event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._held >= 0:
            self.spot_moved.emit(self._held, *self._picture_share(event.position()))
        else:
            self._viewport = self._viewport.panned(moved, self._area(), QSizeF(self._image.size()))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and self._held < 0 and self._image_rect().contains(event.position()):
            self.spot_wanted.emit(*self._picture_share(event.position()))
        self._pressed = self._last = None
        self._held = -1
        self.setCursor(Qt.CursorShape.CrossCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._zoom(_ZOOM**steps, event.position())
        event.accept()

    def _zoom(self, factor: float, about: QPointF) -> None:
        if not self._image.isNull():
            self._viewport = self._viewport.zoomed(factor, about, self._area(), QSizeF(self._image.size()))
            self.update()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        spot = self._spots[self._chosen] if 0 <= self._chosen < len(self._spots) else None
        if key in _ARROWS and spot is not None and not self._image.isNull():
            step = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_PX
            self._nudge(spot, _ARROWS[Qt.Key(key)], step)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen >= 0:
            self.removal_wanted.emit(self._chosen)
        elif key == Qt.Key.Key_Space and not self._image.isNull():
            self.spot_wanted.emit(*self._picture_share(self._area().center()))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(1 / _ZOOM if key == Qt.Key.Key_Minus else _ZOOM, self._zoom_centre(spot))
        elif key == Qt.Key.Key_0:
            self._viewport = Viewport()
            self.update()
        else:
            super().keyPressEvent(event)

    def _zoom_centre(self, spot: Point | None) -> QPointF:
        return self.pixel(spot) if spot is not None else self._area().center()

    def _nudge(self, spot: Point, way: tuple[int, int], step_px: float) -> None:
        u = min(max(spot[0] + way[0] * step_px / self._image.width(), 0.0), 1.0)
        v = min(max(spot[1] + way[1] * step_px / self._image.height(), 0.0), 1.0)
        self.spot_moved.emit(self._chosen, u, v)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

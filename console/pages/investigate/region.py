"""A part of a recorded picture, drawn with the mouse or the keyboard: to look for what was there, or for who looks like the one in it."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from engine.model.geometry import Polygon
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.playback.playback_wall import PlaybackWall
from widgets.properties import with_properties
from widgets.theme import color, set_role
from widgets.translation import tr

_LEAST = 6  # pixels that a rectangle has to be wide and high; less is a corner
_NEAR = 9  # pixels from the first corner at which a click closes the area
_STEP, _FINE = 0.02, 0.005  # of the picture, by an arrow key
_MOST_CORNERS = 32


@dataclass(frozen=True, slots=True)
class Region:
    """`corners` in shares of the picture of a camera."""

    camera_id: str
    corners: Polygon

    def box(self) -> tuple[float, float, float, float]:
        xs, ys = [x for x, _ in self.corners], [y for _, y in self.corners]
        return min(xs), min(ys), max(xs), max(ys)


class RegionOverlay(QWidget):
    """Lies over the wall. Dragging makes a rectangle; clicks make corners; a click on the first one, a double click or Enter closes them.
    From the keyboard: Enter begins with a rectangle in the middle, arrows move it, with Shift they size it, with Ctrl finely; Esc ends.

    Signals: area_wanted(Region), alike_wanted(Region, QImage): of the picture as it is shown. cleared(): there is no area any more.
    """

    area_wanted = Signal(object)
    alike_wanted = Signal(object, QImage)
    cleared = Signal()

    def __init__(self, wall: PlaybackWall) -> None:
        super().__init__(wall)
        self._wall = wall
        self._camera = ""
        self._corners: list[tuple[float, float]] = []
        self._closed = False
        self._start: QPointF | None = None
        self._pointer = QPointF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Area in the picture. Enter starts, arrow keys move, with Shift they resize, Esc cancels."))
        self.bar = QWidget(self)
        self.search_button = QPushButton(icon("search"), tr("Search this area"))
        self.alike_button = QPushButton(icon("users"), tr("Find similar"))
        self.close_button = with_properties(QToolButton(), icon=icon("x"), toolTip=tr("Clear area (Esc)"), accessibleName=tr("Clear area"))
        self._build_buttons()
        wall.installEventFilter(self)
        self.hide()

    def _build_buttons(self) -> None:
        self.search_button.setToolTip(tr("Motion and detections in this area, at any time"))
        self.alike_button.setToolTip(tr("Find people who look like the one in this area"))
        set_role(self.search_button, "primary")
        row = make_row(self.bar, spacing=6, margins=(6, 6, 6, 6))
        for button in (self.search_button, self.alike_button, self.close_button):
            row.addWidget(button)
        self.bar.setAutoFillBackground(True)
        self.bar.setCursor(Qt.CursorShape.ArrowCursor)
        self.bar.hide()
        self.search_button.clicked.connect(self._search)
        self.alike_button.clicked.connect(self._find_alike)
        self.close_button.clicked.connect(self.end)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._wall.rect())
            self._place_bar()
        return False

    def begin(self) -> None:
        """Draw a new one."""
        self._drop_outline()
        self.setGeometry(self._wall.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def end(self) -> None:
        self._drop_outline()
        self.hide()
        self._wall.setFocus()
        self.cleared.emit()

    def region(self) -> Region | None:
        return Region(self._camera, tuple(self._corners)) if self._closed else None

    def show_region(self, region: Region) -> None:
        """One that was drawn before."""
        self._camera, self._corners, self._closed = region.camera_id, list(region.corners), True
        self.setGeometry(self._wall.rect())
        self.show()
        self._changed()

    def _drop_outline(self) -> None:
        self._camera, self._corners, self._closed, self._start = "", [], False, None
        self._changed()

    # drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            self.end()
            return
        at = event.position()
        if self._closed:
            self._drop_outline()
        camera_id = self._wall.camera_at(at)
        if not self._corners:
            self._camera = camera_id
        if camera_id and camera_id == self._camera and not self._wall.picture_area(camera_id).isEmpty():
            self._start = self._pointer = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._start = self._start, None
        if start is None:
            return
        end = event.position()
        drawn = QRectF(start, end).normalized()
        if not self._corners and min(drawn.width(), drawn.height()) >= _LEAST:
            corners = (drawn.topLeft(), drawn.topRight(), drawn.bottomRight(), drawn.bottomLeft())
            self._close_outline([self._share(corner) for corner in corners])
            return
        first = self._picture_place(self._corners[0]) if self._corners else None
        if first is not None and len(self._corners) >= 3 and (first - end).manhattanLength() <= _NEAR:
            self._close_outline(self._corners)
        elif len(self._corners) < _MOST_CORNERS:
            self._corners.append(self._share(end))
            self._changed()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if len(self._corners) >= 3:
            self._close_outline(self._corners)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Backspace and self._corners and not self._closed:
            self._corners.pop()
            self._changed()
        elif key in _ARROWS and self._closed:
            self._move(key, event.modifiers())
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self._closed:
            self._search()
        elif len(self._corners) >= 3:
            self._close_outline(self._corners)
        elif not self._corners:
            self._camera = self._wall.selected() or self._wall.camera_at(QPointF(self.rect().center()))
            if self._camera:
                self._close_outline([(0.35, 0.3), (0.65, 0.3), (0.65, 0.7), (0.35, 0.7)])

    def _move(self, key: int, modifiers: Qt.KeyboardModifier) -> None:
        """All of it, or with Shift its right and lower side."""
        step = _FINE if modifiers & Qt.KeyboardModifier.ControlModifier else _STEP
        right, down = _ARROWS[key][0] * step, _ARROWS[key][1] * step
        x0, y0, x1, y1 = Region(self._camera, tuple(self._corners)).box()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            wide, high = max(x1 - x0, _FINE), max(y1 - y0, _FINE)
            wider, higher = max(_STEP, min(wide + right, 1 - x0)) / wide, max(_STEP, min(high + down, 1 - y0)) / high
            self._corners = [(x0 + (x - x0) * wider, y0 + (y - y0) * higher) for x, y in self._corners]
        else:
            right, down = min(max(right, -x0), 1 - x1), min(max(down, -y0), 1 - y1)
            self._corners = [(x + right, y + down) for x, y in self._corners]
        self._changed()

    def _close_outline(self, corners: list[tuple[float, float]]) -> None:
        self._corners, self._closed = list(corners), True
        self._changed()

    def _changed(self) -> None:
        self.bar.setVisible(self._closed)
        self._place_bar()
        self.update()

    def _place_bar(self) -> None:
        """Below the area, or above it, or within the wall at least."""
        if not self._closed:
            return
        self.bar.adjustSize()
        drawn = self._screen_polygon().boundingRect()
        x = min(max(0.0, drawn.left()), max(0.0, self.width() - self.bar.width()))
        below, above = drawn.bottom() + 4, drawn.top() - 4 - self.bar.height()
        y = below if below + self.bar.height() <= self.height() else max(0.0, above)
        self.bar.move(round(x), round(min(y, max(0, self.height() - self.bar.height()))))

    # what is wanted of it

    def _search(self) -> None:
        region = self.region()
        if region is not None:
            self.area_wanted.emit(region)

    def _find_alike(self) -> None:
        region, image = self.region(), self._wall.image(self._camera)
        if region is not None and not image.isNull():
            self.alike_wanted.emit(region, image)

    # where it is

    def _share(self, point: QPointF) -> tuple[float, float]:
        whole = self._wall.picture_area(self._camera)
        x, y = (point.x() - whole.left()) / whole.width(), (point.y() - whole.top()) / whole.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _picture_place(self, share: tuple[float, float]) -> QPointF:
        whole = self._wall.picture_area(self._camera)
        return QPointF(whole.left() + share[0] * whole.width(), whole.top() + share[1] * whole.height())

    def _screen_polygon(self) -> QPolygonF:
        return QPolygonF([self._picture_place(corner) for corner in self._corners])

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_area(painter, self._screen_polygon(), self._closed)
            if self._start is not None and not self._corners:
                _paint_area(painter, QPolygonF(QRectF(self._start, self._pointer).normalized()), True)
            elif self._corners and not self._closed:
                painter.drawLine(self._picture_place(self._corners[-1]), self._pointer)


_ARROWS = {int(Qt.Key.Key_Left): (-1, 0), int(Qt.Key.Key_Right): (1, 0), int(Qt.Key.Key_Up): (0, -1), int(Qt.Key.Key_Down): (0, 1)}


def _paint_area(painter: QPainter, drawn: QPolygonF, closed: bool) -> None:
    """A dark line below a bright one shows on any picture."""
    inside = QColor(color("accent"))
    inside.setAlphaF(0.18)
    painter.setBrush(inside if closed else Qt.BrushStyle.NoBrush)
    for role, width in (("video", 4), ("accent", 2)):
        painter.setPen(QPen(color(role), width))
        painter.drawPolygon(drawn) if closed else painter.drawPolyline(drawn)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    for corner in map(drawn.at, range(0 if closed else drawn.size())):
        painter.drawEllipse(corner, 4, 4)

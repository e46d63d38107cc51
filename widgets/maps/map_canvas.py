"""What every map here has in common: moving by mouse and keys, what lies under the mouse, and the buttons. It draws nothing itself."""

from dataclasses import replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.incidents.incident_words import coordinates_text
from widgets.maps.map_marks import draw_focus
from widgets.maps.map_view import MapView
from widgets.maps.mercator import ROUND_M
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties

_STEP = 64
_ZOOM = 1.5
_DRAG = 4
_ALL_BUTTONS = 150  # pixels of height
_WORLD = (-ROUND_M / 2, -ROUND_M / 5, ROUND_M / 2, ROUND_M / 3)  # inhabited parts, where nothing else is to be shown
Box = tuple[float, float, float, float]
H = TypeVar("H")


class Plane(Protocol):
    """Places on Earth (degrees) as metres of a plane, X to the east and Y to the north, and back."""

    def to_plane(self, latitude: float, longitude: float) -> tuple[float, float]: ...

    def to_earth(self, x: float, y: float) -> tuple[float, float]: ...


class MapCanvas(QWidget, Generic[H]):
    """Drag or arrow keys move, wheel or + and − zoom, F or Home shows everything. UI thread; one paint draws all.

    Who derives from it says what there is (`bounds`), what lies at a pixel (`hit`: any value, or None), what a click on that does and
    what is said of it, and draws it.
    """

    closest_fit = 0.25
    """Metres a pixel: `fit` comes no closer."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = MapView()
        self._moved = False  # somebody chose what is shown
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setMinimumSize(240, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self._build_buttons()

    # What there is

    def plane(self) -> Plane:
        raise NotImplementedError

    def bounds(self) -> Box | None:
        """Of all there is, in metres of the plane; None: nothing, and the whole world is shown."""
        raise NotImplementedError

    def hit(self, point: QPointF) -> H | None:
        return None

    def choose_hit(self, hit: H) -> None:
        """It was clicked."""

    def tip(self, hit: H) -> str:
        return ""

    def middle(self) -> QPointF | None:
        """What keys zoom around, where that is not the middle of the map."""
        return None

    def paint(self, painter: QPainter) -> None:
        raise NotImplementedError

    # Moving

    def fit(self) -> None:
        self._moved = False
        self.view = self.view.fitted(self.bounds() or _WORLD, closest=self.closest_fit)
        self.update()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        point = at or self.middle() or QPointF(self.width() / 2, self.height() / 2)
        self.set_view(self.view.zoomed(factor, point.x(), point.y()))

    def pan(self, right: float, down: float) -> None:
        """What is shown moves by so many pixels."""
        self.set_view(self.view.panned(right, down))

    def set_view(self, view: MapView) -> None:
        self._moved = True
        self.view = view
        self.update()

    def is_moved(self) -> bool:
        """An operator chose what is shown; until then the map shows everything by itself."""
        return self._moved

    def look_at(self, latitude: float, longitude: float, scale: float) -> None:
        """A place in the middle, at so many metres of the plane a pixel."""
        x, y = self.plane().to_plane(latitude, longitude)
        self.set_view(replace(self.view, x=x, y=y, scale=scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view = self.view.sized(event.size().width(), event.size().height())
        if not self._moved:
            self.fit()
        for button in (self.closer, self.farther):  # on a low map the wheel and the keys do it
            button.setVisible(event.size().height() >= _ALL_BUTTONS)
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        pans = {keys.Key_Left: (_STEP, 0), keys.Key_Right: (-_STEP, 0), keys.Key_Up: (0, _STEP), keys.Key_Down: (0, -_STEP)}
        key = keys(event.key())
        if key in pans:
            self.pan(*pans[key])
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self.zoom(_ZOOM)
        elif key in (keys.Key_Minus, keys.Key_Underscore):
            self.zoom(1 / _ZOOM)
        elif key in (keys.Key_F, keys.Key_Home):
            self.fit()
        else:
            super().keyPressEvent(event)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor if self.hit(event.position()) is not None else Qt.CursorShape.ArrowCursor)
            self.update()  # the place under the mouse
            return
        by = event.position() - self._pressed
        if self._dragged or by.manhattanLength() > _DRAG:
            self._dragged, self._pressed = True, event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(by.x(), by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged and (hit := self.hit(event.position())) is not None:
            self.choose_hit(hit)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, at: QPoint, where: QPoint) -> None:
        hit = self.hit(QPointF(at))
        text = "" if hit is None else self.tip(hit)
        if text:
            QToolTip.showText(where, plain_tip(text), self)
        else:
            QToolTip.hideText()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter)
        if self.hasFocus():
            draw_focus(painter, self.rect())
        painter.end()

    def here(self) -> str:
        """Where on Earth the mouse is, in words; empty where it is elsewhere."""
        at = self.mapFromGlobal(self.cursor().pos())
        if not self.underMouse() or not self.rect().contains(at):
            return ""
        latitude, longitude = self.plane().to_earth(*self.view.to_plane(at.x(), at.y()))
        return coordinates_text(latitude, longitude) if abs(latitude) <= 90 else ""

    def point(self, x: float, y: float) -> QPointF:
        """Of a place of the plane, on screen."""
        return QPointF(*self.view.to_screen(x, y))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    # Buttons

    def _build_buttons(self) -> None:
        self.closer = self._button("zoom-in", self.tr("Zoom in (+)"), partial(self.zoom, _ZOOM))
        self.farther = self._button("zoom-out", self.tr("Zoom out (−)"), partial(self.zoom, 1 / _ZOOM))
        self.all = self._button("maximize-2", self.tr("Show everything (F)"), self.fit)
        column = QVBoxLayout()
        column.setSpacing(6)
        for button in (self.closer, self.farther, self.all):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self._column = column
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.addLayout(column, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)

    def add_button(self, button: QToolButton) -> None:
        """Above those of every map."""
        button.setFixedHeight(32)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        self._column.insertWidget(0, button, 0, Qt.AlignmentFlag.AlignRight)

    def _button(self, name: str, tip: str, do: object) -> QToolButton:
        button = with_properties(
            QToolButton(), icon=icon(name), toolTip=plain_tip(tip), accessibleName=tip, cursor=Qt.CursorShape.ArrowCursor
        )
        button.setFixedSize(32, 32)
        button.clicked.connect(do)
        return button

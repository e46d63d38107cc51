"""Where incidents were: a plain map in metres, drawn here, without anything from a map service."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from engine.model.event import Severity
from engine.model.site import Floor, SiteAnchor
from widgets.geo_plane import GeoPlane
from widgets.icons import icon
from widgets.incident_words import coordinates_text
from widgets.map_clusters import Cluster, clustered
from widgets.map_ground import draw_ground, draw_nowhere, draw_site, site_corners
from widgets.map_marks import HIT, draw_circle, draw_cluster, draw_focus, draw_mark, draw_picked
from widgets.map_view import CLOSEST, MapView
from widgets.plain_tip import plain_tip

CORRELATION_M = 50.0
_APART = 38  # pixels under which marks become one
_STEP = 64
_ZOOM = 1.5
_DRAG = 4


@dataclass(frozen=True, slots=True)
class MapMark:
    """`tip`: what is said when the mouse rests on it."""

    id: str
    latitude: float
    longitude: float
    severity: Severity
    tip: str = ""


class IncidentMap(QWidget):
    """Drag or arrow keys move, wheel or + and − zoom, F or Home shows everything. UI thread; one paint draws all marks.

    Signals: chosen(id): a mark was clicked. Clicked again where several lie on each other: the next of them.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[MapMark, ...] = ()
        self._places = np.empty((0, 2))
        self._severities = np.empty(0, np.int64)
        self._numbers: dict[str, int] = {}
        self._anchor: SiteAnchor | None = None
        self._floor = Floor()
        self._picked = ""
        self._plane = GeoPlane(0.0, 0.0)
        self._known: tuple[object, ...] = ()
        self._clusters: tuple[Cluster, ...] = ()
        self._pressed: QPointF | None = None
        self._dragged = self._moved = False
        self.view = MapView()
        self.setMinimumSize(280, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Map of incidents"))
        self._build_buttons()

    def _build_buttons(self) -> None:
        self.closer = self._button("zoom-in", self.tr("Closer (+)"), lambda: self.zoom(_ZOOM))
        self.farther = self._button("zoom-out", self.tr("Farther (−)"), lambda: self.zoom(1 / _ZOOM))
        self.all = self._button("maximize-2", self.tr("Show everything (F)"), self.fit)
        column = QVBoxLayout()
        column.setSpacing(6)
        for button in (self.closer, self.farther, self.all):
            column.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.addLayout(column, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)

    def _button(self, name: str, tip: str, do: object) -> QToolButton:
        button = QToolButton(icon=icon(name), toolTip=tip, accessibleName=tip, cursor=Qt.CursorShape.ArrowCursor)
        button.setFixedSize(32, 32)
        button.clicked.connect(do)
        return button

    # What is shown

    def set_site(self, anchor: SiteAnchor | None, floor: Floor) -> None:
        if (anchor, floor) != (self._anchor, self._floor):
            moved = anchor != self._anchor
            self._anchor, self._floor = anchor, floor
            if moved:
                self._place()
                self._moved = False
            self.update()

    def set_marks(self, marks: Iterable[MapMark]) -> None:
        """Until somebody moves the map, it follows, so that all of them are on it."""
        new = tuple(marks)
        if new != self._marks:
            self._marks = new
            self._place()
            if not self._moved:
                self.fit()
            self.update()

    def pick(self, mark_id: str) -> None:
        """The selected one, or none; it is brought on screen."""
        if mark_id != self._picked:
            self._picked = mark_id
            place = self.place_of(mark_id)
            if place is not None and not self.view.holds(*place):
                self.view = self.view.centred(*place)
            self.update()

    def picked(self) -> str:
        return self._picked

    def clusters(self) -> tuple[Cluster, ...]:
        """At this zoom. Made anew only when marks or zoom change."""
        known = (self._marks, self._plane, self.view.scale)
        if known != self._known:
            self._known = known
            self._clusters = clustered(self._places, self._severities, _APART * self.view.scale)
        return self._clusters

    def place_of(self, mark_id: str) -> tuple[float, float] | None:
        """Metres of the plane."""
        number = self._numbers.get(mark_id)
        return None if number is None else (float(self._places[number, 0]), float(self._places[number, 1]))

    def fit(self) -> None:
        self._moved = False
        corners = [*self._places, *(np.array(corner) for corner in self._site())]
        if not corners:
            self.view = self.view.centred(0.0, 0.0)
        else:
            (x0, y0), (x1, y1) = np.min(corners, axis=0), np.max(corners, axis=0)
            self.view = self.view.fitted((float(x0), float(y0), float(x1), float(y1)))
        self.update()

    def _site(self) -> tuple[tuple[float, float], ...]:
        return site_corners(self._floor, self._anchor) if self._anchor is not None else ()

    def _place(self) -> None:
        """In metres around the site; without one around the first mark."""
        self._plane = GeoPlane(self._anchor.latitude, self._anchor.longitude) if self._anchor is not None else self._around_first()
        self._places = self._plane.to_plane_many([m.latitude for m in self._marks], [m.longitude for m in self._marks])
        self._severities = np.array([int(mark.severity) for mark in self._marks], np.int64)
        self._numbers = {mark.id: number for number, mark in enumerate(self._marks)}

    def _around_first(self) -> GeoPlane:
        if not self._marks or self._numbers:
            return self._plane
        return GeoPlane(self._marks[0].latitude, self._marks[0].longitude)

    # Moving

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        point = at or self._point_of_picked() or QPointF(self.width() / 2, self.height() / 2)
        self._look(self.view.zoomed(factor, point.x(), point.y()))

    def _point_of_picked(self) -> QPointF | None:
        """Where it is on screen."""
        place = self.place_of(self._picked)
        return self._point(*place) if place is not None and self.view.holds(*place, margin=0) else None

    def pan(self, right: float, down: float) -> None:
        """What is shown moves by so many pixels."""
        self._look(self.view.panned(right, down))

    def _look(self, view: MapView) -> None:
        self._moved = True
        self.view = view
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view = self.view.sized(event.size().width(), event.size().height())
        if not self._moved:
            self.fit()
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

    # Choosing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self.setCursor(Qt.CursorShape.PointingHandCursor if self._hit(event.position()) else Qt.CursorShape.ArrowCursor)
            self.update()  # the place under the mouse
            return
        by = event.position() - self._pressed
        if self._dragged or by.manhattanLength() > _DRAG:
            self._dragged, self._pressed = True, event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(by.x(), by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged and (hit := self._hit(event.position())):
            self._open(hit)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def _hit(self, point: QPointF) -> Cluster | None:
        near = [(self._point(c.x, c.y) - point, c) for c in self.clusters()]
        near = [(by, cluster) for by, cluster in near if by.manhattanLength() <= 2 * HIT]
        return min(near, key=lambda each: each[0].manhattanLength())[1] if near else None

    def _open(self, cluster: Cluster) -> None:
        """One: choose it. Several: closer, as far as that tells them apart; otherwise one after the other."""
        ids = [self._marks[number].id for number in cluster.members]
        if len(ids) > 1 and cluster.spread > _APART * CLOSEST * 4:
            places = self._places[list(cluster.members)]
            (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
            self._look(self.view.fitted((x0, y0, x1, y1), margin=72, closest=CLOSEST))
            return
        after = ids.index(self._picked) + 1 if self._picked in ids else 0
        self.chosen.emit(ids[after % len(ids)])

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, at: QPoint, where: QPoint) -> None:
        hit = self._hit(QPointF(at))
        if hit is None:
            QToolTip.hideText()
            return
        tips = [self._marks[number].tip for number in hit.members[:6]]
        more = len(hit.members) - len(tips)
        lines = [*tips, self.tr("… and {0} more").format(more)] if more else tips
        QToolTip.showText(where, plain_tip("\n".join(lines)), self)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._anchor is None and not self._marks:
            draw_nowhere(painter, self.rect(), self.tr("No place is known yet"))
            painter.end()
            return
        draw_ground(painter, self.view, self._plane, self._here())
        if self._anchor is not None:
            draw_site(painter, self.view, self._floor, self._anchor)
        self._draw_circle(painter)
        picked = self._numbers.get(self._picked, -1)
        for cluster in sorted(self.clusters(), key=lambda each: (picked in each.members, len(each.members))):
            self._draw(painter, cluster, picked)
        if self.hasFocus():
            draw_focus(painter, self.rect())
        painter.end()

    def _draw(self, painter: QPainter, cluster: Cluster, picked: int) -> None:
        at = self._point(cluster.x, cluster.y)
        if not self.rect().adjusted(-40, -40, 40, 40).contains(at.toPoint()):
            return
        if len(cluster.members) > 1:
            draw_cluster(painter, at, Severity(cluster.severity), len(cluster.members), picked in cluster.members)
        elif picked in cluster.members:
            draw_picked(painter, at, Severity(cluster.severity))
        else:
            draw_mark(painter, at, Severity(cluster.severity))

    def _draw_circle(self, painter: QPainter) -> None:
        place = self.place_of(self._picked)
        if place is not None:
            wide, high = self._plane.radii(self._marks[self._numbers[self._picked]].latitude, CORRELATION_M)
            draw_circle(painter, self._point(*place), wide / self.view.scale, high / self.view.scale, self.tr("50 m"))

    def _here(self) -> str:
        """Where the mouse is."""
        at = self.mapFromGlobal(self.cursor().pos())
        if not self.underMouse() or not self.rect().contains(at):
            return ""
        latitude, longitude = self._plane.to_earth(*self.view.to_plane(at.x(), at.y()))
        return coordinates_text(latitude, longitude) if abs(latitude) <= 90 else ""

    def _point(self, x: float, y: float) -> QPointF:
        return QPointF(*self.view.to_screen(x, y))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

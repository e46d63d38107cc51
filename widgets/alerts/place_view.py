"""Where an alert is about: a spot on the floor plan, or a mark on the map."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.model.event import Severity
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.value_class import dataclass
from widgets.alerts.alert_words import NO_NAMES
from widgets.maps.incident_layer import MapMark
from widgets.maps.risk_layers import CameraOnMap, PlumeOnMap
from widgets.maps.site_map import SiteMap
from widgets.marks.elided_label import ElidedLabel
from widgets.shapes import draw_shape
from widgets.space.build import bounds_of, zone_marks
from widgets.space.compass import LegendRow
from widgets.space.plan.plan import FloorPlan
from widgets.space.projection import PlanProjection
from widgets.space.scene import CameraMark, Layers, SpaceScene
from widgets.theme import color, set_role, severity_style

_LAYERS = Layers(nodes=False, links=False, glow=False, trails=False, uncertainty=False, cameras=True)
_MARK, _MARGIN = 18.0, 10


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """`position`: metres on the floor; `earth`: latitude and longitude, of incidents and of smoke whose bearings cross; `words`: the
    place by its name or address. `lookouts`, `plumes`: who sees smoke, and in which direction.
    """

    severity: Severity = Severity.LOW
    position: Position | None = None
    camera_id: str = ""
    earth: tuple[float, float] | None = None
    words: str = ""
    simulated: bool = False
    lookouts: tuple[CameraOnMap, ...] = ()
    plumes: tuple[PlumeOnMap, ...] = ()

    @property
    def on_earth(self) -> bool:
        return self.earth is not None or bool(self.lookouts)


class SpotPlan(FloorPlan):
    """A plan with one spot, in the shape and colour of a severity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spot: Position | None = None
        self._severity = Severity.LOW
        self.has_legend = False
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.tr("Place on the floor plan"))

    def _fit_now(self) -> None:
        """All of the floor, as large as it can be: there is no compass to keep clear of."""
        bounds, wide, high = self.scene.bounds, self.width(), self.height()
        x, y, _ = bounds.center
        scale = min((wide - 2 * _MARGIN) / max(bounds.width, 0.1), (high - 2 * _MARGIN) / max(bounds.depth, 0.1))
        self._projection = PlanProjection(scale, wide / 2 - x * scale, high / 2 + y * scale)

    def _paint_corners(self, painter: QPainter, legend: QRectF, rows: tuple[LegendRow, ...]) -> None:
        """The plan is too small for compass and scale; north is up."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def mark_spot(self, spot: Position | None, severity: Severity) -> None:
        if (spot, severity) != (self._spot, self._severity):
            self._spot, self._severity = spot, severity
            self.redraw_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._spot is None:
            return
        pixels, _ = self.projection().points(np.array([(self._spot[0], self._spot[1], 0.0)], np.float64))
        at = QPointF(float(pixels[0, 0]), float(pixels[0, 1]))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color("window"), 2))
        painter.setBrush(color("window"))
        painter.drawEllipse(at, _MARK * 0.8, _MARK * 0.8)
        style = severity_style(self._severity)
        draw_shape(painter, style.shape, QRectF(at.x() - _MARK / 2, at.y() - _MARK / 2, _MARK, _MARK), style.fill)


class PlaceView(QWidget):
    """Main thread only. `has_place`: whether there is anything to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan, self.map = SpotPlan(), SiteMap()
        self.map.places_clickable = False
        self.plan.set_layers(_LAYERS)
        self.map.setMinimumSize(160, 120)
        self.map.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.words = ElidedLabel()
        set_role(self.words, "secondary")
        self.has_place = False
        self._pages = QStackedWidget()
        self._pages.addWidget(self.plan)
        self._pages.addWidget(self.map)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)
        column.addWidget(self.words)

    def show_place(self, place: AlertPlace, settings: Settings) -> None:
        poses = [pose for pose in settings.floor.camera_poses if pose.camera_id == place.camera_id]
        self.has_place = place.on_earth or (settings.floor.extent is not None and (place.position is not None or bool(poses)))
        if place.on_earth:
            self._show_map(place, settings)
        elif self.has_place:
            self._show_plan(place, settings)
        self.words.setText(place.words)
        self.words.setVisible(bool(place.words))
        self.setVisible(self.has_place)

    def _show_map(self, place: AlertPlace, settings: Settings) -> None:
        marks = () if place.earth is None else (MapMark("alert", *place.earth, place.severity, place.words, place.simulated),)
        self.map.set_middle(place.earth[1] if place.earth is not None else place.lookouts[0].longitude)
        self.map.set_site(settings.anchor, settings.floor)
        self.map.set_cameras(place.lookouts)
        self.map.set_plumes(place.plumes)
        self.map.set_incidents(marks)
        self.map.pick("alert" if marks else "")
        self._pages.setCurrentWidget(self.map)

    def _show_plan(self, place: AlertPlace, settings: Settings) -> None:
        floor, names = settings.floor, {camera.id: camera.name for camera in settings.cameras} or NO_NAMES
        cameras = tuple(CameraMark(names.get(pose.camera_id, ""), pose) for pose in floor.camera_poses if pose.camera_id == place.camera_id)
        scene = SpaceScene(
            bounds=bounds_of(floor, None), walls=floor.walls, portals=floor.portals, zones=zone_marks(floor), cameras=cameras
        )
        self.plan.set_scene(scene)
        self.plan.mark_spot(place.position, place.severity)
        self.plan.fit()
        self._pages.setCurrentWidget(self.plan)

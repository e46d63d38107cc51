"""The risk map: cells coloured by risk over a map, with incidents, cameras, smoke and named areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from engine.model.event import Severity
from widgets.look import look_number
from widgets.maps.heat_image import draw_heat, heat_image, heat_place
from widgets.maps.heat_raster import HeatRaster
from widgets.maps.heat_rim import draw_rim, heat_rim
from widgets.maps.incident_map import MapMark
from widgets.maps.map_canvas import Box, MapCanvas
from widgets.maps.map_clusters import Cluster, clustered
from widgets.maps.map_graticule import draw_graticule
from widgets.maps.map_ground import draw_scale, draw_simulated
from widgets.maps.map_labels import MapLabel, draw_label, draw_labels
from widgets.maps.map_marks import HIT, draw_cluster, draw_mark, mark_box
from widgets.maps.map_tiles import TileSource, draw_tiles
from widgets.maps.map_view import MapView
from widgets.maps.mercator import Mercator, stretch
from widgets.maps.risk_layers import (
    CameraOnMap,
    Outline,
    PatternOnMap,
    Place,
    PlumeOnMap,
    camera_box,
    draw_cameras,
    draw_outlines,
    draw_patterns,
    draw_plumes,
    lines_on_cells,
    on_screen,
    polygon,
)
from widgets.theme import color

_APART = 48  # pixels under which incidents become one


class Layer(StrEnum):
    MAP = "map"
    RISK = "risk"
    INCIDENTS = "incidents"
    CAMERAS = "cameras"
    SMOKE = "smoke"
    AREAS = "areas"
    PATTERNS = "patterns"


@dataclass(frozen=True, slots=True)
class RiskHit:
    """What lies at a pixel: incidents, else a place on Earth."""

    place: Place
    cluster: Cluster | None = None


class RiskMap(MapCanvas[RiskHit]):
    """Signals: place_chosen(latitude, longitude); incident_chosen(id); area_drawn(places): a polygon as (latitude, longitude)."""

    place_chosen = Signal(float, float)
    incident_chosen = Signal(str)
    area_drawn = Signal(tuple)

    closest_fit = 2.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("RiskMap", "Risk map"), parent)
        self._plane = Mercator()
        self._raster: HeatRaster | None = None
        self._image: tuple[int, QImage] | None = None
        self._rim: QPainterPath | None = None
        self._faded = self._drawn_heat = self._drawn_marks = False
        self._marks: tuple[MapMark, ...] = ()
        self._places = np.empty((0, 2))
        self._severities = np.empty(0, np.int64)
        self._clusters: tuple[Cluster, ...] = ()
        self._known: tuple[object, ...] = ()
        self._cameras: tuple[CameraOnMap, ...] = ()
        self._plumes: tuple[PlumeOnMap, ...] = ()
        self._outlines: tuple[Outline, ...] = ()
        self._patterns: tuple[PatternOnMap, ...] = ()
        self._tiles: TileSource | None = None
        self._chosen: tuple[Place, float] | None = None
        self._drawing: list[Place] | None = None
        self._area: tuple[Place, ...] = ()
        self.layers = frozenset(Layer)

    # What is shown

    def set_middle(self, longitude: float) -> None:
        """Around which turn of the Earth everything is shown."""
        if Mercator(longitude) != self._plane:
            self._plane = Mercator(longitude)
            self._place_marks()
            self.update()

    def set_heat(self, raster: HeatRaster | None, faded: bool = False, simulated: bool = False) -> None:
        self._raster, self._faded, self._drawn_heat = raster, faded, simulated
        self._image = self._rim = None
        self._fit_unless_moved()

    def set_incidents(self, marks: Iterable[MapMark]) -> None:
        new = tuple(marks)
        if new != self._marks:
            self._marks, self._drawn_marks = new, any(mark.simulated for mark in new)
            self._place_marks()
            self._fit_unless_moved()

    def set_cameras(self, cameras: tuple[CameraOnMap, ...]) -> None:
        if cameras != self._cameras:
            self._cameras = cameras
            self._fit_unless_moved()

    def set_plumes(self, plumes: tuple[PlumeOnMap, ...]) -> None:
        if plumes != self._plumes:
            self._plumes = plumes
            self._fit_unless_moved()

    def set_outlines(self, outlines: tuple[Outline, ...]) -> None:
        if outlines != self._outlines:
            self._outlines = outlines
            self._fit_unless_moved()

    def set_patterns(self, patterns: tuple[PatternOnMap, ...]) -> None:
        if patterns != self._patterns:
            self._patterns = patterns
            self.update()

    def set_tiles(self, source: TileSource | None) -> None:
        self._tiles = source
        self.update()

    def set_layers(self, layers: frozenset[Layer]) -> None:
        if layers != self.layers:
            self.layers = layers
            self.update()

    def set_chosen(self, latitude: float, longitude: float, cell_m: float) -> None:
        """The cell that is being explained, by its middle."""
        self._chosen = ((latitude, longitude), cell_m)
        self.update()

    def forget_chosen(self) -> None:
        self._chosen = None
        self.update()

    def plumes(self) -> tuple[PlumeOnMap, ...]:
        return self._plumes

    def show_places(self, places: Iterable[Place]) -> None:
        """Bring them on screen."""
        points = [self._plane.to_plane(*place) for place in places]
        if points:
            (x0, y0), (x1, y1) = np.min(points, axis=0), np.max(points, axis=0)
            self.set_view(self.view.fitted((float(x0), float(y0), float(x1), float(y1)), margin=96, closest=5.0))

    def is_bare(self) -> bool:
        """There is nothing on it but the map itself."""
        return self._raster is None and not (self._marks or self._cameras or self._plumes or self._outlines)

    # Drawing an area

    def begin_area(self) -> None:
        """Clicks add corners; a double click or Enter closes it, Escape gives up."""
        self._drawing, self._area = [], ()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()
        self.update()

    def is_drawing(self) -> bool:
        return self._drawing is not None

    def give_up_area(self) -> None:
        """Nothing is drawn any more, and no area is shown."""
        self._end_area(keep=False)
        self.set_area(())

    def set_area(self, area: tuple[Place, ...]) -> None:
        self._area = area
        self.update()

    def _end_area(self, keep: bool) -> None:
        corners, self._drawing = tuple(self._drawing or ()), None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if keep and len(corners) >= 3:
            self._area = corners
            self.area_drawn.emit(corners)
        self.update()

    # As a map

    def plane(self) -> Mercator:
        return self._plane

    def bounds(self) -> Box | None:
        corners = [tuple(place) for place in self._places]
        corners += [self._plane.to_plane(camera.latitude, camera.longitude) for camera in self._cameras]
        if self._raster is not None:
            corners += [(self._raster.x0, self._raster.y0), (self._raster.x1, self._raster.y1)]
        corners += [self._plane.to_plane(*place) for outline in self._outlines for ring in outline.rings for place in ring]
        if not corners:
            return None
        (x0, y0), (x1, y1) = np.min(corners, axis=0), np.max(corners, axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    def hit(self, point: QPointF) -> RiskHit | None:
        if self._drawing is not None:
            return None
        latitude, longitude = self._plane.to_earth(*self.view.to_plane(point.x(), point.y()))
        near = [(self.point(c.x, c.y) - point, c) for c in self.clusters()] if Layer.INCIDENTS in self.layers else []
        near = [(by, cluster) for by, cluster in near if by.manhattanLength() <= 2 * HIT]
        found = min(near, key=lambda each: each[0].manhattanLength())[1] if near else None
        return RiskHit((latitude, longitude), found)

    def choose_hit(self, hit: RiskHit) -> None:
        if hit.cluster is None:
            self.place_chosen.emit(*hit.place)
        elif hit.cluster.members[1:] and hit.cluster.spread > _APART * self.view.scale / 8:
            places = self._places[list(hit.cluster.members)]
            (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
            self.set_view(self.view.fitted((x0, y0, x1, y1), margin=72, closest=0.5))
        else:
            self.incident_chosen.emit(self._marks[hit.cluster.members[0]].id)

    def tip(self, hit: RiskHit) -> str:
        if hit.cluster is None:
            return ""
        tips = [self._marks[number].tip for number in hit.cluster.members[:6]]
        more = len(hit.cluster.members) - len(tips)
        return "\n".join([*tips, self.tr("… and {0} more").format(more)] if more else tips)

    def clusters(self) -> tuple[Cluster, ...]:
        known = (self._marks, self._plane, self.view.scale)
        if known != self._known:
            self._known = known
            self._clusters = clustered(self._places, self._severities, _APART * self.view.scale)
        return self._clusters

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None and event.button() is Qt.MouseButton.LeftButton:
            self._drawing.append(self._plane.to_earth(*self.view.to_plane(event.position().x(), event.position().y())))
            self.update()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._end_area(keep=True)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._drawing is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self._end_area(keep=event.key() != Qt.Key.Key_Escape)
            return
        super().keyPressEvent(event)

    def _heat(self, raster: HeatRaster) -> QImage:
        """Drawn once for each look of the screen: what is much stands out of every ground."""
        if self._image is None or self._image[0] != look_number():
            self._image = (look_number(), heat_image(raster, self._faded))
        return self._image[1]

    def paint(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), color("panel"))
        on_tiles = self._tiles is not None and Layer.MAP in self.layers and draw_tiles(painter, self.view, self._tiles) > 0
        if Layer.RISK in self.layers and self._raster is not None:
            self._draw_heat(painter, self._raster)
        draw_graticule(painter, self.view, self._plane, on_tiles or self._raster is not None)
        names: list[MapLabel] = []
        if Layer.AREAS in self.layers:
            names += draw_outlines(painter, self.view, self._plane, self._outlines)
        if Layer.PATTERNS in self.layers:
            names += draw_patterns(painter, self.view, self._plane, self._patterns)
        self._draw_area(painter)
        self._draw_chosen(painter)
        if Layer.INCIDENTS in self.layers:
            self._draw_incidents(painter)
        if Layer.SMOKE in self.layers:
            draw_plumes(painter, self.view, self._plane, self._plumes)
        if Layer.CAMERAS in self.layers:
            names = draw_cameras(painter, self.view, self._plane, self._cameras) + names
        draw_labels(painter, names, self._occupied_rects(), QRectF(self.rect()))
        self._draw_margin(painter, on_tiles)
        if self._shows_simulated():
            draw_simulated(painter, self.view)
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _draw_heat(self, painter: QPainter, raster: HeatRaster) -> None:
        draw_heat(painter, self.view, raster, self._heat(raster))
        if self._rim is None:
            self._rim = heat_rim(raster)
        draw_rim(painter, heat_place(self.view, raster), raster, self._rim)

    def _occupied_rects(self) -> list[QRectF]:
        """Where names would cover a mark or a button."""
        marks = self.clusters() if Layer.INCIDENTS in self.layers else ()
        cameras = self._cameras if Layer.CAMERAS in self.layers else ()
        found = [mark_box(self.point(each.x, each.y), len(each.members)) for each in marks]
        found += [camera_box(on_screen(self.view, self._plane, each.latitude, each.longitude)) for each in cameras]
        return [*found, *(QRectF(button.geometry()) for button in (self.closer, self.farther, self.all))]

    def _shows_simulated(self) -> bool:
        smoke = any(plume.simulated for plume in self._plumes)
        drawn = {Layer.RISK: self._drawn_heat, Layer.INCIDENTS: self._drawn_marks, Layer.SMOKE: smoke}
        return any(drawn.get(layer, False) for layer in self.layers)

    def _draw_incidents(self, painter: QPainter) -> None:
        near = self.rect().adjusted(-40, -40, 40, 40)
        for cluster in self.clusters():
            at = self.point(cluster.x, cluster.y)
            if not near.contains(at.toPoint()):
                continue
            if len(cluster.members) > 1:
                draw_cluster(painter, at, Severity(cluster.severity), len(cluster.members))
            else:
                draw_mark(painter, at, Severity(cluster.severity))

    def _draw_area(self, painter: QPainter) -> None:
        corners = tuple(self._drawing or self._area)
        if not corners:
            return
        fill = QColor(color("accent"))
        fill.setAlphaF(0.10)
        painter.setBrush(fill)
        drawn = polygon(self.view, self._plane, corners)
        for pen in lines_on_cells(color("accent"), 1.6, Qt.PenStyle.DashLine):
            painter.setPen(pen)
            painter.drawPolygon(drawn)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        for corner in map(drawn.at, range(drawn.size())):
            painter.drawEllipse(corner, 3, 3)

    def _draw_chosen(self, painter: QPainter) -> None:
        if self._chosen is None:
            return
        (latitude, longitude), cell_m = self._chosen
        half = cell_m * stretch(latitude) / self.view.scale / 2
        at = on_screen(self.view, self._plane, latitude, longitude)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in lines_on_cells(color("accent"), 2.5):
            painter.setPen(pen)
            painter.drawRect(round(at.x() - half), round(at.y() - half), round(2 * half), round(2 * half))

    def _draw_margin(self, painter: QPainter, on_tiles: bool) -> None:
        """The scale, true in the middle of the map; whose map it is; where the mouse is."""
        latitude, _ = self._plane.to_earth(self.view.x, self.view.y)
        draw_scale(painter, self.view, self.view.scale / stretch(latitude))
        if on_tiles and self._tiles is not None:
            draw_label(painter, QPointF(self.view.width - 10, self.view.height - 8), self._tiles.attribution, right=True)
        if here := self.here():
            draw_label(painter, QPointF(self.view.width - 10, self.view.height - 30), here, right=True, role="text")

    def _place_marks(self) -> None:
        self._places = self._plane.to_plane_many([m.latitude for m in self._marks], [m.longitude for m in self._marks])
        self._severities = np.array([int(mark.severity) for mark in self._marks], np.int64)

    def _fit_unless_moved(self) -> None:
        """Until somebody moves the map, it follows, so that all is on it."""
        if self._moved:
            self.update()
        else:
            self.fit()

    def shown_box(self) -> tuple[float, float, float, float]:
        """South, west, north, east of what is on screen, degrees."""
        view: MapView = self.view
        north, west = self._plane.to_earth(*view.to_plane(0, 0))
        south, east = self._plane.to_earth(*view.to_plane(view.width, view.height))
        return max(south, -90.0), west, min(north, 90.0), east

"""The map of Incidents, Risk and Investigate: one base map, one set of layers, one way to move it."""

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from engine.model.site import Floor, SiteAnchor
from engine.model.value_class import dataclass
from widgets.maps.area_layer import AreaLayer
from widgets.maps.base.base_map import BaseMap
from widgets.maps.heat.heat_layer import HeatLayer
from widgets.maps.heat.heat_raster import HeatRaster
from widgets.maps.incident_layer import IncidentLayer, MapMark
from widgets.maps.map_canvas import Box, MapCanvas
from widgets.maps.map_clusters import Cluster
from widgets.maps.map_graticule import draw_graticule
from widgets.maps.map_ground import draw_scale, draw_simulated, draw_site, site_box, site_corners
from widgets.maps.map_labels import MapLabel, draw_label, draw_labels
from widgets.maps.map_tiles import TileSource
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
    on_screen,
)
from widgets.theme import color

_MARK_AT_MOST = 96  # pixels of the site's outline, on which no name lies


class Layer(StrEnum):
    MAP = "map"
    RISK = "risk"
    INCIDENTS = "incidents"
    SITE = "site"
    CAMERAS = "cameras"
    SMOKE = "smoke"
    AREAS = "areas"
    PATTERNS = "patterns"


@dataclass(frozen=True, slots=True)
class MapHit:
    """What lies at a pixel: incidents, else a place on Earth."""

    place: Place
    cluster: Cluster | None = None


class SiteMap(MapCanvas[MapHit]):
    """Signals: place_chosen(latitude, longitude); incident_chosen(id): clicked again where several lie on each other, the next of them;
    area_drawn(places): a polygon as (latitude, longitude); came, went: on screen, and off it.
    """

    place_chosen = Signal(float, float)
    incident_chosen = Signal(str)
    area_drawn = Signal(tuple)
    came = Signal()
    went = Signal()

    closest_fit = 2.0
    places_clickable = True
    """A click beside incidents chooses the place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("SiteMap", "Map"), parent)
        self._plane = Mercator()
        self.base, self.heat, self.incidents, self.area = BaseMap(), HeatLayer(), IncidentLayer(), AreaLayer()
        self._anchor: SiteAnchor | None = None
        self._floor = Floor()
        self._cameras: tuple[CameraOnMap, ...] = ()
        self._plumes: tuple[PlumeOnMap, ...] = ()
        self._outlines: tuple[Outline, ...] = ()
        self._patterns: tuple[PatternOnMap, ...] = ()
        self.layers = frozenset(Layer)

    # What is shown

    def set_middle(self, longitude: float) -> None:
        """Around which turn of the Earth everything is shown."""
        if Mercator(longitude) != self._plane:
            self._plane = Mercator(longitude)
            self.incidents.place(self._plane)
            self.update()

    def set_site(self, anchor: SiteAnchor | None, floor: Floor) -> None:
        if (anchor, floor) != (self._anchor, self._floor):
            self._anchor, self._floor = anchor, floor
            self._fit_unless_moved()

    def set_radius(self, radius_m: float) -> None:
        """How far from the selected incident reports join it; 0: that is not shown."""
        if radius_m != self.incidents.radius_m:
            self.incidents.radius_m = radius_m
            self.update()

    def set_heat(self, raster: HeatRaster | None, faded: bool = False, simulated: bool = False) -> None:
        self.heat.set_heat(raster, faded, simulated)
        self._fit_unless_moved()

    def set_incidents(self, marks: Iterable[MapMark]) -> None:
        if self.incidents.set_marks(marks):
            self._fit_unless_moved()

    def pick(self, mark_id: str) -> None:
        """The selected incident, or none; it is brought on screen."""
        if mark_id != self.incidents.picked:
            self.incidents.picked = mark_id
            place = self.place_of(mark_id)
            if place is not None and not self.view.holds(*place):
                self.view = self.view.centred(*place)
            self.update()

    def picked(self) -> str:
        return self.incidents.picked

    def set_cameras(self, cameras: tuple[CameraOnMap, ...]) -> None:
        if cameras != self._cameras:
            self._cameras = cameras
            self._fit_unless_moved()

    def cameras(self) -> tuple[CameraOnMap, ...]:
        return self._cameras

    def set_plumes(self, plumes: tuple[PlumeOnMap, ...]) -> None:
        if plumes != self._plumes:
            self._plumes = plumes
            self._fit_unless_moved()

    def plumes(self) -> tuple[PlumeOnMap, ...]:
        return self._plumes

    def set_outlines(self, outlines: tuple[Outline, ...]) -> None:
        if outlines != self._outlines:
            self._outlines = outlines
            self._fit_unless_moved()

    def outlines(self) -> tuple[Outline, ...]:
        return self._outlines

    def set_patterns(self, patterns: tuple[PatternOnMap, ...]) -> None:
        if patterns != self._patterns:
            self._patterns = patterns
            self.update()

    def patterns(self) -> tuple[PatternOnMap, ...]:
        return self._patterns

    def set_tiles(self, source: TileSource | None) -> None:
        self.base.tiles = source
        self.update()

    def set_layers(self, layers: frozenset[Layer]) -> None:
        if layers != self.layers:
            self.layers = layers
            self._fit_unless_moved()

    def set_chosen(self, latitude: float, longitude: float, cell_m: float) -> None:
        """The cell that is being explained, by its middle."""
        self.area.cell = ((latitude, longitude), cell_m)
        self.update()

    def forget_chosen(self) -> None:
        self.area.cell = None
        self.update()

    def show_places(self, places: Iterable[Place]) -> None:
        """Bring them on screen."""
        points = [self._plane.to_plane(*place) for place in places]
        if points:
            (x0, y0), (x1, y1) = np.min(points, axis=0), np.max(points, axis=0)
            self.set_view(self.view.fitted((float(x0), float(y0), float(x1), float(y1)), margin=96, closest=5.0))

    def is_bare(self) -> bool:
        """There is nothing on it but the map itself."""
        return self.heat.raster is None and not (self.incidents.marks or self._cameras or self._plumes or self._outlines)

    # Drawing an area

    def begin_area(self) -> None:
        """Clicks add corners; a double click or Enter closes it, Escape gives up."""
        self.area.begin()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()
        self.update()

    def is_drawing(self) -> bool:
        return self.area.open_corners is not None

    def give_up_area(self) -> None:
        """Nothing is drawn any more, and no area is shown."""
        self._end_area(keep=False)
        self.set_area(())

    def set_area(self, area: tuple[Place, ...]) -> None:
        self.area.corners = area
        self.update()

    def _end_area(self, keep: bool) -> None:
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if corners := self.area.end(keep):
            self.area_drawn.emit(corners)
        self.update()

    # As a map

    def plane(self) -> Mercator:
        return self._plane

    def place_of(self, mark_id: str) -> tuple[float, float] | None:
        """Of an incident, metres of the plane."""
        return self.incidents.place_of(mark_id)

    def bounds(self) -> Box | None:
        """Of what is shown: a layer that is switched off does not widen the map."""
        corners = [tuple(place) for place in self.incidents.places] if Layer.INCIDENTS in self.layers else []
        corners += self._site() if Layer.SITE in self.layers else []
        if Layer.CAMERAS in self.layers:
            corners += [self._plane.to_plane(camera.latitude, camera.longitude) for camera in self._cameras]
        if Layer.RISK in self.layers and self.heat.raster is not None:
            corners += [(self.heat.raster.x0, self.heat.raster.y0), (self.heat.raster.x1, self.heat.raster.y1)]
        if Layer.AREAS in self.layers:
            corners += [self._plane.to_plane(*place) for outline in self._outlines for ring in outline.rings for place in ring]
        if not corners:
            return None
        (x0, y0), (x1, y1) = np.min(corners, axis=0), np.max(corners, axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    def _site(self) -> list[tuple[float, float]]:
        return site_corners(self._floor, self._anchor, self._plane) if self._anchor is not None else []

    def middle(self) -> QPointF | None:
        """The selected incident, where it is on screen."""
        place = self.place_of(self.incidents.picked)
        return self.point(*place) if place is not None and self.view.holds(*place, margin=0) else None

    def clusters(self) -> tuple[Cluster, ...]:
        return self.incidents.clusters(self.view.scale)

    def hit(self, point: QPointF) -> MapHit | None:
        if self.is_drawing():
            return None
        cluster = self.incidents.at(point, self.view) if Layer.INCIDENTS in self.layers else None
        if cluster is None and not self.places_clickable:
            return None
        return MapHit(self._plane.to_earth(*self.view.to_plane(point.x(), point.y())), cluster)

    def choose_hit(self, hit: MapHit) -> None:
        """One incident: choose it. Several: closer, as far as that tells them apart; otherwise one after the other."""
        if hit.cluster is None:
            self.place_chosen.emit(*hit.place)
        elif (closer := self.incidents.view_of_cluster(hit.cluster, self.view)) is not None:
            self.set_view(closer)
        else:
            self.incident_chosen.emit(self.incidents.next_of(hit.cluster))

    def tip(self, hit: MapHit) -> str:
        if hit.cluster is None:
            return ""
        tips, more = self.incidents.tips(hit.cluster)
        return "\n".join([*tips, self.tr("… and {0} more").format(more)] if more else tips)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.area.open_corners is not None and event.button() is Qt.MouseButton.LeftButton:
            self.area.open_corners.append(self._plane.to_earth(*self.view.to_plane(event.position().x(), event.position().y())))
            self.update()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.is_drawing():
            self._end_area(keep=True)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_drawing() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self._end_area(keep=event.key() != Qt.Key.Key_Escape)
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.went.emit()
        super().hideEvent(event)

    # Drawing

    def paint(self, painter: QPainter) -> None:
        self.base.draw(painter, self.view, Layer.MAP in self.layers)
        if Layer.RISK in self.layers:
            self.heat.draw(painter, self.view)
        figures = draw_graticule(painter, self.view, self._plane, on_picture=True)
        margin = self._draw_margin(painter)  # marks lie on it, never under it
        names = self._draw_layers(painter)
        if Layer.MAP in self.layers:
            names += self.base.names(self.view)
        draw_labels(painter, names, [*self._occupied_rects(), *figures, *margin], QRectF(self.rect()))
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _draw_layers(self, painter: QPainter) -> list[MapLabel]:
        """What lies on the map. Gives the names, the most important first, for when all marks are drawn."""
        view, plane, layers = self.view, self._plane, self.layers
        names: list[MapLabel] = []
        if Layer.AREAS in layers:
            names += draw_outlines(painter, view, plane, self._outlines)
        if Layer.PATTERNS in layers:
            names += draw_patterns(painter, view, plane, self._patterns)
        self.area.draw(painter, view, plane)
        if Layer.SITE in layers and self._anchor is not None:
            names.insert(0, draw_site(painter, view, self._floor, self._anchor, plane))
        if Layer.INCIDENTS in layers:
            self.incidents.draw(painter, view)
        if Layer.SMOKE in layers:
            draw_plumes(painter, view, plane, self._plumes)
        if Layer.CAMERAS in layers:
            names = draw_cameras(painter, view, plane, self._cameras) + names
        return names

    def _occupied_rects(self) -> list[QRectF]:
        """Where names would cover a mark, a button or a notice."""
        found = self.incidents.boxes(self.view) if Layer.INCIDENTS in self.layers else []
        site = self._site_mark()
        if site is not None:
            found.append(site)
        cameras = self._cameras if Layer.CAMERAS in self.layers else ()
        found += [camera_box(on_screen(self.view, self._plane, each.latitude, each.longitude)) for each in cameras]
        children = (child for child in self.children() if isinstance(child, QWidget) and child.isVisible())
        return [*found, *(QRectF(child.geometry()) for child in children)]

    def _site_mark(self) -> QRectF | None:
        """None where it is not drawn, or so large that names may lie on it."""
        if Layer.SITE not in self.layers or self._anchor is None:
            return None
        outline = site_box(self.view, self._floor, self._anchor, self._plane)
        return outline if max(outline.width(), outline.height()) <= _MARK_AT_MOST else None

    def _shows_simulated(self) -> bool:
        smoke = any(plume.simulated for plume in self._plumes)
        drawn = {Layer.RISK: self.heat.simulated, Layer.INCIDENTS: self.incidents.simulated, Layer.SMOKE: smoke}
        return any(drawn.get(layer, False) for layer in self.layers)

    def _draw_margin(self, painter: QPainter) -> list[QRectF]:
        """The scale, true in the middle of the map; whose map it is and what it lacks; where the mouse is. Gives where they stand."""
        view, taken = self.view, list[QRectF]()
        latitude, _ = self._plane.to_earth(view.x, view.y)
        scale = draw_scale(painter, view, view.scale / stretch(latitude))
        taken.append(scale)
        line = view.height - 26.0
        right = self._right_of_margin(line - 48)
        if Layer.MAP in self.layers:
            taken.append(draw_label(painter, QPointF(right, line), self.base.margin_text(view), right=True))
            line -= 22
        if here := self.here():
            taken.append(draw_label(painter, QPointF(right, line), here, right=True, role="text"))
        if self._shows_simulated():
            taken.append(draw_simulated(painter, view, scale))
        return taken

    def _right_of_margin(self, top: float) -> float:
        """On a low map the buttons reach down to what is said below `top`: that stands beside them."""
        return self.all.x() - 10.0 if self.all.geometry().bottom() > top else self.view.width - 10.0

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

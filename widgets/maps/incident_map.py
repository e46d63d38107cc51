"""Where incidents were: a plain map in metres, drawn here, without anything from a map service."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.model.event import Severity
from engine.model.site import Floor, SiteAnchor
from widgets.incidents.incident_words import distance_text
from widgets.maps.geo_plane import GeoPlane
from widgets.maps.map_canvas import Box, MapCanvas
from widgets.maps.map_clusters import Cluster, clustered
from widgets.maps.map_ground import draw_ground, draw_nowhere, draw_simulated, draw_site, site_corners
from widgets.maps.map_labels import draw_labels
from widgets.maps.map_marks import HIT, draw_circle, draw_cluster, draw_mark, draw_picked, mark_box
from widgets.maps.map_view import CLOSEST

_APART = 48  # pixels under which marks become one


@dataclass(frozen=True, slots=True)
class MapMark:
    """`tip`: what is said when the mouse rests on it. With a simulated one among them, the map says so."""

    id: str
    latitude: float
    longitude: float
    severity: Severity
    tip: str = ""
    simulated: bool = False


class IncidentMap(MapCanvas[Cluster]):
    """Signals: chosen(id): a mark was clicked. Clicked again where several lie on each other: the next of them."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("IncidentMap", "Map of incidents"), parent)
        self._marks: tuple[MapMark, ...] = ()
        self._simulated = False
        self._places = np.empty((0, 2))
        self._severities = np.empty(0, np.int64)
        self._numbers: dict[str, int] = {}
        self._anchor: SiteAnchor | None = None
        self._floor = Floor()
        self._radius_m = 0.0
        self._picked = ""
        self._plane = GeoPlane(0.0, 0.0)
        self._known: tuple[object, ...] = ()
        self._clusters: tuple[Cluster, ...] = ()

    # What is shown

    def set_site(self, anchor: SiteAnchor | None, floor: Floor) -> None:
        if (anchor, floor) != (self._anchor, self._floor):
            moved = anchor != self._anchor
            self._anchor, self._floor = anchor, floor
            if moved:
                self._place_marks()
                self._moved = False
            self.update()

    def set_radius(self, radius_m: float) -> None:
        """How far from the selected one reports join it; 0: that is not shown."""
        if radius_m != self._radius_m:
            self._radius_m = radius_m
            self.update()

    def set_marks(self, marks: Iterable[MapMark]) -> None:
        """Until somebody moves the map, it follows, so that all of them are on it."""
        new = tuple(marks)
        if new != self._marks:
            self._marks, self._simulated = new, any(mark.simulated for mark in new)
            self._place_marks()
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

    def plane(self) -> GeoPlane:
        return self._plane

    def bounds(self) -> Box | None:
        corners = [*self._places, *(np.array(corner) for corner in self._site())]
        if not corners:
            return None
        (x0, y0), (x1, y1) = np.min(corners, axis=0), np.max(corners, axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    def _site(self) -> tuple[tuple[float, float], ...]:
        return site_corners(self._floor, self._anchor) if self._anchor is not None else ()

    def _place_marks(self) -> None:
        """In metres around the site; without one around the first mark."""
        self._plane = GeoPlane(self._anchor.latitude, self._anchor.longitude) if self._anchor is not None else self._around_first()
        self._places = self._plane.to_plane_many([m.latitude for m in self._marks], [m.longitude for m in self._marks])
        self._severities = np.array([int(mark.severity) for mark in self._marks], np.int64)
        self._numbers = {mark.id: number for number, mark in enumerate(self._marks)}

    def _around_first(self) -> GeoPlane:
        if not self._marks or self._numbers:
            return self._plane
        return GeoPlane(self._marks[0].latitude, self._marks[0].longitude)

    def middle(self) -> QPointF | None:
        """The selected one, where it is on screen."""
        place = self.place_of(self._picked)
        return self.point(*place) if place is not None and self.view.holds(*place, margin=0) else None

    # Choosing

    def hit(self, point: QPointF) -> Cluster | None:
        near = [(self.point(c.x, c.y) - point, c) for c in self.clusters()]
        near = [(by, cluster) for by, cluster in near if by.manhattanLength() <= 2 * HIT]
        return min(near, key=lambda each: each[0].manhattanLength())[1] if near else None

    def choose_hit(self, hit: Cluster) -> None:
        """One: choose it. Several: closer, as far as that tells them apart; otherwise one after the other."""
        ids = [self._marks[number].id for number in hit.members]
        if len(ids) > 1 and hit.spread > _APART * CLOSEST * 4:
            places = self._places[list(hit.members)]
            (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
            self.set_view(self.view.fitted((x0, y0, x1, y1), margin=72, closest=CLOSEST))
            return
        after = ids.index(self._picked) + 1 if self._picked in ids else 0
        self.chosen.emit(ids[after % len(ids)])

    def tip(self, hit: Cluster) -> str:
        tips = [self._marks[number].tip for number in hit.members[:6]]
        more = len(hit.members) - len(tips)
        return "\n".join([*tips, self.tr("… and {0} more").format(more)] if more else tips)

    # Drawing

    def paint(self, painter: QPainter) -> None:
        if self._anchor is None and not self._marks:
            draw_nowhere(painter, self.rect(), self.tr("No place is known yet"))
            return
        draw_ground(painter, self.view, self._plane, self.here())
        names = () if self._anchor is None else (draw_site(painter, self.view, self._floor, self._anchor),)
        self._draw_circle(painter)
        picked = self._numbers.get(self._picked, -1)
        if self._simulated:
            draw_simulated(painter, self.view)
        for cluster in sorted(self.clusters(), key=lambda each: (picked in each.members, len(each.members))):
            self._draw_mark(painter, cluster, picked)
        marks = [mark_box(self.point(each.x, each.y), len(each.members)) for each in self.clusters()]
        draw_labels(painter, names, marks, QRectF(self.rect()))

    def _draw_mark(self, painter: QPainter, cluster: Cluster, picked: int) -> None:
        at = self.point(cluster.x, cluster.y)
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
        if place is not None and self._radius_m:
            wide, high = self._plane.radii(self._marks[self._numbers[self._picked]].latitude, self._radius_m)
            draw_circle(painter, self.point(*place), wide / self.view.scale, high / self.view.scale, distance_text(self._radius_m))

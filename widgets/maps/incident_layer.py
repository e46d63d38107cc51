"""Incidents on a map: marks, clusters of those that lie on each other, the selected one with the reach of reports that join it."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter

from engine.model.event import Severity
from engine.model.value_class import dataclass
from widgets.incidents.incident_words import distance_text
from widgets.maps.map_clusters import Cluster, clustered
from widgets.maps.map_marks import HIT, draw_circle, draw_cluster, draw_mark, draw_picked, mark_box
from widgets.maps.map_view import CLOSEST, MapView
from widgets.maps.mercator import Mercator

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


class IncidentLayer:
    """`picked`: the selected one, or empty. `radius_m`: how far from it reports join it; 0: that is not shown."""

    def __init__(self) -> None:
        self.marks: tuple[MapMark, ...] = ()
        self.simulated = False
        self.picked = ""
        self.radius_m = 0.0
        self.places = np.empty((0, 2))
        self._plane = Mercator()
        self._severities = np.empty(0, np.int64)
        self._numbers: dict[str, int] = {}
        self._known: tuple[object, ...] = ()
        self._clusters: tuple[Cluster, ...] = ()

    def set_marks(self, marks: Iterable[MapMark]) -> bool:
        """Whether they are others."""
        new = tuple(marks)
        if new == self.marks:
            return False
        self.marks, self.simulated = new, any(mark.simulated for mark in new)
        self.place(self._plane)
        return True

    def place(self, plane: Mercator) -> None:
        self._plane = plane
        self.places = plane.to_plane_many([m.latitude for m in self.marks], [m.longitude for m in self.marks])
        self._severities = np.array([int(mark.severity) for mark in self.marks], np.int64)
        self._numbers = {mark.id: number for number, mark in enumerate(self.marks)}

    def place_of(self, mark_id: str) -> tuple[float, float] | None:
        """Metres of the plane."""
        number = self._numbers.get(mark_id)
        return None if number is None else (float(self.places[number, 0]), float(self.places[number, 1]))

    def clusters(self, scale: float) -> tuple[Cluster, ...]:
        """At this zoom. Made anew only when marks or zoom change."""
        known = (self.marks, self._plane, scale)
        if known != self._known:
            self._known = known
            self._clusters = clustered(self.places, self._severities, _APART * scale)
        return self._clusters

    def at(self, point: QPointF, view: MapView) -> Cluster | None:
        near = [(QPointF(*view.to_screen(c.x, c.y)) - point, c) for c in self.clusters(view.scale)]
        near = [(by, cluster) for by, cluster in near if by.manhattanLength() <= 2 * HIT]
        return min(near, key=lambda each: each[0].manhattanLength())[1] if near else None

    def view_of_cluster(self, cluster: Cluster, view: MapView) -> MapView | None:
        """Closer, as far as that tells its marks apart; None where nothing does."""
        if len(cluster.members) < 2 or cluster.spread <= _APART * CLOSEST * 4:
            return None
        places = self.places[list(cluster.members)]
        (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
        return view.fitted((float(x0), float(y0), float(x1), float(y1)), margin=72, closest=CLOSEST)

    def next_of(self, cluster: Cluster) -> str:
        """Of several at one place the one after the selected one."""
        ids = [self.marks[number].id for number in cluster.members]
        after = ids.index(self.picked) + 1 if self.picked in ids else 0
        return ids[after % len(ids)]

    def tips(self, cluster: Cluster, most: int = 6) -> tuple[list[str], int]:
        """The first of them, and how many more there are."""
        tips = [self.marks[number].tip for number in cluster.members[:most]]
        return tips, len(cluster.members) - len(tips)

    def boxes(self, view: MapView) -> list[QRectF]:
        """What marks cover."""
        return [mark_box(QPointF(*view.to_screen(each.x, each.y)), len(each.members)) for each in self.clusters(view.scale)]

    def draw(self, painter: QPainter, view: MapView) -> None:
        self._draw_circle(painter, view)
        picked, near = self._numbers.get(self.picked, -1), QRect(-40, -40, view.width + 80, view.height + 80)
        for cluster in sorted(self.clusters(view.scale), key=lambda each: (picked in each.members, len(each.members))):
            at = QPointF(*view.to_screen(cluster.x, cluster.y))
            if near.contains(at.toPoint()):
                _draw_cluster(painter, at, cluster, picked in cluster.members)

    def _draw_circle(self, painter: QPainter, view: MapView) -> None:
        place = self.place_of(self.picked)
        if place is not None and self.radius_m:
            wide, high = self._plane.radii(self.marks[self._numbers[self.picked]].latitude, self.radius_m)
            draw_circle(painter, QPointF(*view.to_screen(*place)), wide / view.scale, high / view.scale, distance_text(self.radius_m))


def _draw_cluster(painter: QPainter, at: QPointF, cluster: Cluster, picked: bool) -> None:
    severity = Severity(cluster.severity)
    if len(cluster.members) > 1:
        draw_cluster(painter, at, severity, len(cluster.members), picked)
    elif picked:
        draw_picked(painter, at, severity)
    else:
        draw_mark(painter, at, severity)

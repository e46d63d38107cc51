"""A place chosen by a click: the base map around the site, with one pin."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.model.site import Floor, SiteAnchor
from widgets.maps.base.base_map import BaseMap
from widgets.maps.map_canvas import Box, MapCanvas
from widgets.maps.map_graticule import draw_graticule
from widgets.maps.map_ground import draw_scale, draw_site, site_corners
from widgets.maps.map_labels import MapLabel, draw_label, draw_labels
from widgets.maps.map_tiles import TileSource
from widgets.maps.mercator import Mercator, stretch
from widgets.theme import color

_AROUND_M = 250.0
_PIN = 9.0
NamedPlace = tuple[str, float, float]  # name, latitude, longitude


class PlaceMap(MapCanvas[QPointF]):
    """Signals: placed(latitude, longitude): somebody clicked there, or pressed the space bar over the middle."""

    placed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("PlaceMap", "Map: click the place"), parent)
        self._anchor: SiteAnchor | None = None
        self._floor = Floor()
        self._plane = Mercator()
        self.base = BaseMap()
        self._named: tuple[NamedPlace, ...] = ()
        self._pin: tuple[float, float] | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_site(self, anchor: SiteAnchor | None, floor: Floor, named: tuple[NamedPlace, ...]) -> None:
        """`named`: further places that are drawn by name, such as cameras."""
        self._anchor, self._floor, self._named = anchor, floor, named
        if anchor is not None:
            self._plane = Mercator(anchor.longitude)
        self.fit()

    def set_pin(self, latitude: float, longitude: float) -> None:
        """The place that is chosen; brought on screen."""
        if self._anchor is None and self._pin is None:
            self._plane = Mercator(longitude)
            self.look_at(latitude, longitude, 2 * _AROUND_M * stretch(latitude) / max(1, min(self.width(), self.height())))
        self._pin = latitude, longitude
        place = self._plane.to_plane(latitude, longitude)
        if not self.view.holds(*place):
            self.view = self.view.centred(*place)
        self.update()

    def set_tiles(self, source: TileSource | None) -> None:
        self.base.tiles = source
        self.update()

    def plane(self) -> Mercator:
        return self._plane

    def bounds(self) -> Box | None:
        if self._anchor is None:
            return None
        corners = site_corners(self._floor, self._anchor, self._plane)
        xs, ys, around = [x for x, _ in corners], [y for _, y in corners], _AROUND_M * stretch(self._anchor.latitude)
        return min(xs) - around, min(ys) - around, max(xs) + around, max(ys) + around

    def hit(self, point: QPointF) -> QPointF | None:
        return point

    def choose_hit(self, hit: QPointF) -> None:
        self._place(*self.plane().to_earth(*self.view.to_plane(hit.x(), hit.y())))

    def tip(self, hit: QPointF) -> str:
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) is Qt.Key.Key_Space:
            self._place(*self.plane().to_earth(self.view.x, self.view.y))
        else:
            super().keyPressEvent(event)

    def _place(self, latitude: float, longitude: float) -> None:
        if abs(latitude) <= 90:
            self.set_pin(latitude, longitude)
            self.placed.emit(latitude, longitude)

    def paint(self, painter: QPainter) -> None:
        self.base.draw(painter, self.view, shown=True)
        taken = [*draw_graticule(painter, self.view, self._plane, on_picture=True), *self._draw_margin(painter)]
        labels = [] if self._anchor is None else [draw_site(painter, self.view, self._floor, self._anchor, self._plane)]
        labels += [self._draw_named(painter, *each) for each in self._named]
        if self._pin is not None:
            at = self.point(*self._plane.to_plane(*self._pin))
            self._draw_pin(painter, at)
            taken.append(QRectF(at.x() - _PIN, at.y() - _PIN, 2 * _PIN, 2 * _PIN))
        taken += [label.around for label in labels[1:]]
        taken += [QRectF(button.geometry()) for button in (self.closer, self.farther, self.all)]
        draw_labels(painter, [*labels, *self.base.names(self.view)], taken, self.rect().toRectF())

    def _draw_margin(self, painter: QPainter) -> list[QRectF]:
        view = self.view
        latitude, _ = self._plane.to_earth(view.x, view.y)
        said = self.base.margin_text(view)
        taken = [draw_scale(painter, view, view.scale / stretch(latitude))]
        taken.append(draw_label(painter, QPointF(view.width - 10, view.height - 26), said, right=True))
        if here := self.here():
            taken.append(draw_label(painter, QPointF(view.width - 10, view.height - 48), here, right=True, role="text"))
        return taken

    def _draw_named(self, painter: QPainter, name: str, latitude: float, longitude: float) -> MapLabel:
        at = self.point(*self._plane.to_plane(latitude, longitude))
        painter.setPen(QPen(color("secondary"), 1.4))
        painter.setBrush(color("plate"))
        painter.drawEllipse(at, 4, 4)
        return MapLabel(QRectF(at.x() - 5, at.y() - 5, 10, 10), ((name, "secondary"),))

    def _draw_pin(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QPen(color("plate"), 2))
        painter.setBrush(color("accent"))
        painter.drawEllipse(at, _PIN, _PIN)
        painter.setBrush(color("plate"))
        painter.drawEllipse(at, _PIN / 3, _PIN / 3)

"""The base map of every map: the offline world, and over it the tiles of a map file or a map service."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from engine.model.base_map.world import ATTRIBUTION, Names, countries, towns
from widgets.maps.base.world_drawing import WorldDrawing, land_color
from widgets.maps.map_labels import MapLabel
from widgets.maps.map_tiles import TileSource, draw_tiles
from widgets.maps.map_view import MapView
from widgets.maps.mercator import ROUND_M
from widgets.theme import color, font
from widgets.translation import tr

MOST_NAMES = 60
_MARGIN = 16  # pixels beside a line of text
COARSE_BELOW = 250.0
"""Metres a pixel of the plane: closer than this the offline world shows less than an operator looks for."""
SHAPES_FROM = 30.0
"""Closer than this its coast lines, which are right to some 500 m, would mislead: the ground is plain."""


class BaseMap:
    """UI thread. `tiles`: of a file or a service; None: only the offline world."""

    def __init__(self) -> None:
        self.tiles: TileSource | None = None
        self.world = WorldDrawing()
        self._on_tiles = False

    @property
    def has_tiles_here(self) -> bool:
        """Of the last painting."""
        return self._on_tiles

    def draw(self, painter: QPainter, view: MapView, shown: bool) -> None:
        """`shown`: the layer is switched on; without it the ground is plain."""
        area = QRectF(0, 0, view.width, view.height)
        self._on_tiles = False
        if not shown:
            painter.fillRect(area, color("panel"))
            return
        if view.scale >= SHAPES_FROM:
            self.world.draw(painter, view)
        else:
            painter.fillRect(area, land_color())
        self._on_tiles = self.tiles is not None and draw_tiles(painter, view, self.tiles) > 0

    def names(self, view: MapView) -> list[MapLabel]:
        """Of the tiles where there are some, otherwise of countries and towns; the most important first."""
        if self._on_tiles and self.tiles is not None:
            return [_name_label(view, each.text, each.x, each.y, dot=False) for each in self.tiles.names(view)[:MOST_NAMES]]
        found = [_name_label(view, *each, dot=False) for each in _in_view(countries(), view)]
        return (found + [_name_label(view, *each, dot=True) for each in _in_view(towns(), view)])[:MOST_NAMES]

    def attribution(self) -> str:
        if self._on_tiles and self.tiles is not None:
            return self.tiles.attribution
        return ATTRIBUTION

    def margin_text(self, view: MapView) -> str:
        """What the base map lacks where there is room for it, and whose it is."""
        whole = "  ·  ".join(filter(None, (self.notice(view), self.attribution())))
        wide = QFontMetricsF(font("secondary", QFont.Weight.Medium)).horizontalAdvance(whole)
        return whole if wide < view.width - 2 * _MARGIN else self.attribution()

    def notice(self, view: MapView) -> str:
        """What the base map does not show here; empty where it shows what is to be expected."""
        if self._on_tiles or view.scale > COARSE_BELOW:
            return ""
        if self.tiles is not None:
            if self.tiles.covers(view):
                return ""  # they are on their way, or the page says why not
            return tr("Base map: the map file has no tiles for this area")
        if view.scale < SHAPES_FROM:
            return tr("Base map: towns only at this zoom. Add a map file for streets.")
        return tr("Base map: coast lines and borders only. Add a map file for streets.")


def _in_view(names: Names, view: MapView) -> Iterator[tuple[str, float, float]]:
    """Those that are on screen and important enough for this zoom, on the turn of the Earth that is shown."""
    x = names.places[:, 0] + np.round((view.x - names.places[:, 0]) / ROUND_M) * ROUND_M
    y = names.places[:, 1]
    wide, high = view.width * view.scale / 2, view.height * view.scale / 2
    shown = (np.abs(x - view.x) < wide) & (np.abs(y - view.y) < high) & (view.scale <= names.until)
    for number in np.flatnonzero(shown)[:MOST_NAMES]:
        yield names.names[number], float(x[number]), float(y[number])


def _name_label(view: MapView, text: str, x: float, y: float, dot: bool) -> MapLabel:
    at = QPointF(*view.to_screen(x, y))
    around = QRectF(at.x() - 3, at.y() - 3, 6, 6) if dot else QRectF(at.x() - 0.5, at.y() - 9, 1, 1)
    return MapLabel(around, ((text, "secondary"),), plain=True, dot=at if dot else None)

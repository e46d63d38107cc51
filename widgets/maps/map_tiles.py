"""Tiles of a map service under everything else. Their source is a file or a service: `console/maps`."""

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.model.value_class import dataclass
from widgets.maps.map_view import MapView
from widgets.maps.mercator import tiles
from widgets.theme import color

_DIM = 0.45  # maps are made for paper; a control room is dark


@dataclass(frozen=True, slots=True)
class TileName:
    """A name that a vector tile holds, and where on the plane. `rank`: the smaller the more important."""

    text: str
    x: float
    y: float
    rank: int


class TileSource(Protocol):
    """UI thread. `picture` gives what is at hand and asks for what is not; then `changed` is told to whoever listens.

    `themed`: its pictures are drawn in the colours of the screen, so that nothing dims them. `names`: of vector tiles at hand.
    """

    @property
    def attribution(self) -> str: ...

    @property
    def most_zoom(self) -> int: ...

    @property
    def themed(self) -> bool: ...

    def covers(self, view: MapView) -> bool:
        """Whether there may be tiles of what is shown."""
        ...

    def names(self, view: MapView) -> tuple[TileName, ...]: ...

    def picture(self, zoom: int, column: int, row: int) -> QImage | None: ...


def draw_tiles(painter: QPainter, view: MapView, source: TileSource) -> int:
    """How many were there. Where one is missing, its part of a coarser one that is there stands in."""
    drawn = 0
    smooth = painter.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    for tile in tiles(view, source.most_zoom):
        place = QRectF(tile.left, tile.top, tile.size + 0.5, tile.size + 0.5)
        image = source.picture(tile.zoom, tile.column, tile.row)
        if image is not None:
            painter.drawImage(place, image)
            drawn += 1
        elif tile.zoom > 0 and (coarser := source.picture(tile.zoom - 1, tile.column // 2, tile.row // 2)) is not None:
            half_x, half_y = coarser.width() / 2, coarser.height() / 2
            painter.drawImage(place, coarser, QRectF(tile.column % 2 * half_x, tile.row % 2 * half_y, half_x, half_y))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    if drawn and not source.themed:
        veil = QColor(color("window"))
        veil.setAlphaF(_DIM)
        painter.fillRect(QRectF(0, 0, view.width, view.height), veil)
    return drawn

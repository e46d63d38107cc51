"""Zoom and pan of one picture in one tile."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from engine.model.value_class import dataclass

MAX_ZOOM = 8.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """What part of the picture is looked at.

    Attributes:
        zoom: 1 (the whole picture, aspect kept) to 8.
        centre_x, centre_y: the point of the picture, in shares of its size (0–1), that is in the middle of the tile where possible.
    """

    zoom: float = 1.0
    centre_x: float = 0.5
    centre_y: float = 0.5

    def picture_rect(self, tile: QRectF, picture: QSizeF) -> QRectF:
        """Where the whole picture lies, in the tile's coordinates; it never leaves a gap that panning back could fill."""
        size = picture.scaled(tile.size(), Qt.AspectRatioMode.KeepAspectRatio) * self.zoom
        x = _clamped_start(tile.left(), tile.width(), size.width(), self.centre_x)
        y = _clamped_start(tile.top(), tile.height(), size.height(), self.centre_y)
        return QRectF(x, y, size.width(), size.height())

    def zoomed(self, factor: float, about: QPointF, tile: QRectF, picture: QSizeF) -> "Viewport":
        """Zoomed by a factor so that the part of the picture under `about` stays there."""
        before = self.picture_rect(tile, picture)
        zoom = min(MAX_ZOOM, max(1.0, self.zoom * factor))
        growth = zoom / self.zoom
        moved = QRectF(about + (before.topLeft() - about) * growth, before.size() * growth)
        return _looking_at(zoom, moved, tile, picture)

    def panned(self, by: QPointF, tile: QRectF, picture: QSizeF) -> "Viewport":
        """Moved with the mouse: the picture follows `by`."""
        return _looking_at(self.zoom, self.picture_rect(tile, picture).translated(by), tile, picture)


def _clamped_start(tile_start: float, tile_length: float, length: float, centre: float) -> float:
    if length <= tile_length:
        return tile_start + (tile_length - length) / 2
    wanted = tile_start + tile_length / 2 - centre * length
    return min(tile_start, max(tile_start + tile_length - length, wanted))


def _looking_at(zoom: float, placed: QRectF, tile: QRectF, picture: QSizeF) -> Viewport:
    """The viewport that places the picture there, or as near as its edges allow."""
    wanted = Viewport(zoom, *_shares(placed, tile.center()))
    return replace(wanted, **dict(zip(("centre_x", "centre_y"), _shares(wanted.picture_rect(tile, picture), tile.center()), strict=True)))


def _shares(placed: QRectF, point: QPointF) -> tuple[float, float]:
    return (point.x() - placed.x()) / placed.width(), (point.y() - placed.y()) / placed.height()

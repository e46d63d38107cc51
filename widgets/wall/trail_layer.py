"""Trails as they were drawn last: tracks are new some ten times a second, pictures more often, and lines with smooth edges cost most."""

from collections.abc import Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QTransform

from engine.model.value_class import dataclass
from widgets.wall.trails import Trails

_FADES = (110, 190, 255)
_WIDTH = 1.5


@dataclass(frozen=True, slots=True)
class _Placing:
    """What a drawn trail depends on, besides its points. tints: colour by track."""

    version: int
    tints: Mapping[str, str]
    to_tile: QTransform
    area: QRect
    ratio: float


class TrailLayers:
    """Main thread only. One small picture a trail, for as long as neither the tracks nor their place in the tile change."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Trails, tuple[_Placing, list[tuple[int, int, QPixmap]]]] = WeakKeyDictionary()

    def paint(self, painter: QPainter, trails: Trails, tints: Mapping[str, str], to_tile: QTransform, area: QRect, ratio: float) -> None:
        """Those of the tracks in `tints`, in their colour. Nothing leaves `area`."""
        placing = _Placing(trails.version, tints, to_tile, area, ratio)
        kept = self._kept.get(trails)
        if kept is None or kept[0] != placing:
            kept = self._kept[trails] = (placing, _layers(trails, placing))
        for x, y, layer in kept[1]:
            painter.drawPixmap(x, y, layer)


def _layers(trails: Trails, placing: _Placing) -> list[tuple[int, int, QPixmap]]:
    made: list[tuple[int, int, QPixmap]] = []
    for track_id, tint in placing.tints.items():
        parts = trails.parts(track_id)
        room = _room(parts, placing) if parts else QRect()
        if not room.isEmpty():
            made.append((room.x(), room.y(), _layer(parts, tint, room, placing)))
    return made


def _room(parts: list[QPolygonF], placing: _Placing) -> QRect:
    """Of the lines, as wide as they are, in the tile."""
    around = QRectF()
    for part in parts:
        around |= placing.to_tile.mapRect(part.boundingRect().adjusted(0, 0, 1e-6, 1e-6))  # a line along an axis has no area, yet is seen
    return around.toAlignedRect().adjusted(-2, -2, 2, 2) & placing.area


def _layer(parts: list[QPolygonF], tint: str, room: QRect, placing: _Placing) -> QPixmap:
    ratio = placing.ratio
    layer = QPixmap(room.size() * ratio)
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    with QPainter(layer) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-room.x(), -room.y())
        painter.setTransform(placing.to_tile, True)
        for part, pen in zip(parts, _pens(tint, ratio)[len(_FADES) - len(parts) :], strict=True):
            painter.setPen(pen)
            painter.drawPolyline(part)
    return layer


@lru_cache(maxsize=256)
def _pens(tint: str, ratio: float) -> list[QPen]:
    """From faint to strong; as wide at every zoom."""
    pens: list[QPen] = []
    for alpha in _FADES:
        shade = QColor(tint)
        shade.setAlpha(alpha)
        pen = QPen(shade, _WIDTH * ratio)
        pen.setCosmetic(True)
        pens.append(pen)
    return pens

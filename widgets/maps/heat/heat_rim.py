"""The line around the cells of a risk map: where there is data, however low, is told from where there is none, on every ground."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from widgets.maps.heat.heat_raster import HeatRaster
from widgets.theme import color

MOST_LINES = 20_000  # more are too close to each other to be seen


def heat_rim(raster: HeatRaster) -> QPainterPath:
    """In the raster's pixels; empty where there is too much of it."""
    known = ~np.isnan(raster.shares)
    level, upright = _runs(known), _runs(known.T)
    path = QPainterPath()
    if len(level) + len(upright) > MOST_LINES:
        return path
    for at, begin, end in level:
        path.moveTo(begin, at)
        path.lineTo(end, at)
    for at, begin, end in upright:
        path.moveTo(at, begin)
        path.lineTo(at, end)
    return path


def draw_rim(painter: QPainter, place: QRectF, raster: HeatRaster, rim: QPainterPath) -> None:
    """`place`: where all of the raster lies on the screen."""
    height, width = raster.shares.shape
    pen = QPen(color("line_strong"), 1)
    pen.setCosmetic(True)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setTransform(QTransform.fromTranslate(place.x(), place.y()).scale(place.width() / width, place.height() / height), True)
    painter.strokePath(rim, pen)
    painter.restore()


def _runs(known: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Lines between a row and the next of which only one has data: (row, first column, column after the last)."""
    framed = np.pad(known, ((1, 1), (0, 0)))
    edges = np.pad(framed[1:] != framed[:-1], ((0, 0), (1, 1)))
    rows, begins = np.nonzero(edges[:, 1:] & ~edges[:, :-1])
    _, ends = np.nonzero(edges[:, :-1] & ~edges[:, 1:])
    return list(zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True))

"""A risk map's cells as a picture that is blended over the map: colours of viridis, what is risky also less see-through."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from engine.model.geometry import Floats
from widgets.maps.heat.heat_raster import HeatRaster
from widgets.maps.map_view import MapView
from widgets.space.ramps import viridis

LEAST_ALPHA, MOST_ALPHA, FADED_ALPHA = 0.55, 0.85, 0.30
_STEPS = 256


def heat_colors(shares: NDArray[np.floating], faded: bool = False) -> Floats:
    """(N,) in 0–1 as (N, 4) red, green, blue, alpha in 0–1, as they lie on the map: the legend is drawn with the same."""
    alpha = np.full(len(shares), FADED_ALPHA) if faded else LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * np.asarray(shares)
    return np.column_stack((viridis(shares), alpha)).astype(np.float32)


def heat_image(raster: HeatRaster, faded: bool = False) -> QImage:
    """Premultiplied ARGB; see-through where there is no data. faded: the map is not to be relied on, and is only hinted at."""
    known = ~np.isnan(raster.shares)
    numbers = np.clip(np.nan_to_num(raster.shares) * (_STEPS - 1), 0, _STEPS - 1).astype(np.uint8)
    pixels = _table(faded)[numbers]
    pixels[~known] = 0
    height, width = raster.shares.shape
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def draw_heat(painter: QPainter, view: MapView, raster: HeatRaster, image: QImage) -> None:
    """Cells keep sharp edges: they are what was computed."""
    whole = heat_place(view, raster)
    seen = whole.intersected(QRectF(0, 0, view.width, view.height))
    if seen.isEmpty():
        return
    across, down = image.width() / whole.width(), image.height() / whole.height()
    part = QRectF((seen.left() - whole.left()) * across, (seen.top() - whole.top()) * down, seen.width() * across, seen.height() * down)
    smooth = painter.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(seen, image, part)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)


def heat_place(view: MapView, raster: HeatRaster) -> QRectF:
    """Where all of it lies on the screen."""
    left, top = view.to_screen(raster.x0, raster.y1)
    right, bottom = view.to_screen(raster.x1, raster.y0)
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def _table(faded: bool) -> NDArray[np.uint8]:
    """(256, 4) blue, green, red, alpha; premultiplied."""
    colors = heat_colors(np.linspace(0, 1, _STEPS), faded)
    alpha = colors[:, 3:]
    return np.round(np.column_stack((colors[:, 2::-1] * alpha, alpha)) * 255).astype(np.uint8)

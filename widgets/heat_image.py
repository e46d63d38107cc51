"""A risk map's cells as a picture that is blended over the map: colours of viridis, what is risky also less see-through."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from widgets.heat_raster import HeatRaster
from widgets.map_view import MapView
from widgets.space.ramps import viridis

LEAST_ALPHA, MOST_ALPHA, FADED_ALPHA = 0.35, 0.82, 0.20
_STEPS = 256


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
    left, top = view.to_screen(raster.x0, raster.y1)
    right, bottom = view.to_screen(raster.x1, raster.y0)
    screen = QRectF(0, 0, view.width, view.height)
    whole = QRectF(QPointF(left, top), QPointF(right, bottom))
    seen = whole.intersected(screen)
    if seen.isEmpty():
        return
    across, down = image.width() / whole.width(), image.height() / whole.height()
    part = QRectF((seen.left() - left) * across, (seen.top() - top) * down, seen.width() * across, seen.height() * down)
    smooth = painter.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(seen, image, part)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)


def _table(faded: bool) -> NDArray[np.uint8]:
    """(256, 4) blue, green, red, alpha; premultiplied."""
    shares = np.linspace(0, 1, _STEPS)
    alpha = np.full(_STEPS, FADED_ALPHA) if faded else LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * shares
    colors = viridis(shares)
    return np.round(np.column_stack((colors[:, ::-1] * alpha[:, None], alpha)) * 255).astype(np.uint8)

"""Cells as a picture: every cell where it is, nothing where there is none, and a map that fades when it is not to be relied on."""

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.risk.grid import Grid
from widgets.maps.heat.heat_image import heat_image
from widgets.maps.heat.heat_legend import HeatLegend
from widgets.maps.heat.heat_raster import HeatRaster, rasterised
from widgets.maps.heat.heat_rim import MOST_LINES, heat_rim
from widgets.maps.mercator import RADIUS_M
from widgets.theme import color


def drawn(
    latitude: float, longitude: float, radius_m: float = 3000.0, cell_m: float = 250.0
) -> tuple[HeatRaster, np.ndarray, np.ndarray, np.ndarray]:
    grid = Grid(cell_m)
    cells, _ = grid.around(latitude, longitude, radius_m)
    latitudes, longitudes = grid.centres(cells)
    values = np.linspace(0, 1, len(cells))
    raster = rasterised(latitudes, longitudes, values, cell_m)
    assert raster is not None
    return raster, latitudes, longitudes, values


@pytest.mark.parametrize(("latitude", "longitude"), [(0.05, 0.05), (59.33, 18.07), (-33.9, 151.2), (78.2, 15.6)])
def test_every_cell_is_where_it_is(latitude: float, longitude: float) -> None:
    raster, latitudes, longitudes, values = drawn(latitude, longitude)
    high, wide = raster.shares.shape
    for lat, lon, value in zip(latitudes, longitudes, values, strict=True):
        x = math.radians(lon) * RADIUS_M
        y = math.asinh(math.tan(math.radians(lat))) * RADIUS_M
        column, row = int((x - raster.x0) / (raster.x1 - raster.x0) * wide), int((raster.y1 - y) / (raster.y1 - raster.y0) * high)
        assert raster.shares[row, column] == pytest.approx(value, abs=1e-6)


def test_no_data_is_no_colour() -> None:
    raster, *_ = drawn(59.33, 18.07)
    assert np.isnan(raster.shares[0, 0])
    image = heat_image(raster)
    assert image.pixelColor(0, 0).alpha() == 0
    known = np.argwhere(~np.isnan(raster.shares))[0]
    assert image.pixelColor(int(known[1]), int(known[0])).alpha() > 60


def test_zero_is_a_colour_and_risk_stands_out() -> None:
    raster = HeatRaster(np.array([[0.0, 1.0]], np.float32), 0, 0, 2, 1)
    low, high = (heat_image(raster).pixelColor(x, 0) for x in (0, 1))
    assert 0 < low.alpha() < high.alpha() and high.lightness() > low.lightness()
    assert heat_image(raster, faded=True).pixelColor(1, 0).alpha() < low.alpha()


def test_nothing_is_nothing_and_much_stays_bounded() -> None:
    none = np.zeros(0)
    assert rasterised(none, none, none, 250.0) is None
    raster, *_ = drawn(59.33, 18.07, 40_000.0, 250.0)
    assert max(raster.shares.shape) <= 2049


def test_a_line_stands_around_what_is_known_and_around_its_holes() -> None:
    shares = np.full((4, 5), np.nan, np.float32)
    shares[0:3, 1:4] = 0.0  # nothing happens there, and that is known
    shares[1, 2] = np.nan
    path = heat_rim(HeatRaster(shares, 0, 0, 5, 4))
    box = path.boundingRect()
    assert (box.left(), box.top(), box.right(), box.bottom()) == (1, 0, 4, 3)
    lines = [(path.elementAt(n), path.elementAt(n + 1)) for n in range(0, path.elementCount(), 2)]
    assert sum(abs(b.x - a.x) + abs(b.y - a.y) for a, b in lines) == 12 + 4
    assert len(lines) == 4 + 4


def test_a_map_of_specks_has_no_line() -> None:
    specks = np.full((200, 200), np.nan, np.float32)
    specks[::2, ::2] = 0.5
    assert MOST_LINES < 4 * 100 * 100 and heat_rim(HeatRaster(specks, 0, 0, 1, 1)).isEmpty()


@pytest.mark.parametrize("faded", [False, True])
def test_the_legend_has_the_colours_of_the_map(qtbot: QtBot, faded: bool) -> None:
    shares = np.array([[0.0, 0.25, 0.5, 0.75, 1.0]], np.float32)
    on_map = QImage(5, 1, QImage.Format.Format_RGB32)
    on_map.fill(color("panel"))
    painter = QPainter(on_map)
    painter.drawImage(0, 0, heat_image(HeatRaster(shares, 0, 0, 5, 1), faded))
    painter.end()
    legend = HeatLegend()
    qtbot.addWidget(legend)
    legend.set_faded(faded)
    legend.resize(legend.sizeHint())
    drawn = legend.grab().toImage()
    seen = [drawn.pixelColor(x, 7).getRgb() for x in range(drawn.width())]
    for place in (1, 2, 3):  # the ends are its edges
        wanted = on_map.pixelColor(place, 0).getRgb()
        assert min(sum(abs(a - b) for a, b in zip(pixel[:3], wanted[:3], strict=True)) for pixel in seen) <= 12

"""The plane of web maps: there and back, known places, tiles that cover what is shown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.maps.map_view import MapView
from widgets.maps.mercator import ROUND_M, TILE, Mercator, stretch, tiles


@given(st.floats(-85, 85), st.floats(-180, 179.99), st.floats(-180, 180))
def test_there_and_back(latitude: float, longitude: float, middle: float) -> None:
    back = Mercator(middle).to_earth(*Mercator(middle).to_plane(latitude, longitude))
    assert back[0] == pytest.approx(latitude, abs=1e-8)
    assert abs((back[1] - longitude + 180) % 360 - 180) < 1e-8


def test_known_places() -> None:
    """EPSG:3857: its edge, and 45° north."""
    assert Mercator().to_plane(45.0, -180.0) == pytest.approx((-20_037_508.343, 5_621_521.486), abs=1e-2)
    assert pytest.approx(20_037_508.343, abs=1e-2) == ROUND_M / 2
    assert stretch(60.0) == pytest.approx(2.0)


def test_neighbours_across_the_date_line_are_neighbours() -> None:
    plane = Mercator(179.9)
    assert plane.to_plane(0.0, -179.9)[0] - plane.to_plane(0.0, 179.9)[0] == pytest.approx(ROUND_M * 0.2 / 360)


@given(st.floats(-1.5e7, 1.5e7), st.floats(-1.5e7, 1.5e7), st.floats(0.5, 20_000), st.integers(50, 900), st.integers(50, 900))
def test_tiles_cover_what_is_shown_once(x: float, y: float, scale: float, width: int, height: int) -> None:
    view = MapView(x, y, scale, width, height)
    found = tiles(view)
    assert len({(t.left, t.top) for t in found}) == len(found)
    for left, top in ((1.3, 1.3), (width - 1.3, height - 1.3), (width / 2 + 0.3, height / 2 + 0.3)):
        _, northing = view.to_plane(left, top)
        holding = [t for t in found if t.left <= left <= t.left + t.size and t.top <= top <= t.top + t.size]
        on_edge = any(min(abs(t.left - left), abs(t.top - top)) < 1e-6 for t in found)
        assert on_edge or len(holding) == (1 if abs(northing) < ROUND_M / 2 else 0)
    assert all(TILE / 2 <= t.size <= 2 * TILE for t in found if 0 < t.zoom < 19)


def test_a_tile_is_the_one_that_the_world_calls_so() -> None:
    """Zoom 12 around Stockholm's old town is 2253/1204 (slippy map tilenames, OpenStreetMap wiki)."""
    latitude, longitude, zoom = 59.3251, 18.0711, 12
    plane = Mercator(longitude)
    x, y = plane.to_plane(latitude, longitude)
    first = tiles(MapView(x, y, ROUND_M / TILE / (1 << zoom), 10, 10))[0]
    count = 1 << zoom
    column = math.floor((longitude + 180) / 360 * count)
    row = math.floor((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count)
    assert (first.zoom, first.column, first.row) == (zoom, column, row) == (12, 2253, 1204)

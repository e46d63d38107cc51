"""Vector tiles, drawn in the colours of the screen."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from console.maps.vector_drawing import EDGE, current_inks, drawn_tile
from engine.runtime.maps.vector_tile import features
from tests.fakes.map_files import town_tile
from widgets.maps.base.world_drawing import coast_color, water_color

WHOLE = (0.0, 0.0, 1.0)


def test_a_town_is_drawn_where_it_lies(qapp: QApplication) -> None:
    picture, names = drawn_tile(features(gzip.decompress(town_tile())), current_inks(), WHOLE)
    assert picture.pixelColor(EDGE // 4, EDGE // 2).rgb() == coast_color().rgb(), "the road"
    assert picture.pixelColor(round(EDGE * 0.9), round(EDGE * 0.9)).rgb() == water_color().rgb()
    assert [(name.text, name.x, name.y) for name in names] == [("Millton", 0.25, 0.75), ("Mill Road", pytest.approx(2000 / 4096), 0.5)]


def test_beyond_the_last_zoom_a_part_of_a_tile_is_drawn(qapp: QApplication) -> None:
    lower_left = (0.0, 0.5, 0.5)
    picture, names = drawn_tile(features(gzip.decompress(town_tile())), current_inks(), lower_left)
    assert picture.pixelColor(EDGE // 2, 0).rgb() == coast_color().rgb()
    assert [(name.text, name.x, name.y) for name in names][:1] == [("Millton", 0.5, 0.5)]


@given(st.integers(0, len(gzip.decompress(town_tile())) - 1), st.integers(0, 255))
def test_a_damaged_tile_is_drawn_as_far_as_it_goes(qapp: QApplication, at: int, byte: int) -> None:
    content = bytearray(gzip.decompress(town_tile()))
    content[at] = byte
    try:
        picture, _ = drawn_tile(features(bytes(content)), current_inks(), WHOLE)
        assert picture.width() == EDGE
    except ValueError:
        return

"""A map file under the map: pictures come, names come with them, and what is wrong is said."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from console.maps.file_tiles import FileTiles
from tests.fakes.map_files import red_png, town_tile, write_mbtiles, write_pmtiles
from widgets.look import Look, current_look, set_look
from widgets.maps.base.world_drawing import land_color
from widgets.maps.map_view import MapView
from widgets.maps.mercator import Mercator
from widgets.maps.site_map import SiteMap

AT = (12, 2253, 1205)
MIDDLE = Mercator().to_earth((2253.5 / 4096 - 0.5) * 2 * 20037508.34, (0.5 - 1205.5 / 4096) * 2 * 20037508.34)
Open = Callable[[Path], tuple[SiteMap, FileTiles]]


@pytest.fixture
def open_map(qtbot: QtBot) -> Iterator[Open]:
    opened: list[FileTiles] = []

    def make(path: Path) -> tuple[SiteMap, FileTiles]:
        shown = SiteMap()
        qtbot.addWidget(shown)
        shown.resize(300, 260)
        shown.set_middle(MIDDLE[1])
        tiles = FileTiles(path, shown)
        opened.append(tiles)
        tiles.changed.connect(shown.update)
        shown.set_tiles(tiles)
        shown.show()
        shown.look_at(*MIDDLE, 40.0)
        return shown, tiles

    yield make
    for tiles in opened:
        tiles.stop()


def middle(shown: SiteMap, right: int = 40, down: int = 40) -> QColor:
    return shown.grab().toImage().pixelColor(shown.width() // 2 + right, shown.height() // 2 + down)


def test_pictures_of_a_file_lie_under_the_map(open_map: Open, tmp_path: Path, qtbot: QtBot) -> None:
    shown, tiles = open_map(write_mbtiles(tmp_path / "town.mbtiles", {AT: red_png()}, attribution="© Town"))
    qtbot.waitUntil(lambda: middle(shown).red() > 100 > middle(shown).green())
    assert shown.base.attribution() == "© Town" and shown.base.notice(shown.view) == "" and not tiles.themed


def test_vector_tiles_are_drawn_in_the_colours_of_the_screen_with_their_names(open_map: Open, tmp_path: Path, qtbot: QtBot) -> None:
    shown, tiles = open_map(write_pmtiles(tmp_path / "town.pmtiles", {AT: town_tile()}, vector=True, attribution="© OSM"))
    qtbot.waitUntil(lambda: shown.grab() is not None and shown.base.has_tiles_here)
    assert [name.text for name in tiles.names(shown.view)] == ["Millton", "Mill Road"]
    assert [label.lines[0][0] for label in shown.base.names(shown.view)] == ["Millton", "Mill Road"]
    dark, before = land_color(), current_look()
    set_look(Look("light"))
    try:
        assert land_color() != dark
        shown.grab()
        qtbot.waitUntil(lambda: shown.grab() is not None and shown.base.has_tiles_here)
        assert tiles.picture(*AT).pixelColor(200, 400) == land_color()  # type: ignore[union-attr]
    finally:
        set_look(before)


def test_closer_than_the_file_goes_vector_tiles_are_drawn_on(open_map: Open, tmp_path: Path, qtbot: QtBot) -> None:
    shown, _ = open_map(write_mbtiles(tmp_path / "town.mbtiles", {AT: town_tile()}, "pbf"))
    shown.look_at(*MIDDLE, 5.0)
    qtbot.waitUntil(lambda: shown.grab() is not None and shown.base.has_tiles_here)


def test_elsewhere_the_map_says_that_the_file_has_no_tiles(open_map: Open, tmp_path: Path, qtbot: QtBot) -> None:
    shown, tiles = open_map(write_pmtiles(tmp_path / "town.pmtiles", {AT: town_tile()}, vector=True))
    qtbot.waitUntil(lambda: tiles.most_zoom > 0)
    assert tiles.covers(shown.view)
    shown.look_at(-33.86, 151.2, 40.0)
    shown.grab()
    assert not tiles.covers(shown.view) and shown.base.notice(shown.view) == "Base map: the map file has no tiles for this area"
    assert shown.base.attribution() == "Natural Earth, GeoNames"


def test_a_file_that_is_gone_is_said(open_map: Open, tmp_path: Path, qtbot: QtBot) -> None:
    shown, tiles = open_map(tmp_path / "gone.mbtiles")
    qtbot.waitUntil(lambda: tiles.trouble.startswith("There is no file"))
    assert not tiles.covers(MapView()) and "map file" in shown.base.notice(shown.view)

"""Streets around the site: what the map file has there, in metres, the most important first, and no more than a phone draws."""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from engine.model.errors import InputError
from engine.runtime.maps.streets import MOST_POINTS, REACH_M, Streets, streets_around
from tests.fakes.map_files import Tiles, red_png, vector_tile, write_mbtiles, write_pmtiles

ZOOM = 14
COLUMN, ROW = 8192, 8192  # its upper left corner is where the equator meets Greenwich
TILE_M = 2443.2  # of the sphere that the page measures on
Layers = Mapping[str, Sequence[tuple[int, dict[str, str], list[list[tuple[int, int]]]]]]


def town(layers: Layers, path: Path, at: tuple[int, int] = (COLUMN, ROW)) -> Path:
    return write_pmtiles(path, {(ZOOM, *at): gzip.compress(vector_tile(layers))}, vector=True, attribution="© Town")


def test_streets_lie_where_the_file_says_and_stop_at_the_edge(tmp_path: Path) -> None:
    line = [(0, 0), (2048, 0), (2048, 1024)]
    path = town({"transportation": [(2, {"class": "residential"}, [line]), (2, {"class": "rail"}, [line])]}, tmp_path / "town.pmtiles")
    found = streets_around(path, 0.0, 0.0)
    (street,) = found.streets
    assert street.rank == 2 and found.attribution == "© Town"
    assert street.line == pytest.approx([0, 0, TILE_M / 2, 0, TILE_M / 2, -TILE_M / 4], abs=2)
    assert streets_around(path, 0.5, 0.5) == Streets(attribution="© Town"), "farther than the reach"


def test_the_most_important_come_first_and_not_too_many(tmp_path: Path) -> None:
    path = tmp_path / "town.mbtiles"
    zigzag = [(n * 40 % 4096, n % 2 * 4000) for n in range(3000)]
    paths = [(2, {"class": "path"}, [zigzag])] * 12
    roads = [(2, {"class": "motorway"}, [[(0, 9), (4096, 9)]]), (2, {"class": "primary"}, [[(0, 99), (4096, 99)]])]
    write_mbtiles(path, {(ZOOM, COLUMN, ROW): vector_tile({"transportation": [*paths, *roads]})}, "pbf")
    found = streets_around(path, 0.0, 0.0).streets
    assert [street.rank for street in found[:3]] == [0, 1, 3]
    assert sum(len(street.line) // 2 for street in found) <= MOST_POINTS


def test_names_stand_along_their_streets_and_not_beside_themselves(tmp_path: Path) -> None:
    long = (2, {"class": "primary", "name": "Mill  Road"}, [[(0, 0), (4096, 0)]])
    beside = (2, {"class": "primary", "name": "Mill Road"}, [[(0, 20), (4096, 20)]])  # the other carriageway
    short = (2, {"class": "residential", "name": "Yard"}, [[(100, 900), (200, 900), (300, 900)]])
    path = town({"transportation_name": [short, long, beside]}, tmp_path / "town.pmtiles")
    *roads, yard = streets_around(path, 0.0, 0.0).names
    assert {(name.name, name.rank, name.north_m) for name in roads} == {("Mill Road", 1, 0)} and len(roads) == round(TILE_M / 150)
    assert (yard.name, yard.rank) == ("Yard", 2)
    assert (yard.east_m, yard.north_m) == pytest.approx((200 / 4096 * TILE_M, -900 / 4096 * TILE_M), abs=2)


def test_over_the_date_line(tmp_path: Path) -> None:
    last = (1 << ZOOM) - 1
    path = town({"streets": [(2, {"kind": "secondary"}, [[(0, 0), (4096, 0)]])]}, tmp_path / "fiji.pmtiles", (last, ROW))
    (street,) = streets_around(path, 0.0, -180.0 + 0.001).streets
    assert street.line == pytest.approx([-TILE_M - 111, 0, -111, 0], abs=3) and max(map(abs, street.line)) <= REACH_M


def test_pictures_and_world_maps_have_none_and_damage_is_said(tmp_path: Path) -> None:
    tiles: Tiles = {(ZOOM, COLUMN, ROW): red_png()}
    assert streets_around(write_mbtiles(tmp_path / "red.mbtiles", tiles), 0.0, 0.0) == Streets()
    world = write_pmtiles(tmp_path / "world.pmtiles", {(3, 4, 4): gzip.compress(vector_tile({}))}, vector=True)
    assert streets_around(world, 0.0, 0.0) == Streets()
    broken = town({}, tmp_path / "broken.pmtiles")
    broken.write_bytes(broken.read_bytes()[:150])
    with pytest.raises(InputError, match="damaged"):
        streets_around(broken, 0.0, 0.0)
    garbage = write_pmtiles(tmp_path / "garbage.pmtiles", {(ZOOM, COLUMN, ROW): b"\xff" * 40}, vector=True)
    assert streets_around(garbage, 0.0, 0.0).streets == ()

"""Map files: what is read of them, what is said of files that are none, and that hostile ones cost nothing."""

import gzip
import sqlite3
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.runtime.maps.map_file import LARGEST_TILE, LARGEST_UNPACKED, check_map_file, gunzipped, open_map_file
from tests.fakes.map_files import STOCKHOLM, Tiles, red_png, town_tile, write_mbtiles, write_pmtiles

AT = (12, 2253, 1205)
BOUNDS = ",".join(map(str, STOCKHOLM))


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        check_map_file(path)
    assert caught.value.field == "file"
    return caught.value.message


def test_mbtiles_of_pictures(tmp_path: Path) -> None:
    png = red_png()
    path = write_mbtiles(tmp_path / "town.mbtiles", {AT: png}, bounds=BOUNDS, attribution='<a href="x">&copy; Town</a> office')
    opened = open_map_file(path)
    assert opened.tile(*AT) == png and opened.tile(12, 2253, 1206) is None and opened.tile(3, 0, 0) is None
    assert (opened.info.vector, opened.info.min_zoom, opened.info.max_zoom) == (False, 12, 12)
    assert opened.info.bounds == STOCKHOLM and opened.info.attribution == "© Town office"
    opened.close()


@pytest.mark.parametrize("ending", ["mbtiles", "pmtiles"])
def test_vector_tiles_come_unpacked(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"town.{ending}"
    tiles: Tiles = {AT: town_tile()}
    write_mbtiles(path, tiles, "pbf") if ending == "mbtiles" else write_pmtiles(path, tiles, vector=True, attribution="© OSM")
    opened = open_map_file(path)
    assert opened.info.vector and opened.tile(*AT) == gzip.decompress(town_tile()) and opened.tile(12, 0, 0) is None
    opened.close()


def test_pmtiles_of_pictures_with_many_tiles(tmp_path: Path) -> None:
    tiles: Tiles = {(10, 560 + n % 40, 300 + n // 40): b"\x89PNG%d" % n for n in range(1600)}
    opened = open_map_file(write_pmtiles(tmp_path / "town.pmtiles", tiles, vector=False, attribution="© Town"))
    assert all(opened.tile(*key) == content for key, content in tiles.items())
    assert opened.info.bounds == pytest.approx(STOCKHOLM) and opened.info.attribution == "© Town" and not opened.info.vector
    opened.close()


def test_what_is_no_map_file_is_said(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.mbtiles") == f"There is no file {tmp_path / 'none.mbtiles'} on this computer."
    assert "no file" in refusal(tmp_path)
    (tmp_path / "text.pmtiles").write_text("hello")
    assert refusal(tmp_path / "text.pmtiles") == "text.pmtiles is not a map file. Choose an MBTiles or a PMTiles file."
    sqlite3.connect(tmp_path / "other.mbtiles").execute("CREATE TABLE a (b)").connection.close()
    assert "damaged or incomplete" in refusal(tmp_path / "other.mbtiles")
    assert "holds no tiles" in refusal(write_mbtiles(tmp_path / "empty.mbtiles", {}))
    assert "of the kind “avif”" in refusal(write_mbtiles(tmp_path / "avif.mbtiles", {AT: b"x"}, "avif"))
    whole = write_pmtiles(tmp_path / "whole.pmtiles", {AT: town_tile()}, vector=True).read_bytes()
    (tmp_path / "cut.pmtiles").write_bytes(whole[:130])
    assert "damaged or incomplete" in refusal(tmp_path / "cut.pmtiles")
    (tmp_path / "brotli.pmtiles").write_bytes(whole[:98] + b"\x03" + whole[99:])
    assert "packed in a way" in refusal(tmp_path / "brotli.pmtiles")


def test_bombs_and_giants_are_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(LARGEST_UNPACKED + 1))
    assert len(bomb) < 100_000
    opened = open_map_file(write_mbtiles(tmp_path / "bomb.mbtiles", {AT: bomb, (12, 1, 1): bytes(LARGEST_TILE + 1)}, "pbf"))
    assert opened.tile(*AT) is None and opened.tile(12, 1, 1) is None
    opened.close()
    with pytest.raises(ValueError, match="more than is allowed"):
        gunzipped(bomb, 1000)
    assert gunzipped(zlib.compress(b"hello"), 1000) == b"hello"


def test_a_directory_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    whole = bytearray(write_pmtiles(tmp_path / "town.pmtiles", {AT: town_tile()}, vector=True).read_bytes())
    bomb = gzip.compress(bytes(64 << 20))
    whole[8:24] = len(whole).to_bytes(8, "little") + len(bomb).to_bytes(8, "little")
    (tmp_path / "bomb.pmtiles").write_bytes(bytes(whole) + bomb)
    assert "damaged or incomplete" in refusal(tmp_path / "bomb.pmtiles")


def test_a_database_that_would_compute_for_ever_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "slow.mbtiles"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        columns = "SELECT i AS zoom_level, i AS tile_column, i AS tile_row, x'00' AS tile_data FROM n"
        base.execute(f"CREATE VIEW tiles AS {forever}{columns}")
    base.close()
    assert "damaged or incomplete" in refusal(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_give_a_sentence_or_a_tile_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    vector = data.draw(st.booleans())
    path = tmp_path / "fuzzed"
    if data.draw(st.booleans()):
        path.unlink(missing_ok=True)
        write_mbtiles(path, {AT: town_tile()}, "pbf")
    else:
        write_pmtiles(path, {AT: town_tile() if vector else b"\x89PNG"}, vector)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(16, len(content)))]))
    try:
        opened = open_map_file(path)
        try:
            tile = opened.tile(*AT)
            assert tile is None or isinstance(tile, bytes)
        finally:
            opened.close()
    except InputError as error:
        assert error.field == "file" and error.message.endswith(".")

"""Small map files: MBTiles and PMTiles with red pictures or vector tiles of a street, a park, water and two names."""

import gzip
import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Tiles = dict[tuple[int, int, int], bytes]
_EVERY = (0, 1024, 2048, 3072)
STOCKHOLM = (17.8, 59.2, 18.3, 59.5)


def red_png(edge: int = 256) -> bytes:
    made, png = cv2.imencode(".png", np.full((edge, edge, 3), (0, 0, 255), np.uint8))
    assert made
    return png.tobytes()


def town_tile() -> bytes:
    """A main road across the middle, a park at the upper left, water at the lower right, the names Mill Road and Millton."""
    return gzip.compress(
        vector_tile(
            {
                "transportation": [(2, {"class": "primary"}, [[(0, 2048), (4096, 2048)]])],
                "transportation_name": [(2, {"class": "primary", "name": "Mill Road"}, [[(1000, 2048), (2000, 2048), (3000, 2048)]])],
                "park": [(3, {"class": "park"}, [[(0, 0), (1500, 0), (1500, 1500), (0, 1500)]])],
                "water": [(3, {}, [[(2600, 2600), (4096, 2600), (4096, 4096), (2600, 4096)]])],
                "place": [(1, {"class": "town", "name": "Millton"}, [[(1024, 3072)]])],
            }
        )
    )


def _road(kind: str, name: str, line: list[tuple[int, int]]) -> tuple[int, dict[str, str], list[list[tuple[int, int]]]]:
    return 2, {"class": kind} | ({"name": name} if name else {}), [line]


def write_street_grid(path: Path, latitude: float, longitude: float) -> Path:
    """Streets with names, crossing a main road every 600 m or so, on nine tiles around a place."""
    zoom, tiles = 14, dict[tuple[int, int, int], bytes]()
    column = int((longitude + 180) / 360 * (1 << zoom))
    row = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * (1 << zoom))
    for n in range(9):
        across = [
            _road("primary" if y == 2048 else "residential", f"Harbour Street {n}{y}", [(0, y), (2048, y), (4096, y)]) for y in _EVERY
        ]
        down = [_road("residential", f"Mill Lane {n}{x}", [(x, 0), (x, 2048), (x, 4096)]) for x in _EVERY]
        ways = [_road("path", "", [(0, 0), (1500, 2300), (4096, 4096)])]
        layers = {"transportation": [*across, *down, *ways], "transportation_name": [*across, *down]}
        tiles[zoom, column + n % 3 - 1, row + n // 3 - 1] = gzip.compress(vector_tile(layers))
    return write_pmtiles(path, tiles, vector=True, attribution="© Town office")


def vector_tile(layers: Mapping[str, Sequence[tuple[int, dict[str, str], list[list[tuple[int, int]]]]]]) -> bytes:
    """By the specification, written here anew: what reads it is what is tested."""
    return b"".join(_field(3, _layer(name, found)) for name, found in layers.items())


def write_mbtiles(path: Path, tiles: Tiles, kind: str = "png", **metadata: str) -> Path:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
        base.executemany("INSERT INTO metadata VALUES (?, ?)", ({"format": kind, "name": "town"} | metadata).items())
        rows = ((zoom, column, (1 << zoom) - 1 - row, content) for (zoom, column, row), content in tiles.items())
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    base.close()
    return path


def write_pmtiles(path: Path, tiles: Tiles, vector: bool, bounds: tuple[float, float, float, float] = STOCKHOLM, **metadata: str) -> Path:
    header: dict[str, Any] = {
        "tile_type": TileType.MVT if vector else TileType.PNG,
        "tile_compression": Compression.GZIP if vector else Compression.NONE,
        "min_zoom": min(zoom for zoom, _, _ in tiles),
        "max_zoom": max(zoom for zoom, _, _ in tiles),
    }
    header |= dict(zip(("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"), (round(part * 1e7) for part in bounds), strict=True))
    with path.open("wb") as file:
        writer = Writer(file)
        for number, content in sorted((zxy_to_tileid(*key), content) for key, content in tiles.items()):
            writer.write_tile(number, content)
        writer.finalize(header, json.loads(json.dumps(metadata)))
    return path


def _layer(name: str, found: Sequence[tuple[int, dict[str, str], list[list[tuple[int, int]]]]]) -> bytes:
    keys = sorted({key for _, tags, _ in found for key in tags})
    values = sorted({value for _, tags, _ in found for value in tags.values()})
    parts = [_number(15, 2), _field(1, name.encode()), _number(5, 4096)]
    for shape, tags, lines in found:
        pairs = [number for key, value in tags.items() for number in (keys.index(key), values.index(value))]
        feature = _field(2, _varints(pairs)) + _number(3, shape) + _field(4, _varints(_geometry(shape, lines)))
        parts.append(_field(2, feature))
    parts += [_field(3, key.encode()) for key in keys] + [_field(4, _field(1, value.encode())) for value in values]
    return b"".join(parts)


def _geometry(shape: int, lines: list[list[tuple[int, int]]]) -> list[int]:
    found, at = list[int](), (0, 0)
    for line in lines:
        for index, (x, y) in enumerate(line):
            if index == 0:
                found.append(1 | 1 << 3)
            elif index == 1:
                found.append(2 | (len(line) - 1) << 3)
            found += [_zigzag(x - at[0]), _zigzag(y - at[1])]
            at = (x, y)
        if shape == 3:
            found.append(7 | 1 << 3)
    return found


def _zigzag(step: int) -> int:
    return step << 1 if step >= 0 else (-step << 1) - 1


def _varints(numbers: Iterable[int]) -> bytes:
    return b"".join(_varint(number) for number in numbers)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)

"""Map files: MBTiles and PMTiles, with raster pictures or vector tiles. They are untrusted input: every size is bounded."""

import gzip
import json
import mmap
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote

from pmtiles.tile import Compression, Entry, TileType, deserialize_directory, deserialize_header, find_tile, zxy_to_tileid  # pyright: ignore[reportUnknownVariableType]

from engine.model.errors import InputError
from engine.model.value_class import dataclass

LARGEST_TILE = 4 << 20  # as it lies in the file
LARGEST_UNPACKED = 16 << 20
_LARGEST_DIRECTORY = 4 << 20
_LARGEST_META = 1 << 20
_DEEPEST = 22
_PATIENCE_STEPS = 400  # of 10,000 instructions of SQLite: some tenths of a second
_RASTERS = {"png", "jpg", "jpeg", "webp"}
_WORLD = (-180.0, -85.06, 180.0, 85.06)
T = TypeVar("T")
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapFileInfo:
    """`vector`: its tiles are MVT, not pictures. `bounds`: west, south, east, north in degrees."""

    vector: bool
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str = ""


class MapFile(Protocol):
    """One thread. `tile` gives None where there is none; raises InputError("file", …) where the file is damaged."""

    info: MapFileInfo

    def tile(self, zoom: int, column: int, row: int) -> bytes | None: ...

    def close(self) -> None: ...


def open_map_file(path: Path) -> MapFile:
    """Raises:
    InputError: of `file`, with what is wrong and what can be done.
    """
    try:
        if not path.is_file():
            raise InputError("file", f"There is no file {path} on this computer.")
        with path.open("rb") as file:
            begin = file.read(16)
    except OSError as error:
        raise InputError("file", f"{path.name} cannot be read: {error.strerror or error}.") from None
    if begin.startswith(b"SQLite format 3\0"):
        return _open_as(path, MbTiles)
    if begin.startswith(b"PMTiles"):
        return _open_as(path, PmTiles)
    raise InputError("file", f"{path.name} is not a map file. Choose an MBTiles or a PMTiles file.")


def check_map_file(path: Path) -> MapFileInfo:
    """Raises as `open_map_file`."""
    opened = open_map_file(path)
    opened.close()
    return opened.info


def _open_as(path: Path, kind: Callable[[Path], MapFile]) -> MapFile:
    try:
        return kind(path)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 whatever a damaged file makes a reader do, the file is what is wrong
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError("file", f"{path.name} is damaged or incomplete ({type(error).__name__}). Get it again.")


class MbTiles:
    """SQLite with `metadata` and `tiles`; rows count from the south (TMS)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps = 0
        self._base = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            self._base.set_progress_handler(self._run_out, 10_000)
            self._base.execute("PRAGMA trusted_schema = OFF")
            self.info = self._read_info()
        except BaseException:
            self._base.close()
            raise

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        where = (zoom, column, (1 << zoom) - 1 - row, LARGEST_TILE)
        query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? AND length(tile_data) <= ?"
        try:
            found = self._one(query, where)
        except sqlite3.Error as error:
            raise _damaged(self._path, error) from None
        return None if found is None or not isinstance(found[0], bytes) else _unpacked(found[0])

    def close(self) -> None:
        self._base.close()

    def _run_out(self) -> int:
        self._steps += 1
        return self._steps > _PATIENCE_STEPS

    def _one(self, query: str, values: tuple[object, ...] = ()) -> Any:
        self._steps = 0
        return self._base.execute(query, values).fetchone()

    def _read_info(self) -> MapFileInfo:
        self._steps = 0
        rows = self._base.execute("SELECT name, value FROM metadata WHERE length(value) <= 4096 LIMIT 200").fetchall()
        told = {str(name): str(value) for name, value in rows}
        kind = told.get("format", "").lower() or "png"
        zooms = self._one("SELECT min(zoom_level), max(zoom_level) FROM tiles")
        if zooms is None or not all(isinstance(zoom, int) for zoom in zooms):
            raise InputError("file", f"{self._path.name} holds no tiles.")
        _check_kind(self._path, kind)
        vector = kind in ("pbf", "mvt")
        attribution = _plain(told.get("attribution", ""))
        return MapFileInfo(vector, _zoom(zooms[0]), _zoom(zooms[1]), _bounds(told.get("bounds", "")), attribution)


class PmTiles:
    """Version 3. Read through memory that is mapped; directories are kept, as each is needed for many tiles."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._header = deserialize_header(self._part(0, 127, 127))
            self._directories: dict[tuple[int, int], list[Entry]] = {}
            self.info = self._read_info()
        except BaseException:
            self._bytes.close()
            raise

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        try:
            return self._tile(zxy_to_tileid(zoom, column, row))
        except (EOFError, ValueError, OSError, zlib.error, IndexError, OverflowError) as error:
            raise _damaged(self._path, error) from None

    def close(self) -> None:
        self._bytes.close()

    def _tile(self, number: int) -> bytes | None:
        head = self._header
        at, length = head["root_offset"], head["root_length"]
        for _ in range(4):
            entry = find_tile(self._directory(at, length), number)
            if entry is None:
                return None
            if entry.run_length > 0:
                packed = self._part(head["tile_data_offset"] + entry.offset, entry.length, LARGEST_TILE)
                return _unpacked(packed)
            at, length = head["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _directory(self, at: int, length: int) -> list[Entry]:
        known = self._directories.get((at, length))
        if known is None:
            packed = self._part(at, length, _LARGEST_DIRECTORY)
            gunzipped(packed, _LARGEST_DIRECTORY)  # the library unpacks without limit
            known = deserialize_directory(packed)
            if len(self._directories) > 64:
                self._directories.clear()
            self._directories[at, length] = known
        return known

    def _part(self, at: int, length: int, most: int) -> bytes:
        if not 0 <= length <= most or at < 0 or at + length > len(self._bytes):
            raise ValueError("beyond the end of the file, or too large")
        return self._bytes[at : at + length]

    def _read_info(self) -> MapFileInfo:
        head = self._header
        if head["internal_compression"] is not Compression.GZIP or head["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            text = "{0} is packed in a way that cannot be read here. Make it with gzip, which is the default of PMTiles."
            raise InputError("file", text.format(self._path.name))
        _check_kind(self._path, {TileType.MVT: "pbf", TileType.JPEG: "jpg"}.get(head["tile_type"], head["tile_type"].name.lower()))
        degrees = (head["min_lon_e7"] / 1e7, head["min_lat_e7"] / 1e7, head["max_lon_e7"] / 1e7, head["max_lat_e7"] / 1e7)
        packed = self._part(head["metadata_offset"], head["metadata_length"], _LARGEST_META)
        meta: object = json.loads(gunzipped(packed, _LARGEST_META) or b"{}")
        if not self._directory(head["root_offset"], head["root_length"]):
            raise InputError("file", f"{self._path.name} holds no tiles.")
        bounds = degrees if _is_box(degrees) else _WORLD
        vector = head["tile_type"] is TileType.MVT
        return MapFileInfo(vector, _zoom(head["min_zoom"]), _zoom(head["max_zoom"]), bounds, _plain(_attribution(meta)))


def gunzipped(packed: bytes, most: int) -> bytes:
    """No more than `most`.

    Raises:
        ValueError: it unpacks to more. zlib.error, EOFError: it is damaged.
    """
    if not packed:
        return b""
    unpacking = zlib.decompressobj(wbits=47)  # gzip or zlib, by its head
    found = unpacking.decompress(packed, most)
    if unpacking.unconsumed_tail:
        raise ValueError("unpacks to more than is allowed")
    if not unpacking.eof:
        raise EOFError
    return found


def _unpacked(tile: bytes) -> bytes | None:
    """Vector tiles are packed by gzip as a rule; pictures are not. None for what is damaged or too large."""
    if not tile.startswith((b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01")):
        return tile
    try:
        return gunzipped(tile, LARGEST_UNPACKED)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile):
        return None


def _check_kind(path: Path, kind: str) -> None:
    if kind not in _RASTERS | {"pbf", "mvt"}:
        text = "{0} holds tiles of the kind “{1}”, which cannot be drawn here. Use PNG, JPEG, WebP or vector tiles (MVT)."
        raise InputError("file", text.format(path.name, kind[:20]))


def _zoom(zoom: int) -> int:
    return min(max(zoom, 0), _DEEPEST)


def _bounds(text: str) -> Bounds:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return _WORLD
    return (west, south, east, north) if _is_box((west, south, east, north)) else _WORLD


def _is_box(degrees: Bounds) -> bool:
    west, south, east, north = degrees
    return -180.1 <= west < east <= 180.1 and -90.1 <= south < north <= 90.1


def _attribution(meta: object) -> str:
    return str(cast(dict[str, object], meta).get("attribution", "")) if isinstance(meta, dict) else ""


def _plain(attribution: str) -> str:
    """Without tags: some services write links."""
    text, inside = "", False
    for letter in attribution[:1000]:
        inside = letter == "<" or (inside and letter != ">")
        if not inside and letter != ">":
            text += letter
    return " ".join(text.replace("&copy;", "©").replace("&amp;", "&").split())[:200]

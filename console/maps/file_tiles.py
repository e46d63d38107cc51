"""Tiles from a map file: read and drawn on a thread of their own, the newest wish first."""

import logging
import math
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from console.courier import Bell, Listener
from console.maps.map_tiles import image_of
from console.maps.tile_calls import Key
from console.maps.vector_drawing import Inks, NameInTile, current_inks, drawn_tile
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.runtime.maps.map_file import MapFile, MapFileInfo, open_map_file
from engine.runtime.maps.vector_tile import features
from widgets.engine_text import translate_engine_text
from widgets.look import look_number
from widgets.maps.map_tiles import TileName
from widgets.maps.map_view import MapView
from widgets.maps.mercator import ROUND_M, Mercator, tiles
from widgets.translation import tr

_LOG = logging.getLogger(__name__)
_IN_MEMORY = 160  # of 1 MiB
_AT_ONCE = 4
_DEEPER = 4  # vector tiles are drawn so many zooms beyond the file's last


@dataclass(frozen=True, slots=True)
class _FileTile:
    """`image` None: the file has none there."""

    image: QImage | None
    names: tuple[NameInTile, ...] = ()


class FileTiles(QObject):
    """UI thread; a `TileSource`. Signals: changed: tiles came, or the file turns out to be unusable (`trouble`)."""

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listener = Listener(self._take_all, self)
        self._reader = _Reader(path, self._listener.bell)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._ask)
        self._look = look_number()
        self._known: OrderedDict[Key, _FileTile] = OrderedDict()
        self._wishes: OrderedDict[Key, None] = OrderedDict()
        self._under_way: set[Key] = set()
        self._info: MapFileInfo | None = None
        self.trouble = ""
        self._reader.open()

    @property
    def attribution(self) -> str:
        return "" if self._info is None else self._info.attribution

    @property
    def most_zoom(self) -> int:
        return 0 if self._info is None else self._info.max_zoom + (_DEEPER if self._info.vector else 0)

    @property
    def themed(self) -> bool:
        return self._info is not None and self._info.vector

    @property
    def lasting_trouble(self) -> str:
        return self.trouble

    def covers(self, view: MapView) -> bool:
        if self._info is None:
            return not self.trouble
        west, south, east, north = self._info.bounds
        turn = Mercator((west + east) / 2)
        (x0, y0), (x1, y1) = turn.to_plane(south, west + 1e-9), turn.to_plane(north, east - 1e-9)
        shift = round((view.x - (x0 + x1) / 2) / ROUND_M) * ROUND_M
        wide, high = view.width * view.scale / 2, view.height * view.scale / 2
        meets = x0 + shift <= view.x + wide and view.x - wide <= x1 + shift and y0 <= view.y + high and view.y - high <= y1
        return meets and _zoom_of(view) >= self._info.min_zoom

    def names(self, view: MapView) -> tuple[TileName, ...]:
        found: dict[str, TileName] = {}
        for tile in tiles(view, self.most_zoom):
            known = self._known.get((tile.zoom, tile.column, tile.row))
            for name in known.names if known is not None else ():
                x, y = view.to_plane(tile.left + name.x * tile.size, tile.top + name.y * tile.size)
                found.setdefault(name.text, TileName(name.text, x, y, name.rank))
        return tuple(sorted(found.values(), key=lambda name: name.rank))

    def picture(self, zoom: int, column: int, row: int) -> QImage | None:
        if self._look != look_number():
            self._look = look_number()
            self._known.clear()
        key = (zoom, column, row)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known.image
        if self._info is not None and zoom >= self._info.min_zoom and key not in self._under_way:
            self._wishes[key] = None
            self._wishes.move_to_end(key)
            while len(self._wishes) > _IN_MEMORY:
                self._wishes.popitem(last=False)
            self._soon.start()
        return None

    def stop(self) -> None:
        self._soon.stop()
        self._wishes.clear()
        self._reader.close()
        self._listener.close()

    def _ask(self) -> None:
        inks = current_inks() if self.themed else None
        while self._wishes and len(self._under_way) < _AT_ONCE:
            key, _ = self._wishes.popitem()
            self._under_way.add(key)
            self._reader.ask(key, inks, self._look)

    def _take_all(self) -> None:
        while self._reader.came:
            self._reader.came.popleft()(self)
        self._soon.start()
        self.changed.emit()

    def take_info(self, info: MapFileInfo) -> None:
        self._info = info

    def take_trouble(self, text: str) -> None:
        self.trouble = translate_engine_text(text)

    def take_tile(self, key: Key, tile: _FileTile, look: int) -> None:
        self._under_way.discard(key)
        if look == self._look:
            self._known[key] = tile
            while len(self._known) > _IN_MEMORY:
                self._known.popitem(last=False)


class _Reader:
    """The file on its thread, which holds no QObject: what it has read is left in `came`, as what the UI thread does with it."""

    def __init__(self, path: Path, bell: Bell) -> None:
        self.came: deque[Callable[[FileTiles], None]] = deque()
        self._path, self._bell = path, bell
        self._file: MapFile | None = None
        self._thread = ThreadPoolExecutor(1, "map-file")

    def open(self) -> None:
        self._thread.submit(self._open)

    def ask(self, key: Key, inks: Inks | None, look: int) -> None:
        self._thread.submit(self._read, key, inks, look)

    def close(self) -> None:
        """What is under way is dropped; the file is closed on its thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._file is not None:
            file, self._file = self._file, None
            closing = ThreadPoolExecutor(1, "map-file-closing")
            closing.submit(self._close_after, file)
            closing.shutdown(wait=False)

    def _close_after(self, file: MapFile) -> None:
        self._thread.shutdown(wait=True)
        file.close()

    def _open(self) -> None:
        try:
            self._file = open_map_file(self._path)
        except InputError as error:
            self._leave(_FailureResult(error.message))
            return
        self._leave(_OpeningResult(self._file.info))

    def _read(self, key: Key, inks: Inks | None, look: int) -> None:
        tile, file = _FileTile(None), self._file
        try:
            if file is not None:
                tile = _vector(file, key, inks) if inks is not None else _raster(file, key)
        except InputError as error:
            self._leave(_FailureResult(error.message))
        except Exception as error:  # noqa: BLE001 a thread top: log the bug once, tell the asker
            _LOG.exception("Reading a tile failed")
            self._leave(
                _FailureResult(tr("A tile of the map file could not be drawn ({0}). The log has the details.").format(type(error).__name__))
            )
        self._leave(_TileResult(key, tile, look))

    def _leave(self, told: Callable[[FileTiles], None]) -> None:
        self.came.append(told)
        self._bell.ring()


@dataclass(frozen=True, slots=True)
class _OpeningResult:
    info: MapFileInfo

    def __call__(self, asker: FileTiles) -> None:
        asker.take_info(self.info)


@dataclass(frozen=True, slots=True)
class _FailureResult:
    text: str

    def __call__(self, asker: FileTiles) -> None:
        asker.take_trouble(self.text)


@dataclass(frozen=True, slots=True)
class _TileResult:
    key: Key
    tile: _FileTile
    look: int

    def __call__(self, asker: FileTiles) -> None:
        asker.take_tile(self.key, self.tile, self.look)


def _raster(file: MapFile, key: Key) -> _FileTile:
    content = file.tile(*key)
    return _FileTile(None if content is None else image_of(content))


def _vector(file: MapFile, key: Key, inks: Inks) -> _FileTile:
    """Beyond the last zoom of the file a part of the tile of that zoom is drawn."""
    zoom, column, row = key
    deeper = max(0, zoom - file.info.max_zoom)
    content = file.tile(zoom - deeper, column >> deeper, row >> deeper)
    if content is None:
        return _FileTile(None)
    size = 1 / (1 << deeper)
    part = (column % (1 << deeper) * size, row % (1 << deeper) * size, size)
    try:
        return _FileTile(*drawn_tile(features(content), inks, part))
    except ValueError:
        return _FileTile(None)  # no vector tile


def _zoom_of(view: MapView) -> int:
    return max(0, round(math.log2(ROUND_M / 256 / view.scale)))

"""Which tiles lie on the offline base map: those of the site's map file, else of its map service, else none."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from console.maps.file_tiles import FileTiles
from console.maps.map_tiles import NetworkTiles
from engine.model.risk.map_settings import MapSettings
from widgets.maps.map_tiles import TileSource


class TiledMap(Protocol):
    """A map that draws tiles over its offline base."""

    def set_tiles(self, source: TileSource | None) -> None: ...

    def update(self) -> None: ...


class BaseSource:
    """UI thread. `changed` is called when there is more to draw, or `trouble` is another. `stop` it when the map closes."""

    def __init__(self, shown: TiledMap, folder: Path | None, changed: Callable[[], None], parent: QObject) -> None:
        """`folder`: where tiles of a service are kept; None: there is nowhere, and no service is asked."""
        self._map, self._folder, self._changed, self._parent = shown, folder, changed, parent
        self._settings = MapSettings()
        self._tiles: FileTiles | NetworkTiles | None = None

    @property
    def trouble(self) -> str:
        """Why nothing comes, for beside the map; empty while all is well."""
        return "" if self._tiles is None else self._tiles.lasting_trouble

    def show_settings(self, settings: MapSettings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        self.stop()
        if settings.file:
            self._tiles = FileTiles(Path(settings.file), self._parent)
        elif settings.tile_url and self._folder is not None:
            self._tiles = NetworkTiles(settings, self._folder / "tiles", self._parent)
        if self._tiles is not None:
            self._tiles.changed.connect(self._draw)
        self._map.set_tiles(self._tiles)

    def stop(self) -> None:
        if self._tiles is not None:
            self._tiles.stop()
            self._tiles.deleteLater()
            self._tiles = None
            self._map.set_tiles(None)

    def _draw(self) -> None:
        self._map.update()
        self._changed()

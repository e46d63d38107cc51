"""The base map of the site's maps: a file, or a service."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated
from urllib.parse import urlsplit

from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

_PLACES = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, slots=True)
class MapSettings:
    """`tile_url`: of a map service, with {z}, {x} and {y} for zoom, column and row (“slippy” tiles of 256 pixels in EPSG:3857); empty: no
    service is asked. attribution: what the service wants to be said on the map. `allow_private`: the service may be in the own network or
    on this machine. `file`: full path of an MBTiles or PMTiles file, on each computer with a console; it goes before the service. With
    neither, maps have coast lines, borders and towns."""

    tile_url: Annotated[str, Setting("Address of its tiles", help="With {z}, {x} and {y}; empty for none")] = ""
    attribution: Annotated[str, Setting("Attribution", max_length=200, help="Text that the map service requires on the map")] = ""
    most_zoom: Annotated[int, Setting("Highest zoom", ge=1, le=22)] = 19
    allow_private: Annotated[bool, Setting("Allow addresses in the local network or on this computer")] = False
    file: Annotated[str, Setting("Map file", max_length=500, help="Full path of an MBTiles or PMTiles file; empty for none")] = ""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.file and not (PurePosixPath(self.file).is_absolute() or PureWindowsPath(self.file).is_absolute()):
            raise InputError("file", "needs a full path, such as /srv/maps/town.pmtiles")
        if "\0" in self.file:
            raise InputError("file", "is no path")
        if self.tile_url:
            _check_url(self.tile_url)


def _check_url(url: str) -> None:
    missing = [place for place in _PLACES if place not in url]
    if missing:
        raise InputError("tile_url", f"has no {', '.join(missing)}; an example: https://tiles.example.org/{{z}}/{{x}}/{{y}}.png")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError("tile_url", "needs to begin with https:// or http:// and a host")
    if parts.username or parts.password:
        raise InputError("tile_url", "must not hold a password: settings are readable")
    if len(url) > 500:
        raise InputError("tile_url", "needs at most 500 characters")

"""How the console asks a map service: from addresses that were judged, on a thread of its own."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from console.courier import Bell
from engine import __version__
from engine.gateway.remote.loop import RemoteLoop
from engine.model.errors import EnvironmentFault
from engine.model.risk.map_settings import MapSettings
from engine.runtime.outbound.getting import Getter, Got, Judge
from engine.runtime.outbound.outward import AddressRefused, InHouse, Resolver, allowed_address, resolve

_LOG = logging.getLogger(__name__)
PATIENCE_S = 10.0
LARGEST = 1 << 20
Key: TypeAlias = tuple[int, int, int]
Outcome: TypeAlias = Got | EnvironmentFault


class TileCalls:
    """UI thread, but for what runs on the loop. The thread is there from the first call on, and holds no QObject.

    came: tiles with what the service answered; the bell rings for each.
    """

    def __init__(self, bell: Bell, settings: MapSettings, resolver: Resolver = resolve) -> None:
        self.came: deque[tuple[Key, Outcome]] = deque()
        self._bell = bell
        self._getter = Getter(tile_judge(settings, resolver), PATIENCE_S, LARGEST)
        self._loop: RemoteLoop | None = None

    def ask(self, key: Key, url: str, headers: Mapping[str, str]) -> None:
        if self._loop is None:
            self._loop = RemoteLoop("tiles")
            self._loop.spawn(self._hold_connections())
        self._loop.spawn(self._fetch_tile(key, url, {"User-Agent": f"Watchroom/{__version__}", **headers}))

    def close(self) -> None:
        """What is under way is dropped. Nothing may be asked after this."""
        if self._loop is not None:
            self._loop.close()

    async def _hold_connections(self) -> None:
        """Connections, until the loop ends."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._getter.close()

    async def _fetch_tile(self, key: Key, url: str, headers: Mapping[str, str]) -> None:
        try:
            outcome: Outcome = await self._getter.get(url, headers)
        except EnvironmentFault as fault:
            outcome = fault
        except Exception as error:  # noqa: BLE001 a thread top: log the bug once, tell the asker
            _LOG.exception("Asking for a tile failed")
            outcome = EnvironmentFault("bug", f"Something went wrong inside Watchroom ({type(error).__name__}). The log has the details.")
        self.came.append((key, outcome))
        self._bell.ring()


def tile_url(settings: MapSettings, key: Key) -> str:
    zoom, column, row = key
    return settings.tile_url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))


def tile_judge(settings: MapSettings, resolver: Resolver = resolve) -> Judge:
    """By any name where the own network is allowed: certificates of services in the house carry public names."""
    in_house = InHouse.ALLOWED if settings.allow_private else InHouse.REFUSED
    return lambda host, port: allowed_address(host, port, resolver, in_house)


def check_service(settings: MapSettings, resolver: Resolver = resolve) -> None:
    """Whether tiles may be asked for. A name that is not known now may be later. Not on the UI thread: takes as long as name lookup does.

    Raises:
        AddressRefused: they may not.
    """
    parts = urlsplit(tile_url(settings, (0, 0, 0)))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        asyncio.run(tile_judge(settings, resolver)(parts.hostname or "", port))
    except AddressRefused:
        raise
    except EnvironmentFault:
        return  # it is not known now

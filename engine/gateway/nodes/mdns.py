"""Announces the engine by mDNS, as nodes look for it: `_spaxel._tcp.local.` (RFC 6762, 6763; zeroconf does the work)."""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import psutil
from zeroconf import Error, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

log = logging.getLogger(__name__)

SERVICE, INSTANCE = "_spaxel._tcp.local.", "spaxel"
TEXT = {"version": "1", "ws": "/ws/node", "dashboard": "/ws/dashboard"}
LOOK_S = 30.0  # networks come and go
END_S = 3.0
VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "tun", "tap", "wg", "utun", "zt", "tailscale")  # no radio reaches these


class Announcement:
    """On the network loop, from `start` to `stop`. Without a network it waits for one, and says so once.

    Args:
        host: where the engine listens; `0.0.0.0` and `::` mean every address that this machine has.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._task: asyncio.Task[None] | None = None
        self._zeroconf: AsyncZeroconf | None = None
        self._troubled = False
        self.announced: tuple[str, ...] = ()

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep())
        self._task.add_done_callback(_log_task_error)

    async def stop(self) -> None:
        """Take the announcement back; a few seconds at most."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._withdraw()

    async def _keep(self) -> None:
        """Announce, and again whenever this machine's addresses change."""
        while True:
            addresses = reachable(self._host)
            if addresses != self.announced:
                await self._withdraw()
                await self._announce(addresses)
            await asyncio.sleep(LOOK_S)

    async def _announce(self, addresses: tuple[str, ...]) -> None:
        if not addresses:
            self._report_trouble("this machine has no network address")
            return
        info = AsyncServiceInfo(
            SERVICE,
            f"{INSTANCE}.{SERVICE}",
            parsed_addresses=list(addresses),
            port=self._port,
            properties=TEXT,
            server=f"{INSTANCE}.local.",
        )
        try:
            zeroconf = self._zeroconf = AsyncZeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)
            said = await cast("Any", zeroconf).async_register_service(info, allow_name_change=True)  # the name is ours
            await said
        except (OSError, Error) as error:
            self._report_trouble(str(error) or type(error).__name__)
            await self._withdraw()
            return
        self.announced, self._troubled = addresses, False
        log.info("announced by mDNS at %s, port %d", ", ".join(addresses), self._port)

    async def _withdraw(self) -> None:
        zeroconf, self._zeroconf, self.announced = self._zeroconf, None, ()
        if zeroconf is not None:
            with suppress(OSError, Error, TimeoutError):
                async with asyncio.timeout(END_S):
                    await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    def _report_trouble(self, why: str) -> None:
        if not self._troubled:
            log.warning("not announced by mDNS (%s); nodes find the engine by its address only", why)
        self._troubled = True


def _log_task_error(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("announcing by mDNS has failed", exc_info=error)


def reachable(host: str) -> tuple[str, ...]:
    """IPv4 addresses under which `host` is reached: nodes know no others."""
    if host not in ("0.0.0.0", "::", ""):
        return (host,) if _is_v4(host) else ()
    states = psutil.net_if_stats()
    cards = {name: card for name, card in psutil.net_if_addrs().items() if name in states and states[name].isup}
    real = {name: card for name, card in cards.items() if not name.startswith(VIRTUAL)}
    return _addresses(real) or _addresses(cards)


def _addresses(cards: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    found = {str(entry.address) for card in cards.values() for entry in card if entry.family == socket.AF_INET}
    return tuple(sorted(address for address in found if not ipaddress.ip_address(address).is_loopback))


def _is_v4(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False

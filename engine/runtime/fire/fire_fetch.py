"""How services of fire weather are reached: one GET to an address that was judged, its whole answer within five seconds."""

import asyncio
import base64
import ipaddress
import threading
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

from engine.fire.fetching import LONGEST_S, Login, Reply
from engine.model.errors import EnvironmentFault
from engine.runtime.outbound.getting import Getter, Got
from engine.runtime.outbound.outward import Resolver, allowed_address, resolve

MOST_BYTES = 4 << 20
LOOK_S = 0.1  # whether the engine ends


class HttpFetch:
    """Any thread without a running loop. As `Getter` does it; a password goes over the Internet encrypted only."""

    def __init__(self, longest_s: float = LONGEST_S, resolver: Resolver = resolve) -> None:
        self._longest_s = longest_s
        self._resolver = resolver
        self._ending = threading.Event()

    def close(self) -> None:
        """Whoever waits for an answer is let go; there are no others."""
        self._ending.set()

    def __call__(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        return asyncio.run(self._request(f"{url.partition('?')[0]}?{urlencode(query)}" if query else url, login))

    async def _request(self, url: str, login: Login | None) -> Reply:
        in_clear = login is not None and not url.lower().startswith("https:")
        getter = Getter(lambda host, port: self._judged(host, port, in_clear), self._longest_s, MOST_BYTES)
        headers = {"User-Agent": "Watchroom", "Accept": "application/json"} | ({} if login is None else _basic(login))
        try:
            got = await self._unless_ending(getter.get(url, headers))
        finally:
            await getter.close()
        return Reply(got.status, got.content)

    async def _unless_ending(self, getting: Coroutine[Any, Any, Got]) -> Got:
        task = asyncio.ensure_future(getting)
        try:
            while not task.done() and not self._ending.is_set():
                await asyncio.wait({task}, timeout=LOOK_S)
            if task.done():
                return task.result()
        finally:
            task.cancel()
        raise EnvironmentFault("stopping", "The engine is ending.")

    async def _judged(self, host: str, port: int, in_clear: bool) -> str:
        """`in_clear`: a password goes with it, and nothing encrypts that."""
        address = await allowed_address(host, port, self._resolver)
        if in_clear and ipaddress.ip_address(address).is_global:
            advice = "The password could be read on the way. Enter an address that begins with https://."
            raise EnvironmentFault("address_refused", f"{host} is on the Internet and is called without encryption. {advice}")
        return address


def _basic(login: Login) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()}

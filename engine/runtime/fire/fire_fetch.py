"""How services of fire weather are reached: one GET with httpx, to an address that was judged, its whole answer within five seconds."""

import asyncio
import ipaddress
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from engine.fire.fetching import LONGEST_S, MALFORMED, TIMEOUT, UNREACHABLE, Login, Reply
from engine.model.errors import EnvironmentFault
from engine.runtime.messages.outward import Resolver, allowed_address, resolve

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 4 << 20
LOOK_S = 0.1  # whether the engine ends


class HttpFetch:
    """Any thread without a running loop. No redirect is followed, no proxy asked, nothing compressed is unpacked."""

    def __init__(self, longest_s: float = LONGEST_S, resolver: Resolver = resolve) -> None:
        self._longest_s = longest_s
        self._resolver = resolver
        self._ending = threading.Event()

    def close(self) -> None:
        """Whoever waits for an answer is let go; there are no others."""
        self._ending.set()

    def __call__(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        return asyncio.run(self._within(url, query, login))

    async def _within(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        import httpx  # takes a while to load, and most sites have no such service

        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            raise EnvironmentFault(UNREACHABLE, f"{url[:100]} is no address.") from None
        try:
            async with asyncio.timeout(self._longest_s):
                return await self._unless_ending(self._send(parts, query, login))
        except TimeoutError:
            raise EnvironmentFault(TIMEOUT, f"{host} did not answer within {self._longest_s:.3g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            why = str(error)[:200] or type(error).__name__
            raise EnvironmentFault(UNREACHABLE, f"{host} could not be reached ({why}).") from None

    async def _unless_ending(self, sending: Coroutine[Any, Any, Reply]) -> Reply:
        task = asyncio.ensure_future(sending)
        try:
            while not task.done() and not self._ending.is_set():
                await asyncio.wait({task}, timeout=LOOK_S)
            if task.done():
                return task.result()
        finally:
            task.cancel()
        raise EnvironmentFault("stopping", "The engine is ending.")

    async def _send(self, parts: SplitResult, query: dict[str, str], login: Login | None) -> Reply:
        import httpx

        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await allowed_address(host, port, self._resolver)
        if login is not None and parts.scheme == "http" and ipaddress.ip_address(address).is_global:
            advice = "The password could be read on the way. Enter an address that begins with https://."
            raise EnvironmentFault("address_refused", f"{host} is on the Internet and is called without encryption. {advice}")
        there = urlunsplit((parts.scheme, f"[{address}]:{port}" if ":" in address else f"{address}:{port}", parts.path, "", ""))
        headers = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "Watchroom", "Accept": "application/json"}
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=None) as client:
            asked = client.build_request(
                "GET", there, params=query or None, headers=headers | {"Accept-Encoding": "identity"}, extensions={"sni_hostname": host}
            )
            auth = None if login is None else httpx.BasicAuth(login.user, login.password)
            answer = await client.send(asked, auth=auth, stream=True)
            try:
                return await _read(answer, host)
            finally:
                await answer.aclose()


async def _read(answer: "httpx.Response", host: str) -> Reply:
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EnvironmentFault(MALFORMED, f"{host} packs its answer though it was asked not to. It is not unpacked.")
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            raise EnvironmentFault(MALFORMED, f"{host} answers with more than {MOST_BYTES >> 20} MiB, which is not read.")
    return Reply(answer.status_code, bytes(content))

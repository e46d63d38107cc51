"""GETs from addresses that were judged after they were resolved: how services of fire weather and of maps are reached."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.runtime.outbound.http import not_proven, trusted, unproven_name

if TYPE_CHECKING:
    import httpx

UNREACHABLE, TIMEOUT, MALFORMED, TOO_LARGE = "unreachable", "timeout", "malformed", "too_large"
Judge: TypeAlias = Callable[[str, int], Coroutine[Any, Any, str]]
"""The address to connect to for a host and port. Raises EnvironmentFault."""


@dataclass(frozen=True, slots=True)
class Got:
    """The whole answer. headers: names in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Getter:
    """Of one loop. No redirect is followed, no proxy asked, no cookie kept, nothing compressed is unpacked; over HTTPS the host proves its
    name. Every GET is judged, and goes to the judged address; a connection that is open to this very address is used again.

    Args:
        longest_s: of a GET, from resolving to the end of the answer. most_bytes: of an answer.
    """

    def __init__(self, judge: Judge, longest_s: float, most_bytes: int) -> None:
        self._judge = judge
        self._longest_s = longest_s
        self._most_bytes = most_bytes
        self._clients: dict[tuple[str, str], httpx.AsyncClient] = {}  # by scheme and host: a connection has proved one name

    async def get(self, url: str, headers: Mapping[str, str]) -> Got:
        """Raises EnvironmentFault `unreachable`, `timeout`, `malformed`, `too_large`, and what the judge raises."""
        import httpx  # takes a while to load, and most sites have no such service

        parts = _parts(url)
        host = parts.hostname or ""
        try:
            async with asyncio.timeout(self._longest_s):
                return await self._send(parts, headers)
        except TimeoutError:
            raise EnvironmentFault(TIMEOUT, f"{host} did not answer within {self._longest_s:.3g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            unproven = unproven_name(error)
            why = f"{host} could not be reached ({str(error)[:200] or type(error).__name__})."
            raise EnvironmentFault(UNREACHABLE, why if unproven is None else not_proven(host, unproven)) from None

    async def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _send(self, parts: SplitResult, headers: Mapping[str, str]) -> Got:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._judge(host, port)
        there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        judged = urlunsplit((parts.scheme, there, parts.path or "/", parts.query, ""))
        sent = {"Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity", **headers}
        client = self._client(parts.scheme, host)
        async with client.stream("GET", judged, headers=sent, extensions={"sni_hostname": host}) as answer:
            content = await self._read_answer(answer, host)
            return Got(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, content)

    def _client(self, scheme: str, host: str) -> "httpx.AsyncClient":
        import httpx

        if (scheme, host) not in self._clients:
            verify = trusted() if scheme == "https" else False
            no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
            client = httpx.AsyncClient(verify=verify, cookies=no_cookies, trust_env=False, follow_redirects=False, timeout=None)
            self._clients[scheme, host] = client
        return self._clients[scheme, host]

    async def _read_answer(self, answer: "httpx.Response", host: str) -> bytes:
        """As it comes: a packed answer could be far larger than it looks."""
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise EnvironmentFault(MALFORMED, f"{host} packs its answer though it was asked not to. It is not unpacked.")
        content = bytearray()
        async for chunk in answer.aiter_raw():
            content += chunk
            if len(content) > self._most_bytes:
                raise EnvironmentFault(TOO_LARGE, f"{host} answers with more than {self._most_bytes >> 20} MiB, which is not read.")
        return bytes(content)


def _parts(url: str) -> SplitResult:
    """Raises EnvironmentFault."""
    with suppress(ValueError):  # half an IPv6 address, a port that is none
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    raise EnvironmentFault(UNREACHABLE, f"{url[:100]} is no address.")

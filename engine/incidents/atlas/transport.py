"""How a call reaches Atlas: HTTP to an address that was judged, with the key, and an answer that is bounded in size and time."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import field
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

from engine.incidents.atlas.fault import ADDRESS_REFUSED, NO_KEY, TIMEOUT, TOO_LARGE, UNPROVEN, UNREACHABLE, WRONG_PLACE, AtlasFault
from engine.incidents.atlas.media import Media
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 1 << 20  # of an answer
LONGEST_KEY = 500
Judge: TypeAlias = Callable[[str, int, bool], Awaitable[str]]
"""The address to connect to for a host and port; the last argument says whether private ones are allowed. Raises EnvironmentFault."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path`: under the API's root. `body`: JSON; or `form` and `file` as multipart. `key`: for idempotency.

    `about`: what tells apart two equal calls whose answers are read differently; it stays here.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    form: dict[str, str] = field(default_factory=dict[str, str])
    file: Media | None = None
    key: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where Atlas is and who calls. The key shows in no text of this."""

    url: str
    product: str
    allow_private: bool
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content: bytes
    content_type: str = ""
    retry_after: str = ""


class Transport(Protocol):
    async def exchange(self, request: Request, place: Place, longest_s: float) -> Reply:
        """Send a request and read the whole answer within a time. Raises AtlasFault."""
        ...


class HttpTransport:
    """With httpx. No redirect is followed, no proxy asked, and nothing compressed is unpacked. Of one loop."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._authorities: ssl.SSLContext | None = None  # read when first needed

    async def exchange(self, request: Request, place: Place, longest_s: float) -> Reply:
        import httpx  # takes a while to load, and most sites have no Atlas

        host = host_of(place.url)
        try:
            async with asyncio.timeout(longest_s):
                return await self._exchange(request, place)
        except TimeoutError:
            raise AtlasFault(TIMEOUT, f"{host} did not answer within {longest_s:.3g} s.") from None
        except AtlasFault:
            raise
        except EnvironmentFault as fault:
            raise AtlasFault(UNREACHABLE if fault.reason == "no_address" else fault.reason, str(fault)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _failure(host, error) from None

    async def _exchange(self, request: Request, place: Place) -> Reply:
        import httpx

        parts = urlsplit(place.url)
        trusted = self._trusted() if parts.scheme == "https" else False
        async with httpx.AsyncClient(verify=trusted, trust_env=False, follow_redirects=False, timeout=None) as client:
            sent = client.build_request(
                request.method,
                await self._target(parts, request, place.allow_private),
                params=request.query or None,
                content=request.body or None,
                data=request.form or None,
                files=_file(request),
                headers={"Host": parts.netloc.rpartition("@")[2], **_headers(request, place)},
                extensions={"sni_hostname": parts.hostname or ""},
            )
            answer = await client.send(sent, stream=True)
            try:
                return await _read_body(answer, parts.hostname or "")
            finally:
                await answer.aclose()

    async def _target(self, parts: SplitResult, request: Request, allow_private: bool) -> str:
        """With the address that was judged instead of the name, so that it is the one connected to."""
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._judge(host, port, allow_private)
        if parts.scheme == "http" and ipaddress.ip_address(address).is_global:
            advice = "The key could be read on the way. Enter an address that begins with https://."
            raise AtlasFault(ADDRESS_REFUSED, f"{host} is on the Internet and is called without encryption. {advice}")
        there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        return urlunsplit((parts.scheme, there, _path(parts.path, request), "", ""))

    def _trusted(self) -> ssl.SSLContext:
        import httpx

        if self._authorities is None:
            self._authorities = httpx.create_ssl_context(trust_env=False)
            self._authorities.load_default_certs()
        return self._authorities


def host_of(url: str) -> str:
    """For messages."""
    try:
        return urlsplit(url).hostname or "Atlas"
    except ValueError:  # half an IPv6 address
        return "Atlas"


def check_key(key: str) -> None:
    """Raises AtlasFault: what no HTTP header can carry would be told in the library's own error, key and all."""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise AtlasFault(NO_KEY, "The key for Atlas is missing, or holds signs that cannot be sent. Enter it again.")


def _headers(request: Request, place: Place) -> dict[str, str]:
    check_key(place.key)
    headers = {"X-API-Key": place.key, "X-Product": place.product, "User-Agent": "Watchroom"}
    headers |= {"Accept": "application/json", "Accept-Encoding": "identity"}
    headers |= {"Idempotency-Key": request.key} if request.key else {}
    return headers | ({} if request.file else {"Content-Type": "application/json"})


def _path(root: str, request: Request) -> str:
    """The address may be entered with or without the API's root."""
    root = root.rstrip("/")
    return f"{root if root.endswith('/api/v1') else f'{root}/api/v1'}/{request.path}"


def _file(request: Request) -> dict[str, tuple[str, bytes, str]] | None:
    return None if request.file is None else {"file": (request.file.name, request.file.data, request.file.content_type)}


async def _read_body(answer: "httpx.Response", host: str) -> Reply:
    """At most `MOST_BYTES`, as they come: a packed answer could be far larger than it looks."""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise AtlasFault(WRONG_PLACE, f"{host} packs its answer though it was asked not to. It is not unpacked. Check the address.")
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            raise AtlasFault(TOO_LARGE, f"{host} answers with more than {MOST_BYTES >> 20} MiB, which is not read.")
    told = answer.headers
    return Reply(answer.status_code, bytes(content), told.get("Content-Type", ""), told.get("Retry-After", ""))


def _failure(host: str, error: Exception) -> AtlasFault:
    unproven = _unproven(error)
    if unproven is not None:
        why = unproven.verify_message.rstrip(".")
        advice = "Renew its certificate, or add the authority that made it to those this machine trusts and start Watchroom again"
        return AtlasFault(UNPROVEN, f"{host} does not prove that it is {host} ({why}). Nothing was sent. {advice}.")
    return AtlasFault(UNREACHABLE, f"{host} could not be reached ({str(error)[:200] or type(error).__name__}).")


def _unproven(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refused certificate behind an error, if that is what it is about."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error

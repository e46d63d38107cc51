"""The border's guards as one ASGI layer: which host and origin may speak, how much, and how often. Holds for HTTP and WebSocket alike."""

import hashlib
import re
import time
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.gateway.border.bodies import (
    LARGE_AT_ONCE,
    STRANGERS_AT_ONCE,
    ClientDisconnected,
    Crowd,
    GivingWay,
    Room,
    Rooms,
    SignedIn,
    TooLarge,
    has_body,
    read_whole,
)
from engine.gateway.border.buckets import Buckets
from engine.gateway.border.cross_origin import is_preflight, preflight, shown_to, without_cookies
from engine.gateway.border.lobby import place_of
from engine.gateway.border.shown_token import OFFERED, given_token
from engine.gateway.problem import problem, retry_after

PER_SECOND, BURST = 50.0, 200  # of one token
ADDRESS_PER_SECOND, ADDRESS_BURST = 400.0, 1000  # of one address, behind which many consoles may sit
REPORTING = ("POST", "/api/v1/incidents")  # one program passes on what a whole town reports: its address's limit holds

_HOST = re.compile(r"(\[[0-9a-z:.%]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Guard:
    """Refuses foreign hosts (DNS rebinding), foreign origins (cross-site requests), large bodies and floods.

    A request's body is read here as a whole, after its sender's token was looked at: memory is for those who are signed in.

    Args:
        hosts: names under which this engine may be addressed, without port. The very address that a connection arrived at always is one:
            a page whose own name was rebound to this machine still sends that name.
        rooms: bytes that the body of a request may have. origins: of other sites whose pages may ask.
        now_s: a steady clock, for the rate limits.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str],
        rooms: Rooms,
        origins: Callable[[], Collection[str]] = tuple,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._origins = origins
        self._hosts = hosts
        self._rooms = rooms
        self._strangers = GivingWay(STRANGERS_AT_ONCE)
        self._large = Crowd(LARGE_AT_ONCE)
        self._tokens = Buckets(PER_SECOND, BURST, now_s)
        self._addresses = Buckets(ADDRESS_PER_SECOND, ADDRESS_BURST, now_s)
        self._known_addresses = Buckets(ADDRESS_PER_SECOND, ADDRESS_BURST, now_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        named = self._named_origin(scope)
        refusal: Response | None = self._refusal(scope, bool(named))
        if named:
            scope, send = without_cookies(scope), shown_to(named, send) if scope["type"] == "http" else send
            refusal = refusal or (preflight() if is_preflight(scope) else None)
        send = send if scope["type"] == "websocket" else _hardened(send)
        if refusal:
            await refusal(scope, receive, send)
            return
        entered = await self._rooms.enter(scope, _token(scope))
        _seat(scope, entered)
        if scope["type"] == "websocket" or not has_body(scope):
            await self._app(scope, receive, send)
            return
        await self._with_body(scope, receive, send, entered)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, entered: SignedIn | None) -> None:
        room = self._rooms.room(scope, entered)
        if not room.few:
            await self._through(scope, receive, send, room)
            return
        with self._large.one_more(_address(scope)) as admitted:  # for as long as it is worked on, and held in memory
            await (self._through(scope, receive, send, room) if admitted else _crowded()(scope, receive, send))

    async def _through(self, scope: Scope, receive: Receive, send: Send, room: Room) -> None:
        try:
            whole = await self._read_body(scope, receive, room)
        except ClientDisconnected:
            return
        except TimeoutError:
            await problem(408, "The request came too slowly.", None, {"Connection": "close"})(scope, receive, send)
        except TooLarge:
            await _too_large(room)(scope, receive, send)
        else:
            await self._app(scope, whole, send)

    async def _read_body(self, scope: Scope, receive: Receive, room: Room) -> Receive:
        """Raises TooLarge, TimeoutError, Gone."""
        if room.known:
            return await read_whole(scope, receive, room.size)
        with self._strangers.one_more(_address(scope)) as within:
            return await read_whole(scope, receive, room.size, within)

    def _named_origin(self, scope: Scope) -> str:
        """Of another site, whose pages may ask; empty where none asks, or one that nobody named."""
        origin, host = Headers(scope=scope).get("origin", ""), Headers(scope=scope).get("host", "").lower()
        if not origin or _place(origin) == host:
            return ""
        return origin if origin.lower() in {each.lower() for each in self._origins()} else ""

    def _refusal(self, scope: Scope, named: bool = False) -> JSONResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 else ""
        if not self._is_ours(host, scope):
            return problem(421, "This engine is not addressed by that host name. Start it with --host-name to give it further names.")
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host and not named:
            return problem(403, "Requests from other sites are refused.")
        wait_s = self._wait_s(scope, headers)
        return problem(429, "Too many requests; slow down.", None, retry_after(wait_s)) if wait_s else None

    def _is_ours(self, host: str, scope: Scope) -> bool:
        name = host_name(host)
        arrived_at = str((scope.get("server") or ("",))[0])
        return bool(name) and (name in self._hosts or name.strip("[]") == arrived_at)

    def _wait_s(self, scope: Scope, headers: Headers) -> float:
        """By address first: a client that offers another token each time stays one client. Who is signed in shares that with others who
        are, and with no stranger behind the same proxy."""
        known = self._rooms.known_at_once(_token(scope))
        wait_s = (self._known_addresses if known else self._addresses).take(_address(scope))
        token = headers.get("authorization") or headers.get("sec-websocket-protocol")
        if wait_s or not token or (scope.get("method"), scope.get("path")) == REPORTING:
            return wait_s
        return self._tokens.take(hashlib.sha256(token.encode("latin-1")).hexdigest())


def host_name(host: str) -> str:
    """`Example:8080` → `example`, `[::1]:8080` → `[::1]`; empty for what is no host."""
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else ""


def _place(origin: str) -> str:
    """The host and port of an origin; empty for `null` and for what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _token(scope: Scope) -> str:
    """However it is shown; empty when there is none."""
    connection = HTTPConnection(scope)
    if scope["type"] == "websocket":
        offered: list[str] = scope.get("subprotocols", [])
        return given_token(connection) or next((each.removeprefix(OFFERED) for each in offered if each.startswith(OFFERED)), "")
    return given_token(connection)


def _seat(scope: Scope, entered: SignedIn | None) -> None:
    place = place_of(scope)
    if place is not None:
        place.held_by(entered.session.holder if entered is not None else "")


def _address(scope: Scope) -> str:
    return str((scope["client"] or ("?", 0))[0])


def _too_large(room: Room) -> JSONResponse:
    if room.known:
        return problem(413, f"The request is larger than {room.size} bytes.")
    message = f"Sign in first: who is not signed in may send no more than {room.size} bytes."
    return problem(401, message, None, {"WWW-Authenticate": "Bearer"})


def _crowded() -> JSONResponse:
    return problem(429, "Too many requests of this address are on their way; wait a moment.", None, retry_after(1.0))


def _hardened(send: Send) -> Send:
    """Nothing is kept by caches on the way unless an answer says so, and no browser guesses types."""

    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("cache-control", "no-store")
            headers["x-content-type-options"] = "nosniff"
        await send(message)

    return hardened

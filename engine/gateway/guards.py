"""The border's guards as one ASGI layer: which host and origin may speak, how much, and how often. Holds for HTTP and WebSocket alike."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.gateway.buckets import Buckets
from engine.gateway.problem import problem, retry_after

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
LARGEST_BODY = 1 << 20
SLOWEST_BODY_S = 20.0
PER_SECOND, BURST = 50.0, 200  # of one token
ADDRESS_PER_SECOND, ADDRESS_BURST = 400.0, 1000  # of one address, behind which many consoles may sit

_HOST = re.compile(r"(\[[0-9a-z:.%]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


async def usual_room(_: Scope) -> int:
    return LARGEST_BODY


class _Gone(Exception):
    """The client left before its request was whole."""


class Guard:
    """Refuses foreign hosts (DNS rebinding), foreign origins (cross-site requests), large bodies and floods.

    A request's body is read here as a whole, so that no thread of the app ever waits for a slow client and a lying Content-Length is
    found out in one place.

    Args:
        hosts: names under which this engine may be addressed, without port. The very address that a connection arrived at always is one:
            a page whose own name was rebound to this machine still sends that name.
        room: bytes that the body of a request may have.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], room: Callable[[Scope], Awaitable[int]] = usual_room) -> None:
        self._app = app
        self._hosts = hosts
        self._room = room
        self._tokens = Buckets(PER_SECOND, BURST)
        self._addresses = Buckets(ADDRESS_PER_SECOND, ADDRESS_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            await (refusal or self._app)(scope, receive, send)
            return
        send = _hardened(send)
        room = LARGEST_BODY if refusal else await self._room(scope)
        refusal = refusal or _announced_too_large(scope, room)
        try:
            whole = receive if refusal else await _whole(receive, room)
        except _Gone:
            return
        except TimeoutError:
            refusal, whole = problem(408, "The request came too slowly.", None, {"Connection": "close"}), receive
        if whole is None:
            refusal, whole = _too_large(room), receive
        await (refusal or self._app)(scope, whole, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 else ""
        if not self._is_ours(host, scope):
            return problem(421, "This engine is not addressed by that host name. Start it with --host-name to give it further names.")
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host:
            return problem(403, "Requests from other sites are refused.")
        wait_s = self._wait_s(scope, headers)
        return problem(429, "Too many requests; slow down.", None, retry_after(wait_s)) if wait_s else None

    def _is_ours(self, host: str, scope: Scope) -> bool:
        name = host_name(host)
        arrived_at = str((scope.get("server") or ("",))[0])
        return bool(name) and (name in self._hosts or name.strip("[]") == arrived_at)

    def _wait_s(self, scope: Scope, headers: Headers) -> float:
        """By address first: a client that offers another token each time stays one client."""
        wait_s = self._addresses.take((scope["client"] or ("?", 0))[0])
        token = headers.get("authorization") or headers.get("sec-websocket-protocol")
        if wait_s or not token:
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


def _announced_too_large(scope: Scope, room: int) -> JSONResponse | None:
    announced = Headers(scope=scope).get("content-length", "0")
    return _too_large(room) if announced.isascii() and announced.isdigit() and int(announced[:20]) > room else None


def _too_large(room: int) -> JSONResponse:
    return problem(413, f"The request is larger than {room} bytes.")


async def _whole(receive: Receive, room: int) -> Receive | None:
    """The request with its body read; None when that is too large, whatever was announced. Raises TimeoutError, _Gone."""
    body = bytearray()
    async with asyncio.timeout(SLOWEST_BODY_S):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > room:
                return None
            if not message.get("more_body", False):
                break
    waiting: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _hardened(send: Send) -> Send:
    """Nothing is kept by caches on the way unless an answer says so, and no browser guesses types."""

    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("cache-control", "no-store")
            headers["x-content-type-options"] = "nosniff"
        await send(message)

    return hardened

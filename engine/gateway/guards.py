"""The border's guards as one ASGI layer: which host and origin may speak, how much, and how often. Holds for HTTP and WebSocket alike."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
LARGEST_BODY = 1 << 20
MOST_CLIENTS = 10_000


class Buckets:
    """Token buckets: each client may burst `burst` requests and then make `per_second`."""

    def __init__(self, per_second: float, burst: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now_s = now_s
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """0 when the request may pass, otherwise the seconds to wait."""
        now_s = self._now_s()
        level, at_s = self._levels.pop(client, (float(self._burst), now_s))
        level = min(self._burst, level + (now_s - at_s) * self._per_second)
        allowed = level >= 1.0
        self._levels[client] = (level - 1.0 if allowed else level, now_s)
        if len(self._levels) > MOST_CLIENTS:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1.0 - level) / self._per_second


class Guard:
    """Refuses foreign hosts (DNS rebinding), foreign origins (cross-site requests), large bodies and floods.

    Args:
        hosts: names under which this engine may be addressed, without port.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], buckets: Buckets) -> None:
        self._app = app
        self._hosts = hosts
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
            return
        await self._app(scope, _limited(receive, LARGEST_BODY) if scope["type"] == "http" else receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str, float] | None:
        headers: dict[str, str] = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if host_name(host) not in self._hosts:
            return 421, "bad_input", "This engine is not addressed by that host name.", 0.0
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return 403, "not_permitted", "Requests from other sites are refused.", 0.0
        if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > LARGEST_BODY:
            return 413, "bad_input", f"The request is larger than {LARGEST_BODY} bytes.", 0.0
        client = headers.get("authorization") or (scope["client"] or ("?", 0))[0]
        wait_s = self._buckets.take(client)
        return (429, "too_many_requests", "Too many requests; slow down.", wait_s) if wait_s else None


def host_name(host: str) -> str:
    """`example:8080` → `example`, `[::1]:8080` → `[::1]`."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _limited(receive: Receive, most: int) -> Receive:
    """Ends the request as disconnected once it has sent more than it may, whatever it announced."""
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return {"type": "http.disconnect"} if got > most else message

    return limited


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, error: str, message: str, wait_s: float) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": message})
        return
    body = json.dumps({"error": error, "message": message, "field": None}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if wait_s:
        headers.append((b"retry-after", str(max(1, round(wait_s))).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""The socket of changes of an engine that means harm: says what a test gives it to say."""

import base64
import hashlib
import threading
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from engine.gateway.live.deflated import TAIL, Deflated
from engine.model.vocabulary import own_release
from engine.model.wire import to_plain
from tests.engine.gateway.hostile_engine import SESSION, Answer, Handler, says

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TELLING_SESSION = {**SESSION, "engine": to_plain(own_release())}


def subscribed(messages: Callable[[], Iterable[Any]]) -> dict[str, Answer]:
    """What it says then. `messages`: of each connection, one after another: objects, which are deflated, or bytes as they are; None: the
    connection ends. When they end it says nothing more."""
    return {"/api/v1/session": says(TELLING_SESSION), "/ws/changes": lambda handler: _tell(handler, messages())}


def _tell(handler: Handler, messages: Iterable[Any]) -> None:
    key = handler.headers["Sec-WebSocket-Key"].encode()
    handler.send_response(101)
    accepted = base64.b64encode(hashlib.sha1(key + _MAGIC).digest()).decode()
    for name, value in {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accepted}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.close_connection = True
    threading.Thread(target=_hear, args=(handler,), name="hostile-hears", daemon=True).start()
    deflated = Deflated()
    for message in messages:
        if message is None:
            return
        data = message if isinstance(message, bytes) else deflated(message)
        handler.wfile.write(_frame(data))
        handler.sent.append(len(data))
        if handler.ended.is_set():
            return
    handler.ended.wait()


def _hear(handler: Handler) -> None:
    """What comes is no matter to it."""
    with suppress(OSError, ValueError):
        while handler.rfile.read1(1 << 16):
            pass


def _frame(data: bytes) -> bytes:
    length = len(data)
    if length < 126:
        head = bytes([0x82, length])
    elif length < 1 << 16:
        head = b"\x82\x7e" + length.to_bytes(2, "big")
    else:
        head = b"\x82\x7f" + length.to_bytes(8, "big")
    return head + data


def nested(depth: int) -> bytes:
    """A message whose text is a list in a list in a list."""
    return _deflated_text(b'{"revision":2,"from":1,"number":2,"at_ns":1,"change":', b"[" * depth + b"]" * depth, b"}")


def bomb(mebibytes: int) -> bytes:
    """A message that is a thousand times longer than it looks."""
    return _deflated_text(b'{"snapshot":"', *([b" " * (1 << 20)] * mebibytes), b'"}')


def many_lists(count: int) -> bytes:
    return _deflated_text(b'{"snapshot":[', b"[]," * count, b"[]]}")


def huge_integer() -> bytes:
    return _deflated_text(b'{"revision":1,"number":', b"9" * 5000, b"}")


def _deflated_text(*parts: bytes) -> bytes:
    deflating = zlib.compressobj(6, zlib.DEFLATED, -15, 9)
    return b"".join([*map(deflating.compress, parts), deflating.flush(zlib.Z_SYNC_FLUSH)]).removesuffix(TAIL)

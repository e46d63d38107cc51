"""What changes in an engine elsewhere, over one socket. The console's end of `engine.gateway.live.subscriptions`."""

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from engine.gateway.live.deflated import Inflated
from engine.gateway.live.deltas import node, without_gaps
from engine.gateway.remote.calls import MOST_SNAPSHOT_BYTES, REQUEST_S, bearer
from engine.gateway.remote.looks import Looks
from engine.gateway.remote.sockets import SocketAddress
from engine.model.errors import InputError
from engine.model.port import LOST_S
from engine.model.snapshot import Snapshot
from engine.model.tolerant_wire import Omissions, reader

OPEN_S = REQUEST_S
"""For the handshake, and once more for the first message: an engine that starts, or is far, is waited for. The port asks for snapshots
meanwhile, and tells that the engine is lost."""
PING_S = 5.0
MOST_MESSAGES, MOST_SHARE, SAVED_S = 30, 0.25, 1.0  # a second, where an engine sends ten; of one core


class Allowance:
    """How much of what an engine sends is taken in: no more than a good one sends, so that a bad one does not keep this console from
    the others. On one loop.

    A message costs its share of so many a second, or four times the processor's time that it took where that is more. What was saved up,
    a second at most, carries the first one, all of now, and what waited for a slow line. No pause is so long that a good engine looks lost.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._saved_s, self._counted_s = SAVED_S, now_s()

    def pause_s(self, took_s: float) -> float:
        """After a message that took so long: until the next one is read."""
        now_s = self._now_s()
        saved_s = min(SAVED_S, self._saved_s + now_s - self._counted_s) - max(1 / MOST_MESSAGES, took_s / MOST_SHARE)
        self._saved_s, self._counted_s = max(-SAVED_S, saved_s), now_s
        return max(0.0, -self._saved_s)


class StreamTaken:
    """The messages of one stream as whole snapshots. One thread at a time.

    `told`: called with what was left out of each. `stream`, `revision`: what to go on with after a cut.
    """

    def __init__(self, told: Callable[[Omissions], None]) -> None:
        self.stream, self.revision = "", 0
        self._told = told
        self._base: Snapshot | None = None
        self._gaps = False

    def take(self, message: dict[str, Any]) -> Snapshot:
        """Raises InputError: it is not understood, or does not follow; then all of now is asked for next."""
        revision, known, stream, base = message.get("revision"), self.revision, self.stream, self._base
        self.revision = 0
        omissions = Omissions()
        if not isinstance(revision, int):
            raise InputError("revision", "is no number")
        if "snapshot" in message:
            stream = str(message.get("stream"))
            self._gaps = False
            base = cast("Snapshot", reader(Snapshot, True)(message["snapshot"], "snapshot", omissions))
        elif base is None or not known or message.get("from") != known:
            raise InputError("from", "is not what was told before")
        elif "change" in message:
            base = cast("Snapshot", node(Snapshot).take(base, message["change"], "snapshot", omissions))
        number, at_ns = message.get("number"), message.get("at_ns")
        if not isinstance(number, int) or not isinstance(at_ns, int):
            raise InputError("number", "is no number")
        self._base = replace(base, number=number, at_ns=at_ns)
        self._gaps = self._gaps or omissions.count > 0
        self.stream, self.revision = stream, revision
        self._told(omissions)
        return without_gaps(self._base) if self._gaps else self._base

    def word(self, moves: bool) -> str:
        """What is answered to a message."""
        return json.dumps({"have": self.revision, "moves": moves} if moves else {"have": self.revision}, separators=(",", ":"))


class Subscription:
    """Of one remote port. On its loop. `latency_ms`: from a ping to its answer, the newest; None: not measured yet."""

    def __init__(self, url: str, verify: ssl.SSLContext | bool, looks: Looks, told: Callable[[Omissions], None]) -> None:
        self._address = SocketAddress(url, "/ws/changes", verify)
        self._looks = looks
        self._taken = StreamTaken(told)
        self._allowance = Allowance()
        self.latency_ms: float | None = None

    async def follow(self, token: str, take: Callable[[Snapshot, bool], Awaitable[None]]) -> None:
        """Until the connection breaks. `take` is given each snapshot, and whether it came as a whole.

        Raises OSError, WebSocketException: it broke; TimeoutError, an OSError, also where nothing comes: at first for `OPEN_S`, then for
        `LOST_S`. InputError, zlib.error, ValueError: what came is not understood. What `take` raises.
        """
        going_on = {"stream": self._taken.stream, "revision": self._taken.revision} if self._taken.revision else {}
        query = urlencode(going_on)
        connecting = self._address.connect(bearer(token), MOST_SNAPSHOT_BYTES, query, most_waiting=4, open_s=OPEN_S, ping_s=None)
        async with connecting as connection:
            measuring = asyncio.ensure_future(self._measure(connection))
            try:
                await self._read_messages(connection, take)
            finally:
                measuring.cancel()
                connection.transport.abort()  # nothing is left to be said

    async def _measure(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                self.latency_ms = 1000 * await (await connection.ping())
                await asyncio.sleep(PING_S)

    async def _read_messages(self, connection: ClientConnection, take: Callable[[Snapshot, bool], Awaitable[None]]) -> None:
        inflated, silent_s = Inflated(MOST_SNAPSHOT_BYTES), OPEN_S
        while True:
            async with asyncio.timeout(silent_s):
                data = await connection.recv()
            silent_s = LOST_S
            began_s = time.thread_time()
            message = inflated(data)
            snapshot = self._taken.take(message)
            took_s = time.thread_time() - began_s
            await take(snapshot, "snapshot" in message)
            self._looks.count()
            await connection.send(self._taken.word(self._looks.moves))
            await asyncio.sleep(self._allowance.pause_s(took_s))

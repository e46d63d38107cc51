"""What changes in an engine elsewhere, over one socket. The console's end of `engine.gateway.live.subscriptions`."""

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection

from engine.gateway.live.deflated import Inflated
from engine.gateway.live.deltas import node, without_gaps
from engine.gateway.remote.calls import bearer
from engine.gateway.remote.sockets import SocketAddress
from engine.model.errors import InputError
from engine.model.snapshot import Snapshot
from engine.model.tolerant_wire import Omissions, reader

OPEN_S = 2.0
SILENT_S = 2.0  # an engine that lives says so every second
LARGEST_MESSAGE = 32 << 20
MOVING_LOOKS = 11  # a second: who looks more often shows what moves


class Looks:
    """How often whoever shows the snapshot looks at it. Any thread."""

    def __init__(self) -> None:
        self._count = self._before = 0
        self._since_s = time.monotonic()
        self.moves = False

    def look(self) -> None:
        self._count += 1

    def count(self) -> None:
        """Now and then, on one thread."""
        lasted_s = time.monotonic() - self._since_s
        if lasted_s >= 1.0:
            self.moves = (self._count - self._before) / lasted_s >= MOVING_LOOKS
            self._before, self._since_s = self._count, time.monotonic()


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
    """Of one remote port. On its loop."""

    def __init__(self, url: str, verify: ssl.SSLContext | bool, looks: Looks, told: Callable[[Omissions], None]) -> None:
        self._address = SocketAddress(url, "/ws/changes", verify)
        self._looks = looks
        self._taken = StreamTaken(told)

    async def follow(self, token: str, take: Callable[[Snapshot, bool], Awaitable[None]]) -> None:
        """Until the connection breaks. `take` is given each snapshot, and whether it came as a whole.

        Raises OSError, WebSocketException: it broke; TimeoutError, an OSError, also where nothing comes. InputError, zlib.error,
        ValueError: what came is not understood. What `take` raises.
        """
        going_on = {"stream": self._taken.stream, "revision": self._taken.revision} if self._taken.revision else {}
        connecting = self._address.connect(bearer(token), LARGEST_MESSAGE, urlencode(going_on), most_waiting=4, open_s=OPEN_S, ping_s=None)
        async with connecting as connection:
            try:
                await self._read_messages(connection, take)
            finally:
                connection.transport.abort()  # nothing is left to be said

    async def _read_messages(self, connection: ClientConnection, take: Callable[[Snapshot, bool], Awaitable[None]]) -> None:
        inflated = Inflated()
        while True:
            async with asyncio.timeout(SILENT_S):
                data = await connection.recv()
            message = inflated(data)
            snapshot = self._taken.take(message)
            await take(snapshot, "snapshot" in message)
            self._looks.count()
            await connection.send(self._taken.word(self._looks.moves))

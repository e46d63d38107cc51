"""Connections of a hub to the gateway of a site that only ever calls out: streams of bytes as messages on NATS.

A hub's programs connect to a port of its own machine; each such connection is one at the site, from the site to its own gateway. So a site
opens no port to anybody, and whoever comes through has to sign in there as everywhere.

Messages can be lost, when a connection to NATS breaks off: each says where in the stream it belongs, and a stream with a gap ends at both
sides, as it would with a line that is cut. What is under way is bounded: whoever sends waits until the other side has passed it on.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from engine.model.errors import EnvironmentFault

log = logging.getLogger(__name__)

PIECE, WINDOW = 32 << 10, 512 << 10
PULSE_S, SILENT_S, OPEN_S = 2.0, 8.0, 5.0
_DATA, _END, _PASSED, _RESET, _PULSE = b"D", b"E", b"P", b"R", b"."
_PLACE = 8  # bytes of a place in a stream, after the first one, which says what it is
UP, DOWN, OPEN = "up", "down", "open"
Send = Callable[[bytes], Awaitable[None]]


def tunnel_subject(site: str, connection: str, way: str) -> str:
    return f"tunnel.{site}.{connection}.{way}"


def new_connection() -> str:
    return secrets.token_hex(8)


class Stream:
    """One end of one connection: between a socket here and messages to the other end. On one asyncio loop.

    `take` hears what the other end sends, in the order in which it came; `run` ends when both ways have ended, or one end gave up.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, send: Send) -> None:
        self._reader, self._writer, self._send = reader, writer, send
        self._sent = self._passed_there = 0  # bytes: given away; passed on at the other end
        self._taken = self._passed_here = self._told = 0
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._heard_s = asyncio.get_running_loop().time()
        self._over = asyncio.Event()

    async def run(self) -> None:
        ways = [asyncio.create_task(each) for each in (self._read_on(), self._write_on())]
        watching = [asyncio.create_task(each) for each in (self._keep_pulse(), self._over.wait())]
        both = asyncio.gather(*ways)
        try:
            await asyncio.wait([both, *watching], return_when=asyncio.FIRST_COMPLETED)
        finally:
            whole = both.done() and not both.cancelled() and both.exception() is None
            for task in (*ways, *watching):
                task.cancel()
            await asyncio.gather(both, *ways, *watching, return_exceptions=True)
            if not whole:
                await self._say(_RESET)

    def take(self, message: bytes) -> None:
        self._heard_s = asyncio.get_running_loop().time()
        kind, place = message[:1], int.from_bytes(message[1 : 1 + _PLACE], "big")
        if kind == _DATA and place == self._taken:
            self._taken += len(message) - 1 - _PLACE
            self._waiting.put_nowait(message[1 + _PLACE :])
            if self._taken - self._passed_here > WINDOW + PIECE:  # no end of this kind sends so much ahead
                self._over.set()
        elif kind == _END and place == self._taken:
            self._waiting.put_nowait(None)
        elif kind == _PASSED and place <= self._sent:
            self._passed_there = max(self._passed_there, place)
            self._room.set()
        elif kind != _PULSE or place > self._taken:  # a gap, a reset, or what no end of this kind sends
            self._over.set()

    def give_up(self) -> None:
        """What carries the messages is gone."""
        self._over.set()

    async def _read_on(self) -> None:
        while data := await self._reader.read(PIECE):
            while self._sent - self._passed_there + len(data) > WINDOW:
                self._room.clear()
                await self._room.wait()
            place, self._sent = self._sent, self._sent + len(data)  # before it is sent: the other end may be quicker than this task
            await self._send(_DATA + place.to_bytes(_PLACE, "big") + data)
        await self._send(_END + self._sent.to_bytes(_PLACE, "big"))

    async def _write_on(self) -> None:
        while (data := await self._waiting.get()) is not None:
            self._writer.write(data)
            await self._writer.drain()
            self._passed_here += len(data)
            if self._passed_here - self._told >= WINDOW // 4 or self._waiting.empty():
                self._told = self._passed_here
                await self._send(_PASSED + self._told.to_bytes(_PLACE, "big"))
        if self._writer.can_write_eof():
            self._writer.write_eof()

    async def _keep_pulse(self) -> None:
        """Who hears nothing of the other end for a while takes it as gone."""
        loop = asyncio.get_running_loop()
        while loop.time() - self._heard_s < SILENT_S:
            await asyncio.sleep(PULSE_S)
            await self._say(_PULSE + self._sent.to_bytes(_PLACE, "big"))

    async def _say(self, message: bytes) -> None:
        with suppress(EnvironmentFault):
            await self._send(message)

    async def leave(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


class Streams:
    """Those of one carrier, by their connection."""

    def __init__(self) -> None:
        self._open: dict[str, Stream] = {}

    def take(self, connection: str, message: bytes) -> bool:
        """False: there is none of that name."""
        stream = self._open.get(connection)
        if stream is not None:
            stream.take(message)
        return stream is not None

    async def run(self, connection: str, stream: Stream, opened: Awaitable[object] | None = None) -> None:
        """`opened`: awaited before anything is sent; what comes meanwhile is taken already. Raises what it raises."""
        self._open[connection] = stream
        try:
            if opened is not None:
                await opened
            await stream.run()
        except OSError as error:
            log.debug("a connection through the tunnel ended: %s", error)
        finally:
            del self._open[connection]
            await stream.leave()

    def give_up(self) -> None:
        for stream in tuple(self._open.values()):
            stream.give_up()

"""Pictures of one remote camera, from its socket into a slot: the camera's own packets where the engine gives them, decoded here."""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from engine.gateway.live.packet_messages import NoPacketStream, PacketStream
from engine.gateway.remote.calls import bearer
from engine.gateway.remote.loop import RemoteLoop
from engine.gateway.remote.received import ReceivedPictures
from engine.gateway.remote.sockets import SocketAddress
from engine.model.cameras.frame import PACKET_CODECS
from engine.model.errors import EnvironmentFault, InputError
from engine.model.port import PictureWant
from engine.model.settings import SOFTWARE_DECODER
from engine.model.snapshot import Picture
from engine.runtime.cameras.packets import HIDDEN

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
SETTLE_S = 0.15  # a tile that is being resized wants another size many times a second
LARGEST_MESSAGE = 16 << 20
SMALLEST, LARGEST = 16, 3840  # sides of pictures that the gateway gives


class RemoteFeed:
    """A PictureFeed. Reconnects by itself until it is closed. `on_picture` is called on the port's loop; no other method blocks."""

    def __init__(
        self,
        loop: RemoteLoop,
        url: str,
        token: str,
        verify: ssl.SSLContext | bool,
        camera_id: str,
        want: PictureWant,
        on_picture: Callable[[], None],
        decoder: str = SOFTWARE_DECODER,
        codecs: frozenset[str] = PACKET_CODECS,
    ) -> None:
        """`decoder`: of packets, as in the settings of a camera. `codecs`: of the packets that are asked for; none: of pictures only."""
        self._address = SocketAddress(url, f"/ws/camera/{quote(camera_id, safe='')}", verify)
        self._headers = bearer(token)
        self._camera_id = camera_id
        self._want = want
        self._on_picture = on_picture
        self._codecs = codecs  # none once decoding did not work
        self._decoder, self._indexes = decoder, count(1)
        self._received = ReceivedPictures(camera_id, self._indexes, decoder)
        self._picture: Picture | None = None
        self._pause_s = FIRST_PAUSE_S
        self._closed = False
        self._loop = loop
        self._changed = asyncio.Event()
        self._running = loop.spawn(self._receive())

    def latest(self) -> Picture | None:
        return self._picture

    @property
    def sent(self) -> PacketStream | NoPacketStream | None:
        """What the engine said of what it sends: packets, or pictures and why; None before, and by an engine that sends pictures only."""
        return self._received.feed

    def change(self, want: PictureWant) -> None:
        self._want = want
        self._loop.call(self._changed.set)

    def carry(self, token: str) -> None:
        """Connect anew with another token: the one before ends."""
        self._headers = bearer(token)
        self._loop.call(self._changed.set)

    def close(self) -> None:
        self._closed = True
        self._running.cancel()

    async def _receive(self) -> None:
        while True:
            try:
                await self._watch()
            except (OSError, WebSocketException, InputError, EnvironmentFault) as error:  # TimeoutError is an OSError
                self._codecs = frozenset[str]() if isinstance(error, EnvironmentFault) else self._codecs
                if self._pause_s == FIRST_PAUSE_S:
                    log.warning("pictures of %s broke off: %s", self._camera_id, _words(error))
                await self._loop.pause(self._pause_s * random.uniform(0.5, 1.0))
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    async def _watch(self) -> None:
        """Until another size is wanted, another token is to be used, or the connection breaks."""
        want, headers = self._want, self._headers
        async with self._address.connect(headers, LARGEST_MESSAGE, _query(want, self._codecs), most_waiting=2) as connection:
            self._received = ReceivedPictures(self._camera_id, self._indexes, self._decoder)
            try:
                (await _first_to_end(self._read_messages(connection, want), self._other_than(want, headers))).result()
            finally:
                connection.transport.abort()  # nothing is left to be said, and TLS would wait for an answer to its goodbye

    async def _other_than(self, want: PictureWant, headers: dict[str, str]) -> None:
        """Returns when something else is wanted, and has been for a moment."""
        while self._serves(want) and self._headers is headers:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(SETTLE_S)

    def _serves(self, asked: PictureWant) -> bool:
        """Whether what was asked for is what is wanted now: packets are of any size."""
        wanted = self._want
        return wanted == asked or (isinstance(self._received.feed, PacketStream) and wanted.main == asked.main)

    async def _read_messages(self, connection: ClientConnection, asked: PictureWant) -> None:
        taking = self._received
        while True:
            received = await asyncio.to_thread(taking.take, await connection.recv(), self._want)
            if not self._serves(asked):
                self._changed.set()
            if isinstance(taking.feed, NoPacketStream) and taking.feed.reason in HIDDEN and received.picture is None:
                self._picture = None  # it may show what is hidden now
            if received.answer is not None:
                await connection.send(received.answer)
            if received.picture is not None and not self._closed:
                self._pause_s = FIRST_PAUSE_S
                self._picture = received.picture
                self._on_picture()


async def _first_to_end(*works: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """One that failed where there is one; the others are cancelled. Whoever raises its error keeps no task: the error holds its frame, and
    so a decoder with all its pictures until Python looks for such circles."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    return max(done, key=lambda task: task.exception() is not None)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, (InputError, EnvironmentFault)) else type(error).__name__


def _query(want: PictureWant, codecs: frozenset[str]) -> str:
    width, height = (min(max(side, SMALLEST), LARGEST) for side in (want.width, want.height))
    packets = {"packets": ",".join(sorted(codecs))} if codecs else {}
    return urlencode({"width": width, "height": height, "main": str(want.main).lower(), **packets}, safe=",")

"""Pictures of one remote camera, from its socket into a slot."""

import asyncio
import base64
import json
import logging
import random
import ssl
from collections.abc import Callable
from urllib.parse import quote, urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from engine.gateway.remote.calls import bearer
from engine.gateway.remote.loop import RemoteLoop
from engine.model.errors import InputError
from engine.model.port import PictureWant
from engine.model.snapshot import Picture
from engine.recording.jpeg import decode_jpeg

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
OPEN_S, CLOSE_S, PING_S = 5.0, 0.5, 5.0
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
    ) -> None:
        self._base = f"ws{url.removeprefix('http')}/ws/camera/{quote(camera_id, safe='')}"
        self._headers = bearer(token)
        self._ssl = socket_context(verify) if self._base.startswith("wss") else None
        self._camera_id = camera_id
        self._want = want
        self._on_picture = on_picture
        self._picture: Picture | None = None
        self._pause_s = FIRST_PAUSE_S
        self._closed = False
        self._loop = loop
        self._changed = asyncio.Event()
        self._running = loop.spawn(self._receive())

    def latest(self) -> Picture | None:
        return self._picture

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
            except (OSError, WebSocketException) as error:  # TimeoutError is an OSError
                if self._pause_s == FIRST_PAUSE_S:
                    log.warning("pictures of %s broke off: %s", self._camera_id, type(error).__name__)
                await asyncio.sleep(self._pause_s * random.uniform(0.5, 1.0))
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    async def _watch(self) -> None:
        """Until another size is wanted, another token is to be used, or the connection breaks."""
        want, headers = self._want, self._headers
        connecting = connect(
            f"{self._base}?{_query(want)}",
            additional_headers=headers,
            ssl=self._ssl,
            proxy=None,
            compression=None,
            max_size=LARGEST_MESSAGE,
            max_queue=2,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
        )
        async with connecting as connection:
            tasks = {asyncio.ensure_future(self._read_messages(connection)), asyncio.ensure_future(self._other_than(want, headers))}
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                connection.transport.abort()  # nothing is left to be said, and TLS would wait for an answer to its goodbye
            for task in done:
                task.result()

    async def _other_than(self, want: PictureWant, headers: dict[str, str]) -> None:
        """Returns when something else is wanted, and has been for a moment."""
        while self._want == want and self._headers is headers:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(SETTLE_S)

    async def _read_messages(self, connection: ClientConnection) -> None:
        while True:
            message = await connection.recv()
            self._pause_s = FIRST_PAUSE_S
            picture = await asyncio.to_thread(self._decoded, message)
            if picture is not None and not self._closed:
                self._picture = picture
                self._on_picture()

    def _decoded(self, message: str | bytes) -> Picture | None:
        try:
            plain = json.loads(message)
            data = plain["data"]
            pixels = decode_jpeg(base64.b64decode(data["frame"]))
            size = (int(data["width"]), int(data["height"]))
            return Picture(self._camera_id, int(plain["captured_ns"]), int(data["index"]), *size, pixels)
        except (ValueError, KeyError, TypeError, InputError) as error:
            log.warning("a picture of %s was not understood: %s", self._camera_id, error)
            return None


def _query(want: PictureWant) -> str:
    width, height = (min(max(side, SMALLEST), LARGEST) for side in (want.width, want.height))
    return urlencode({"width": width, "height": height, "main": str(want.main).lower()})


def socket_context(verify: ssl.SSLContext | bool) -> ssl.SSLContext:
    if isinstance(verify, ssl.SSLContext):
        return verify
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context

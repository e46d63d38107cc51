"""Pictures of one remote camera: a thread that reads its socket into a slot."""

import base64
import json
import logging
import ssl
import threading
from collections.abc import Callable
from urllib.parse import quote, urlencode

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from engine.model.errors import InputError
from engine.model.port import PictureWant
from engine.model.snapshot import Picture
from engine.recording.jpeg import decode_jpeg

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
LARGEST_MESSAGE = 16 << 20
SMALLEST, LARGEST = 16, 3840  # sides of pictures that the gateway gives


class RemoteFeed:
    """A PictureFeed. Reconnects by itself until it is closed."""

    def __init__(
        self, url: str, token: str, verify: ssl.SSLContext | bool, camera_id: str, want: PictureWant, on_picture: Callable[[], None]
    ) -> None:
        self._base = "ws" + url.removeprefix("http")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._ssl = verify if isinstance(verify, ssl.SSLContext) else None
        self._camera_id = camera_id
        self._want = want
        self._on_picture = on_picture
        self._picture: Picture | None = None
        self._closing = threading.Event()
        self._connection: ClientConnection | None = None
        self._thread = threading.Thread(target=self._run, name=f"remote-{camera_id}", daemon=True)
        self._thread.start()

    def latest(self) -> Picture | None:
        return self._picture

    def change(self, want: PictureWant) -> None:
        if want != self._want:
            self._want = want
            self._hang_up()

    def close(self) -> None:
        self._closing.set()
        self._hang_up()
        self._thread.join(LONGEST_PAUSE_S)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._closing.is_set():
            try:
                self._read()
                pause_s = FIRST_PAUSE_S
            except (OSError, WebSocketException, TimeoutError) as error:
                if pause_s == FIRST_PAUSE_S:
                    log.warning("pictures of %s broke off: %s", self._camera_id, type(error).__name__)
                self._closing.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _read(self) -> None:
        want = self._want
        width, height = (min(max(side, SMALLEST), LARGEST) for side in (want.width, want.height))
        query = urlencode({"width": width, "height": height, "main": str(want.main).lower()})
        address = f"{self._base}/ws/camera/{quote(self._camera_id, safe='')}?{query}"
        with connect(address, additional_headers=self._headers, ssl=self._ssl, max_size=LARGEST_MESSAGE, proxy=None) as connection:
            self._connection = connection
            if want != self._want or self._closing.is_set():
                return
            for message in connection:
                self._take(message)

    def _take(self, message: str | bytes) -> None:
        try:
            plain = json.loads(message)
            data = plain["data"]
            pixels = decode_jpeg(base64.b64decode(data["frame"]))
            size = (int(data["width"]), int(data["height"]))
            self._picture = Picture(self._camera_id, int(plain["captured_ns"]), int(data["index"]), *size, pixels)
        except (ValueError, KeyError, TypeError, InputError) as error:
            log.warning("a picture of %s was not understood: %s", self._camera_id, error)
            return
        self._on_picture()

    def _hang_up(self) -> None:
        connection = self._connection
        if connection is not None:
            connection.close()

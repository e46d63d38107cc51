"""Live pictures for many viewers: each picture is encoded once, however many watch; a slow viewer misses pictures, nobody waits."""

import asyncio
import base64
import json
import logging
from collections.abc import Callable
from contextlib import suppress

from engine.gateway.live.fields import event_fields, track_fields
from engine.model.errors import NotFound
from engine.model.places import place_names
from engine.model.port import PictureFeed, PictureWant
from engine.model.snapshot import Picture, Snapshot
from engine.model.time import SECOND, to_iso
from engine.model.value_class import dataclass
from engine.recording.jpeg import encode_jpeg

log = logging.getLogger(__name__)

QUALITY = 80
QUIET_S = 2.0  # a camera that was changed runs anew: after so long without a picture its feed is opened again
TOLD_FOR_NS = 10 * SECOND  # ended events are repeated so long, for viewers that missed a message


@dataclass(frozen=True, slots=True)
class Channel:
    """What one group of viewers watches alike. `hidden`: without faces."""

    camera_id: str
    want: PictureWant
    hidden: bool = False


Watch = Callable[[str, PictureWant, Callable[[], None], bool], PictureFeed]


class Broadcast:
    """One channel's encoder. On the network loop, except `_woken`, which capture threads call.

    Args:
        watch: opens the feed; raises NotFound. snapshot: for tracks and events beside the picture.
    """

    def __init__(self, channel: Channel, watch: Watch, snapshot: Callable[[], Snapshot]) -> None:
        self._channel = channel
        self._watch = watch
        self._snapshot = snapshot
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._viewers: set[asyncio.Queue[str | None]] = set()
        self._feed = watch(channel.camera_id, channel.want, self._woken, channel.hidden)
        self._task = asyncio.create_task(self._broadcast(), name=f"broadcast {channel.camera_id}")

    @property
    def idle(self) -> bool:
        return not self._viewers

    @property
    def over(self) -> bool:
        """The camera is gone, and every viewer was told."""
        return self._task.done()

    def join(self) -> asyncio.Queue[str | None]:
        """A one-place queue of messages; the newest replaces one not yet taken. None: the camera is gone."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)
        self._viewers.add(queue)
        self._wake.set()
        return queue

    def leave(self, queue: asyncio.Queue[str | None]) -> None:
        self._viewers.discard(queue)

    async def close(self) -> None:
        self._feed.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _woken(self) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _broadcast(self) -> None:
        try:
            while await self._something_came():
                picture = self._feed.latest()
                if picture is not None:
                    jpeg = await asyncio.to_thread(encode_jpeg, picture.pixels, QUALITY)
                    self._send_all(self._message(picture, jpeg))
        except Exception:  # a thread top of its own: without it viewers would wait for ever
            log.exception("pictures of %s ended", self._channel.camera_id)
        self._send_all(None)

    async def _something_came(self) -> bool:
        """Wait for a picture. False once there is no such camera."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(QUIET_S):
                    await self._wake.wait()
                self._wake.clear()
                return True
            try:
                feed = self._watch(self._channel.camera_id, self._channel.want, self._woken, self._channel.hidden)
            except NotFound:
                return False
            self._feed.close()
            self._feed = feed

    def _message(self, picture: Picture, jpeg: bytes) -> str:
        snapshot = self._snapshot()
        view = snapshot.camera(self._channel.camera_id)
        data = {
            "frame": base64.b64encode(jpeg).decode("ascii"),
            "index": picture.index,
            "width": picture.frame_width,
            "height": picture.frame_height,
            "tracks": [track_fields(track) for track in (view.tracks if view else ())],
            "events": self._events(snapshot),
        }
        head = {"type": "frame", "camera_id": picture.camera_id, "timestamp": to_iso(picture.captured_ns)}
        return json.dumps({**head, "captured_ns": picture.captured_ns, "data": data})

    def _events(self, snapshot: Snapshot) -> list[dict[str, object]]:
        """Events of this camera that are open or ended just now."""
        since_ns = snapshot.at_ns - TOLD_FOR_NS
        mine = [event for event in snapshot.events if event.camera_id == self._channel.camera_id]
        places = place_names(snapshot.settings)
        return [event_fields(event, places) for event in mine if event.ended_ns is None or event.ended_ns >= since_ns]

    def _send_all(self, message: str | None) -> None:
        for queue in self._viewers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)

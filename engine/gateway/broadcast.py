"""Live pictures for many viewers: each picture is encoded once, however many watch; a slow viewer misses pictures, nobody waits."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

from engine.gateway.schemas import EventOut, TrackOut
from engine.model.event import Event
from engine.model.port import PictureFeed, PictureWant
from engine.model.snapshot import Picture, Snapshot
from engine.model.time import to_iso
from engine.recording.jpeg import encode_jpeg

QUALITY = 80


@dataclass(frozen=True, slots=True)
class Channel:
    """What one group of viewers watches alike."""

    camera_id: str
    want: PictureWant


class Broadcast:
    """One channel's encoder. On the network loop, except `_woken`, which capture threads call.

    Args:
        watch: opens the feed. snapshot: for tracks and events beside the picture.
    """

    def __init__(
        self, channel: Channel, watch: Callable[[str, PictureWant, Callable[[], None]], PictureFeed], snapshot: Callable[[], Snapshot]
    ) -> None:
        self._channel = channel
        self._snapshot = snapshot
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._viewers: set[asyncio.Queue[str]] = set()
        self._told: dict[str, Event] = {}
        self._feed = watch(channel.camera_id, channel.want, self._woken)
        self._task = asyncio.create_task(self._run(), name=f"broadcast {channel.camera_id}")

    @property
    def idle(self) -> bool:
        return not self._viewers

    def join(self) -> asyncio.Queue[str]:
        """A one-place queue of messages; the newest replaces one not yet taken."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        self._viewers.add(queue)
        self._wake.set()
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        self._viewers.discard(queue)

    async def close(self) -> None:
        self._feed.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _woken(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            picture = self._feed.latest()
            if picture is not None:
                jpeg = await asyncio.to_thread(encode_jpeg, picture.pixels, QUALITY)
                self._tell(self._message(picture, jpeg))

    def _message(self, picture: Picture, jpeg: bytes) -> str:
        snapshot = self._snapshot()
        view = snapshot.camera(self._channel.camera_id)
        data = {
            "frame": base64.b64encode(jpeg).decode("ascii"),
            "index": picture.index,
            "width": picture.frame_width,
            "height": picture.frame_height,
            "tracks": [TrackOut.of(track).model_dump() for track in (view.tracks if view else ())],
            "events": [EventOut.of(event).model_dump() for event in self._news(snapshot)],
        }
        head = {"type": "frame", "camera_id": picture.camera_id, "timestamp": to_iso(picture.captured_ns)}
        return json.dumps({**head, "captured_ns": picture.captured_ns, "data": data})

    def _news(self, snapshot: Snapshot) -> list[Event]:
        """Events of this camera that are open or changed since the message before."""
        mine = {event.id: event for event in snapshot.events if event.camera_id == self._channel.camera_id}
        first = not self._told
        news = [event for event in mine.values() if event.ended_ns is None or (not first and self._told.get(event.id) != event)]
        self._told = mine
        return news

    def _tell(self, message: str) -> None:
        for queue in self._viewers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)

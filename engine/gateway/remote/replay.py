"""Instant replay of an engine elsewhere, decoded here of the packets that it holds."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from itertools import islice

import numpy as np

from engine.gateway.live.replay_messages import ReplayAnswer, read_replay
from engine.model.cameras.frame import PACKET_CODECS
from engine.model.cameras.instant_replay import DecodedReplayPicture, ReplayCamera, ReplayPart
from engine.model.errors import InputError
from engine.model.port import PictureWant
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.footage.playback import ClipPicture
from engine.recording.ring import PacketRing
from engine.recording.ring_reader import RingReader
from engine.runtime.cameras.pictures import fitted

_MOST_OPEN = 16
_MOST_BYTES, _MOST_NS = 40 << 20, 60 * SECOND
IDLE_S = 10.0  # what nobody asks about any more goes
_REORDERED = 16  # packets that a decoder may want before it gives a picture
_NOTHING = np.zeros(0, np.uint8)

Fetch = Callable[[str, dict[str, str]], bytes]


@dataclass(slots=True)
class _Open:
    """One camera's packets as far as they were fetched. `last_ns`: of the picture that was given last."""

    reader: RingReader
    newest_ns: int | None = None
    last_ns: int | None = None
    pictures: Iterator[ClipPicture] | None = None
    asked_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class RemoteReplay:
    """Any thread. `fetch`: the bytes of a camera's replay, by its id and what is asked for; raises what requests raise."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()

    @property
    def cameras(self) -> tuple[str, ...]:
        """Those of which packets are held here."""
        return tuple(self._open)

    def part(self, asked: ReplayCamera) -> ReplayPart | None:
        """None: the engine gives pictures only. Raises what `fetch` raises."""
        opened = self._ring_of(asked.camera_id)
        with opened.lock:
            goes_on = asked.after and opened.pictures is not None and asked.at_ns == opened.last_ns
            answer = self._fetch_answer(asked, opened.newest_ns if goes_on else None)
            if answer is None:
                self.drop(asked.camera_id)
                return None
            if not goes_on:
                opened.reader, opened.newest_ns = RingReader(PacketRing(_MOST_BYTES, _MOST_NS)), None
            began_anew = _take(opened, answer)
            if not goes_on or opened.pictures is None or began_anew:
                opened.pictures = opened.reader.pictures(asked.at_ns, asked.after)
            shown = tuple(islice(opened.pictures, asked.pictures))
            if len(shown) < asked.pictures:
                opened.pictures = opened.reader.on()  # goes on where more came
            opened.last_ns = shown[-1].at_ns if shown else asked.at_ns if goes_on else None
            held = answer.held_ns
            pictures = tuple(_decoded(picture, PictureWant(asked.width, asked.height)) for picture in shown)
            return ReplayPart(pictures=pictures) if held is None else ReplayPart(*held, pictures)

    def drop(self, camera_id: str) -> None:
        with self._lock:
            self._open.pop(camera_id, None)

    def end_idle(self) -> None:
        before_s = time.monotonic() - IDLE_S
        with self._lock:
            for camera_id in [camera_id for camera_id, opened in self._open.items() if opened.asked_s < before_s]:
                del self._open[camera_id]

    def clear(self) -> None:
        """What was fetched does not lie about here any more."""
        with self._lock:
            self._open.clear()

    def _fetch_answer(self, asked: ReplayCamera, after_ns: int | None) -> ReplayAnswer | None:
        wanted = asked.pictures if after_ns is not None else asked.pictures + _REORDERED
        query = {"at_ns": str(asked.at_ns), "packets": str(wanted), "codecs": ",".join(sorted(PACKET_CODECS))}
        if after_ns is not None:
            query["after_ns"] = str(after_ns)
        try:
            answer = read_replay(self._fetch(asked.camera_id, query))
        except InputError:
            return None
        return None if answer.reason else answer

    def _ring_of(self, camera_id: str) -> _Open:
        with self._lock:
            opened = self._open.pop(camera_id, None) or _Open(RingReader(PacketRing(_MOST_BYTES, _MOST_NS)))
            opened.asked_s = time.monotonic()
            self._open[camera_id] = opened
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return opened


def _take(opened: _Open, answer: ReplayAnswer) -> bool:
    """Into the ring here. Whether it does not go on from what was there."""
    ring, anew = opened.reader.ring, False
    for stretch in answer.stretches:
        described = ring.stream
        if stretch.anew or described != stretch.stream.info:
            ring.on_stream(replace(stretch.stream.info))
            anew = anew or described is None
        for packet in stretch.packets:
            ring.append(packet)
            opened.newest_ns = packet.captured_ns
    return anew


def _decoded(picture: ClipPicture, want: PictureWant) -> DecodedReplayPicture:
    bgr = picture.bgr(*fitted(*picture.size, want))
    pixels = np.empty((*bgr.shape[:2], 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = bgr, 255
    return DecodedReplayPicture(picture.at_ns, *picture.size, _NOTHING, pixels)

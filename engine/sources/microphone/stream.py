"""The sound of a camera: of its RTSP stream or of a file, decoded by FFmpeg."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.people.speech import SoundChunk
from engine.model.settings import CameraKind, camera_kind
from engine.model.time import SECOND, Clock
from engine.sources.camera import faults
from engine.sources.camera.file import file_path
from engine.sources.camera.find.reach import check_reach
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.network import rtsp_opening
from engine.sources.camera.protocol import EndOfStream
from engine.sources.camera.sound.reader import SoundReader, began_ns, length_ns, sound_opening
from engine.sources.camera.stream import Opening
from engine.sources.camera.timeline import FileTimeline, LiveTimeline
from engine.sources.camera.urls import parsed, with_credentials
from engine.sources.microphone.protocol import STALL_S

_OPEN_S = 5.0
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,wav,flac,mp3,aac"


def stream_source(microphone_id: str, url: str, transport: str, credentials: Credentials | None, clock: Clock) -> "StreamSource":
    """The sound of the camera at `url`, not yet open.

    Raises:
        InputError: only RTSP cameras and files carry sound that can be read (field `url`).
    """
    kind = camera_kind(url)
    if kind is CameraKind.FILE:
        return StreamSource(microphone_id, _file_opening(file_path(url)), clock, paced=True)
    if kind is not CameraKind.RTSP or not parsed(url).hostname:
        raise InputError("url", "has no sound; use an RTSP camera, a file, or a microphone of this machine")
    opening = sound_opening(rtsp_opening(with_credentials(url, credentials), transport))
    return StreamSource(microphone_id, opening, clock, paced=False)


def _file_opening(path: Path) -> Opening:
    """Of sound alone, too."""
    options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
    return Opening(f"file:{path}", str(path), "", options, _OPEN_S, STALL_S, strict=False)


class StreamSource:
    """A `SoundSource` over an FFmpeg connection. A file plays at its own speed, once."""

    def __init__(self, microphone_id: str, opening: Opening, clock: Clock, paced: bool) -> None:
        self._microphone_id = microphone_id
        self._opening = opening
        self._paced = paced
        self._interrupt = Interrupt()
        self._clock = clock
        self._live, self._recorded = LiveTimeline(clock), FileTimeline(clock)
        self._started_s = 0.0
        self._first_ns: int | None = None
        self._reader: SoundReader | None = None

    def open(self) -> None:
        if not self._paced:
            check_reach(self._opening.url)
        self._reader = SoundReader(self._opening, self._interrupt)
        self._started_s, self._first_ns = time.monotonic(), None

    def read(self) -> SoundChunk | None:
        frame = self._reader.next() if self._reader is not None else None
        if frame is None:
            if self._paced:
                raise EndOfStream
            raise faults.closed(self._opening.shown)
        stream_ns = began_ns(frame)
        if self._paced and stream_ns is not None:
            self._wait_until_due(stream_ns)
        return self._chunk(frame, stream_ns)

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _wait_until_due(self, stream_ns: int) -> None:
        self._first_ns = stream_ns if self._first_ns is None else self._first_ns
        left_s = (stream_ns - self._first_ns) / SECOND - (time.monotonic() - self._started_s)
        if self._interrupt.wait(min(left_s, STALL_S)):
            raise faults.interrupted(self._opening.shown)

    def _chunk(self, frame: Any, stream_ns: int | None) -> SoundChunk:
        long_ns = length_ns(frame)
        if self._paced and stream_ns is not None:
            started_ns = self._recorded.at(stream_ns)
        else:
            started_ns = self._live.arrived(None if stream_ns is None else stream_ns + long_ns) - long_ns
        return SoundChunk(self._microphone_id, started_ns, frame.sample_rate, _samples(frame))


def _samples(frame: Any) -> np.ndarray[Any, Any]:
    """(n, channels) float32, or int16 where the stream has that."""
    values = frame.to_ndarray()
    channels = len(frame.layout.channels)
    shaped = values.T if frame.format.is_planar else values.reshape(-1, channels)
    if shaped.dtype == np.int16:
        return np.ascontiguousarray(shaped)
    if np.issubdtype(shaped.dtype, np.integer):
        middle = 128 if shaped.dtype == np.uint8 else 0
        return ((shaped.astype(np.float32) - middle) / float(np.iinfo(shaped.dtype).max - middle)).astype(np.float32)
    return np.ascontiguousarray(shaped, np.float32)

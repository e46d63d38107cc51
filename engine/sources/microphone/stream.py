"""The sound of a camera: of its RTSP stream or of a file, decoded by FFmpeg."""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import av
import numpy as np
from av.error import FFmpegError

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraKind, camera_kind
from engine.model.speech import SoundChunk
from engine.model.time import SECOND, Clock
from engine.sources.camera import faults
from engine.sources.camera.ffmpeg_log import route_ffmpeg_log
from engine.sources.camera.file import file_path
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.protocol import EndOfStream
from engine.sources.camera.reach import check_reach
from engine.sources.camera.timeline import FileTimeline, LiveTimeline
from engine.sources.camera.urls import parsed, shown, with_credentials
from engine.sources.microphone.protocol import STALL_S

T = TypeVar("T")
_OPEN_S = 5.0
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,wav,flac,mp3,aac"


def stream_source(microphone_id: str, url: str, transport: str, credentials: Credentials | None, clock: Clock) -> "StreamSource":
    """The sound of the camera at `url`, not yet open.

    Raises:
        InputError: only RTSP cameras and files carry sound that can be read (field `url`).
    """
    kind = camera_kind(url)
    if kind is CameraKind.FILE:
        return StreamSource(microphone_id, f"file:{file_path(url)}", str(file_path(url)), _file_options(), clock, paced=True)
    if kind is not CameraKind.RTSP or not parsed(url).hostname:
        raise InputError("url", "has no sound; use an RTSP camera, a file, or a microphone of this machine")
    return StreamSource(microphone_id, with_credentials(url, credentials), shown(url), _rtsp_options(url, transport), clock, paced=False)


def _file_options() -> dict[str, str]:
    return {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}


def _rtsp_options(url: str, transport: str) -> dict[str, str]:
    return {
        "rtsp_transport": transport,
        "allowed_media_types": "audio",
        "protocol_whitelist": "rtp,tcp,udp,tls" if url.lower().startswith("rtsps:") else "rtp,tcp,udp",
        "analyzeduration": "3000000",
        "user_agent": "Watchroom",
    }


class StreamSource:
    """A `SoundSource` over an FFmpeg connection. A file plays at its own speed, once."""

    def __init__(self, microphone_id: str, url: str, shown: str, options: dict[str, str], clock: Clock, paced: bool) -> None:
        """`url` may hold credentials and is never shown; `shown` is."""
        self._microphone_id = microphone_id
        self._url = url
        self._shown = shown
        self._options = options
        self._paced = paced
        self._interrupt = Interrupt()
        self._clock = clock
        self._live, self._recorded = LiveTimeline(clock), FileTimeline(clock)
        self._started_s = 0.0
        self._first_ns: int | None = None
        self._container: Any = None
        self._frames: Iterator[Any] = iter(())

    def open(self) -> None:
        route_ffmpeg_log()
        if not self._paced:
            check_reach(self._url)
        self._container = self._call(self._connect, _OPEN_S)
        if not self._container.streams.audio:
            raise EnvironmentFault("no_sound", f"{self._shown} carries no sound. Switch sound on in the camera, or use another microphone.")
        stream = self._container.streams.audio[0]
        if stream.codec_context is None:
            raise EnvironmentFault("codec", f"The sound of {self._shown} is in a form that cannot be decoded. Choose AAC, G.711 or Opus.")
        self._frames = self._container.decode(stream)
        self._started_s, self._first_ns = time.monotonic(), None

    def read(self) -> SoundChunk | None:
        frame = self._call(lambda: next(self._frames, None), STALL_S)
        if frame is None:
            if self._paced:
                raise EndOfStream
            raise faults.closed(self._shown)
        stream_ns = None if frame.pts is None else int(frame.pts * frame.time_base * SECOND)
        if self._paced and stream_ns is not None:
            self._wait_until_due(stream_ns)
        return self._chunk(frame, stream_ns)

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        container, self._container = self._container, None
        self._frames = iter(())
        if container is not None:
            container.close()

    def _connect(self) -> Any:
        form = None if self._paced else "rtsp"
        return av.open(self._url, format=form, options=self._options, timeout=(_OPEN_S, STALL_S))

    def _wait_until_due(self, stream_ns: int) -> None:
        self._first_ns = stream_ns if self._first_ns is None else self._first_ns
        left_s = (stream_ns - self._first_ns) / SECOND - (time.monotonic() - self._started_s)
        if self._interrupt.wait(min(left_s, STALL_S)):
            raise faults.interrupted(self._shown)

    def _chunk(self, frame: Any, stream_ns: int | None) -> SoundChunk:
        length_ns = frame.samples * SECOND // frame.sample_rate
        if self._paced and stream_ns is not None:
            started_ns = self._recorded.at(stream_ns)
        else:
            started_ns = self._live.arrived(None if stream_ns is None else stream_ns + length_ns) - length_ns
        return SoundChunk(self._microphone_id, started_ns, frame.sample_rate, _samples(frame))

    def _call(self, work: Callable[[], T], limit_s: float) -> T:
        """One blocking FFmpeg call, ended by `interrupt` or the limit. FFmpeg's own errors hold the address with its login: not chained."""
        began_s = time.monotonic()
        fault, result = None, None
        try:
            with self._interrupt.ends_ffmpeg_calls(limit_s):
                result = work()
        except FFmpegError as error:
            fault = faults.explain(error, self._shown)
        if self._interrupt.is_set():
            fault = faults.interrupted(self._shown)
        elif fault is not None and time.monotonic() - began_s >= limit_s:
            fault = faults.stalled(self._shown, limit_s)
        if fault is not None:
            raise fault
        return result  # pyright: ignore[reportReturnType]  (work has run: its result may itself be None)


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

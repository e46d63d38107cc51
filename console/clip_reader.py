"""Decodes recorded clips for the player, by PyAV. One reader belongs to one worker thread."""

from pathlib import Path

import av
import av.container
import numpy as np
from av.error import EOFError as EndOfFile
from av.error import FFmpegError

from engine.model.errors import EnvironmentFault
from widgets.clip_reader import ClipInfo, ClipPicture

_WIDEST = 1280


class AvClipReader:
    """A `ClipReader`. Pictures are at most 1280 wide: the player shows them beside the wall, not instead of it."""

    def __init__(self) -> None:
        self._container: av.container.InputContainer | None = None
        self._pending: list[av.VideoFrame] = []

    def open(self, path: Path) -> ClipInfo:
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (FFmpegError, IndexError, OSError) as error:
            raise EnvironmentFault("clip_unreadable", f"This clip cannot be read. Its file may be damaged ({error}).") from None
        self._stream.thread_type = "AUTO"
        self._time_base_s = float(self._stream.time_base or 1 / 90_000)
        self._start_s = (self._stream.start_time or 0) * self._time_base_s
        self._scale = min(1.0, _WIDEST / max(self._stream.width, 1))
        self._frames = self._container.decode(self._stream)
        return ClipInfo(self._duration_s(), self._stream.width, self._stream.height, float(self._stream.average_rate or 0))

    def _duration_s(self) -> float:
        if self._stream.duration:
            return self._stream.duration * self._time_base_s
        return (self._container.duration or 0) / 1e6 if self._container else 0.0

    def seek(self, time_s: float) -> None:
        """To the keyframe before, then forward by decoding."""
        assert self._container is not None
        offset = round((max(time_s, 0.0) + self._start_s) / self._time_base_s)
        self._container.seek(offset, stream=self._stream, backward=True)
        self._frames = self._container.decode(self._stream)
        self._pending = self._frames_around(time_s)

    def _frames_around(self, time_s: float) -> list[av.VideoFrame]:
        """The last frame at or before this time, and the one after it that had to be decoded to know."""
        before: list[av.VideoFrame] = []
        while (frame := self._next_frame()) is not None:
            if self._time_of(frame) > time_s + 1e-6:
                return [*before, frame]
            before = [frame]
        return before

    def read(self) -> ClipPicture | None:
        frame = self._pending.pop(0) if self._pending else self._next_frame()
        if frame is None:
            return None
        width, height = max(2, round(frame.width * self._scale)), max(2, round(frame.height * self._scale))
        pixels = np.ascontiguousarray(frame.to_ndarray(format="bgra", width=width, height=height), np.uint8)
        return ClipPicture(self._time_of(frame), pixels)

    def _next_frame(self) -> av.VideoFrame | None:
        try:
            return next(self._frames, None)
        except EndOfFile:
            return None
        except FFmpegError as error:
            raise EnvironmentFault("clip_unreadable", f"This clip is damaged from here on ({error}).") from None

    def _time_of(self, frame: av.VideoFrame) -> float:
        return float(frame.time or 0.0) - self._start_s

    def close(self) -> None:
        self._pending = []
        if self._container is not None:
            self._container.close()
            self._container = None

"""Reading a clip back, picture by picture, with the times of the pictures in it."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from engine._burning import Burner
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.privacy import NOTHING, Cover
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.opening import open_video
from engine.recording.time_base import time_base


@dataclass(frozen=True, slots=True, eq=False)
class ClipPicture:
    """One decoded picture and its time in the file (ns from the first picture). Convert at once: the reader may reuse its memory."""

    at_ns: int
    frame: VideoFrame

    @property
    def size(self) -> tuple[int, int]:
        return self.frame.width, self.frame.height

    def bgr(self, width: int = 0, height: int = 0) -> Bytes2D:
        """(H, W, 3) uint8, scaled when a size is given, owned by the caller."""
        return self._array("bgr24", width, height)

    def bgra(self, width: int = 0, height: int = 0) -> Bytes2D:
        """(H, W, 4) uint8 with alpha 255, scaled when a size is given, owned by the caller."""
        return self._array("bgra", width, height)

    def _array(self, pixels: str, width: int, height: int) -> Bytes2D:
        array = self.frame.to_ndarray(format=pixels, width=width or None, height=height or None)
        return np.ascontiguousarray(array, np.uint8)


class ClipReader:
    """An open clip. One thread at a time. Damaged stretches are skipped, as a player would. Its pictures come with `cover` burned in.

    Attributes:
        width, height: of the first picture. duration_ns: until the end of the last picture. codec: FFmpeg's name.
    fps: nominal, 0 when unknown.
    """

    def __init__(self, path: Path, cover: Cover = NOTHING) -> None:
        """Raises EnvironmentFault: not there, or no video."""
        self._burner = Burner(cover.on) if cover else None
        self._container, self._stream = open_video(path)
        self.width, self.height = self._stream.width, self._stream.height
        self.codec = self._stream.codec_context.name
        self.duration_ns = self._duration_ns()
        self.fps = float(self._stream.average_rate or 0)

    def pictures(self, from_ns: int = 0) -> Iterator[ClipPicture]:
        """Pictures from the one shown at `from_ns` on, in the order of display. A later call or `close` ends an earlier one."""
        self._seek(from_ns)
        before: ClipPicture | None = None
        for picture in self._decoded():
            if picture.at_ns <= from_ns:
                before = picture
                continue
            if before is not None:
                yield before
                before = None
            yield picture
        if before is not None:
            yield before

    def picture_at(self, at_ns: int) -> ClipPicture | None:
        """The picture shown at a time: the last one not after it, or the first. None when nothing can be decoded."""
        return next(self.pictures(at_ns), None)

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> "ClipReader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _duration_ns(self) -> int:
        if self._stream.duration and self._stream.time_base:
            return round(self._stream.duration * self._stream.time_base * SECOND)
        return (self._container.duration or 0) * 1_000

    def _seek(self, at_ns: int) -> None:
        ticks = round(max(at_ns, 0) / SECOND / time_base(self._stream)) + (self._stream.start_time or 0)
        try:
            self._container.seek(ticks, stream=self._stream, backward=True)
        except FFmpegError:
            self._container.seek(0)

    def _decoded(self) -> Iterator[ClipPicture]:
        start = self._stream.start_time or 0
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except FFmpegError:
                continue
            for frame in frames:
                if frame.pts is not None and frame.time_base is not None:
                    at_ns = round((frame.pts - start) * frame.time_base * SECOND)
                    yield ClipPicture(at_ns, frame if self._burner is None else self._burner.burned(frame))

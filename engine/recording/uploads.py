"""Videos and sounds that somebody sent: the first of what is in them, decoded from memory.

They come from anybody: only the demuxer of what they are by their content is tried, nothing in them leads to a file or to the network, and
how much is decoded has a bound in pictures, seconds, pixels and time.
"""

import io
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError

from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError

SOUND_HZ = 16_000
LARGEST_PIXELS = 40_000_000
WIDEST = 1280  # pictures are made as small before anybody looks at them
PATIENCE_S = 10.0  # of one file, whatever is in it
_DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "mov",
}
_NOWHERE = {"protocol_whitelist": "none"}

Samples = npt.NDArray[np.float32]
T = TypeVar("T")


def first_pictures(data: bytes, content_type: str, most: int, every_s: float = 1.0) -> list[Bytes2D]:
    """(H, W, 3) BGR of a video's first seconds, one every `every_s`. Raises InputError where there is not one."""
    found: list[Bytes2D] = []
    with _open_container(data, content_type) as container:
        _check_pictures(container)
        for frame in _in_time(container.decode(video=0)):
            if frame.width and frame.height and (not found or (frame.time or 0.0) >= len(found) * every_s):
                found.append(_scaled(frame))
            if len(found) == most:
                break
    if not found:
        raise InputError("file", "cannot be read; the video is damaged")
    return found


def key_pictures(data: bytes, content_type: str, most: int) -> list[Bytes2D]:
    """(H, W, 3) BGR of pictures spread evenly over a video, where it can be jumped about in. Raises InputError where there is not one."""
    until_s = time.monotonic() + PATIENCE_S
    found: list[Bytes2D] = []
    with _open_container(data, content_type) as container:
        _check_pictures(container)
        length_s = (container.duration or 0) / av.time_base
        for index in range(most if length_s > 0 else 0):
            found += _picture_at(container, length_s * index / most, until_s)
    return found or first_pictures(data, content_type, most)


def _picture_at(container: InputContainer, at_s: float, until_s: float) -> list[Bytes2D]:
    """The picture at a time; the last one decoded where that takes too long; none where nothing can be read."""
    last: av.VideoFrame | None = None
    try:
        container.seek(round(at_s * av.time_base))
        for frame in container.decode(video=0):
            last = frame if frame.width and frame.height else last
            if (frame.time or 0.0) >= at_s or time.monotonic() > until_s:
                break
    except (FFmpegError, ValueError):
        pass
    return [] if last is None else [_scaled(last)]


def _check_pictures(container: InputContainer) -> None:
    """Raises InputError. Decodes on the calling thread from here on, and nothing larger than is allowed."""
    if not container.streams.video:
        raise InputError("file", "holds no video")
    context = container.streams.video[0].codec_context
    if not 0 < context.width * context.height <= LARGEST_PIXELS:
        raise InputError("file", f"has pictures of {context.width} × {context.height} pixels, which is too many or none")
    context.thread_count = 1
    context.options = {"max_pixels": str(LARGEST_PIXELS)}


def first_sound(data: bytes, content_type: str, longest_s: float) -> Samples:
    """(n,) float32 of 16 kHz, −1 … 1, one channel, of a sound's first seconds. Raises InputError where there is nothing to hear."""
    pieces: list[Samples] = []
    count = 0
    with _open_container(data, content_type) as container:
        if not container.streams.audio:
            raise InputError("file", "holds no sound")
        resampler = AudioResampler(format="flt", layout="mono", rate=SOUND_HZ)
        for frame in _in_time(container.decode(audio=0)):
            for piece in resampler.resample(frame):
                pieces.append(np.asarray(piece.to_ndarray(), np.float32).reshape(-1))
                count += len(pieces[-1])
            if count >= longest_s * SOUND_HZ:
                break
    if not count:
        raise InputError("file", "cannot be read; the sound is damaged")
    return np.nan_to_num(np.concatenate(pieces)[: round(longest_s * SOUND_HZ)], nan=0.0, posinf=0.0, neginf=0.0)


@contextmanager
def _open_container(data: bytes, content_type: str) -> Generator[InputContainer]:
    demuxer = _DEMUXERS[content_type]
    try:
        container = av.open(io.BytesIO(data), "r", format=demuxer, options=_NOWHERE | {"format_whitelist": demuxer})
    except (FFmpegError, ValueError) as error:
        raise InputError("file", f"cannot be read: {getattr(error, 'strerror', error)}") from None
    with container:
        yield container


def _in_time(frames: Iterator[T]) -> Iterator[T]:
    """What can be decoded in the time that there is; what is damaged ends it."""
    until_s = time.monotonic() + PATIENCE_S
    try:
        for frame in frames:
            yield frame
            if time.monotonic() > until_s:
                return
    except (FFmpegError, ValueError):
        return


def _scaled(frame: av.VideoFrame) -> Bytes2D:
    width = min(frame.width, WIDEST)
    height = max(1, round(frame.height * width / frame.width))
    return np.ascontiguousarray(frame.to_ndarray(format="bgr24", width=width, height=height), np.uint8)

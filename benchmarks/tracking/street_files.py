"""Camera files for the engine's benches: a real street scene as cameras send it (H.264, no B-frames, a keyframe every 2 s)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from engine.model.errors import EnvironmentFault, InputError

WIDTH, HEIGHT = 640, 360
_BIT_RATE = 500_000  # of a picture of this size; larger ones have as much a pixel
_FRAMES = 200  # of each file; it is looped


def write_cameras(video: Path, folder: Path, count: int, fps: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> list[Path]:
    """`count` files of `_FRAMES` pictures each, from different parts of the video, letterboxed.

    `size`: width and height, pixels.

    The pictures are those of the video one by one, shown at `fps`: people of a video made at 10 pictures per second walk faster than they
    did, which is the harder case for all that depends on what moves.

    Raises:
        EnvironmentFault: the video cannot be read. InputError: it is empty.
    """
    paths = [folder / f"camera-{number}-{size[1]}-{fps}.mp4" for number in range(1, count + 1)]
    pictures = _pictures(video, size)
    for path in paths:
        _write(path, list(islice(pictures, _FRAMES)), fps, size)
    return paths


def _pictures(video: Path, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    """Letterboxed, over and over."""
    try:
        while True:
            with av.open(str(video)) as container:
                shown = 0
                for frame in container.decode(container.streams.video[0]):
                    shown += 1
                    yield _letterboxed(frame, size)
            if not shown:
                raise InputError("video", f"{video} holds no pictures")
    except (FFmpegError, IndexError) as error:
        raise EnvironmentFault("unreadable", f"{video} cannot be read as a video: {error}.") from None


def _letterboxed(frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    scale = min(size[0] / frame.width, size[1] / frame.height)
    width, height = round(frame.width * scale), round(frame.height * scale)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    canvas = np.full((size[1], size[0], 3), 60, np.uint8)
    canvas[top : top + height, left : left + width] = frame.to_ndarray(width=width, height=height, format="bgr24")
    return av.VideoFrame.from_ndarray(canvas, format="bgr24")


def _write(path: Path, pictures: list[av.VideoFrame], fps: int, size: tuple[int, int]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.bit_rate = _BIT_RATE * size[0] * size[1] // (WIDTH * HEIGHT)
        stream.options = {"preset": "veryfast", "bf": "0", "g": str(2 * fps)}
        for index, picture in enumerate(pictures):
            frame = picture.reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

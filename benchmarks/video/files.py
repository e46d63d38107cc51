"""Files for the video bench: 25 pictures per second in H.264, as cameras send it (no B-frames, a keyframe every two seconds)."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

FPS = 25
SIZES = {"720p": (1280, 720, 2_000_000), "sub": (640, 360, 500_000)}
"""Stream kind → width, height, bits per second."""
_SECONDS = 4


def write_streams(folder: Path, video: Path | None = None) -> dict[str, Path]:
    """One file per stream kind, of the given video's pictures or, without one, of a scene with moving things.

    Raises EnvironmentFault or av errors when the video cannot be read.
    """
    pictures = _from_video(video) if video is not None else _scene()
    made = {kind: folder / f"{kind}.mp4" for kind in SIZES}
    frames = [next(pictures) for _ in range(FPS * _SECONDS)]
    for kind, path in made.items():
        _write(path, frames, *SIZES[kind])
    return made


def _write(path: Path, frames: list[av.VideoFrame], width: int, height: int, bit_rate: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", bit_rate
        stream.options = {"preset": "veryfast", "bf": "0", "g": str(2 * FPS)}
        for index, frame in enumerate(frames):
            scaled = frame.reformat(width, height, "yuv420p")
            scaled.pts, scaled.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(scaled))
        container.mux(stream.encode(None))


def _from_video(video: Path) -> Iterator[av.VideoFrame]:
    """Its pictures, over and over."""
    while True:
        with av.open(str(video)) as container:
            yield from container.decode(container.streams.video[0])


def _scene() -> Iterator[av.VideoFrame]:
    """A grainy background with eight things walking over it: as hard to decode as a street."""
    random = np.random.default_rng(7)
    ground = np.kron(random.integers(40, 200, (45, 80, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    number = 0
    while True:
        pixels: npt.NDArray[np.uint8] = np.clip(ground + random.integers(-6, 7, ground.shape), 0, 255).astype(np.uint8)
        for person in range(8):
            x, y = (person * 150 + number * (2 + person % 3)) % 1200, 80 + person * 60
            pixels[y : y + 150, x : x + 60] = ((person * 40) % 255, 200, (number * 3) % 255)
        yield av.VideoFrame.from_ndarray(pixels, format="rgb24")
        number += 1

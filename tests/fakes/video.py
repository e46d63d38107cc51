"""Small encoded files whose frames can be told apart: each picture carries its number as a row of black and white squares."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

BITS = 10


@dataclass(frozen=True, slots=True)
class Clip:
    """What to encode. `encoder`: libx264, libx265 or mjpeg. `noise` makes pictures large enough to be cut into many packets."""

    encoder: str = "libx264"
    width: int = 160
    height: int = 96
    fps: int = 25
    frames: int = 50
    gop: int = 25
    b_frames: int = 0
    noise: int = 0


def write_clip(path: Path, clip: Clip = Clip()) -> Path:
    """Encode; frame i shows the number i.

    The container follows the suffix.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(clip.encoder, rate=clip.fps, options=_options(clip))
        stream.width, stream.height = clip.width, clip.height
        stream.pix_fmt = "yuvj420p" if clip.encoder == "mjpeg" else "yuv420p"
        stream.time_base = Fraction(1, clip.fps)
        for number in range(clip.frames):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number, clip.width, clip.height, clip.noise), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _options(clip: Clip) -> dict[str, str]:
    bounds = {"g": str(clip.gop), "bf": str(clip.b_frames)}
    if clip.encoder == "libx264":
        return {**bounds, "preset": "veryfast", "x264-params": f"keyint={clip.gop}:scenecut=0:threads=1"}
    if clip.encoder == "libx265":
        return {**bounds, "preset": "ultrafast", "x265-params": f"keyint={clip.gop}:bframes={clip.b_frames}:pools=1:log-level=none"}
    return {"q:v": "3"}


def numbered_picture(number: int, width: int, height: int, noise: int = 0) -> npt.NDArray[np.uint8]:
    """(height, width, 3) uint8 grey picture; its upper half is `BITS` squares, white for 1, least significant first."""
    picture = np.full((height, width, 3), 128, np.uint8)
    if noise:
        picture[:] = np.random.default_rng(number).integers(128 - noise, 128 + noise, picture.shape, np.uint8)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        picture[: height // 2, left:right] = 235 if number >> bit & 1 else 16
    return picture


def picture_number(luma: npt.NDArray[np.uint8]) -> int:
    """The number a (height, width) brightness picture shows."""
    height, width = luma.shape
    centres = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, x in enumerate(centres) if luma[height // 4, x - 1 : x + 2].mean() > 128)

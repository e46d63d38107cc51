"""Tiny real files for fakes: JPEG bytes and a playable MP4, made by PyAV."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt


def jpeg(bgra: npt.NDArray[np.uint8]) -> bytes:
    """One picture (H, W, 4) as JPEG; both sides are cut to even numbers."""
    height, width = bgra.shape[0] // 2 * 2, bgra.shape[1] // 2 * 2
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuvj420p", Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(bgra[:height, :width]), format="bgra").reformat(format="yuvj420p")
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


def write_mp4(path: Path, pictures: list[npt.NDArray[np.uint8]], fps: int = 10) -> Path:
    """Pictures (H, W, 4) BGRA with even sides as an MP4 (MPEG-4 part 2, which every FFmpeg build encodes)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.height, stream.width, stream.pix_fmt = pictures[0].shape[0], pictures[0].shape[1], "yuv420p"
        for pixels in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgra")))
        container.mux(stream.encode(None))
    return path

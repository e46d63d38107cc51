"""Small encoded streams whose pictures say which camera they are from and which picture they are."""

import functools
import io
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from engine.model.cameras.frame import Bytes2D, EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.footage.playback import ClipPicture
from engine.recording.nal import byte_stream

FPS = 10
GROUP = 8
COUNT = 80
START_NS = 1_790_000_000 * SECOND
FRAME_NS = SECOND // FPS

# name: encoder, container, options, B-pictures
KINDS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "mpeg4": ("mpeg4", "avi", {"qmin": "1", "qmax": "3"}, 0),
    "mjpeg": ("mjpeg", "avi", {"qmin": "1", "qmax": "3"}, 0),
    "h264 length-prefixed": ("libx264", "mp4", {"crf": "12"}, 2),
    "h264 byte stream": ("libx264", "mpegts", {"crf": "12"}, 0),
    "hevc length-prefixed": ("libx265", "mp4", {"x265-params": "log-level=none:bframes=2:keyint=8:min-keyint=8:open-gop=1"}, 2),
    "hevc byte stream": ("libx265", "mpegts", {"x265-params": "log-level=none:bframes=0:keyint=8:min-keyint=8"}, 0),
    "vp8": ("libvpx", "webm", {"deadline": "realtime", "cpu-used": "8"}, 0),
    "vp9": ("libvpx-vp9", "webm", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}, 0),
}
RTSP = "h264 with its sets in the session description only"
ALL = (*KINDS, RTSP)
LGPL = "mpeg4"  # every FFmpeg build has it


_COLUMNS, _ROWS = 4, 3  # tiles: one bit each, eight for the index, then the camera's


def drawn(camera: int, index: int, width: int, height: int) -> Bytes2D:
    """Black and white tiles: the bits of the picture's index and of its camera."""
    value = index % 256 | camera << 8
    tiles = np.array([40 + 170 * (value >> bit & 1) for bit in range(_COLUMNS * _ROWS)], np.uint8).reshape(_ROWS, _COLUMNS)
    rows, columns = np.arange(height) * _ROWS // max(height, 1), np.arange(width) * _COLUMNS // max(width, 1)
    return np.repeat(tiles[rows][:, columns, None], 3, axis=2)


def seen(picture: ClipPicture | Bytes2D) -> tuple[int, int]:
    """(camera, index) that a decoded picture shows."""
    array = picture if isinstance(picture, np.ndarray) else picture.bgr()
    height, width = array.shape[:2]
    rows = [height * (2 * row + 1) // (2 * _ROWS) for row in range(_ROWS)]
    columns = [width * (2 * column + 1) // (2 * _COLUMNS) for column in range(_COLUMNS)]
    bits = [int(array[row - 2 : row + 2, column - 2 : column + 2].mean() > 125) for row in rows for column in columns]
    value = sum(bit << i for i, bit in enumerate(bits))
    return value >> 8, value & 255


@functools.cache
def stream(kind: str = LGPL, camera: int = 0, width: int = 96, height: int = 64) -> tuple[StreamInfo, tuple[EncodedPacket, ...]]:
    """A stream of `COUNT` pictures, a tenth of a second apart from `START_NS` on, as a source hands it over."""
    if kind == RTSP:
        return _rtsp_like(*stream("h264 length-prefixed", camera, width, height))
    encoder, container, options, b_pictures = KINDS[kind]
    try:
        av.Codec(encoder, "w")
    except ValueError:
        pytest.skip(f"This FFmpeg cannot make test pictures with {encoder}.")
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        video = out.add_stream(encoder, rate=FPS, options=options)
        video.width, video.height = width, height
        video.pix_fmt = "yuvj420p" if encoder == "mjpeg" else "yuv420p"
        video.codec_context.gop_size = GROUP
        video.codec_context.max_b_frames = b_pictures
        for index in range(COUNT):
            picture = av.VideoFrame.from_ndarray(drawn(camera, index, width, height), format="bgr24")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            out.mux(video.encode(picture.reformat(format=video.pix_fmt)))
        out.mux(video.encode())
    file.seek(0)
    return _read(file, container)


def _read(file: io.BytesIO, container: str) -> tuple[StreamInfo, tuple[EncodedPacket, ...]]:
    with av.open(file, format=container.replace("webm", "matroska")) as source:
        video = source.streams.video[0]
        base = video.time_base
        info = StreamInfo(
            video.codec_context.name,
            video.width,
            video.height,
            float(FPS),
            (base.numerator, base.denominator),
            bytes(video.codec_context.extradata or b""),
        )
        found = [packet for packet in source.demux(video) if packet.size]
        first = found[0].dts
        packets = []
        for packet in found:
            at_ns = START_NS + round((packet.dts - first) * base * SECOND)
            packets.append(EncodedPacket(bytes(packet), packet.pts, packet.dts, packet.duration or 0, packet.is_keyframe, at_ns))
        return info, tuple(packets)


def _rtsp_like(info: StreamInfo, packets: Iterable[EncodedPacket]) -> tuple[StreamInfo, tuple[EncodedPacket, ...]]:
    """A byte stream without parameter sets; those are given apart, as a byte stream too."""
    to_bytes = byte_stream(info, "h264")
    keyed = replace(next(iter(packets)), keyframe=True, data=b"")
    sets = to_bytes(keyed)
    return replace(info, extradata=sets), tuple(replace(p, data=to_bytes(replace(p, keyframe=False))) for p in packets)


def later(packets: Iterable[EncodedPacket], by_ns: int) -> list[EncodedPacket]:
    return [replace(packet, captured_ns=packet.captured_ns + by_ns) for packet in packets]


class RawFrame:
    """A raw picture, as simulated cameras give it."""

    def __init__(self, camera: int, index: int, captured_ns: int, width: int = 96, height: int = 64) -> None:
        self.index = index
        self.captured_ns = captured_ns
        self.width = width
        self.height = height
        self._picture = drawn(camera, index, width, height)

    def luma(self) -> Bytes2D:
        return self._picture[:, :, 0]

    def bgr(self, width: int, height: int) -> Bytes2D:
        rows = np.arange(height) * self.height // height
        columns = np.arange(width) * self.width // width
        return np.ascontiguousarray(self._picture[rows][:, columns])

    def bgra(self, width: int, height: int) -> Bytes2D:
        bgr = self.bgr(width, height)
        return np.dstack([bgr, np.full(bgr.shape[:2], 255, np.uint8)])

"""Decoded pictures: `DecodedFrame` over FFmpeg's frames and over plain arrays."""

import threading
from typing import cast

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from engine._burning import Burner
from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D, DecodedFrame

_LUMA_FIRST = frozenset(f"{name}{sampling}p" for name in ("yuv", "yuvj") for sampling in ("410", "411", "420", "422", "440", "444")) | {
    "gray",
    "nv12",
    "nv16",
    "nv21",
    "nv24",
}
_BLOCK = 32  # pixels: 16 of brightness, and 16 of colours that have half as many
_KEPT = 8  # target sizes in use at one time: tile, detector, thumbnail


class Scaler:
    """Scaling contexts of one stream. Setting one up costs as much as using it, and none may be used by two threads at a time."""

    def __init__(self) -> None:
        self._own = threading.local()

    def convert(self, frame: av.VideoFrame, width: int, height: int, pixels: str) -> av.VideoFrame:
        """Area averaging: as fast as fast-bilinear here (0.4 ms from 720p to 640×360) and without its shimmer on fine detail."""
        return self._context((width, height, pixels)).reformat(
            frame, width, height, pixels, interpolation=Interpolation.AREA, dst_colorspace=None, threads=1
        )

    def enlarge(self, frame: av.VideoFrame, width: int, height: int, pixels: str) -> av.VideoFrame:
        """In two steps, brightness and colours apart first: two thirds of the time that both at once take. FFmpeg writes whole blocks
        then: of other widths the last columns would show what the memory held before, so those are done at once."""
        if width % _BLOCK:
            return self.convert(frame, width, height, pixels)
        form = frame.format.name
        larger = self._context((width, height, form)).reformat(
            frame, width, height, form, interpolation=Interpolation.BILINEAR, dst_colorspace=None, threads=1
        )
        return self.convert(larger, width, height, pixels)

    def _context(self, target: tuple[int, int, str]) -> VideoReformatter:
        contexts: dict[tuple[int, int, str], VideoReformatter] = self._own.__dict__.setdefault("contexts", {})
        if target not in contexts:
            if len(contexts) >= _KEPT:
                contexts.clear()
            contexts[target] = VideoReformatter()
        return contexts[target]


class VideoPicture:
    """A frame as FFmpeg decoded it. Conversions of one picture wait for each other: PyAV changes the frame's tags while it scales."""

    __slots__ = ("_frame", "_lock", "_scaler", "captured_ns", "index")

    def __init__(self, frame: av.VideoFrame, scaler: Scaler, captured_ns: int, index: int) -> None:
        self._frame = frame
        self._scaler = scaler
        self._lock = threading.Lock()
        self.captured_ns = captured_ns
        self.index = index

    @property
    def width(self) -> int:
        return self._frame.width

    @property
    def height(self) -> int:
        return self._frame.height

    def burn(self, burner: Burner) -> None:
        """Before anybody else has the picture."""
        self._frame = burner.burned(self._frame)

    def luma(self) -> Bytes2D:
        if self._frame.format.name not in _LUMA_FIRST:
            with self._lock:
                return _bytes(self._scaler.convert(self._frame, self.width, self.height, "gray").to_ndarray())
        plane = self._frame.planes[0]
        rows = np.frombuffer(memoryview(cast(bytes, plane)), np.uint8).reshape(-1, plane.line_size)
        view = rows[: self.height, : self.width]
        view.flags.writeable = False
        return view

    def bgr(self, width: int, height: int) -> Bytes2D:
        with self._lock:
            return _bytes(self._scaler.convert(self._frame, width, height, "bgr24").to_ndarray())

    def bgra(self, width: int, height: int) -> Bytes2D:
        larger = width > self.width and height > self.height
        with self._lock:
            frame = (self._scaler.enlarge if larger else self._scaler.convert)(self._frame, width, height, "bgra")
        return _bytes(frame.to_ndarray())


class ArrayPicture:
    """A picture that came as an array: (height, width, 3) uint8 BGR, not written to by anybody."""

    __slots__ = ("_bgr", "captured_ns", "index")

    def __init__(self, bgr: Bytes2D, captured_ns: int, index: int) -> None:
        self._bgr = bgr
        self.captured_ns = captured_ns
        self.index = index

    @property
    def width(self) -> int:
        return self._bgr.shape[1]

    @property
    def height(self) -> int:
        return self._bgr.shape[0]

    def luma(self) -> Bytes2D:
        return _bytes(cv2.cvtColor(self._bgr, cv2.COLOR_BGR2GRAY))

    def bgr(self, width: int, height: int) -> Bytes2D:
        if (width, height) == (self.width, self.height):
            return self._bgr.copy()
        smaller = width < self.width and height < self.height
        return _bytes(cv2.resize(self._bgr, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR))

    def bgra(self, width: int, height: int) -> Bytes2D:
        return _bytes(cv2.cvtColor(self.bgr(width, height), cv2.COLOR_BGR2BGRA))


def burned(frame: DecodedFrame, burner: Burner) -> DecodedFrame:
    """The picture without what lies under the burner's areas. The caller has not given it to anybody yet."""
    if isinstance(frame, VideoPicture):
        frame.burn(burner)
        return frame
    pixels = frame.bgr(frame.width, frame.height)
    burner.burn(pixels)
    return ArrayPicture(pixels, frame.captured_ns, frame.index)


def _bytes(picture: object) -> Bytes2D:
    return np.ascontiguousarray(picture, np.uint8)

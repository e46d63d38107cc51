"""Privacy areas burned into pictures: what lies under them is replaced before anything else gets the picture.

Burned at the picture's own size, in place, so that every size, still and encoding that is made of it later is made without it. An area is
burned with everything that it touches and two pixels around, as colours reach that far into their neighbours. A line that crosses itself
leaves no hole.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from engine._opencv import cv2
from engine.model.geometry import Polygon

Bytes = npt.NDArray[np.uint8]
AreasOf = Callable[[int, int], tuple[Polygon, ...]]
"""The areas, in shares, of a picture so wide and high."""

Size = tuple[int, int]

_LUMA, _NEUTRAL, _GREY = 64, 128, 56  # the same dark grey as YCbCr and as RGB
_AROUND = np.ones((5, 5), np.uint8)
_NEXT = np.ones((3, 3), np.uint8)
_SHIFT = 4  # fractional bits of the corners that OpenCV takes
_KEPT = 8  # sizes
# One byte a sample and one plane a component: anything else becomes 4:2:0 first.
_PLANAR = frozenset(f"{name}{sampling}p" for name in ("yuv", "yuvj") for sampling in ("410", "411", "420", "422", "440", "444")) | {"gray"}


class Burner:
    """Burns the areas of one camera. One thread at a time. Masks are made once per size of picture, and when the areas change."""

    def __init__(self, areas: tuple[Polygon, ...] | AreasOf) -> None:
        """A function is asked for every picture."""
        self._areas_of: AreasOf = areas if callable(areas) else lambda _width, _height: areas
        self._masks: dict[tuple[object, ...], _Part | None] = {}

    def burn(self, picture: Bytes) -> None:
        """A picture (H, W), (H, W, 3) BGR or (H, W, 4) BGRA, in place; of BGRA the last channel stays."""
        size = picture.shape[1], picture.shape[0]
        part = self._part(self._areas_of(*size), size, size)
        if part is not None:
            for channel in range(min(picture.shape[2], 3) if picture.ndim == 3 else 1):
                part.fill(picture[..., channel] if picture.ndim == 3 else picture, _GREY)

    def burned(self, frame: VideoFrame) -> VideoFrame:
        """The frame without what lies under the areas. It is the same one where it was nobody else's; what a decoder goes on to lean on
        is never written to."""
        if frame.format.name in _PLANAR:
            frame.make_writable()
        else:
            frame = frame.reformat(format="yuv420p")
        size = frame.width, frame.height
        areas = self._areas_of(*size)
        for number, plane in enumerate(frame.planes):
            part = self._part(areas, size, (plane.width, plane.height))
            if part is not None:
                part.fill(_pixels(plane), _NEUTRAL if number else _LUMA)
        return frame

    def _part(self, areas: tuple[Polygon, ...], size: Size, plane: Size) -> "_Part | None":
        key = areas, size, plane
        if key not in self._masks:
            if len(self._masks) >= _KEPT:
                self._masks.clear()
            self._masks[key] = _Part.of(_smaller(rasterised(areas, *size), *plane))
        return self._masks[key]


class _Part:
    """The part of a plane that has anything to burn in it."""

    __slots__ = ("_full", "_mask", "_window")

    def __init__(self, mask: Bytes, window: tuple[slice, slice]) -> None:
        self._mask, self._window = np.ascontiguousarray(mask[window]), window
        self._full = bool(self._mask.all())

    @classmethod
    def of(cls, mask: Bytes) -> "_Part | None":
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            return None
        return cls(mask, (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)))

    def fill(self, plane: Bytes, value: int) -> None:
        if self._full:
            plane[self._window] = value
        else:
            np.copyto(plane[self._window], np.uint8(value), where=self._mask.view(np.bool_))


def rasterised(areas: tuple[Polygon, ...], width: int, height: int) -> Bytes:
    """(H, W) of 0 and 1: which pixels are burned."""
    mask = np.zeros((height, width), np.uint8)
    for area in filter(None, areas):  # one by one: where two lie over each other, the even-odd rule would leave a hole
        corners = (np.array(area, np.float64).reshape(-1, 1, 2) * (width, height) - 0.5) * (1 << _SHIFT)
        alone = np.zeros_like(mask)
        cv2.fillPoly(alone, [np.round(corners).astype(np.int32)], 1, shift=_SHIFT)
        outlines, _ = cv2.findContours(alone, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(mask, outlines, -1, 1, cv2.FILLED)
    return np.asarray(cv2.dilate(mask, _AROUND), np.uint8)


def _smaller(mask: Bytes, width: int, height: int) -> Bytes:
    """For a plane of fewer samples: those that stand for any burned pixel, and those next to them, into which its colour was averaged."""
    if (height, width) == mask.shape:
        return mask
    down, across = -(-mask.shape[0] // height), -(-mask.shape[1] // width)
    padded = np.zeros((height * down, width * across), np.uint8)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    small = np.ascontiguousarray(padded.reshape(height, down, width, across).max(axis=(1, 3)))
    return np.asarray(cv2.dilate(small, _NEXT), np.uint8)


def _pixels(plane: Any) -> Bytes:
    rows = np.frombuffer(memoryview(cast(bytes, plane)), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]

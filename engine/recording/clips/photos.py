"""Photos that somebody sent: what size a file claims is looked at before it is unpacked."""

import numpy as np

from engine._opencv import cv2
from engine._picture_size import picture_size
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.recording.jpeg import decode_picture, encode_picture

LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 4096  # of photos that are kept, pixels


def unpacked(data: bytes) -> Bytes2D:
    """(H, W, 3) BGR of a JPEG or PNG file. Raises InputError; its size is looked at before it is unpacked."""
    width, height = _size(data)
    if not 0 < width * height <= LARGEST_PIXELS:
        raise InputError("picture", f"has {width} × {height} pixels. Choose one of at most {LARGEST_PIXELS // 1_000_000} megapixels")
    return decode_picture(data)


def _size(data: bytes) -> tuple[int, int]:
    """As the head of a JPEG or PNG file says. Raises InputError."""
    size = picture_size(data)
    if size is None:
        raise InputError("picture", "is neither a JPEG nor a PNG file")
    return size


def cleaned(data: bytes, content_type: str) -> bytes:
    """The same picture as the same kind of file, upright, without anything else that was in the file. Raises InputError."""
    return encode_picture(_fitted(unpacked(data)), content_type)


def as_jpeg(data: bytes) -> bytes:
    """Raises InputError."""
    return encode_picture(_fitted(unpacked(data)), "image/jpeg")


def _fitted(picture_bgr: Bytes2D) -> Bytes2D:
    """At most `LONGEST_SIDE` long."""
    height, width = picture_bgr.shape[:2]
    share = LONGEST_SIDE / max(height, width)
    if share >= 1:
        return picture_bgr
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(cv2.resize(picture_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)

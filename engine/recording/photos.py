"""Photos that somebody sent: what size a file claims is looked at before it is unpacked."""

import struct

from engine.model.errors import InputError
from engine.model.frame import Bytes2D
from engine.recording.jpeg import decode_picture

LARGEST_PIXELS = 50_000_000
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


def unpacked(data: bytes) -> Bytes2D:
    """(H, W, 3) BGR of a JPEG or PNG file. Raises InputError; its size is looked at before it is unpacked."""
    width, height = _size(data)
    if not 0 < width * height <= LARGEST_PIXELS:
        raise InputError("picture", f"has {width} × {height} pixels. Choose one of at most {LARGEST_PIXELS // 1_000_000} megapixels")
    return decode_picture(data)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height as the head of a JPEG or PNG file says. Raises InputError."""
    try:
        if data.startswith(_PNG):
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data.startswith(_JPEG):
            return _jpeg_size(data)
    except (struct.error, IndexError):
        pass
    raise InputError("picture", "is neither a JPEG nor a PNG file")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the frame header (ITU-T T.81, B.2.2), past the segments before it."""
    at = 2
    while True:
        marker, length = struct.unpack_from(">xBH", data, at)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + length

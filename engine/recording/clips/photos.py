"""Photos that somebody sent: what size a file claims is looked at before it is unpacked."""

from engine._picture_size import picture_size
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.recording.jpeg import decode_picture

LARGEST_PIXELS = 50_000_000


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

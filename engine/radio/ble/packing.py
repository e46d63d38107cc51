"""Arrays as text for checkpoints: little-endian float32, compressed, in base64."""

import base64
import binascii
import math
import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def pack(values: Floats) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(values, "<f4").tobytes(), 1)).decode("ascii")


def unpack(text: str, shape: tuple[int, ...]) -> Floats | None:
    """The array, bit for bit; None where the text holds no array of that shape, or numbers that are no shares of a belief."""
    size = 4 * math.prod(shape)
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size + 1)
    except (binascii.Error, zlib.error, ValueError):
        return None
    if len(data) != size:
        return None
    values = np.frombuffer(data, "<f4").reshape(shape).astype(np.float32)
    return values if np.all(np.isfinite(values)) and values.min() >= 0 and values.sum() > 0 else None

"""Arrays as text for checkpoints: little-endian float32 or float64, compressed, in base64."""

import base64
import binascii
import math
import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]


def pack(values: Floats) -> str:
    return _packed(values, "<f4")


def unpack(text: str, shape: tuple[int, ...]) -> Floats | None:
    """The array, bit for bit; None where the text holds no array of that shape, or numbers that are no shares of a belief."""
    data = _unpacked(text, 4 * math.prod(shape))
    if data is None:
        return None
    values = np.frombuffer(data, "<f4").reshape(shape).astype(np.float32)
    return values if np.all(np.isfinite(values)) and values.min() >= 0 and values.sum() > 0 else None


def pack_numbers(values: Array) -> str:
    return _packed(values, "<f8")


def unpack_numbers(text: str, shape: tuple[int, ...]) -> Array | None:
    """The array, bit for bit; None where the text holds no array of that shape, or numbers that are not finite."""
    data = _unpacked(text, 8 * math.prod(shape))
    if data is None:
        return None
    values = np.frombuffer(data, "<f8").reshape(shape).astype(np.float64)
    return values if np.all(np.isfinite(values)) else None


def _packed(values: Floats | Array, form: str) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(values, form).tobytes(), 1)).decode("ascii")


def _unpacked(text: str, size: int) -> bytes | None:
    """So many bytes; None where the text holds anything else."""
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size + 1)
    except (binascii.Error, zlib.error, ValueError):
        return None
    return data if len(data) == size else None

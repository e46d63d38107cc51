"""Arrays beside a text instead of inside it: CSI is ten times the rest of the journal, and base64 of it would cost more than it tells.

In the text an array is `{"dtype", "shape", "coding", "at", "bytes"}`: where it lies in the section behind the text, and how. Codings:

    raw      the array's bytes, C order, little endian
    deflate  those, deflated (RFC 1951, no header). Noise of a radio hardly shrinks, so the fastest way is taken: runs and Huffman only
    steps    of 8-byte integers in one row (times): the differences, modulo 2^64, their bytes sorted by place, deflated

Few bytes stay in the text, where the preset dictionary knows them.
"""

import math
import zlib
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from engine.model.wire import array_to_plain

SHORT_BYTES = 96
_LONG_BYTES = 16 << 10  # from here on, looking for repetitions costs more than it saves
LONGEST_ARRAY = 64 << 20
LONGEST_SECTION = 256 << 20
_DTYPES = frozenset(("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8"))
_REFERENCE = {"dtype", "shape", "coding", "at", "bytes"}


class BadSection(ValueError):
    """A reference that does not fit the section, or bytes that do not fit their array."""


class SectionWriter:
    """Collects the arrays of one text. One thread."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def plain(self, array: npt.NDArray[Any]) -> dict[str, Any]:
        """What stands in the text for the array; for `to_plain`."""
        if array.nbytes <= SHORT_BYTES or array.dtype.str not in _DTYPES:
            return array_to_plain(array)
        coding, data = _coded(np.ascontiguousarray(array))
        reference = {"dtype": array.dtype.str, "shape": list(array.shape), "coding": coding, "at": self._size, "bytes": len(data)}
        self._parts.append(data)
        self._size += len(data)
        return reference

    def section(self) -> bytes:
        return b"".join(self._parts)


class SectionReader:
    """Puts the bytes of a section back where the text refers to them; strict, and never takes more memory than an honest array needs."""

    def __init__(self, section: memoryview) -> None:
        self._section = section
        self._end = 0
        self._total = 0

    def restored(self, plain: dict[str, Any]) -> dict[str, Any]:
        """For `json.loads` as `object_hook`: references become arrays with bytes, everything else stays. Raises BadSection."""
        if plain.keys() != _REFERENCE:
            return plain
        expected = self._expected(plain)
        at, size = plain["at"], plain["bytes"]
        if at != self._end or type(size) is not int or not 0 <= size <= len(self._section) - self._end:
            raise BadSection(f"bytes {at} to {at}+{size} are not what follows byte {self._end} of {len(self._section)}")
        self._end += size
        data = _decoded(plain["coding"], bytes(self._section[at : self._end]), expected)
        return {"dtype": plain["dtype"], "shape": plain["shape"], "data": data}

    def check_end(self) -> None:
        if self._end != len(self._section):
            raise BadSection(f"{len(self._section) - self._end} bytes belong to no array")

    def _expected(self, plain: dict[str, Any]) -> int:
        """How many bytes the array takes, once its numbers have proven sane."""
        shape, dtype = plain["shape"], plain["dtype"]
        if not isinstance(dtype, str) or dtype not in _DTYPES or not _is_shape(shape):
            raise BadSection(f"no array is {str(dtype)[:20]} of {str(shape)[:60]}")
        expected = math.prod(cast("list[int]", shape)) * np.dtype(dtype).itemsize
        self._total += expected
        if expected > LONGEST_ARRAY or self._total > LONGEST_SECTION:
            raise BadSection(f"longer than any batch: {expected} bytes")
        return expected


def _is_shape(shape: Any) -> bool:
    if not isinstance(shape, list) or len(cast("list[Any]", shape)) > 8:
        return False
    return all(type(n) is int and 0 <= n <= LONGEST_ARRAY for n in cast("list[Any]", shape))


def _coded(array: npt.NDArray[Any]) -> tuple[str, bytes]:
    raw = array.tobytes()
    coding, data = ("steps", _steps(array)) if _may_step(array) else ("deflate", raw)
    packed = _deflated(data)
    return (coding, packed) if len(packed) < len(raw) else ("raw", raw)


def _may_step(array: npt.NDArray[Any]) -> bool:
    return array.ndim == 1 and array.dtype.str in ("<i8", "<u8")


def _steps(array: npt.NDArray[Any]) -> bytes:
    values = array.view(np.uint64)
    steps = np.diff(values, prepend=np.uint64(0))  # modulo 2^64, as numpy's unsigned integers are
    return steps.view(np.uint8).reshape(-1, 8).T.tobytes()


def _from_steps(data: bytes) -> bytes:
    steps = np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(8, -1).T).view(np.uint64)
    return np.cumsum(steps.ravel(), dtype=np.uint64).tobytes()


def _deflated(data: bytes) -> bytes:
    strategy = zlib.Z_RLE if len(data) >= _LONG_BYTES else zlib.Z_DEFAULT_STRATEGY
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
    return deflate.compress(data) + deflate.flush()


def _decoded(coding: Any, data: bytes, expected: int) -> bytes:
    if coding not in ("raw", "deflate", "steps"):
        raise BadSection(f"unknown coding {str(coding)[:20]!r}")
    plain = data if coding == "raw" else _inflated(data, expected)
    if len(plain) != expected or (coding == "steps" and expected % 8):
        raise BadSection(f"{len(plain)} bytes where the array takes {expected}")
    return _from_steps(plain) if coding == "steps" else plain


def _inflated(data: bytes, expected: int) -> bytes:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflate.decompress(data, expected + 1)
    except zlib.error as error:
        raise BadSection(str(error)) from error
    if not inflate.eof or inflate.unused_data:
        raise BadSection(f"does not end after {expected} bytes")
    return plain

"""Messages of one connection as one deflated stream: what was said before need not be said again. Both ends of the wire are here."""

import json
import zlib
from typing import Any, Final, cast

from engine.model.errors import InputError

TAIL: Final = b"\x00\x00\xff\xff"  # of each part of a deflated stream, left out as in RFC 7692
LARGEST_TEXT = 128 << 20  # of one message, inflated
_WINDOW, _MEMORY = -15, 9


class Deflated:
    """Messages as bytes, better than each for itself by half."""

    def __init__(self) -> None:
        self._deflating = zlib.compressobj(6, zlib.DEFLATED, _WINDOW, _MEMORY)

    def __call__(self, message: dict[str, Any]) -> bytes:
        data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        return (self._deflating.compress(data) + self._deflating.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


class Inflated:
    """Those bytes as messages, of `largest` bytes at most."""

    def __init__(self, largest: int = LARGEST_TEXT) -> None:
        self._largest = largest
        self._inflating = zlib.decompressobj(_WINDOW)

    def __call__(self, data: str | bytes) -> dict[str, Any]:
        """Raises InputError, zlib.error, ValueError: it is no message."""
        if isinstance(data, str):
            raise InputError("", "is no deflated message")
        text = self._inflating.decompress(data + TAIL, self._largest)
        if self._inflating.unconsumed_tail:
            raise InputError("", "is too large a message")
        try:
            message: Any = json.loads(text)
        except RecursionError:
            raise InputError("", "is nested too deeply") from None
        if not isinstance(message, dict):
            raise InputError("", "is no object")
        return cast("dict[str, Any]", message)

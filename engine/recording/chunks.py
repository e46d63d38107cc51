"""Append-only files of self-describing chunks, for anything numbered that must survive a crash (the journal, the CSI log).

A chunk is a header of fixed size, little endian, with its own CRC-32, and a payload of any bytes with another:

    magic 4 | payload version 1 | spare 3 | first number 8 | count 4 | first ns 8 | last ns 8 |
    payload length 4 | payload CRC 4 | header CRC 4

The headers are the index: a reader hops from one to the next without touching payloads it does not want. After damage it looks for the
next header whose CRC holds, so a flipped bit costs one chunk. A file never needs repair beyond cutting its unfinished tail.
The layout goes with the magic and never changes; the version is that of the payload and is the caller's to judge.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.model.value_class import dataclass

MAGIC = b"WRch"
_FIELDS = struct.Struct("<4sB3xQIqqII")
_CRC = struct.Struct("<I")
HEADER_BYTES = _FIELDS.size + _CRC.size


@dataclass(frozen=True, slots=True)
class Span:
    """What a chunk covers: `count` numbers from `first` on, of which some may have been left out, received from `first_ns` to `last_ns`
    (UTC ns)."""

    first: int
    count: int
    first_ns: int
    last_ns: int

    @property
    def last(self) -> int:
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A whole chunk found at `offset` of a file; both its CRCs hold. `length` is the payload's."""

    offset: int
    version: int
    span: Span
    length: int

    @property
    def end(self) -> int:
        return self.offset + HEADER_BYTES + self.length

    def payload(self, data: bytes) -> bytes:
        return data[self.offset + HEADER_BYTES : self.end]


def pack(span: Span, payload: bytes, version: int = 1) -> bytes:
    """One chunk as bytes."""
    crc = zlib.crc32(payload)
    fields = _FIELDS.pack(MAGIC, version, span.first, span.count, span.first_ns, span.last_ns, len(payload), crc)
    return fields + _CRC.pack(zlib.crc32(fields)) + payload


def scan(data: bytes, from_number: int = 0) -> Iterator[Chunk]:
    """Every whole chunk in a file's bytes that holds a number or later ones, in order. Never raises. What lies between two of them is
    damage. Payloads before that number are not looked at."""
    offset = data.find(MAGIC)
    while offset >= 0:
        chunk = _chunk_at(data, offset, from_number)
        if chunk is not None and chunk.span.last >= from_number:
            yield chunk
        offset = data.find(MAGIC, offset + 1 if chunk is None else chunk.end)


def first_span(path: Path) -> Span | None:
    """What the first chunk of a file holds, from its header alone; None where that is damaged or missing. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    fields = head[: _FIELDS.size]
    if len(head) < HEADER_BYTES or not head.startswith(MAGIC) or _CRC.unpack_from(head, _FIELDS.size)[0] != zlib.crc32(fields):
        return None
    _, _, first, count, first_ns, last_ns, _, _ = _FIELDS.unpack(fields)
    return Span(first, count, first_ns, last_ns)


def _chunk_at(data: bytes, offset: int, from_number: int) -> Chunk | None:
    """The chunk that starts at `offset`, None where header or payload are damaged or cut off; of an earlier one the payload may be."""
    fields = data[offset : offset + _FIELDS.size]
    start = offset + HEADER_BYTES
    if start > len(data) or _CRC.unpack_from(data, offset + _FIELDS.size)[0] != zlib.crc32(fields):
        return None
    _, version, first, count, first_ns, last_ns, length, crc = _FIELDS.unpack(fields)
    span = Span(first, count, first_ns, last_ns)
    if start + length > len(data) or (span.last >= from_number and zlib.crc32(memoryview(data)[start : start + length]) != crc):
        return None
    return Chunk(offset, version, span, length)


class ChunkWriter:
    """Appends chunks to one file. One thread. After any failure the file ends with its last whole chunk."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file and cuts an unfinished tail (`cut_bytes`); `found` are the chunks it holds. Raises OSError."""
        self.path = path
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115  (kept open; `close` closes it)
        self._file.seek(0)
        data = self._file.read()
        self.found = tuple(scan(data))
        self.size = self.found[-1].end if self.found else 0
        self.cut_bytes = len(data) - self.size
        self._torn = self.cut_bytes > 0
        self._mend()

    def append(self, span: Span, payload: bytes, version: int = 1) -> None:
        """Write one chunk and wait until it is on the disk. Raises OSError; nothing of the chunk is kept then."""
        self._mend()
        data = pack(span, payload, version)
        self._torn = True
        try:
            self._write_bytes(data)
            os.fsync(self._file.fileno())
        except OSError:
            self._mend_quietly()
            raise
        self._torn = False
        self.size += len(data)

    def close(self) -> None:
        self._file.close()

    def _write_bytes(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file.fileno(), rest) :]

    def _mend(self) -> None:
        """Cut what an earlier failure left behind the last whole chunk."""
        if self._torn:
            os.ftruncate(self._file.fileno(), self.size)
            self._torn = False

    def _mend_quietly(self) -> None:
        try:
            self._mend()
        except OSError:
            return  # still torn: the next append tries again, and a reader stops at `size`

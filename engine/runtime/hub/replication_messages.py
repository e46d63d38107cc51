"""What a site and a hub say to each other about the record: JSON, packed by zlib. Both sides may be a version apart."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, cast

from engine.model.errors import InputError
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.value_class import dataclass

MOST_BYTES = 32 << 20  # of one message, unpacked
_KINDS = {kind.value: kind for kind in ChangeKind}


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """How far a hub has a site's stream; `stream` empty: nothing yet."""

    stream: str
    seq: int


@dataclass(frozen=True, slots=True)
class SiteClock:
    """What time it was at the site when it said so, and how long the answer to what it had asked before took."""

    at_ns: int
    trip_ns: int


def pack_heartbeat(place: StreamPlace, clock: SiteClock | None) -> bytes:
    """That a site is there, and how far it has told."""
    said = {} if clock is None else {"at_ns": clock.at_ns, "trip_ns": clock.trip_ns}
    return _pack({"stream": place.stream, "seq": place.seq, **said})


def read_clock(data: bytes) -> SiteClock | None:
    """Of a heartbeat. None: it does not say, as sites of before do not."""
    try:
        plain = _read(data)
        return SiteClock(_number(plain, "at_ns"), _number(plain, "trip_ns"))
    except InputError:
        return None


def pack_batch(batch: ChangeBatch) -> bytes:
    changes = [[change.seq, change.kind.value, change.id, change.body] for change in batch.changes]
    return _pack({"stream": batch.stream, "after": batch.after, "through": batch.through, "changes": changes})


def read_batch(data: bytes) -> ChangeBatch:
    """Changes of a kind that is not known here are left out. Raises InputError."""
    plain = _read(data)
    rows = plain.get("changes")
    if not isinstance(rows, list):
        raise InputError("changes", "is no list")
    read = (_read_change(row) for row in cast("list[Any]", rows))
    changes = tuple(change for change in read if change is not None)
    return ChangeBatch(_text(plain, "stream"), _number(plain, "after"), _number(plain, "through"), changes)


def pack_place(place: StreamPlace) -> bytes:
    return _pack({"stream": place.stream, "seq": place.seq})


def read_place(data: bytes) -> StreamPlace:
    """Raises InputError."""
    plain = _read(data)
    return StreamPlace(_text(plain, "stream"), _number(plain, "seq"))


def _read_change(row: Any) -> RecordChange | None:
    match row:
        case [int(seq), str(kind), str(id_), dict(body)]:  # pyright: ignore[reportUnknownVariableType]
            known = _KINDS.get(kind)
            return None if known is None else RecordChange(seq, known, id_, cast("dict[str, Any]", body))
        case _:
            raise InputError("changes", "one of them is no change")


def _pack(plain: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def _read(data: bytes) -> dict[str, Any]:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, MOST_BYTES)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise InputError("message", "is cut off, or larger than is taken")
        plain = json.loads(text)
    except (zlib.error, ValueError, RecursionError):
        raise InputError("message", "cannot be read") from None
    if not isinstance(plain, dict):
        raise InputError("message", "is no object")
    return cast("dict[str, Any]", plain)


def _text(plain: Mapping[str, Any], name: str) -> str:
    value = plain.get(name)
    if not isinstance(value, str):
        raise InputError(name, "is no text")
    return value


def _number(plain: Mapping[str, Any], name: str) -> int:
    value = plain.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise InputError(name, "is no number")
    return value

"""What site and hub say to each other of the video of alerts: which the hub lacks, and pieces of it. JSON; of a piece, the JSON's length in
four bytes, the JSON, and the bytes."""

import json
from collections.abc import Sequence as Several
from typing import Any, cast

from engine.model.errors import InputError
from engine.model.value_class import dataclass

PIECE_BYTES = 128 << 10
MOST_BYTES = 256 << 20
"""Of one clip."""
_HEAD = 4


@dataclass(frozen=True, slots=True)
class WantedClip:
    """`id`: as the site has it. have: so many of its bytes the hub has."""

    id: str
    have: int


@dataclass(frozen=True, slots=True)
class ClipPiece:
    """The bytes of a file from `at` on. size, sha256 (hex): of the whole file; size 0: the site has none, and will have none."""

    id: str
    size: int
    sha256: str
    at: int
    data: bytes


def pack_wanted(wanted: Several[WantedClip]) -> bytes:
    return json.dumps({"wanted": [[each.id, each.have] for each in wanted]}).encode()


def read_wanted(data: bytes) -> tuple[WantedClip, ...]:
    """Raises InputError (`message`)."""
    try:
        items: list[Any] = json.loads(data)["wanted"]
        return tuple(WantedClip(str(id_), int(have)) for id_, have in items)
    except (ValueError, KeyError, TypeError):
        raise InputError("message", "is not understood") from None


def pack_piece(piece: ClipPiece) -> bytes:
    head = json.dumps({"id": piece.id, "size": piece.size, "sha256": piece.sha256, "at": piece.at}).encode()
    return len(head).to_bytes(_HEAD) + head + piece.data


def read_piece(data: bytes) -> ClipPiece:
    """Raises InputError (`message`)."""
    end = _HEAD + int.from_bytes(data[:_HEAD])
    try:
        head = cast("dict[str, Any]", json.loads(data[_HEAD:end]))
        piece = ClipPiece(str(head["id"]), int(head["size"]), str(head["sha256"]), int(head["at"]), data[end:])
    except (ValueError, KeyError, TypeError):
        raise InputError("message", "is not understood") from None
    if not 0 <= piece.at <= piece.size <= MOST_BYTES or piece.at + len(piece.data) > piece.size:
        raise InputError("message", "is not understood")
    return piece


def pack_have(have: int) -> bytes:
    return json.dumps({"have": have}).encode()


def read_have(data: bytes) -> int:
    """Raises InputError (`message`)."""
    try:
        return int(json.loads(data)["have"])
    except (ValueError, KeyError, TypeError):
        raise InputError("message", "is not understood") from None

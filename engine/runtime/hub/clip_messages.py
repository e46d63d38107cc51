"""What site and hub say to each other of the video of alerts: which the hub lacks, and pieces of it. JSON; of a piece, the JSON's length in
four bytes, the JSON, and the bytes."""

import json
from collections.abc import Sequence as Several
from typing import Any

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.runtime.hub.hub_asking import read_json

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
    return read_json(data, lambda said: tuple(WantedClip(str(id_), int(have)) for id_, have in said["wanted"]))


def pack_piece(piece: ClipPiece) -> bytes:
    head = json.dumps({"id": piece.id, "size": piece.size, "sha256": piece.sha256, "at": piece.at}).encode()
    return len(head).to_bytes(_HEAD) + head + piece.data


def read_piece(data: bytes) -> ClipPiece:
    """Raises InputError (`message`)."""
    end = _HEAD + int.from_bytes(data[:_HEAD])

    def read(said: Any) -> ClipPiece:
        return ClipPiece(str(said["id"]), int(said["size"]), str(said["sha256"]), int(said["at"]), data[end:])

    piece = read_json(data[_HEAD:end], read)
    if not 0 <= piece.at <= piece.size <= MOST_BYTES or piece.at + len(piece.data) > piece.size:
        raise InputError("message", "is not understood")
    return piece


def pack_have(have: int) -> bytes:
    return json.dumps({"have": have}).encode()


def read_have(data: bytes) -> int:
    """Raises InputError (`message`)."""
    return read_json(data, lambda said: int(said["have"]))

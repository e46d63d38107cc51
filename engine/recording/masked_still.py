"""Hiding faces in single JPEG pictures, which may say themselves where people are in them.

That is written as a comment in the file (ITU-T T.81, B.2.4.5), so it is gone with the picture, and no viewer minds.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.model.errors import InputError
from engine.model.geometry import Box
from engine.recording.jpeg import decode_picture, encode_jpeg
from engine.recording.masked_clip import Finder
from engine.recording.mosaic import EVERYWHERE, hide

_START, _COMMENT = b"\xff\xd8", b"\xff\xfe"
_MARK = b"people "
_LONGEST = 60_000  # bytes; a segment has a length of 16 bits
_QUALITY = 85


def with_people(jpeg: bytes, people: Iterable[Box]) -> bytes:
    """The picture with a note of who is in it, as shares of its width and height."""
    note = _MARK + json.dumps([[round(side, 4) for side in box] for box in people]).encode()
    if len(note) > _LONGEST:
        return jpeg
    return _START + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def people_of(jpeg: bytes) -> tuple[Box, ...] | None:
    """What the note says; None where there is none."""
    if jpeg[:4] != _START + _COMMENT or not jpeg[6:].startswith(_MARK):
        return None
    end = 4 + int.from_bytes(jpeg[4:6], "big")
    try:
        rows: list[Any] = json.loads(jpeg[6 + len(_MARK) : end])
        return tuple((float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in rows)
    except (ValueError, TypeError):
        return None


def masked_still(jpeg: bytes, find: Finder) -> bytes:
    """The picture with hidden faces, and without its note; all of it is hidden where nothing says who is in it."""
    people = people_of(jpeg)
    try:
        picture = np.array(decode_picture(jpeg))
    except InputError:
        picture = np.zeros((90, 160, 3), np.uint8)  # a file that is damaged shows nothing, but is no fault of who asks
    hide(picture, _hidden(picture, people, find))
    return encode_jpeg(picture, _QUALITY)


def _hidden(picture: np.ndarray[Any, np.dtype[np.uint8]], people: Sequence[Box] | None, find: Finder) -> Sequence[Box]:
    return (EVERYWHERE,) if people is None else find(picture, people)

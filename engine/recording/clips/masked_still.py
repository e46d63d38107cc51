"""Hiding faces, and what is private, in single JPEG pictures, which may say themselves where people are in them and what part of a camera's
picture they show.

That is written as comments in the file (ITU-T T.81, B.2.4.5), so it is gone with the picture, and no viewer minds.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from engine._burning import Burner
from engine.model.cameras.privacy import Cover
from engine.model.errors import InputError
from engine.model.geometry import Box, Polygon
from engine.model.value_class import dataclass
from engine.recording.clips.masked_clip import Finder
from engine.recording.clips.mosaic import EVERYWHERE, hide
from engine.recording.jpeg import decode_picture, encode_jpeg

_START, _COMMENT = b"\xff\xd8", b"\xff\xfe"
_MARK, _PART, _SUBJECT = b"people ", b"part ", b"subject "
_LONGEST = 60_000  # bytes; a segment has a length of 16 bits
_QUALITY = 85


def with_people(jpeg: bytes, people: Iterable[Box]) -> bytes:
    """The picture with a note of who is in it, as shares of its width and height."""
    note = _MARK + json.dumps([[round(side, 4) for side in box] for box in people]).encode()
    if len(note) > _LONGEST:
        return jpeg
    return _START + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


@dataclass(frozen=True, slots=True)
class Part:
    """Of a camera's picture of a size: (x0, y0, x1, y1) in its pixels."""

    size: tuple[int, int]
    box_xyxy: tuple[int, int, int, int]


def with_part(jpeg: bytes, part: Part) -> bytes:
    """The picture with a note of what part of a camera's picture it shows; before `with_people`."""
    note = _PART + json.dumps([*part.size, *part.box_xyxy]).encode()
    return _START + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def with_subject(jpeg: bytes, box: Box) -> bytes:
    """The picture with a note where its subject is, as shares of its width and height; before `with_people`."""
    note = _SUBJECT + json.dumps([round(side, 4) for side in box]).encode()
    return _START + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def subject_of(jpeg: bytes) -> Box | None:
    """What the note says; None where there is none."""
    for note in _notes(jpeg):
        if note.startswith(_SUBJECT):
            try:
                x0, y0, x1, y1 = (float(number) for number in json.loads(note[len(_SUBJECT) :]))
            except (ValueError, TypeError):
                return None
            return x0, y0, x1, y1
    return None


def _with_place(jpeg: bytes, before: bytes) -> bytes:
    """The picture with the notes of part and subject that it had before it was encoded anew."""
    part, subject = part_of(before), subject_of(before)
    jpeg = jpeg if part is None else with_part(jpeg, part)
    return jpeg if subject is None else with_subject(jpeg, subject)


def part_of(jpeg: bytes) -> Part | None:
    """What the note says; None where there is none."""
    for note in _notes(jpeg):
        if note.startswith(_PART):
            try:
                width, height, x0, y0, x1, y1 = (int(number) for number in json.loads(note[len(_PART) :]))
            except (ValueError, TypeError):
                return None
            return Part((width, height), (x0, y0, x1, y1)) if x0 < x1 and y0 < y1 else None
    return None


def covered_still(jpeg: bytes, cover: Cover) -> bytes | None:
    """The picture with areas burned in, and with its note of people; None where nothing says what part of the camera's picture it shows."""
    part = part_of(jpeg)
    if part is None:
        return None
    try:
        picture = np.array(decode_picture(jpeg))
    except InputError:
        return None
    Burner(tuple(_within(area, part) for area in cover.on(*part.size))).burn(picture)
    people, made = people_of(jpeg), _with_place(encode_jpeg(picture, _QUALITY), jpeg)
    return made if people is None else with_people(made, people)


def _within(area: Polygon, part: Part) -> Polygon:
    """In shares of the part."""
    (width, height), (x0, y0, x1, y1) = part.size, part.box_xyxy
    return tuple(((x * width - x0) / (x1 - x0), (y * height - y0) / (y1 - y0)) for x, y in area)


def _notes(jpeg: bytes) -> Iterator[bytes]:
    """Comments at the beginning of the file."""
    at = 2
    while jpeg[at : at + 2] == _COMMENT:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        yield jpeg[at + 4 : end]
        at = max(end, at + 4)


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
    """The picture with hidden faces, and without its note of people; all of it is hidden where nothing says who is in it."""
    people = people_of(jpeg)
    try:
        picture = np.array(decode_picture(jpeg))
    except InputError:
        picture = np.zeros((90, 160, 3), np.uint8)  # a file that is damaged shows nothing, but is no fault of who asks
    hide(picture, _hidden(picture, people, find))
    return _with_place(encode_jpeg(picture, _QUALITY), jpeg)


def _hidden(picture: np.ndarray[Any, np.dtype[np.uint8]], people: Sequence[Box] | None, find: Finder) -> Sequence[Box]:
    return (EVERYWHERE,) if people is None else find(picture, people)

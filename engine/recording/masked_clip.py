"""A copy of a clip in which faces are hidden: looked through once, then encoded anew with what was found."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from engine.model.errors import EnvironmentFault
from engine.model.frame import Bytes2D
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.recording.clip_file import ClipFile
from engine.recording.hidden_parts import LOOK_NS, Look, hidden_at
from engine.recording.mosaic import hide_yuv420
from engine.recording.playback import ClipPicture, ClipReader
from engine.recording.raw_video import Mpeg4Encoder
from engine.recording.sightings import Sighting, people_near

LARGEST = 1280  # width of the pictures that are looked at
_LOOKING_SHARE = 0.6  # of the work
_SEEN_NEAR_NS = SECOND // 4

Finder = Callable[[Bytes2D, Sequence[Box]], Sequence[Box]]
"""From a BGR picture (H, W, 3) and who was seen in it before to what has to be hidden; boxes in shares of the picture."""


def make_masked(source: Path, target: Path, find: Finder, seen: Sequence[Sighting], at: Callable[[float], None]) -> None:
    """Write the copy: MPEG-4 in `target`, with the times of the original; it is there only when it is whole.

    Args:
        seen: people as they were recorded. at: told how much is done, 0–1; what it raises ends the work and leaves nothing.

    Raises:
        EnvironmentFault: the clip cannot be read, or the copy not be written.
    """
    with ClipReader(source) as reader:
        looks = list(_looks(reader, find, seen, at))
        if not looks:
            raise EnvironmentFault("unreadable", f"No picture of the clip {source.name} can be decoded, so faces cannot be hidden in it.")
        _write(reader, target, looks, at)


def _looks(reader: ClipReader, find: Finder, seen: Sequence[Sighting], at: Callable[[float], None]) -> Iterator[Look]:
    due_ns = 0
    for picture in reader.pictures():
        at(_LOOKING_SHARE * _share(reader, picture))
        if picture.at_ns >= due_ns:
            yield Look(picture.at_ns, tuple(find(_small(picture), people_near(seen, picture.at_ns, _SEEN_NEAR_NS))))
            due_ns = picture.at_ns + LOOK_NS


def _write(reader: ClipReader, target: Path, looks: Sequence[Look], at: Callable[[float], None]) -> None:
    width, height = max(reader.width & ~1, 2), max(reader.height & ~1, 2)
    encoder = Mpeg4Encoder(width, height)
    file = ClipFile(target, encoder.info)
    try:
        for picture in reader.pictures():
            at(_LOOKING_SHARE + (1 - _LOOKING_SHARE) * _share(reader, picture))
            file.write(encoder.encode_picture(_hidden(picture, width, height, hidden_at(looks, picture.at_ns)), picture.at_ns))
    except BaseException:
        file.abandon()
        raise
    file.finish()


def _hidden(picture: ClipPicture, width: int, height: int, boxes: Sequence[Box]) -> VideoFrame:
    planes = np.asarray(picture.frame.reformat(width, height, "yuv420p").to_ndarray(), np.uint8)
    hide_yuv420(planes, boxes)
    return VideoFrame.from_ndarray(planes, format="yuv420p")


def _small(picture: ClipPicture) -> Bytes2D:
    width, height = picture.size
    scale = min(1.0, LARGEST / max(width, 1))
    return picture.bgr(max(2, round(width * scale) & ~1), max(2, round(height * scale) & ~1))


def _share(reader: ClipReader, picture: ClipPicture) -> float:
    return min(1.0, picture.at_ns / max(reader.duration_ns, 1))

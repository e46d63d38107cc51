"""A copy of a recorded file in which faces are hidden, or what lies under privacy areas: looked through once where faces are to be found,
then encoded anew with what was found."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from engine.model.cameras.frame import Bytes2D, StreamInfo
from engine.model.cameras.privacy import NOTHING, Cover
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.recording.clips.clip_file import ClipFile
from engine.recording.clips.hidden_parts import LOOK_NS, Look, hidden_at
from engine.recording.clips.mosaic import hide_yuv420
from engine.recording.footage.playback import ClipPicture, ClipReader
from engine.recording.raw import RAW_TIME_BASE
from engine.recording.raw_video import Vp9Encoder, colours_of, limited
from engine.recording.sightings import Sighting, people_near

LARGEST = 1280  # width of the pictures that are looked at
_LOOKING_SHARE = 0.6  # of the work
_SEEN_NEAR_NS = SECOND // 4

Finder = Callable[[Bytes2D, Sequence[Box]], Sequence[Box]]
"""From a BGR picture (H, W, 3) and who was seen in it before to what has to be hidden; boxes in shares of the picture."""


def make_masked(
    source: Path, target: Path, find: Finder | None, seen: Sequence[Sighting], at: Callable[[float], None], cover: Cover = NOTHING
) -> None:
    """Write the copy: VP9 in `target`, with the times of the original; it is there only when it is whole.

    Args:
        find: None where no faces are to be hidden. cover: burned in before anything is looked for.
        seen: people as they were recorded. at: told how much is done, 0–1; what it raises ends the work and leaves nothing.

    Raises:
        EnvironmentFault: the clip cannot be read, or the copy not be written.
    """
    with ClipReader(source, cover) as reader:
        looks = [] if find is None else list(_looks(reader, find, seen, at))
        if not looks and find is not None:
            raise _undecodable(source)
        _write_masked(reader, source, target, looks, at)


def _undecodable(source: Path) -> EnvironmentFault:
    return EnvironmentFault("unreadable", f"No picture of {source.name} can be decoded, so what is to be hidden in it cannot be.")


def _looks(reader: ClipReader, find: Finder, seen: Sequence[Sighting], at: Callable[[float], None]) -> Iterator[Look]:
    due_ns = 0
    for picture in reader.pictures():
        at(_LOOKING_SHARE * _share(reader, picture))
        if picture.at_ns >= due_ns:
            yield Look(picture.at_ns, tuple(find(_small(picture), people_near(seen, picture.at_ns, _SEEN_NEAR_NS))))
            due_ns = picture.at_ns + LOOK_NS


def _write_masked(reader: ClipReader, source: Path, target: Path, looks: Sequence[Look], at: Callable[[float], None]) -> None:
    width, height = max(reader.width & ~1, 2), max(reader.height & ~1, 2)
    encoder: Vp9Encoder | None = None
    file = ClipFile(target, StreamInfo("vp9", width, height, 0.0, RAW_TIME_BASE))
    even = VideoReformatter()
    looked = _LOOKING_SHARE if looks else 0.0
    try:
        for picture in reader.pictures():
            at(looked + (1 - looked) * _share(reader, picture))
            encoder = encoder or Vp9Encoder(width, height, colours_of(picture.frame))
            shown = _hidden(limited(picture.frame, even, width, height), hidden_at(looks, picture.at_ns))
            file.write(encoder.encode_picture(shown, picture.at_ns))
        if not file.pictures:
            raise _undecodable(source)
    except BaseException:
        file.abandon()
        raise
    file.finish()


def _hidden(frame: VideoFrame, boxes: Sequence[Box]) -> VideoFrame:
    if not boxes:
        return frame
    planes = np.asarray(frame.to_ndarray(), np.uint8)
    hide_yuv420(planes, boxes)
    return VideoFrame.from_ndarray(planes, format="yuv420p")


def _small(picture: ClipPicture) -> Bytes2D:
    width, height = picture.size
    scale = min(1.0, LARGEST / max(width, 1))
    return picture.bgr(max(2, round(width * scale) & ~1), max(2, round(height * scale) & ~1))


def _share(reader: ClipReader, picture: ClipPicture) -> float:
    return min(1.0, picture.at_ns / max(reader.duration_ns, 1))

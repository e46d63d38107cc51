"""Clips that were being written when the engine was killed become whole ones, as far as they were written."""

import json
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from av.error import FFmpegError

from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Event
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.recording.clips.clip_file import BEGUN, ClipFile
from engine.recording.clips.clip_rows import found_clip, keep_row
from engine.recording.clips.cut import Order
from engine.recording.clips.cut_video import open_left
from engine.recording.files import PART, remove_quietly, write_whole
from engine.recording.segments.recovery import FORMATS, made_whole

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _UnfinishedClip:
    """What only whoever writes a clip knows of it: time of its first picture, and whether the camera sends raw pictures."""

    started_ns: int
    transcoded: bool


def begun_beside(path: Path) -> Path:
    return path.with_suffix(BEGUN)


def note_begun(file: ClipFile, order: Order) -> None:
    """Beside a clip that is being written. Without it a clip is recovered too, with times that are less exact."""
    try:
        write_whole(begun_beside(file.path), json.dumps(to_plain(_UnfinishedClip(file.started_ns, order.transcoded))).encode())
    except OSError as error:
        log.warning("when the clip %s began cannot be kept beside it: %s", file.path.name, error)


def left_clips(folder: Path) -> list[Path]:
    """Part files of clips under the data folder. To be asked before anything is recorded."""
    found = sorted((folder / "clips").glob(f"*/cl-*{PART}"))
    return [part for part in found if Path(part.name.removesuffix(PART)).suffix in FORMATS]


def recover_clip(folder: Path, part: Path, event: Event) -> Clip | None:
    """A whole clip of what can be read of a part file, under the name that it was to have; None where that is nothing.

    Raises EnvironmentFault: there is no room for it, so that the part file stays for another time.
    """
    path = part.with_name(part.name.removesuffix(PART))
    begun = _read_begun(path)
    if not made_whole(part, path):
        return None
    remove_quietly(part)
    remove_quietly(begun_beside(path))
    clip = found_clip(folder, path, event)
    if clip is None:
        remove_quietly(path)
        return None
    if begun is not None:
        with suppress(OSError, FFmpegError, IndexError, ValueError):  # then its times are less exact
            ended_ns = begun.started_ns + _length_ns(path)
            clip = replace(clip, started_ns=begun.started_ns, ended_ns=ended_ns, transcoded=begun.transcoded)
    keep_row(folder, clip)
    return clip


def _read_begun(path: Path) -> _UnfinishedClip | None:
    try:
        return read_as(_UnfinishedClip, json.loads(begun_beside(path).read_bytes()))
    except (OSError, ValueError, InputError, EnvironmentFault):
        return None


def _length_ns(path: Path) -> int:
    """From its first to its last picture."""
    with open_left(path) as container:
        stream = container.streams.video[0]
        shown = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.pts is not None and packet.size]
        return round((max(shown) - min(shown)) * SECOND)

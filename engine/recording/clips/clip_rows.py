"""What the record says of a clip, kept beside its file too, so that a record that was lost can be told again."""

import json
import logging
from collections.abc import Collection, Iterator
from pathlib import Path

from av.error import FFmpegError

from engine.model.cameras.clip import Clip
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.time import SECOND
from engine.model.wire import read_as, to_plain
from engine.recording.clips.clip_mending import lacks_pictures, mended
from engine.recording.clips.cut_video import open_left
from engine.recording.files import PART, sha256_of, write_whole

log = logging.getLogger(__name__)

SUFFIX = ".row"
_VIDEO = (".mp4", ".mov", ".webm", ".mkv")


def keep_row(folder: Path, clip: Clip) -> None:
    """`folder`: the data folder. A clip without it is found again too, with times that are less exact."""
    try:
        write_whole(row_beside(folder, clip), json.dumps(to_plain(clip)).encode())
    except OSError as error:
        log.warning("what is known of the clip %s cannot be kept beside it: %s", clip.id, error)


def row_beside(folder: Path, clip: Clip) -> Path:
    return (folder / clip.file).with_suffix(SUFFIX)


def unlisted_clips(folder: Path, known: Collection[str]) -> Iterator[Path]:
    """Whole clips of which the record does not know. `folder`: the data folder."""
    for path in sorted((folder / "clips").glob("*/cl-*")):
        if path.suffix in _VIDEO and not path.name.endswith(PART) and path.stem not in known:
            yield path


def event_of(path: Path) -> str:
    """The id of the event that a clip's file was cut for: `cl-2a-0-p2.mp4` → `ev-2a-0`."""
    return "ev-" + path.stem.removeprefix("cl-").partition("-p")[0]


def found_clip(folder: Path, path: Path, event: Event) -> Clip | None:
    """What the record is to know of a file: as it was written beside it, where the file is still that one, or is mended since it was cut
    short; else as the file and its event say, mended likewise, its end being when the file was written. None where it cannot be played.
    Raises EnvironmentFault."""
    kept = kept_row(path)
    try:
        sha256, size = sha256_of(path), path.stat().st_size
        if kept is not None and kept.event_id == event.id and kept.file == path.relative_to(folder).as_posix():
            return kept if (kept.sha256, kept.size_bytes) == (sha256, size) else mended(folder, kept)
        codec, width, height, length_ns = _looked(path)
        cut, ended_ns = lacks_pictures(path), path.stat().st_mtime_ns
    except (OSError, FFmpegError, IndexError, ValueError):
        return None
    thumbnail = folder / "thumbnails" / f"{path.stem}.jpg"
    clip = Clip(
        id=path.stem,
        event_id=event.id,
        camera_id=event.camera_id,
        started_ns=min(ended_ns - length_ns, event.started_ns) if path.stem.find("-p") < 0 else ended_ns - length_ns,
        ended_ns=ended_ns,
        file=path.relative_to(folder).as_posix(),
        thumbnail=thumbnail.relative_to(folder).as_posix() if thumbnail.exists() else "",
        sha256=sha256,
        size_bytes=size,
        codec=codec,
        width=width,
        height=height,
    )
    return mended(folder, clip) if cut else clip


def kept_row(path: Path) -> Clip | None:
    """As it was written beside a clip's file; None where that is missing or damaged."""
    try:
        return read_as(Clip, json.loads(path.with_suffix(SUFFIX).read_bytes()))
    except (OSError, ValueError, InputError):
        return None


def _looked(path: Path) -> tuple[str, int, int, int]:
    """Codec, width, height and length in ns. Raises FFmpegError, IndexError, ValueError."""
    with open_left(path) as container:
        video = container.streams.video[0]
        length_us = container.duration or 0
        return video.codec_context.name, video.width, video.height, length_us * (SECOND // 1_000_000)

"""After a crash: what was being recorded becomes whole files again, and files that the record does not know are found."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from engine.model.cameras.segment import Segment
from engine.model.time import SECOND
from engine.recording.clips.cut_video import open_left
from engine.recording.files import PART, fault, publish, remove_quietly
from engine.recording.new_video import new_video
from engine.recording.segments.store import FOLDER, first_bad_ns, read_segment, started_of

_COPY = ".copy"
FORMATS = {".mp4": "mp4", ".mov": "mov", ".webm": "webm", ".mkv": "matroska"}


def left_parts(folder: Path) -> list[Path]:
    """Part files under the data folder `folder`. To be asked before anything is recorded."""
    return sorted((folder / FOLDER).glob(f"*/*/*{PART}"))


def unlisted(folder: Path, known: Collection[str]) -> Iterator[Path]:
    """Whole files of which the record does not know. To be asked before anything is recorded."""
    for path in sorted((folder / FOLDER).glob("*/*/*")):
        if path.suffix not in (PART, _COPY) and started_of(path) is not None and path.name.partition(".")[0] not in known:
            yield path


def recover(folder: Path, part: Path) -> Segment | None:
    """A whole file of what can be read of a part file, under the name that it was to have; None where that is nothing.

    Raises EnvironmentFault: there is no room for it, so that the part file stays for another time.
    """
    path = part.with_name(part.name.removesuffix(PART))
    if not part.exists():
        return None
    whole = made_whole(part, path)
    remove_quietly(part)
    return checked(folder, path) if whole else None


def mended_segment(folder: Path, path: Path) -> Segment | None:
    """What is left of a file whose end is missing, as a whole one in its place; None where that is nothing. Raises EnvironmentFault: there
    is no room for it."""
    return checked(folder, path) if made_whole(path, path) else None


def checked(folder: Path, path: Path) -> Segment | None:
    """What the record is to know of a file, all of which was decoded once; None where there is not one picture in it."""
    bad_ns = first_bad_ns(path)
    damage = "" if bad_ns is None else f"It plays for {bad_ns / SECOND:.1f} s; what comes after was damaged when the program ended."
    return read_segment(folder, path, damage)


def made_whole(left: Path, path: Path) -> bool:
    """What can be read of a file as a whole one at `path`; False where that is nothing. Raises EnvironmentFault."""
    copy = left.with_name(left.name + _COPY)
    try:
        if not _copied(left, copy, FORMATS[path.suffix]):
            remove_quietly(copy)
            return False
        publish(copy, path)
    except OSError as error:
        remove_quietly(copy)
        raise fault(error, f"Could not recover the recording {path.name}") from error
    except FFmpegError:  # what is in it fits no file of its kind: it is kept as it is
        remove_quietly(copy)
        left.replace(path)
    return True


def _copied(left: Path, copy: Path, kind: str) -> int:
    """How many packets, with the times they have, up to the first that is not whole. Raises OSError."""
    try:
        source = open_left(left)
    except (FFmpegError, IndexError):
        return 0
    count = 0
    with source, new_video(copy, kind) as made:
        to: Any = made
        stream = to.add_stream_from_template(source.streams.video[0]) if source.streams.video else None
        for packet in whole_packets(source):
            packet.stream = stream
            to.mux(packet)
            count += 1
    return count


def whole_packets(source: Any) -> Iterator[Any]:
    if not source.streams.video:
        return
    with suppress(FFmpegError):  # what the crash cut through
        for packet in source.demux(source.streams.video[0]):
            if packet.is_corrupt:
                return
            if packet.dts is not None and packet.size:
                yield packet

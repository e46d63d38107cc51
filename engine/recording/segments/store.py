"""Where continuous video lies in the data folder, what a file's name says, and what a file holds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from engine.model.cameras.frame import StreamInfo
from engine.model.cameras.segment import Segment
from engine.model.time import MILLISECOND, SECOND
from engine.recording.clips.clip_file import ClipFile, codec_of, suffix_for
from engine.recording.clips.cut_video import open_left
from engine.recording.files import PART

FOLDER = "segments"
_USUAL_NS = SECOND // 25  # how long a single picture is taken to be shown


def segment_id(camera_id: str, started_ns: int) -> str:
    """Sorts by time."""
    return f"sg-{camera_id}-{started_ns:016x}"


def segment_path(camera_id: str, started_ns: int, suffix: str) -> Path:
    """Relative to the data folder, or to the archive: `segments/<camera>/<day, UTC>/<id>.<ending>`."""
    day = f"{datetime.fromtimestamp(started_ns // SECOND, UTC):%Y-%m-%d}"
    return Path(FOLDER) / camera_id / day / f"{segment_id(camera_id, started_ns)}{suffix}"


def started_of(path: Path) -> int | None:
    """When a file began, and its part file too, by its name; None for what is no segment of the folder's camera."""
    name = path.name.removesuffix(PART).partition(".")[0]
    camera_id, _, number = name.removeprefix("sg-").rpartition("-")
    try:
        started_ns = int(number, 16)
    except ValueError:
        return None
    return started_ns if path.parent.parent.name == camera_id and segment_id(camera_id, started_ns) == name else None


def begin_segment(folder: Path, camera_id: str, started_ns: int, info: StreamInfo) -> ClipFile:
    """A file in the data folder `folder` that can be read while it grows. Raises EnvironmentFault."""
    return ClipFile(folder / segment_path(camera_id, started_ns, suffix_for(info)), info, growing=True)


def made_segment(folder: Path, camera_id: str, file: ClipFile, ended_ns: int, keyframe_ns: int) -> Segment:
    """What the record is to know of a file that is whole. Raises OSError."""
    return Segment(
        id=file.path.stem,
        camera_id=camera_id,
        started_ns=file.started_ns,
        ended_ns=ended_ns,
        file=file.path.relative_to(folder).as_posix(),
        size_bytes=file.path.stat().st_size,
        codec=file.codec,
        width=file.info.width,
        height=file.info.height,
        keyframe_ms=round(keyframe_ns / MILLISECOND),
    )


def read_segment(folder: Path, path: Path, damage: str = "") -> Segment | None:
    """The same of a file that lies there; None where it holds no picture, or cannot be read. Demuxes all of it, decodes nothing."""
    started_ns = started_of(path)
    if started_ns is None:
        return None
    try:
        with open_left(path) as container:
            stream = container.streams.video[0]
            codec = stream.codec_context
            shown = [(ns, keyframe) for ns, keyframe in _packet_times(container, stream)]
            size = (codec.width, codec.height)
            name = codec_of(StreamInfo(codec.name, *size, 0.0))
    except (FFmpegError, OSError, IndexError):
        return None
    if not shown:
        return None
    end_ns = _end_ns(sorted(ns for ns, _ in shown))
    keyframes = [*(ns for ns, keyframe in shown if keyframe), end_ns]
    return Segment(
        id=path.name.partition(".")[0],
        camera_id=path.parent.parent.name,
        started_ns=started_ns,
        ended_ns=started_ns + end_ns,
        file=path.relative_to(folder).as_posix(),
        size_bytes=path.stat().st_size,
        codec=name,
        width=size[0],
        height=size[1],
        keyframe_ms=max((round((b - a) / MILLISECOND) for a, b in pairwise(keyframes)), default=0),
        damage=damage,
    )


def first_bad_ns(path: Path) -> int | None:
    """How far into a file the first picture is that does not decode; None where all of it plays. Takes as long as decoding does."""
    at_ns = 0
    try:
        with open_left(path) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1  # as where files are opened to be shown: what it logs about damage stays on this thread
            stream.codec_context.options = {"err_detect": "explode"}
            for frame in container.decode(stream):
                if frame.pts is not None and frame.time_base is not None:
                    at_ns = round(frame.pts * frame.time_base * SECOND)
                if frame.is_corrupt:
                    return at_ns
    except (FFmpegError, OSError, IndexError):
        return at_ns
    return None


def _packet_times(container: Any, stream: Any) -> Iterator[tuple[int, bool]]:
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            yield round(packet.pts * packet.time_base * SECOND), bool(packet.is_keyframe)


def _end_ns(shown: list[int]) -> int:
    """The last picture is shown as long as the one before."""
    step_ns = shown[-1] - shown[-2] if len(shown) > 1 else _USUAL_NS
    return shown[-1] + step_ns

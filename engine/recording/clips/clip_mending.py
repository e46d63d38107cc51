"""A clip whose file has become shorter than it was, by a power cut or a failing disk, becomes a whole clip of what is left of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.recording.clips.cut_video import open_left
from engine.recording.files import fault, publish, remove_quietly, sha256_of
from engine.recording.new_video import new_video
from engine.recording.segments.recovery import FORMATS, whole_packets

_COPY = ".copy"


def is_cut(folder: Path, clip: Clip) -> bool:
    """Its file is there, and not as long as it was. `folder`: the data folder."""
    try:
        return (folder / clip.file).stat().st_size != clip.size_bytes
    except OSError:
        return False


def lacks_pictures(path: Path) -> bool:
    """Whether its index promises more than the file holds: its end is missing. Nothing is decoded. Raises FFmpegError, IndexError."""
    with open_left(path) as source:
        return sum(1 for _ in whole_packets(source)) < source.streams.video[0].frames


def mended(folder: Path, clip: Clip) -> Clip | None:
    """The clip up to the last picture that is there, its file written anew; None where none is, and the file is as it was. Nothing is
    decoded. Raises EnvironmentFault: there is no room for it."""
    path = folder / clip.file
    copy = path.with_name(path.name + _COPY)
    try:
        length_ns = _copied(path, copy)
        if not length_ns:
            remove_quietly(copy)
            return None
        publish(copy, path)
        ended_ns = min(clip.started_ns + length_ns, clip.ended_ns)
        return replace(clip, ended_ns=ended_ns, sha256=sha256_of(path), size_bytes=path.stat().st_size)
    except OSError as error:
        remove_quietly(copy)
        raise fault(error, f"Could not mend the clip {path.name}") from error


def _copied(path: Path, copy: Path) -> int:
    """Ns that the copy shows; 0: nothing could be copied. Raises OSError, EnvironmentFault."""
    try:
        source = open_left(path)
    except (FFmpegError, IndexError):
        return 0
    last_ns = 0
    with source:
        if not source.streams.video:
            return 0
        try:
            with new_video(copy, FORMATS[path.suffix]) as made:
                to: Any = made
                stream = to.add_stream_from_template(source.streams.video[0])
                for packet in whole_packets(source):
                    shown, tick = packet.pts or 0, packet.time_base
                    packet.stream = stream
                    to.mux(packet)
                    last_ns = max(last_ns, round((shown + (packet.duration or 1)) * tick * SECOND))
        except FFmpegError as error:
            if isinstance(error, OSError):
                raise
            raise EnvironmentFault("not_recordable", f"Could not mend the clip {path.name}: {error.strerror}.") from None
    return last_ns

"""Where clips lie in the data folder, and how a finished file becomes a `Clip`."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.recording.clips.clip_file import BEGUN, ClipFile, suffix_for
from engine.recording.clips.clip_recovery import begun_beside, note_begun
from engine.recording.clips.cut import Order
from engine.recording.clips.thumbnails import small_jpeg
from engine.recording.files import fault, make_folder, remove_parts, remove_quietly, write_whole
from engine.recording.footage.playback import ClipReader
from engine.recording.segments.recovery import made_whole

_BLOCK_BYTES = 1 << 20
_INDEX_BEHIND = (".mp4", ".mov")  # of a file that grew; in front it plays while it downloads


def clip_id(event_id: str, part: int) -> str:
    """`ev-2a-0` gives `cl-2a-0`, and `cl-2a-0-p2` for its second file."""
    return f"cl-{event_id.removeprefix('ev-')}" + (f"-p{part}" if part > 1 else "")


class ClipStore:
    """Clips in `clips/<day of the event, UTC>/<clip id>.<ending>`, pictures of them in `thumbnails/<clip id>.jpg`. One thread."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the data folder. Raises EnvironmentFault."""
        self._folder = folder
        self._clips = folder / "clips"
        self._thumbnails = folder / "thumbnails"
        make_folder(self._clips)
        make_folder(self._thumbnails)

    def clear_parts(self) -> int:
        """Remove what a crash left half written and nothing could be made of; returns how many files."""
        for note in self._clips.glob(f"*/*{BEGUN}"):
            remove_quietly(note)
        return remove_parts(self._clips)

    def begin(self, order: Order, info: StreamInfo) -> ClipFile:
        """The next file for an event; never one that exists. Raises EnvironmentFault."""
        day = self._clips / f"{datetime.fromtimestamp(order.event_started_ns // SECOND, UTC):%Y-%m-%d}"
        part = 1
        while any(day.glob(f"{clip_id(order.event_id, part)}.*")):
            part += 1
        path = day / f"{clip_id(order.event_id, part)}{suffix_for(info)}"
        return ClipFile(path, info, growing=True, begun=lambda file: note_begun(file, order))

    def keep(self, file: ClipFile, order: Order) -> Clip:
        """Make a file whole, hash it and take its picture. Raises EnvironmentFault."""
        file.finish()
        if file.path.suffix in _INDEX_BEHIND:
            made_whole(file.path, file.path)
        remove_quietly(begun_beside(file.path))
        try:
            sha256, size = _digest(file.path)
        except OSError as error:
            raise fault(error, f"Could not read back the clip {file.path.name}") from error
        return Clip(
            id=file.path.stem,
            event_id=order.event_id,
            camera_id=order.camera_id,
            started_ns=file.started_ns,
            ended_ns=file.ended_ns,
            file=file.path.relative_to(self._folder).as_posix(),
            thumbnail=self._take_thumbnail(file, order.event_started_ns - file.started_ns),
            sha256=sha256,
            size_bytes=size,
            codec=file.codec,
            width=file.info.width,
            height=file.info.height,
            transcoded=order.transcoded,
        )

    def _take_thumbnail(self, file: ClipFile, at_ns: int) -> str:
        """A picture of the clip at a time; returns its path relative to the data folder, empty when there can be none."""
        return take_thumbnail(self._folder, file.path, at_ns)


def take_thumbnail(folder: Path, file: Path, at_ns: int) -> str:
    """A picture of a clip at a time, beside those of the others; its path relative to the data folder, empty when there can be none."""
    path = folder / "thumbnails" / f"{file.stem}.jpg"
    try:
        with ClipReader(file) as reader:
            picture = reader.picture_at(at_ns)
            if picture is None:
                return ""
            write_whole(path, small_jpeg(picture.bgr()))
    except (EnvironmentFault, OSError):
        return ""
    return path.relative_to(folder).as_posix()


def _digest(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size

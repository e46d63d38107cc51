"""One camera of the playback: its worker, and what its tile says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from console.playback.library import CLIP, SEGMENT, PlaybackLibrary
from engine.model.port import EnginePort
from engine.model.value_class import dataclass
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage, FootagePicture
from engine.recording.footage.plan import FootageFile, FootageGap, GapReason
from engine.recording.footage.shot import Shot
from engine.recording.footage.turns import Turns
from engine.recording.footage.worker import FootageWorker
from widgets.engine_text import translate_engine_text
from widgets.playback.playback import RecordedTile, TileKind
from widgets.time_text import duration_text

_GRACE_S = 0.2  # a picture that is this late is not yet worth a word


@dataclass(frozen=True, slots=True)
class CameraNote:
    """What the settings say of a camera; its id where it was removed since."""

    name: str
    simulated: bool = False


class PlaybackCamera:
    """UI thread. `tile` is what to draw."""

    def __init__(self, camera_id: str, port: EnginePort, cache: PictureCache, turns: Turns, on_shot: Callable[[], None]) -> None:
        self.camera_id = camera_id
        self.shot: Shot | None = None
        self.tile = RecordedTile(camera_id, camera_id)
        self.worker = FootageWorker(camera_id, Footage(locator(port), cache, turns), on_shot)
        self._right_s = 0.0

    def right(self, at_ns: int) -> bool:
        """What it shows is what there is to show at a time."""
        return self.shot is not None and self.shot.covers(at_ns)

    def look(self, at_ns: int, steady_s: float, library: PlaybackLibrary, note: CameraNote) -> bool:
        """Take what the worker has for a time; True where the tile is another one now."""
        before = self.tile
        shot = self.worker.take(at_ns) or (self.shot if self.right(at_ns) else None)
        if shot is not None:
            self._right_s = steady_s
            if shot is not self.shot or before.kind is not _kind(shot):
                self.shot, self.tile = shot, self._tile_of_shot(shot, at_ns, library, note)
        elif steady_s - self._right_s > _GRACE_S:
            self.tile = self._waiting(note)
        return not _same(before, self.tile)

    def forget(self) -> None:
        """Show nothing of what was shown."""
        self.shot, self.tile = None, RecordedTile(self.camera_id, self.tile.name)

    def _waiting(self, note: CameraNote) -> RecordedTile:
        """The newest picture there is, and that it is not the right one."""
        overtaken = self.worker.overtaken
        if overtaken is not None and overtaken.picture is not None:
            return replace(_picture(self.camera_id, overtaken, overtaken.picture, note), kind=TileKind.LOADING)
        if self.tile.kind is TileKind.LOADING:
            return self.tile
        return replace(self.tile, kind=TileKind.LOADING, reason="", since_ns=None, until_ns=None)

    def _tile_of_shot(self, shot: Shot, at_ns: int, library: PlaybackLibrary, note: CameraNote) -> RecordedTile:
        if shot.picture is not None:
            return _picture(self.camera_id, shot, shot.picture, note)
        assert shot.gap is not None
        kind, reason = _why(shot.gap, self.camera_id, at_ns, library)
        pixels = self.tile.pixels if kind is TileKind.LOADING else None
        taken_ns = self.tile.picture_ns if pixels is not None else 0
        since_ns = None if shot.gap.open_start else shot.gap.since_ns
        until_ns = None if shot.gap.open_end else shot.gap.until_ns
        return RecordedTile(self.camera_id, note.name, kind, pixels, taken_ns, 0, 0, reason, since_ns, until_ns, note.simulated)


def locator(port: EnginePort) -> Callable[[FootageFile], Path]:
    """Where a file is, for the worker's thread: as this session may see it."""

    def locate(file: FootageFile) -> Path:
        if file.id.startswith(SEGMENT):
            return port.segment_file(file.id.removeprefix(SEGMENT))
        return port.clip_file(file.id.removeprefix(CLIP))

    return locate


def _same(one: RecordedTile, other: RecordedTile) -> bool:
    return one is other or (one.pixels is other.pixels and replace(one, pixels=None) == replace(other, pixels=None))


def _kind(shot: Shot) -> TileKind | None:
    return TileKind.PICTURE if shot.picture is not None else None


def _picture(camera_id: str, shot: Shot, picture: FootagePicture, note: CameraNote) -> RecordedTile:
    return RecordedTile(
        camera_id,
        note.name,
        TileKind.PICTURE,
        shot.pixels,
        picture.at_ns,
        picture.width,
        picture.height,
        since_ns=picture.since_ns,
        until_ns=picture.until_ns,
        simulated=note.simulated,
    )


def _why(gap: FootageGap, camera_id: str, at_ns: int, library: PlaybackLibrary) -> tuple[TileKind, str]:
    if gap.reason is GapReason.DAMAGED:
        return TileKind.DAMAGED, translate_engine_text(gap.message)
    if gap.reason is GapReason.UNREACHABLE:
        return TileKind.FAILED, translate_engine_text(gap.message)
    if gap.reason is GapReason.UNKNOWN:
        if library.trouble:
            return TileKind.FAILED, library.trouble
        return TileKind.LOADING, _unsettled(at_ns, library)
    blind = library.blind(camera_id, at_ns)
    if blind is not None:
        return TileKind.BLIND, blind.reason
    return TileKind.GAP, ""


def _unsettled(at_ns: int, library: PlaybackLibrary) -> str:
    if at_ns < library.settled_ns():
        return ""
    text = QCoreApplication.translate("Playback", "Recording in progress. Available within {0}.")
    return text.format(duration_text(library.lag_ns()))

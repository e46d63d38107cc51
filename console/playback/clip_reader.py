"""Recorded clips for the player: the recording room's reader in the player's terms. One reader belongs to one worker thread."""

from collections.abc import Iterator
from pathlib import Path

from engine.model.time import SECOND, seconds_to_ns
from engine.recording.footage import playback
from widgets.playback.clip_reader import ClipInfo, ClipPicture

_WIDEST = 1280


class RecordedClipReader:
    """A `ClipReader`. `widest`: of its pictures, pixels: the player shows them beside the wall, not instead of it."""

    def __init__(self, widest: int = _WIDEST) -> None:
        self._widest = widest
        self._reader: playback.ClipReader | None = None
        self._pictures: Iterator[playback.ClipPicture] = iter(())

    def open(self, path: Path) -> ClipInfo:
        """Raises EnvironmentFault."""
        self._reader = reader = playback.ClipReader(path)
        self._pictures = reader.pictures()
        return ClipInfo(reader.duration_ns / SECOND, reader.width, reader.height, reader.fps)

    def seek(self, time_s: float) -> None:
        if self._reader is not None:
            self._pictures = self._reader.pictures(seconds_to_ns(max(time_s, 0.0)))

    def read(self) -> ClipPicture | None:
        picture = next(self._pictures, None)
        if picture is None:
            return None
        width, height = picture.size
        scale = min(1.0, self._widest / max(width, 1))
        return ClipPicture(picture.at_ns / SECOND, picture.bgra(max(2, round(width * scale)), max(2, round(height * scale))))

    def close(self) -> None:
        self._pictures = iter(())
        if self._reader is not None:
            self._reader.close()
            self._reader = None

"""Deleting clips: the files first, so that a row that is kept tells of what is still there."""

from collections.abc import Iterable
from pathlib import Path

from engine.model.clip import Clip
from engine.recording.masked_clips import remove_copies
from engine.recording.sightings import beside


def remove_files(folder: Path, clips: Iterable[Clip]) -> list[Clip]:
    """Those of which nothing is left, also where it was gone before; the others (a player may hold a file) are for another time."""
    return [clip for clip in clips if _all_removed(folder, clip)]


def _all_removed(folder: Path, clip: Clip) -> bool:
    """The clip itself first: a copy of it that is made just now is then not kept."""
    own = [folder / clip.file, beside(folder, clip), *([folder / clip.thumbnail] if clip.thumbnail else [])]
    return all(_removed(path) for path in own) and remove_copies(folder, clip)


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True

"""Deleting clips: the files first, so that a row that is kept tells of what is still there."""

from collections.abc import Iterable
from pathlib import Path

from engine.model.clip import Clip


def remove_files(folder: Path, clips: Iterable[Clip]) -> list[Clip]:
    """Those of which nothing is left, also where it was gone before; the others (a player may hold a file) are for another time."""
    return [clip for clip in clips if all(_removed(folder / name) for name in (clip.file, clip.thumbnail) if name)]


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True

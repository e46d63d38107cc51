"""What the site itself has recorded is no camera: as one it would show faces, private parts and cameras that are hidden otherwise.

Judged is the file that would be opened, by what it is and not by how its address spells it: when settings come in, and again each time
that a file is opened, since a link may lead elsewhere by then. A hard link is known by device and inode while the record has the file.
"""

import os
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from engine.model.errors import InputError
from engine.model.settings import CameraSettings, Settings
from engine.sources.camera.source import opened_path

OWN = "lies where this site keeps what it recorded, which is watched on Investigate"
_UNSEEN = "leads to no file that can be looked at"


def own_folders(data: Path, settings: Settings) -> tuple[Path, ...]:
    """Where the site keeps what it recorded."""
    others = settings.recording.archive_folder, settings.upkeep.backup_folder
    return data, *(Path(folder) for folder in others if folder)


def check_not_own(own: Collection[Path], camera: CameraSettings) -> None:
    """Raises InputError (`url`, `sub_url`): it lies in one of the `own` folders, is a file of theirs, or cannot be looked at."""
    for field, url in (("url", camera.url), ("sub_url", camera.sub_url)):
        try:
            path = opened_path(url)
            if path is not None:
                refuse_own(own, path)
        except InputError as error:
            raise InputError(field, error.message) from None


def refuse_own(own: Collection[Path], path: Path) -> None:
    """Of a file or folder that is about to be opened. Raises InputError (`url`)."""
    try:
        found = path.resolve()
        if _lies_in(found, own) or _is_second_name(found, own):
            raise InputError("url", OWN)
    except (OSError, RuntimeError, ValueError):
        raise InputError("url", _UNSEEN) from None


def _lies_in(path: Path, own: Collection[Path]) -> bool:
    """By the folders themselves, so that neither letters' case nor a second mount gives them another name."""
    above = {identity for each in (path, *path.parents) if (identity := _identity(each)) is not None}
    return any(path.is_relative_to(folder.resolve()) or _identity(folder) in above for folder in _places(own))


def _places(own: Collection[Path]) -> Iterator[Path]:
    """The folders, and those on other disks that links in them lead to."""
    for folder in own:
        yield folder
        try:
            with os.scandir(folder) as entries:
                yield from (Path(entry.path) for entry in entries if entry.is_symlink() and entry.is_dir())
        except OSError:
            continue


def _is_second_name(path: Path, own: Collection[Path]) -> bool:
    """Whether a file with several names has one of them there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    if path.is_dir() or found.st_nlink < 2:
        return False
    return _has_file(tuple(_places(own)), found.st_dev, found.st_ino, found.st_ctime_ns)


@lru_cache(maxsize=4096)
def _has_file(folders: tuple[Path, ...], device: int, inode: int, changed_ns: int) -> bool:
    """`changed_ns`: when it got or lost a name; until the next time the answer stands."""
    return any(_is_among(folder, device, inode) for folder in folders)


def _is_among(folder: Path, device: int, inode: int) -> bool:
    """Folders of other disks are looked through for those that are mounted in them."""
    for at, _, names in os.walk(folder):
        found = _identity(Path(at))
        if names and found is not None and found[0] == device and _has_inode(at, inode):
            return True
    return False


def _has_inode(folder: str, inode: int) -> bool:
    """False also where the folder was tidied away meanwhile."""
    try:
        with os.scandir(folder) as entries:
            return any(entry.inode() == inode for entry in entries)
    except FileNotFoundError:
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    """None where there is nothing, or nothing that this engine may look at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

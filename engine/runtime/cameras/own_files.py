"""What the site itself has recorded is no camera: as one it would show faces, private parts and cameras that are hidden otherwise.

Judged is the file that would be opened, by what it is and not by how its address spells it: when settings come in, and again each time
that a camera is opened, since a link may lead elsewhere by then.
"""

from collections.abc import Collection
from pathlib import Path

from engine.model.errors import InputError
from engine.model.settings import CameraSettings, Settings
from engine.sources.camera.source import opened_path

OWN = "lies where this site keeps what it recorded, which is watched on Investigate"


def own_folders(data: Path, settings: Settings) -> tuple[Path, ...]:
    """Where the site keeps what it recorded."""
    others = settings.recording.archive_folder, settings.upkeep.backup_folder
    return data, *(Path(folder) for folder in others if folder)


def check_not_own(own: Collection[Path], camera: CameraSettings) -> None:
    """Raises InputError (`url`, `sub_url`): it lies in one of the `own` folders, or cannot be looked at."""
    for field, url in (("url", camera.url), ("sub_url", camera.sub_url)):
        try:
            path = opened_path(url)
            if path is not None and _lies_in(path.resolve(), own):
                raise InputError(field, OWN)
        except InputError as error:
            raise InputError(field, error.message) from None
        except (OSError, RuntimeError, ValueError):
            raise InputError(field, "leads to no file that can be looked at") from None


def _lies_in(path: Path, own: Collection[Path]) -> bool:
    """By the folders themselves, so that neither letters' case nor a second mount gives them another name."""
    above = {identity for each in (path, *path.parents) if (identity := _identity(each)) is not None}
    return any(path.is_relative_to(folder.resolve()) or _identity(folder) in above for folder in own)


def _identity(path: Path) -> tuple[int, int] | None:
    """None where there is nothing, or nothing that this engine may look at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

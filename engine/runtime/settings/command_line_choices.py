"""What settings choose outside of the site's own folder: cameras that are files, and folders that are written to."""

from pathlib import Path

from engine.model.errors import InputError
from engine.model.settings import Settings
from engine.runtime.storage.own_files import check_not_own, own_folders


def check_chosen(data: Path, before: Settings, then: Settings) -> None:
    """Whatever way settings come in: of what was there before nothing is said.

    Raises:
        InputError: a camera would show what the site itself keeps; an archive or backups would lie where what nothing in the record names
            is tidied away.
    """
    for index, camera in enumerate(then.cameras):
        if camera not in before.cameras:
            try:
                check_not_own(own_folders(data, then), camera)
            except InputError as error:
                raise InputError(f"cameras[{index}].{error.field}", error.message) from None
    _check_outside(data, "recording.archive_folder", before.recording.archive_folder, then.recording.archive_folder)
    _check_outside(data, "upkeep.backup_folder", before.upkeep.backup_folder, then.upkeep.backup_folder)


def _check_outside(data: Path, field: str, before: str, then: str) -> None:
    if then not in ("", before) and Path(then).resolve().is_relative_to(data.resolve()):
        raise InputError(field, "lies in the data folder, which tidies itself up; choose a folder elsewhere, best on another disk")

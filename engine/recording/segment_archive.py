"""Files that move to another disk: read back and compared before the first one goes."""

import hashlib
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import PART, fault, make_folder, publish, remove_quietly

_BLOCK_BYTES = 1 << 20


def copy_checked(source: Path, target: Path) -> str:
    """The SHA-256 (hex) of a file whose copy at `target` has the same, read back from there. Any file systems; a copy that was interrupted
    is made anew, one that is whole already is only compared. The source stays.

    Raises EnvironmentFault: also `archive_damaged`, where the copy is another after all. Raises FileNotFoundError: no such source.
    """
    try:
        wanted = _digest(source)
        if not (target.is_file() and _digest(target) == wanted):
            _copy(source, target, wanted)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise fault(error, f"Could not move the recording {source.name} to the archive") from error
    return wanted


def _copy(source: Path, target: Path, wanted: str) -> None:
    make_folder(target.parent)
    part = target.with_name(target.name + PART)
    try:
        with source.open("rb") as reading, part.open("wb") as writing:
            while block := reading.read(_BLOCK_BYTES):
                writing.write(block)
        publish(part, target)
    except OSError:
        remove_quietly(part)
        raise
    if _digest(target) != wanted:
        remove_quietly(target)
        raise EnvironmentFault("archive_damaged", f"The copy of {source.name} in the archive is not the same; its disk may be failing.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

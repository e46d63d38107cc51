"""Files that move to another disk: read back and compared before the first one goes."""

from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import PART, fault, make_folder, publish, remove_quietly, sha256_of

_BLOCK_BYTES = 1 << 20


def copy_checked(source: Path, target: Path) -> str:
    """The SHA-256 (hex) of a file whose copy at `target` has the same, read back from there. Any file systems; a copy that was interrupted
    is made anew, one that is whole already is only compared. The source stays.

    Raises EnvironmentFault: also `archive_damaged`, where the copy is another after all. Raises FileNotFoundError: no such source.
    """
    try:
        wanted = sha256_of(source)
        if not (target.is_file() and sha256_of(target) == wanted):
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
    if sha256_of(target) != wanted:
        remove_quietly(target)
        raise EnvironmentFault("archive_damaged", f"The copy of {source.name} in the archive is not the same; its disk may be failing.")

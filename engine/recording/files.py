"""Writing files so that they are either whole or absent, and saying in words why a disk refused."""

import errno
import hashlib
import os
from pathlib import Path

from engine.model.errors import EnvironmentFault

PART = ".part"

_REASONS = {
    errno.ENOSPC: ("disk_full", "The disk is full. Free some space, or keep recordings for a shorter time."),
    errno.EDQUOT: ("disk_full", "The disk quota is used up. Free some space, or ask for a larger quota."),
    errno.EFBIG: ("disk_full", "The file has reached the largest size this system allows."),
    errno.EROFS: ("read_only", "The disk is read-only. Make it writable, or choose another data folder."),
    errno.EACCES: ("read_only", "Access was refused. Give this account the right to write there."),
    errno.EPERM: ("read_only", "Access was refused. Give this account the right to write there."),
}


def fault(error: OSError, doing: str) -> EnvironmentFault:
    """An operating system's error as a fault: `doing` begins the sentence ("Could not write the journal")."""
    reason, advice = _REASONS.get(error.errno or 0, ("io_error", f"{error.strerror or error}. Check the disk."))
    return EnvironmentFault(reason, f"{doing}. {advice}")


def make_folder(folder: Path) -> None:
    """Create the folder and its parents. Raises EnvironmentFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise fault(error, f"Could not create the folder {folder}") from error


def sync_file(path: Path) -> None:
    """Wait until the file's content is on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries (a new name, a rename) are on the disk. Does nothing on Windows, which has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(part: Path, final: Path) -> None:
    """Give a completely written part file its name: after a crash the name holds all of it or does not exist. Raises OSError."""
    sync_file(part)
    os.replace(part, final)
    sync_folder(final.parent)


def sha256_of(path: Path) -> str:
    """Of a file's content, hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one piece, replacing what had its name. Raises OSError, and leaves no part file behind then."""
    part = path.with_name(path.name + PART)
    try:
        part.write_bytes(data)
        publish(part, path)
    except OSError:
        remove_quietly(part)
        raise


def remove_quietly(path: Path) -> bool:
    """Remove a file that may be gone already or be out of reach. True when this call removed it."""
    try:
        path.unlink()
    except OSError:
        return False
    return True


def remove_parts(folder: Path) -> int:
    """Remove the part files that a crash left under the folder; returns how many."""
    return sum(remove_quietly(part) for part in folder.rglob(f"*{PART}"))

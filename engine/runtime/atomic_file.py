"""Files that are there whole or not at all, whatever happens while they are written."""

import os
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.recording.files import sync_folder


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, readable for its owner only (0600), and on the disk when this returns.

    Raises:
        EnvironmentFault: `not_written`; the file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write_synced(beside, content)
        os.replace(beside, path)
        sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = f"{path} could not be written ({error.strerror or error}). It is as it was. Check free space and permissions."
        raise EnvironmentFault("not_written", message) from error


def leave_to_folder_owner(path: Path) -> None:
    """Of a file that root has written: the engine of its folder may run as another user."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _write_synced(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # left over from a crash, perhaps with other permissions
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

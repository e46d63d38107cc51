"""What can go wrong with a folder, as sentences."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engine.model.errors import EnvironmentFault

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def disk_faults(folder: Path) -> Generator[None]:
    """Turn the operating system's errors about `folder` into faults: `disk_full`, `folder_unusable`."""
    try:
        yield
    except OSError as error:
        raise disk_fault(error, folder) from error


def disk_fault(error: OSError, folder: Path) -> EnvironmentFault:
    why = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        return EnvironmentFault("disk_full", f"The disk of {folder} is full. Free some space and try again; what was fetched is kept.")
    return EnvironmentFault(
        "folder_unusable", f"The folder {folder} cannot be used ({why}). Make it writable, or name another with WATCHROOM_MODELS."
    )

"""What SQLite says when the world fails, as faults with a sentence. Anything else it raises is a bug and passes through."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, TimeoutError

from engine.model.errors import EnvironmentFault

_FAULTS = {
    "SQLITE_FULL": ("disk_full", "The disk is full: {path} cannot grow. Free some space."),
    "SQLITE_BUSY": ("database_locked", "Another program holds the database {path}. Close it, or wait."),
    "SQLITE_LOCKED": ("database_locked", "Another program holds the database {path}. Close it, or wait."),
    "SQLITE_READONLY": ("read_only", "The database {path} cannot be written. Make the file and its folder writable for this account."),
    "SQLITE_PERM": ("read_only", "The database {path} may not be opened. Make the file and its folder writable for this account."),
    "SQLITE_CANTOPEN": ("database_unreachable", "The database {path} cannot be opened. Check that its folder exists and is writable."),
    "SQLITE_IOERR": ("disk_error", "The disk failed while the database {path} was used. Check the disk and its free space."),
}
_HELD = "This program is busy with the database {path}, for longer than usual. Try again in a moment."
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNTOUCHED = " Nothing was changed."


def damaged(path: Path, detail: str) -> EnvironmentFault:
    return EnvironmentFault(
        "database_damaged",
        f"The database {path} is damaged ({detail}).{_UNTOUCHED} Move the file and those beside it with the same name to a"
        " safe place and start again with an empty record, or put back a copy from a backup.",
    )


def what_is_wrong(fault: EnvironmentFault) -> str:
    """Of a damaged database, without what to do where there is nothing else: the engine knows better."""
    return str(fault).partition(_UNTOUCHED)[0]


def fault_of(error: sqlite3.Error, path: Path) -> EnvironmentFault | None:
    """The fault behind an SQLite error, None when the error is a bug of ours (bad SQL, a broken constraint)."""
    name: str = getattr(error, "sqlite_errorname", "")
    if name.startswith(_DAMAGED):
        return damaged(path, str(error))
    for prefix, (reason, message) in _FAULTS.items():
        if name.startswith(prefix):
            return EnvironmentFault(reason, message.format(path=path))
    return None


@contextmanager
def faults_named(path: Path) -> Generator[None]:
    """Turns failures of the world inside the block into `EnvironmentFault`; bugs pass through unchanged."""
    try:
        yield
    except TimeoutError as error:  # another thread of this program writes
        raise EnvironmentFault("database_locked", _HELD.format(path=path)) from error
    except DBAPIError as error:
        fault = fault_of(error.orig, path) if isinstance(error.orig, sqlite3.Error) else None
        if fault is None:
            raise
        raise fault from error
    except sqlite3.Error as error:
        fault = fault_of(error, path)
        if fault is None:
            raise
        raise fault from error

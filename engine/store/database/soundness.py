"""Whether a database file is sound. It is read as a whole, unless this program closed it in order and nobody has written to it since.

Whoever closes it in order leaves a note beside it (`-closed`): how large the file was then and when it was written last. The note is taken
away before anything is written. So after a crash, a power cut, a restored copy or a failed disk there is no note, or one that does not
fit, or a log (`-wal`) beside the file. A disk that loses bits in silence is found by the next whole check, or when the page is read.
"""

import json
import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.store.database.faults import damaged, faults_named, what_is_wrong

SUFFIX = "-closed"


class Soundness:
    """Of one file, from `begin` to `end`. Any thread. `damage`: what was found first in between; empty: nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = Path(f"{path}{SUFFIX}")
        self.damage = ""

    def begin(self, busy_ms: int) -> None:
        """Before anything is written. Raises EnvironmentFault: it is damaged, or cannot be read; its folder cannot be written."""
        with faults_named(self._path):
            if not self._closed_in_order():
                _check(self._path, busy_ms)
        self._take_note_away()

    def check(self, busy_ms: int) -> None:
        """Read all of it while it is used. Raises EnvironmentFault."""
        with self.faults():
            _check(self._path, busy_ms)

    def end(self) -> None:
        """After it was closed. Does nothing where another process has it open still, or it was found to be damaged meanwhile."""
        if self.damage or self._has_log():
            return
        with suppress(OSError):  # it is then read as a whole next time
            self._note.write_text(json.dumps(self._signs()))

    @contextmanager
    def faults(self) -> Generator[None]:
        """`faults_named`, and a file that is found to be damaged is not left as sound."""
        try:
            with faults_named(self._path):
                yield
        except EnvironmentFault as fault:
            if fault.reason == "database_damaged":
                self.damage = self.damage or what_is_wrong(fault)
            raise

    def _closed_in_order(self) -> bool:
        try:
            return json.loads(self._note.read_text()) == self._signs() and not self._has_log()
        except (OSError, ValueError):
            return False

    def _has_log(self) -> bool:
        return Path(f"{self._path}-wal").exists()

    def _signs(self) -> dict[str, int]:
        found = os.stat(self._path)
        return {"size_bytes": found.st_size, "written_ns": found.st_mtime_ns, "file": found.st_ino}

    def _take_note_away(self) -> None:
        """For good: a power cut must not bring it back beside a file that was written meanwhile."""
        try:
            self._note.unlink(missing_ok=True)
        except OSError as error:
            message = f"The folder {self._path.parent} cannot be written ({error.strerror}). Make it writable for this account."
            raise EnvironmentFault("read_only", message) from None
        with suppress(OSError):  # no folder can be opened on Windows, and NTFS keeps such changes in order
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _check(path: Path, busy_ms: int) -> None:
    """`quick_check`: every page and row, but not every index entry against its row (that takes several times as long)."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=busy_ms / 1000)) as connection:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict is None or verdict[0] != "ok":
        raise damaged(path, str(verdict[0]) if verdict else "no answer")

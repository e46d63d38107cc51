"""Copies of the record: made on a schedule and when asked for, read back, and let go of when there are enough newer ones."""

import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, Clock
from engine.model.upkeep import Backup, UpkeepSettings
from engine.runtime.atomic_file import write_atomically
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.ports import SettingsSource, Trouble
from engine.runtime.storage.backup_copy import write_backup
from engine.runtime.storage.backup_folder import BackupFolder, beyond
from engine.runtime.storage.restore import ASIDE
from engine.store.database.backup import unfit
from engine.store.database.faults import what_is_wrong

log = logging.getLogger(__name__)

LOOK_S = 5.0
AGAIN_NS = 300 * SECOND  # after one that failed
FIRST_NS = 60 * SECOND  # after the start, where one is due
HOUR_NS = 3600 * SECOND
ERASED = "erased-since-backup.json"  # marks of persons that older copies still hold
FORMER = "backup-folders.json"  # chosen for copies at some time, which may still lie there
NEVER_GIVEN = 2  # the newest copies stay however full the disk is


class Writer(Protocol):
    @property
    def committed_number(self) -> int: ...


class Stopped(Exception):
    """The engine is being stopped."""


class Backups:
    """Any thread. `run` is for a thread of its own.

    Args:
        enough_from_ns: copies from before that are not enough any more, as the log does not hold all that came after them: one is made as
            soon as there is time. 0: they all are.
        on_trouble: a sentence when a copy cannot be made, None when one could be again. pending: how many erasures are not done yet.
        free: bytes left on the disk of a folder.
        look_through: reads all of the record, where a copy of it proved damaged; raises EnvironmentFault: so is the record.
    """

    def __init__(
        self,
        data: DataFolder,
        clock: Clock,
        settings: SettingsSource,
        writer: Writer,
        jobs: Jobs,
        on_trouble: Trouble,
        pending: Callable[[], int] = lambda: 0,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        enough_from_ns: int = 0,
        look_through: Callable[[], None] = lambda: None,
    ) -> None:
        self._enough_from_ns = enough_from_ns
        self._data, self._clock, self._settings, self._writer, self._jobs = data, clock, settings, writer, jobs
        self._on_trouble, self._pending, self._look_through, self._free = on_trouble, pending, look_through, free
        self._making = threading.Lock()  # one copy at a time
        self._erased = threading.Lock()  # guards the file of that name
        self._clean: set[str] = set()  # copies that were made since
        self._clean_of: tuple[str, ...] = ()  # these were erased
        self._tried_ns = clock.now_ns() - AGAIN_NS + (0 if enough_from_ns else FIRST_NS)
        self.trouble = ""
        self.known: tuple[Backup, ...] = ()

    @property
    def folder(self) -> BackupFolder:
        return BackupFolder(self._data.path, self._upkeep_settings.backup_folder)

    @property
    def due_ns(self) -> int | None:
        """When the next one is made by itself."""
        if not self._upkeep_settings.backups:
            return None
        every_ns, now_ns = round(self._upkeep_settings.backup_every_h * HOUR_NS), self._clock.now_ns()
        made = [backup.made_ns for backup in self.known if self._enough_from_ns <= backup.made_ns <= now_ns]  # none of a wrong clock
        last_ns = max(made, default=-every_ns)
        return max(last_ns + every_ns, self._tried_ns + AGAIN_NS)

    def run(self, stopping: threading.Event) -> None:
        self.known = self.folder.all()
        self.look(stopping)
        while not stopping.wait(LOOK_S):
            self.look(stopping)

    def look(self, stopping: threading.Event) -> None:
        """Make a copy where one is due."""
        now_ns = self._clock.now_ns()
        if self._to_renew():
            due_ns: int | None = self._tried_ns + AGAIN_NS
        else:
            due_ns = self.due_ns
        if due_ns is None or now_ns < due_ns:
            return
        self._tried_ns = now_ns
        try:
            self.make(False, lambda: _go_on(stopping))
        except Stopped:
            return
        except (EnvironmentFault, OSError) as error:
            log.warning("no backup was made: %s", error)

    def begin(self) -> str:
        """Make one now: the job's id. Raises EnvironmentFault: one is being made already."""

        def body(_: str, progress: Progress) -> str:
            made = self.make(True, progress.check)
            return f"{made.name}: {made.size_bytes / 2**20:.0f} MiB, verified."

        return self._jobs.start("backup", "Back up the record", body, at_once=1)

    def make(self, asked: bool, keep_going: Callable[[], None]) -> Backup:
        """A copy that was read back. Raises EnvironmentFault, and what `keep_going` raises; nothing half made is left."""
        with self._making:
            gone = () if self._pending() else erased_marks(self._data.path)
            try:
                made = self._make_verified(asked, keep_going)
            except (EnvironmentFault, OSError) as error:
                self._report_trouble(f"The record could not be backed up. {error}")
                raise
            self._report_trouble("")
            if gone != self._clean_of:
                self._clean, self._clean_of = set(), gone
            if gone:
                self._clean.add(made.name)
            self._tidy(gone)
            return made

    def erased(self, person_id: str) -> None:
        """Older copies hold this person; they go once a newer one does not. What can be put back from them until then is erased again."""
        with self._erased:
            write_atomically(self._data.path / ERASED, json.dumps(sorted({*erased_marks(self._data.path), mark_of(person_id)})).encode())
            self._tried_ns = 0

    def give(self, most_bytes: int) -> int:
        """Of the disk of the data folder, where copies lie there: about so many bytes of the oldest; how many it was."""
        if self._upkeep_settings.backup_folder:
            return 0
        gave = 0
        for backup in reversed(self.folder.all()[NEVER_GIVEN:]):
            if gave >= most_bytes:
                break
            gave += backup.size_bytes if self.folder.remove(backup) else 0
        if gave:
            self.known = self.folder.all()
        return gave

    @property
    def _upkeep_settings(self) -> UpkeepSettings:
        return self._settings.now().upkeep

    def _to_renew(self) -> bool:
        return not self._pending() and erased_marks(self._data.path) not in ((), self._clean_of)

    def _make_verified(self, asked: bool, keep_going: Callable[[], None]) -> Backup:
        """Where the copy is damaged either its disk is at fault, or the record itself, of which nobody had read that part since."""
        try:
            return self._make(asked, keep_going)
        except EnvironmentFault as error:
            if not unfit(error):
                raise
            try:
                self._look_through()
            except EnvironmentFault as found:
                raise EnvironmentFault(found.reason, what_is_wrong(found)) from error
            raise EnvironmentFault(
                "copy_damaged",
                f"What was written to {self.folder.path} was not read back as it was. Check that disk, or choose another folder.",
            ) from error

    def _make(self, asked: bool, keep_going: Callable[[], None]) -> Backup:
        folder, number = self.folder, self._writer.committed_number
        self._remember(self._upkeep_settings.backup_folder)
        return write_backup(
            self._data, folder, number, self._clock.now_ns(), lambda: self._check_room(folder.path), keep_going, asked=asked
        )

    def _check_room(self, folder: Path) -> None:
        """A copy must not take the room that recording needs. Raises EnvironmentFault, OSError."""
        needed = self._data.database.stat().st_size
        keep = round(self._settings.now().recording.keep_free_gib * (1 << 30))
        free = self._free(folder)
        same = folder.stat().st_dev == self._data.path.stat().st_dev
        if free - needed < (keep if same else 0):
            raise EnvironmentFault(
                "disk_full",
                f"A copy of {needed / 2**30:.2f} GiB does not fit on the disk of {folder}, of which {free / 2**30:.2f} GiB are free"
                + (f" and {keep / 2**30:g} GiB are to stay so. " if same else ". ")
                + "Free some space, keep fewer backups, or choose a folder on another disk.",
            )

    def _tidy(self, gone: tuple[str, ...]) -> None:
        """`gone`: who was erased before the copy was begun: older copies, which may hold them, go, wherever they were made."""
        folders = {name: BackupFolder(self._data.path, name) for name in ("", *self._former())}
        for folder in folders.values():
            known = folder.all()
            unwanted = {*beyond(known, self._upkeep_settings), *(backup for backup in known if gone and backup.name not in self._clean)}
            left = [backup.name for backup in unwanted if not folder.remove(backup)]
            if left:
                self._report_trouble(f"{len(left)} old backups cannot be removed from {folder.path}. Check its permissions.")
        if gone:
            dirty = [folder.path for folder in folders.values() if not folder.holds_only(self._clean)]
            if dirty:
                log.warning("who was erased may be in backups in %s still, until they can be reached", ", ".join(map(str, dirty)))
            else:
                self._forget_erased(gone)
        self.known = self.folder.all()

    def _remember(self, chosen: str) -> None:
        former = self._former()
        if chosen and chosen not in former:
            write_atomically(self._data.path / FORMER, json.dumps((*former, chosen), indent=1).encode())

    def _former(self) -> tuple[str, ...]:
        return _names_in(self._data.path / FORMER)

    def _forget_erased(self, gone: tuple[str, ...]) -> None:
        shutil.rmtree(self._data.path / ASIDE, ignore_errors=True)  # damaged records that were set aside hold them too
        with self._erased:
            if erased_marks(self._data.path) == gone and not (self._data.path / ASIDE).exists():
                (self._data.path / ERASED).unlink(missing_ok=True)

    def _report_trouble(self, trouble: str) -> None:
        self.trouble = trouble
        self._on_trouble.tell(trouble or None)


def erased_marks(data: Path) -> tuple[str, ...]:
    """Of persons whom copies may still hold though they were erased."""
    return _names_in(data / ERASED)


def mark_of(person_id: str) -> str:
    """By which a person is known again who came back with a copy; nobody is found by it who is not known."""
    return hashlib.sha256(f"erased {person_id}".encode()).hexdigest()


def _names_in(path: Path) -> tuple[str, ...]:
    """Of a list as JSON; nothing where there is none."""
    try:
        found: object = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else ()  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _go_on(stopping: threading.Event) -> None:
    if stopping.is_set():
        raise Stopped

"""What keeps an installation going, for those who sign in: backups, tidying, the disk, the log, settings as a file."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import psutil

from engine.model.people.person import Person
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import EventCount, ListLog, UpkeepView
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.health.diagnostics import diagnostics
from engine.runtime.health.log_ring import LogRing
from engine.runtime.health.vitals import folder_bytes
from engine.runtime.keeping.backups import Backups
from engine.runtime.keeping.disk_forecast import BACKUPS, CLIPS, DATABASE, JOURNAL, OTHER, SEGMENTS, DiskWatch
from engine.runtime.keeping.free_memory import return_free_memory
from engine.runtime.keeping.renewal import Renewal
from engine.runtime.keeping.tidying import Tidying
from engine.runtime.keeping.upkeep import Upkeep
from engine.runtime.side import Side
from engine.runtime.storage.restore import last_restored
from engine.runtime.supervisor import Supervisor
from engine.store.schema import NEWEST

DAY_NS = 86_400 * SECOND
COUNTED_FOR_S = 30.0  # events are counted anew after so long


class UpkeepHost(Protocol):
    """What this needs of the engine."""

    def snapshot(self, with_users: bool) -> Snapshot: ...


class UpkeepSide(Side):
    """Any thread.

    Args:
        persons: everybody known. losses: how many of each kind were left out.
    """

    def __init__(
        self,
        basis: Basis,
        upkeep: Upkeep,
        audit: NamelessAudit,
        persons: Callable[[], Iterable[Person]],
        engine: UpkeepHost,
        losses: Callable[[], dict[str, int]],
    ) -> None:
        self._folder, self._clock, self._settings, self._record = basis.data.path, basis.clock, basis.settings, basis.record
        self._audit, self._engine, self._losses = audit, engine, losses
        self._upkeep = upkeep
        self._persons = lambda: tuple(persons())
        self.log = LogRing(basis.clock)
        self.backups = self._make_backups(basis)
        self.tidying = self._make_tidying(basis, upkeep)
        self.renewal = Renewal(basis.data, basis.clock, self._settings, lambda: basis.record.store.damage, basis.troubles.of("damage"))
        self.disk = DiskWatch(self._folder, self._clock, self._settings, self._sizes, self._free)
        self._restored = last_restored(self._folder)
        self._counting = threading.Lock()  # guards the next two
        self._counted: tuple[EventCount, ...] = ()
        self._counted_s = -COUNTED_FOR_S

    def on_open(self) -> None:
        self.log.listen()

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("upkeep", self._upkeep.run)
        supervisor.start("backups", self.backups.run)
        supervisor.start("renewal", self.renewal.run)

    def on_close(self) -> None:
        self.log.leave()

    def on_tidy(self, now_ns: int) -> None:
        self.sample()
        return_free_memory()

    def _make_backups(self, basis: Basis) -> Backups:
        record, trouble = basis.record, basis.troubles.of("backups")

        def erasures() -> int:
            return len(record.store.erasures())

        enough_ns, look, jobs = record.copies_enough_from_ns, record.store.look_through, basis.jobs
        return Backups(
            basis.data, basis.clock, self._settings, record.writer, jobs, trouble, erasures, enough_from_ns=enough_ns, look_through=look
        )

    def _make_tidying(self, basis: Basis, upkeep: Upkeep) -> Tidying:
        told, stuck = basis.troubles.of("tidying"), basis.troubles.of("clips that stay")
        return Tidying(self._folder, upkeep, basis.record, self._settings, self._persons, basis.jobs, basis.ages, told, stuck)

    def view(self) -> UpkeepView:
        settings, persons = self._settings.now(), self._persons()
        return UpkeepView(
            backups=self.backups.known,
            backup_folder=settings.upkeep.backup_folder,
            backup_trouble=self.backups.trouble,
            due_ns=self.backups.due_ns,
            restored=self._restored,
            disk=self.disk.forecast(),
            tidied=self.tidying.last,
            events=self._events(),
            handles=_handles(),
            schema=NEWEST,
            outbox=self._record.store.waiting_deliveries().count,
            persons=len(persons),
            archived=sum(person.archived_ns is not None for person in persons),
            losses=tuple(self._losses().items()),
        )

    def diagnostics(self) -> str:
        names = [person.name for person in self._persons()]
        return diagnostics(
            self._engine.snapshot(with_users=True),
            self.view(),
            self.log.matching_lines(ListLog()),
            names,
            (str(self._folder), os.path.expanduser("~")),
        )

    def sample(self) -> None:
        """Now and then, on the thread `upkeep`. Raises OSError, EnvironmentFault."""
        self.tidying.look_back()
        self.disk.sample()

    def _sizes(self) -> dict[str, int]:
        store, folder = self._record.store, self._folder
        kept = {"clips", "segments", "journal", "backups"}
        other = sum(folder_bytes(path) for path in folder.iterdir() if path.is_dir() and path.name not in kept)
        return {
            CLIPS: store.clips_size_bytes(),
            SEGMENTS: sum(store.segments.sizes_here().values()),
            JOURNAL: self._record.journal.size_bytes(),
            DATABASE: store.size_bytes(),
            BACKUPS: 0 if self._settings.now().upkeep.backup_folder else sum(each.size_bytes for each in self.backups.known),
            OTHER: other,
        }

    def _free(self) -> tuple[int, int]:
        found = shutil.disk_usage(self._folder)
        return found.free, found.total

    def _events(self) -> tuple[EventCount, ...]:
        with self._counting:
            if time.monotonic() - self._counted_s > COUNTED_FOR_S:
                now_ns = self._clock.now_ns()
                rows = self._record.store.event_counts(now_ns - DAY_NS, now_ns - 7 * DAY_NS)
                self._counted, self._counted_s = tuple(EventCount(*row) for row in rows), time.monotonic()
            return self._counted


def _handles() -> int:
    """Open files and sockets of this process; -1 where the system does not say."""
    process = psutil.Process()
    count = getattr(process, "num_fds", None) or getattr(process, "num_handles", None)
    return -1 if count is None else int(count())

"""What keeps an installation going, for those who sign in: backups, tidying, the disk, the log, settings as a file."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psutil

from engine.model.access import Session
from engine.model.audit import AuditRow, AuditVerb
from engine.model.question import Answer
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.model.upkeep import (
    BackUpNow,
    CompareSettings,
    EventCount,
    ExportSettings,
    GetDiagnostics,
    GetUpkeep,
    ImportSettings,
    ListLog,
    PlanTidy,
    UpkeepCommand,
    UpkeepQuestion,
    UpkeepView,
)
from engine.runtime.backups import Backups
from engine.runtime.diagnostics import diagnostics
from engine.runtime.disk_forecast import BACKUPS, CLIPS, DATABASE, JOURNAL, OTHER, SEGMENTS, DiskWatch
from engine.runtime.log_ring import LogRing
from engine.runtime.restore import last_restored
from engine.runtime.settings_exchange import completed, differences, export_text, read_text
from engine.runtime.tidying import Tidying
from engine.runtime.vitals import folder_bytes
from engine.store.schema import NEWEST

if TYPE_CHECKING:
    from engine.runtime.engine import Engine

log = logging.getLogger(__name__)

DAY_NS = 86_400 * SECOND
COUNTED_FOR_S = 30.0  # events are counted anew after so long


class UpkeepSide:
    """Any thread. Made when all else of the engine is."""

    def __init__(self, engine: "Engine", losses: Callable[[], dict[str, int]]) -> None:
        self._engine, self._losses = engine, losses
        data, clock = engine.data, engine.clock
        self.log = LogRing(clock)
        self.backups = Backups(
            data,
            clock,
            lambda: engine.settings,
            engine.record.writer,
            engine.jobs,
            engine.troubles.of("backups"),
            lambda: len(engine.record.store.erasures()),
            restored_ns=engine.record.restored.at_ns if engine.record.restored is not None else 0,
        )
        self.tidying = Tidying(
            data.path,
            engine.upkeep,
            engine.record,
            lambda: engine.settings,
            lambda: tuple(engine.people.persons.values()),
            engine.jobs,
            clock,
            engine.troubles.of("tidying"),
        )
        self.disk = DiskWatch(data.path, clock, lambda: engine.settings, self._sizes, self._free)
        self._restored = last_restored(data.path)
        self._counting = threading.Lock()  # guards the next two
        self._counted: tuple[EventCount, ...] = ()
        self._counted_s = -COUNTED_FOR_S

    def answer(self, question: UpkeepQuestion, session: Session) -> Answer:
        """The caller has checked the verb. Raises InputError, EnvironmentFault."""
        match question:
            case GetUpkeep():
                return Answer(upkeep=self.view())
            case PlanTidy():
                return Answer(tidy=self.tidying.plan())
            case ListLog():
                return Answer(log=self.log.listed(question))
            case GetDiagnostics():
                return Answer(text=self.diagnostics())
            case ExportSettings():
                self._engine.audit.keep(AuditRow(self._engine.clock.now_ns(), session.user.name, AuditVerb.EXPORT_SETTINGS))
                return Answer(text=export_text(self._engine.settings))
            case CompareSettings(text):
                now = self._engine.settings
                return Answer(changes=differences(now, completed(now, read_text(text))))

    def execute(self, command: UpkeepCommand, by: str, changed: Callable[[Settings, Settings], None]) -> str:
        """The job's id, or nothing. `changed`: told of settings before and after."""
        match command:
            case BackUpNow():
                return self.backups.begin()
            case ImportSettings(text):
                before, then = self._engine.settings, read_text(text)
                self._engine.update_settings(lambda now: completed(now, then), by)
                fields = ", ".join(change.field for change in differences(before, self._engine.settings))
                self._engine.audit.note(AuditRow(self._engine.clock.now_ns(), by, AuditVerb.IMPORT_SETTINGS, detail=fields))
                changed(before, self._engine.settings)
                return ""
            case _:
                return self.tidying.begin()

    def view(self) -> UpkeepView:
        engine = self._engine
        persons = tuple(engine.people.persons.values())
        return UpkeepView(
            backups=self.backups.known,
            backup_folder=engine.settings.upkeep.backup_folder,
            backup_trouble=self.backups.trouble,
            due_ns=self.backups.due_ns,
            restored=self._restored,
            disk=self.disk.forecast(),
            tidied=self.tidying.last,
            events=self._events(),
            handles=_handles(),
            schema=NEWEST,
            outbox=engine.record.store.waiting_deliveries().count,
            persons=len(persons),
            archived=sum(person.archived_ns is not None for person in persons),
            losses=tuple(self._losses().items()),
        )

    def diagnostics(self) -> str:
        names = [person.name for person in self._engine.people.persons.values()]
        return diagnostics(self._engine.snapshot(with_users=True), self.view(), self.log.listed(ListLog()), names)

    def sample(self) -> None:
        """Now and then, on the thread `upkeep`. Raises OSError, EnvironmentFault."""
        self.disk.sample()

    def _sizes(self) -> dict[str, int]:
        engine, folder = self._engine, self._engine.data.path
        kept = {"clips", "segments", "journal", "backups"}
        other = sum(folder_bytes(path) for path in folder.iterdir() if path.is_dir() and path.name not in kept)
        return {
            CLIPS: engine.record.store.clips_size_bytes(),
            SEGMENTS: sum(engine.record.store.segments.sizes_here().values()),
            JOURNAL: engine.record.journal.size_bytes(),
            DATABASE: engine.record.store.size_bytes(),
            BACKUPS: 0 if engine.settings.upkeep.backup_folder else sum(each.size_bytes for each in self.backups.known),
            OTHER: other,
        }

    def _free(self) -> tuple[int, int]:
        found = shutil.disk_usage(self._engine.data.path)
        return found.free, found.total

    def _events(self) -> tuple[EventCount, ...]:
        with self._counting:
            if time.monotonic() - self._counted_s > COUNTED_FOR_S:
                now_ns = self._engine.clock.now_ns()
                rows = self._engine.record.store.event_counts(now_ns - DAY_NS, now_ns - 7 * DAY_NS)
                self._counted, self._counted_s = tuple(EventCount(*row) for row in rows), time.monotonic()
            return self._counted


def _handles() -> int:
    """Open files and sockets of this process; -1 where the system does not say."""
    process = psutil.Process()
    count = getattr(process, "num_fds", None) or getattr(process, "num_handles", None)
    return -1 if count is None else int(count())

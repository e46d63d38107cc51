"""The record in one SQLite file: `Repository` of `engine.model`, and a table of its own for most that is kept."""

import os
from collections.abc import Generator
from collections.abc import Sequence as Several
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select

from engine.model.accounts.access import Scope
from engine.model.accounts.audit import AuditHead, AuditRow
from engine.model.alerts.alert import Alert
from engine.model.alerts.delivery import Delivery, WebhookState
from engine.model.cameras.clip import Clip
from engine.model.event import Event
from engine.model.history.timeline import HitPage, SearchRecord
from engine.model.people.gesture import Gesture
from engine.model.people.person import Roster
from engine.model.people.traces import ErasedPerson, Traces
from engine.model.question import ListAudit
from engine.model.question_type import RecordQuestion
from engine.model.repository import Storable
from engine.model.review.review import ReviewItem
from engine.model.time import Clock
from engine.store import deliveries, questions
from engine.store.changes import changes_wait, driver_of, enter_changes
from engine.store.database import erasing, upkeep
from engine.store.database.connection import BUSY_MS, check_file, give_room, reading_engine, settle, writing_engine
from engine.store.database.rejected import RejectedCount, read_counts
from engine.store.database.saving import save_values
from engine.store.database.soundness import Soundness
from engine.store.deliveries import Waiting
from engine.store.event_query import AskedTables
from engine.store.fire.fire import FireTable
from engine.store.fire.risk import RiskTable
from engine.store.fire.smoke import SmokeTable
from engine.store.incidents import keeping as incident_keeping
from engine.store.incidents.atlas import AtlasTable
from engine.store.incidents.incidents import IncidentTable
from engine.store.incidents.keeping import Place, Swept
from engine.store.incidents.report_links import ReportLinkTable
from engine.store.people import audit, erasures, people
from engine.store.people.accounts import AccountTable
from engine.store.people.cases import CaseTable
from engine.store.people.chat import ChatTable
from engine.store.people.command_keys import CommandKeyTable
from engine.store.people.handovers import HandoverTable
from engine.store.people.known_elsewhere import KnownElsewhereTable
from engine.store.people.purposes import PurposeTable
from engine.store.people.watching import WatchTable
from engine.store.replication.queue import ReplicationQueue
from engine.store.review.review_items import ReviewTable, newest_reviews, open_reviews
from engine.store.schema import migrate
from engine.store.scoped import ScopedRecord, scoped_engine
from engine.store.search import text_index
from engine.store.search.looks import LookTable
from engine.store.search.text_query import Names
from engine.store.segments.segments import SegmentTable
from engine.store.tables import meta
from engine.store.timeline.bookmarks import BookmarkTable
from engine.store.timeline.timeline import hit_page
from engine.store.timeline.trails import TrailTable
from engine.store.timeline.verdicts import EventVerdictTable
from engine.store.upsert import upsert

T = TypeVar("T")

REJECTED_PER_DAY = 500
_LARGE = 1_000  # values in one batch


def open_store(path: Path, clock: Clock, *, rejected_per_day: int = REJECTED_PER_DAY) -> "Store":
    """Open the record, making or upgrading the file as needed. Reads the whole file to check it, unless it was closed in order.

    Raises:
        EnvironmentFault: `database_damaged`, `database_newer`, `database_foreign`, `database_locked`, `database_unreachable`,
            `read_only`, `disk_full`, `disk_error`. Nothing was overwritten.
    """
    check_file(path)
    soundness = Soundness(path)
    soundness.begin(BUSY_MS)
    store = Store(path, rejected_per_day, soundness)
    try:
        store.prepare(clock.now_ns())
    except BaseException:
        store.close()
        raise
    return store


class Store:
    """Any thread may ask, and may write accounts; values are saved by the writer thread only. Faults are `EnvironmentFault`."""

    def __init__(self, path: Path, rejected_per_day: int, soundness: Soundness) -> None:
        self._path = path
        self._soundness = soundness
        self._reading = reading_engine(path)
        self._writing = writing_engine(path)
        self._roomy = False
        self._rejected_per_day = rejected_per_day
        self.accounts = AccountTable(self._reading, self._writing, soundness.faults)
        self.incidents = IncidentTable(self._reading, self._writing, soundness.faults)
        self.atlas = AtlasTable(self._reading, self._writing, soundness.faults)
        self.smoke = SmokeTable(self._reading, self._writing, soundness.faults)
        self.risk = RiskTable(self._reading, self._writing, soundness.faults)
        self.asked = AskedTables(self._reading, soundness.faults)
        self.fire = FireTable(self._reading, self._writing, soundness.faults)
        self.bookmarks = BookmarkTable(self._reading, self._writing, soundness.faults)
        self.verdicts = EventVerdictTable(self._reading, self._writing, soundness.faults)
        self.looks = LookTable(self._reading, self._writing, soundness.faults)
        self.trails = TrailTable(self._reading, self._writing, soundness.faults)
        self.watching = WatchTable(self._reading, self._writing, soundness.faults)
        self.segments = SegmentTable(self._reading, self._writing, soundness.faults)
        self.cases = CaseTable(self._reading, self._writing, soundness.faults)
        self.chats = ChatTable(self._reading, self._writing, soundness.faults)
        self.handovers = HandoverTable(self._reading, self._writing, soundness.faults)
        self.reviews = ReviewTable(self._reading, self._writing, soundness.faults)
        self.command_keys = CommandKeyTable(self._reading, self._writing, soundness.faults)
        self.known_elsewhere = KnownElsewhereTable(self._reading, self._writing, soundness.faults)
        self.purposes = PurposeTable(self._reading, self._writing, soundness.faults)
        self.replication = ReplicationQueue(self._reading, self._writing, soundness.faults)
        self.report_links = ReportLinkTable(self._reading, self._writing, soundness.faults)
        self._scoped = scoped_engine(path)

    def prepare(self, now_ns: int) -> None:
        """Bring the schema up to date. Called once, by `open_store`."""
        with self._soundness.faults():
            migrate(self._reading, self._writing, self._path)
        with self._read() as connection:
            known = connection.scalar(select(meta.c.value).where(meta.c.key == "created_ns"))
            changed = changes_wait(connection)
            unchained = audit.unchained(connection)
        if unchained:
            with self._write() as connection:
                audit.chain_old(connection)
        if changed:
            with self._write():
                pass
        if known is None:
            with self._write() as connection:
                upsert(connection, meta, [{"key": "created_ns", "value": str(now_ns)}])

    @property
    def damage(self) -> str:
        """What was found to be wrong with the file while it was used; empty: nothing so far."""
        return self._soundness.damage

    def look_through(self) -> None:
        """Read every page and row while others read and write. Takes seconds where it is large. Raises EnvironmentFault."""
        self._soundness.check(BUSY_MS)

    def save(self, values: Several[Storable]) -> None:
        with self._write() as connection:
            self._give_room(connection, len(values))
            save_values(connection, values, self._rejected_per_day)

    def _give_room(self, connection: Connection, count: int) -> None:
        """One large batch after another keeps the pages of the one before; an everyday one gives the memory back."""
        large = count >= _LARGE
        if large != self._roomy:
            give_room(connection, large)
            self._roomy = large

    def settle(self) -> None:
        """What was committed goes from the log (`-wal`) into the file, as far as nobody reads an older state. What is built on it, such as
        a state of the pipeline kept elsewhere, then does not need the log any more. The writer's thread. Raises EnvironmentFault."""
        with self._soundness.faults():
            settle(self._writing)

    def put_waiting_words(self) -> int | None:
        """Enter the next words that wait for their turn: about how many rows are left, None: none, as is nearly always so, and nothing is
        written. The writer's thread."""
        with self._read() as connection:
            if not text_index.words_wait(driver_of(connection)):
                return None
        with self._write() as connection:
            return text_index.put_waiting(driver_of(connection))

    def answer(self, question: RecordQuestion[T]) -> T:
        with self._read() as connection:
            return questions.answer(connection, question)

    def within(self, scope: Scope) -> ScopedRecord:
        """The record as a session sees it that is limited to some cameras."""
        return ScopedRecord(self._scoped, scope, self._soundness.faults)

    def search(self, question: SearchRecord, names: Names, size: tuple[int, int] | None) -> HitPage:
        """`names`: what cameras, zones and people are called, for words that name one; `size`: of the picture, for a region of it."""
        with self._read() as connection:
            return hit_page(connection, question, names, size)

    def event(self, event_id: str) -> Event | None:
        with self._read() as connection:
            return questions.event_by_id(connection, event_id)

    def clip(self, clip_id: str) -> Clip | None:
        with self._read() as connection:
            return questions.clip_by_id(connection, clip_id)

    def newest_reviews(self, limit: int) -> tuple[ReviewItem, ...]:
        with self._read() as connection:
            return newest_reviews(connection, limit)

    def open_reviews(self) -> tuple[ReviewItem, ...]:
        with self._read() as connection:
            return open_reviews(connection)

    def open_events(self) -> tuple[Event, ...]:
        with self._read() as connection:
            return questions.open_events(connection)

    def open_alerts(self) -> tuple[Alert, ...]:
        """Oldest first."""
        with self._read() as connection:
            return questions.open_alerts(connection)

    def roster(self) -> Roster:
        with self._read() as connection:
            return people.read_roster(connection)

    def gestures(self) -> tuple[Gesture, ...]:
        with self._read() as connection:
            return people.read_gestures(connection)

    def save_gesture(self, gesture: Gesture) -> None:
        """Insert, or replace by id. Any thread; its own transaction."""
        with self._write() as connection:
            people.save_gesture(connection, gesture)

    def remove_gesture(self, gesture_id: str) -> None:
        with self._write() as connection:
            people.remove_gesture(connection, gesture_id)

    def add_audit(self, *rows: AuditRow) -> None:
        """All or none, in their order. Any thread; its own transaction. `seq` and `hash` are given here."""
        with self._write() as connection:
            audit.add_audit(connection, rows)

    def audit(self, limit: int = 100) -> tuple[AuditRow, ...]:
        """Newest first."""
        with self._read() as connection:
            return audit.read_audit(connection, ListAudit(limit))

    def audit_end(self) -> AuditRow | None:
        """The newest row."""
        with self._read() as connection:
            return audit.newest(connection)

    def audit_holds(self, head: AuditHead) -> bool:
        """Whether the row that a head names is there, with the same hash."""
        with self._read() as connection:
            return audit.holds(connection, head)

    def begin_erasure(self, traces: Traces, *rows: AuditRow) -> None:
        """Note that somebody is being erased, or that there is less left of them to erase, and what the audit is to say of it, or neither.
        Any thread."""
        with self._write() as connection:
            erasures.put_erasure(connection, traces)
            audit.add_audit(connection, rows)

    def erasures(self) -> tuple[Traces, ...]:
        """Those that were begun and are not done. Without an id: only `scrub` and `end_erasure` are left."""
        with self._read() as connection:
            return erasures.read_erasures(connection)

    def forget_whom(self, traces: Traces) -> None:
        """All that is left to do for this erasure is `scrub` and `end_erasure`."""
        with self._write() as connection:
            erasures.forget_whom(connection, traces)

    def end_erasure(self, pseudonym: str, now_ns: int) -> None:
        """Done; or given up, where `forget_whom` was not called before."""
        with self._write() as connection:
            erasures.end_erasure(connection, ErasedPerson(pseudonym, "", now_ns))

    def was_erased(self, person_id: str) -> bool:
        """Or is being erased, and all that is left is to overwrite what was freed."""
        with self._read() as connection:
            return erasures.was_erased(connection, person_id)

    def events_of(self, traces: Traces) -> tuple[Event, ...]:
        with self._read() as connection:
            return erasing.events_of(connection, traces)

    def clips_of_events(self, event_ids: Several[str]) -> tuple[Clip, ...]:
        with self._read() as connection:
            return erasing.clips_of_events(connection, event_ids)

    def pseudonymise(self, traces: Traces) -> None:
        """Events, decisions and messages that tell of somebody tell of nobody. The writer's thread."""
        with self._write() as connection:
            erasing.pseudonymise(connection, traces)

    def retell(self, traces: Traces) -> None:
        """Events of somebody are another's, or have another name. The writer's thread."""
        with self._write() as connection:
            erasing.retell(connection, traces)

    def scrub(self) -> None:
        """Write the file anew, without what was removed from it, and empty its log. Takes seconds where it is large. The writer's thread.

        Raises:
            EnvironmentFault: also where somebody reads for so long that the log cannot be emptied; to be tried again.
        """
        with self._soundness.faults():
            erasing.scrub(self._writing)

    def rejected_counts(self) -> tuple[RejectedCount, ...]:
        """How many decisions each camera rejected each day, and how many of those rows are kept; newest day first."""
        with self._read() as connection:
            return read_counts(connection)

    def clips_size_bytes(self) -> int:
        """Of all clips' files together, as their rows say."""
        with self._read() as connection:
            return upkeep.clips_size_bytes(connection)

    def oldest_clips(self, limit: int) -> tuple[Clip, ...]:
        """Oldest first; none of persons who are locked."""
        with self._read() as connection:
            return upkeep.oldest_clips(connection, limit)

    def clip_ids(self) -> frozenset[str]:
        with self._read() as connection:
            return upkeep.clip_ids(connection)

    def clip_files(self) -> tuple[tuple[str, str, str], ...]:
        """Of all clips: id, event and file."""
        with self._read() as connection:
            return upkeep.clip_files(connection)

    def count_old_events(self, before_ns: int) -> int:
        """Of those that ended before a time and may go."""
        with self._read() as connection:
            return upkeep.count_old_events(connection, before_ns)

    def event_counts(self, day_ns: int, week_ns: int) -> tuple[tuple[str, int, int, int], ...]:
        """By kind: how many began since `day_ns`, since `week_ns`, and ever. Reads an index of all events."""
        with self._read() as connection:
            return upkeep.event_counts(connection, day_ns, week_ns)

    def last_number(self) -> int:
        """The newest observation that an event or a decision in here was made by; 0 where there are none."""
        with self._read() as connection:
            return upkeep.last_number(connection)

    def remove_clips(self, ids: Several[str]) -> None:
        """Remove rows, not files. At most some hundred at a time; ids that are not there are passed over. The writer's thread."""
        with self._write() as connection:
            upkeep.remove_clips(connection, ids)

    def remove_events(self, before_ns: int, limit: int) -> tuple[str, ...]:
        """Remove the oldest events that ended before a time, at most so many; gives their ids. The writer's thread."""
        with self._write() as connection:
            return upkeep.remove_events(connection, before_ns, limit)

    def sweep_incidents(self, before_ns: int, after: Place | None, most: int) -> Swept:
        """Look at `most` incidents that occurred before a time, and remove those that were over by then and that nothing kept needs, with
        all that is known of them. The writer's thread."""
        with self._write() as connection:
            swept = incident_keeping.sweep(
                connection, before_ns, after, most, lambda ids: upkeep.needed_incidents(connection, ids, before_ns)
            )
            upkeep.forget_incidents(connection, swept.ids, before_ns)
            return swept

    def count_old_incidents(self, before_ns: int) -> int:
        """Of those that were over by a time and that nothing kept needs."""
        with self._read() as connection:
            return incident_keeping.count(connection, before_ns, lambda ids: upkeep.needed_incidents(connection, ids, before_ns))

    def remove_past(self, before_ns: int) -> None:
        """Forget decisions and sequences older than a time that led to no event that is kept. The writer's thread."""
        with self._write() as connection:
            upkeep.remove_past(connection, before_ns)

    def due_deliveries(self, now_ns: int, limit: int, busy: Several[str] = ()) -> tuple[Delivery, ...]:
        """Messages that wait and are due, the least tried first, then the longest due; none for the receivers
        in `busy`, written `channel/receiver`."""
        with self._read() as connection:
            return deliveries.due(connection, now_ns, limit, busy)

    def deliveries_of(self, ids: Several[str]) -> tuple[Delivery, ...]:
        """Those of the ids (at most some hundred) that are kept."""
        with self._read() as connection:
            return deliveries.by_ids(connection, ids)

    def receiver_state(self, channel: str, receiver: str) -> WebhookState:
        with self._read() as connection:
            return deliveries.of_receiver(connection, channel, receiver)

    def waiting_deliveries(self) -> Waiting:
        with self._read() as connection:
            return deliveries.waiting(connection)

    def event_deliveries(self, event_id: str) -> tuple[Delivery, ...]:
        """All messages about one event, oldest first."""
        with self._read() as connection:
            return deliveries.of_event(connection, event_id)

    def remove_finished_deliveries(self, before_ns: int) -> None:
        """Forget messages that were delivered or given up before a time. The writer's thread."""
        with self._write() as connection:
            deliveries.remove_finished(connection, before_ns)

    def size_bytes(self) -> int:
        """Of the database with its write-ahead log."""
        return sum(_size(Path(f"{self._path}{suffix}")) for suffix in ("", "-wal", "-shm"))

    def close(self) -> None:
        """Closes the connections that no thread is using; the last one to close folds the write-ahead log into the file."""
        self._reading.dispose()
        self._scoped.dispose()
        self._writing.dispose()
        self._soundness.end()

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._soundness.faults(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._soundness.faults(), self._writing.begin() as connection:
            yield connection
            enter_changes(connection)


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0

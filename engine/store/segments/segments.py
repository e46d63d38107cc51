"""Continuous video's part of the record: which files there are, why each is kept, and what is locked as evidence."""

from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, case, delete, exists, func, insert, literal, or_, select, update

from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import EvidenceLock, Keeping, ListSegments, Segment
from engine.model.errors import NotFound
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.paging import between
from engine.store.segments.marks import LONGEST_NS, Around, eventful, quiet_pages
from engine.store.segments.tables import erase_later, evidence_locks, evidence_spans, segments
from engine.store.tables import clips, events, persons
from engine.store.upsert import insert_into

LATER_SEGMENT, LATER_CLIP, LATER_JOURNAL, LATER_PACK = "segment", "clip", "journal", "pack"
LATER_SPAN, LATER_UNLISTED = "span", "unlisted"
_PARTS = 4  # of a file's path from the data folder or the archive on: segments, camera, day, name
_EVERY_CAMERA = literal("", literal_execute=True)


def keep_segments(connection: Connection, values: Several[Segment]) -> None:
    """Those that are known stay as they are."""
    if values:
        statement = insert_into(connection, segments).on_conflict_do_nothing(index_elements=[segments.c.id])
        connection.execute(statement, [_row(segment) for segment in values])


def segments_of(connection: Connection, question: ListSegments) -> tuple[Segment, ...]:
    return tuple(_without_archive_path(segment) for segment in _list_segments(connection, question))


def locks_of(connection: Connection) -> tuple[EvidenceLock, ...]:
    """Newest first."""
    rows = connection.execute(select(evidence_locks).order_by(evidence_locks.c.created_ns.desc(), evidence_locks.c.id.desc())).mappings()
    return tuple(read_as(EvidenceLock, dict(row)) for row in rows)


def is_locked(table: Table) -> ColumnElement[bool]:
    """Rows with `camera_id`, `started_ns` and `ended_ns` of which a lock holds a part."""
    return held_between(table, table.c.started_ns, func.coalesce(table.c.ended_ns, table.c.started_ns))


def held_between(table: Table, started_ns: ColumnElement[int], ended_ns: ColumnElement[int]) -> ColumnElement[bool]:
    during = (evidence_spans.c.since_ns <= ended_ns, evidence_spans.c.until_ns > started_ns)
    of_all = exists().where(evidence_spans.c.camera_id == _EVERY_CAMERA, *during)
    return or_(of_all, exists().where(evidence_spans.c.camera_id == table.c.camera_id, *during))


class SegmentTable(GuardedTables):
    """Any thread. Faults of the database are EnvironmentFault."""

    def ids(self, *, archived_only: bool = False) -> frozenset[str]:
        query = select(segments.c.id)
        with self._read() as connection:
            return frozenset(connection.scalars(query.where(segments.c.archived) if archived_only else query))

    def files_here(self) -> tuple[tuple[str, str], ...]:
        """Id and file of those that are neither in the archive nor locked."""
        query = select(segments.c.id, segments.c.file).where(segments.c.archived.is_(False), _keeping() != Keeping.LOCKED.value)
        with self._read() as connection:
            return tuple((row.id, row.file) for row in connection.execute(query))

    def sizes_of_files(self, limit: int) -> tuple[tuple[str, str, int], ...]:
        """Id, file and bytes of the newest that are neither in the archive nor locked."""
        here = (segments.c.archived.is_(False), _keeping() != Keeping.LOCKED.value)
        query = select(segments.c.id, segments.c.file, segments.c.size_bytes).where(*here).order_by(segments.c.started_ns.desc())
        with self._read() as connection:
            return tuple((row.id, row.file, row.size_bytes) for row in connection.execute(query.limit(limit)))

    def get(self, segment_id: str) -> Segment | None:
        with self._read() as connection:
            row = connection.execute(_with_keeping().where(segments.c.id == segment_id)).mappings().first()
        return None if row is None else _segment(row)

    def sizes_here(self) -> dict[Keeping, int]:
        """Bytes by why they are kept, of those that are not in the archive."""
        keeping = _keeping().label("keeping")
        query = select(keeping, func.sum(segments.c.size_bytes)).where(segments.c.archived.is_(False)).group_by(keeping)
        with self._read() as connection:
            return dict.fromkeys(Keeping, 0) | {Keeping(why): size for why, size in connection.execute(query)}

    def oldest(self, keeping: Keeping, limit: int, before_ns: int | None = None, archived: bool = False) -> tuple[Segment, ...]:
        """Oldest first; only those that ended before a time where one is given."""
        query = _with_keeping().where(segments.c.archived.is_(archived), _keeping() == keeping.value)
        if keeping is not Keeping.LOCKED:
            query = query.where(segments.c.eventful.is_(keeping is Keeping.EVENT))
        if before_ns is not None:
            query = query.where(segments.c.ended_ns < before_ns, segments.c.started_ns < before_ns)
        with self._read() as connection:
            rows = connection.execute(query.order_by(segments.c.started_ns, segments.c.id).limit(limit)).mappings()
            return tuple(_segment(row) for row in rows)

    def mark_eventful(self, around: Around, since_ns: int) -> None:
        """Segments that ended at `since_ns` or later, and during which, or shortly before or after which, something was going on in front
        of their camera, are kept as that is."""
        with self._read() as reading:
            for page in quiet_pages(reading, since_ns):
                ids = eventful(reading, page, around)
                if ids:
                    with self._write() as writing:
                        writing.execute(update(segments).where(segments.c.id.in_(ids)).values(eventful=True))

    def archive(self, segment_id: str, file: str, sha256: str) -> None:
        """It is in the archive now. `file`: its whole path."""
        with self._write() as connection:
            connection.execute(update(segments).where(segments.c.id == segment_id).values(file=file, sha256=sha256, archived=True))

    def damage(self, segment_id: str, sentence: str) -> None:
        with self._write() as connection:
            connection.execute(update(segments).where(segments.c.id == segment_id).values(damage=sentence))

    def cut(self, segment: Segment) -> None:
        """It is shorter than it was: what its file holds now."""
        left = {"ended_ns": segment.ended_ns, "size_bytes": segment.size_bytes, "damage": segment.damage}
        with self._write() as connection:
            connection.execute(update(segments).where(segments.c.id == segment.id).values(**left))

    def remove(self, ids: Several[str]) -> None:
        """Rows, not files. At most some hundred."""
        with self._write() as connection:
            connection.execute(delete(segments).where(segments.c.id.in_(ids)))

    def overlapping(self, spans: Several[tuple[str, int, int]]) -> tuple[Segment, ...]:
        """Those that hold something of a camera between two times, for each of (camera, since, until)."""
        found: dict[str, Segment] = {}
        with self._read() as connection:
            for camera_id, since_ns, until_ns in spans:
                asked = ListSegments(since_ns, until_ns, (camera_id,), limit=1 << 30)
                found.update((segment.id, segment) for segment in _list_segments(connection, asked))
        return tuple(found.values())

    def put_lock(self, lock: EvidenceLock) -> None:
        """From now on what it names stays."""
        with self._write() as connection:
            connection.execute(insert(evidence_locks), [to_plain(lock)])
            of = {"lock_id": lock.id, "since_ns": lock.since_ns, "until_ns": lock.until_ns}
            connection.execute(insert(evidence_spans), [{**of, "camera_id": camera_id} for camera_id in lock.camera_ids or ("",)])

    def remove_lock(self, lock_id: str) -> None:
        """Raises NotFound."""
        with self._write() as connection:
            if not connection.execute(delete(evidence_locks).where(evidence_locks.c.id == lock_id)).rowcount:
                raise NotFound(f"There is no lock {lock_id}.")
            connection.execute(delete(evidence_spans).where(evidence_spans.c.lock_id == lock_id))

    def expire_locks(self, now_ns: int) -> None:
        """Locks whose time has come hold nothing any more, and are forgotten once nothing of what they held is left."""
        over = select(evidence_locks.c.id).where(evidence_locks.c.expires_ns <= now_ns)
        with self._write() as connection:
            connection.execute(delete(evidence_spans).where(evidence_spans.c.lock_id.in_(over)))
            empty = [_within(segments), _within(clips)]
            connection.execute(delete(evidence_locks).where(evidence_locks.c.expires_ns <= now_ns, *(~each for each in empty)))

    def held_spans(self) -> tuple[tuple[int, int], ...]:
        """(since, until) of all that is locked now, of whatever camera."""
        with self._read() as connection:
            return tuple((row.since_ns, row.until_ns) for row in connection.execute(select(evidence_spans)))

    def clips_to_erase(self) -> tuple[Clip, ...]:
        """Those that were to be erased, and that no lock holds any more."""
        with self._read() as connection:
            later = select(erase_later.c.id).where(erase_later.c.kind == LATER_CLIP)
            rows = connection.execute(select(clips).where(clips.c.id.in_(later), ~is_locked(clips))).mappings()
            return tuple(read_as(Clip, dict(row)) for row in rows)

    def segments_to_erase(self) -> tuple[Segment, ...]:
        with self._read() as connection:
            later = select(erase_later.c.id).where(erase_later.c.kind == LATER_SEGMENT)
            rows = connection.execute(_with_keeping().where(segments.c.id.in_(later), ~is_locked(segments))).mappings()
            return tuple(_segment(row) for row in rows)

    def held_clips(self, ids: Several[str]) -> frozenset[str]:
        """Those of some hundred clips that a lock holds."""
        with self._read() as connection:
            return frozenset(connection.scalars(select(clips.c.id).where(clips.c.id.in_(ids), is_locked(clips))))

    def journal_to_erase(self) -> bool:
        with self._read() as connection:
            return bool(connection.scalar(select(func.count()).where(erase_later.c.kind == LATER_JOURNAL)))

    def erase_later(self, kind: str, ids: Several[str]) -> None:
        """When no lock holds it any more."""
        if ids:
            with self._write() as connection:
                upsert_row = insert_into(connection, erase_later).on_conflict_do_nothing()
                connection.execute(upsert_row, [{"kind": kind, "id": each} for each in ids])

    def to_erase(self, kind: str) -> frozenset[str]:
        """Ids of what is to be erased once nothing locks it any more."""
        with self._read() as connection:
            return frozenset(connection.scalars(select(erase_later.c.id).where(erase_later.c.kind == kind)))

    def erased(self, kind: str, ids: Several[str]) -> None:
        with self._write() as connection:
            connection.execute(delete(erase_later).where(erase_later.c.kind == kind, erase_later.c.id.in_(ids)))

    def of_locked_persons(self, around: Around) -> tuple[tuple[str, int, int], ...]:
        """(camera, since, until) of the events of persons of whom nothing may be removed. Where nobody is locked no event is looked at."""
        whose = or_(
            events.c.person_id.in_(select(persons.c.id).where(persons.c.locked)),
            events.c.person.in_(select(persons.c.name).where(persons.c.locked)),
        )
        until_ns = func.coalesce(events.c.ended_ns, events.c.started_ns) + around.after_ns
        query = select(events.c.camera_id, events.c.started_ns - around.before_ns, until_ns).where(whose, events.c.camera_id != "")
        with self._read() as connection:
            if not connection.scalar(select(func.count()).where(persons.c.locked)):
                return ()
            return tuple((camera_id, since_ns, until_ns) for camera_id, since_ns, until_ns in connection.execute(query))


def _list_segments(connection: Connection, ask: ListSegments) -> tuple[Segment, ...]:
    started = between(segments.c.started_ns, ask.since_ns - LONGEST_NS, ask.until_ns)
    query = _with_keeping().where(*started, segments.c.ended_ns > ask.since_ns).order_by(segments.c.started_ns, segments.c.id)
    if ask.camera_ids:
        query = query.where(segments.c.camera_id.in_(ask.camera_ids))
    return tuple(_segment(row) for row in connection.execute(query.limit(ask.limit)).mappings())


def _without_archive_path(segment: Segment) -> Segment:
    """Where an archive lies is told to nobody."""
    return replace(segment, file="/".join(segment.file.split("/")[-_PARTS:])) if segment.archived else segment


def _within(table: Table) -> ColumnElement[bool]:
    """Whether anything of what a lock of `evidence_locks` named is there, of whatever camera."""
    return exists().where(table.c.started_ns < evidence_locks.c.until_ns, table.c.ended_ns >= evidence_locks.c.since_ns)


def _keeping() -> ColumnElement[str]:
    kept = case((segments.c.eventful, Keeping.EVENT.value), else_=Keeping.CONTINUOUS.value)
    return case((is_locked(segments), Keeping.LOCKED.value), else_=kept)


def _with_keeping() -> Any:
    return select(segments, _keeping().label("keeping"))


def _segment(row: RowMapping) -> Segment:
    return read_as(Segment, {name: value for name, value in row.items() if name != "eventful"})


def _row(segment: Segment) -> dict[str, Any]:
    plain = to_plain(segment)
    return {name: value for name, value in plain.items() if name != "keeping"} | {"eventful": segment.keeping is Keeping.EVENT}

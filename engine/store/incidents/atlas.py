"""Calls to Atlas that wait, first in first out, and what is counted of them.

The queue is bounded: when one more would be too many, the oldest feedback is dropped, or where there is none the oldest classification.
What is dropped is counted by the minute, as calls are.
"""

from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, case, delete, false, func, insert, select, update

from engine.model.incidents.atlas_call import WAITS, AtlasCall, AtlasCallKind, AtlasCounts, AtlasTally, JudgedIncident
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.time import SECOND
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import atlas_calls, atlas_minutes, incidents
from engine.store.upsert import insert_into

MOST_CALLS = 10_000
MOST_JUDGED = 5_000
KEPT_MINUTES = 8 * 24 * 60
_DROPPED_FIRST = case((atlas_calls.c.kind == AtlasCallKind.FEEDBACK.value, 0), else_=1)


class AtlasTable(GuardedTables):
    """Any thread. `faults` turns what the database says when the world fails into EnvironmentFault."""

    def put(self, call: AtlasCall, most: int = MOST_CALLS) -> bool:
        """Keep a call; durable on return. False where one of the same key waits already: it stays as it is, in its place."""
        with self._write() as connection:
            return put_call(connection, call, most)

    def put_all(self, calls: Several[AtlasCall], most: int = MOST_CALLS) -> None:
        """In one transaction; those of a key that waits already are left out."""
        with self._write() as connection:
            if calls:
                connection.execute(_new(connection), [_row(call) for call in calls])
                _drop(connection, most, calls[-1].created_ns)

    def next(self) -> AtlasCall | None:
        """The one that has waited longest."""
        with self._read() as connection:
            row = connection.execute(select(atlas_calls).order_by(atlas_calls.c.seq).limit(1)).mappings().first()
            return None if row is None else read_as(AtlasCall, dict(row))

    def waiting(self) -> int:
        with self._read() as connection:
            return connection.scalar(select(func.count()).select_from(atlas_calls)) or 0

    def has(self, incident_id: str, kind: AtlasCallKind) -> bool:
        """Whether such a call about an incident waits."""
        with self._read() as connection:
            mine = (atlas_calls.c.incident_id == incident_id, atlas_calls.c.kind == kind.value)
            return connection.scalar(select(atlas_calls.c.seq).where(*mine).limit(1)) is not None

    def finish(self, seq: int, tally: AtlasTally, now_ns: int) -> None:
        """The call was answered, or nobody wants the answer any more."""
        with self._write() as connection:
            connection.execute(delete(atlas_calls).where(atlas_calls.c.seq == seq))
            _count(connection, now_ns, tally)

    def note_failure(self, seq: int, error: str, tally: AtlasTally, now_ns: int) -> None:
        """The call stays where it is."""
        with self._write() as connection:
            tried = {"attempts": atlas_calls.c.attempts + 1, "last_error": error}
            connection.execute(update(atlas_calls).where(atlas_calls.c.seq == seq).values(tried))
            _count(connection, now_ns, tally)

    def postpone(self, seq: int, error: str, tally: AtlasTally, now_ns: int) -> None:
        """The call goes behind all others."""
        with self._write() as connection:
            row = connection.execute(delete(atlas_calls).where(atlas_calls.c.seq == seq).returning(atlas_calls)).mappings().first()
            if row is not None:
                last = connection.scalar(select(func.max(atlas_calls.c.seq))) or seq
                again = dict(row) | {"seq": last + 1, "attempts": row["attempts"] + 1, "last_error": error}
                connection.execute(insert(atlas_calls).values(again))
            _count(connection, now_ns, tally)

    def note(self, tally: AtlasTally, now_ns: int) -> None:
        """Calls that did not wait in the queue."""
        with self._write() as connection:
            _count(connection, now_ns, tally)

    def counts(self, since_ns: int) -> AtlasCounts:
        """Reads every incident that occurred since then: takes some seconds for a million."""
        with self._read() as connection:
            counted = _minutes(connection, since_ns)
            waiting = connection.scalar(select(func.count()).select_from(atlas_calls)) or 0
            return replace(_incidents(connection, counted, since_ns), waiting=waiting, judged=_judged(connection, since_ns))

    def unsaid(self, since_ns: int, waiting: bool, limit: int) -> tuple[Incident, ...]:
        """Incidents since then that nobody has classified; `waiting`: and those that say that they wait for Atlas, though no call does."""
        with self._read() as connection:
            return _unsaid(connection, since_ns, waiting, limit)


def put_call(connection: Connection, call: AtlasCall, most: int = MOST_CALLS) -> bool:
    """Inside the caller's transaction: kept with what it is about, or not at all. False where one of the same key waits already."""
    is_new = connection.execute(_new(connection), _row(call)).rowcount > 0
    if is_new:
        _drop(connection, most, call.created_ns)
    return is_new


def _new(connection: Connection) -> Executable:
    """An insert that leaves a key that is there as it is."""
    return insert_into(connection, atlas_calls).on_conflict_do_nothing(index_elements=[atlas_calls.c.key])


def _row(call: AtlasCall) -> dict[str, Any]:
    return {name: value for name, value in to_plain(call).items() if name != "seq"}


def _drop(connection: Connection, most: int, now_ns: int) -> None:
    """What is too much, feedback before classifications, the oldest first."""
    over = (connection.scalar(select(func.count()).select_from(atlas_calls)) or 0) - most
    if over <= 0:
        return
    chosen = select(atlas_calls.c.seq, atlas_calls.c.kind).order_by(_DROPPED_FIRST, atlas_calls.c.seq).limit(over)
    rows = connection.execute(chosen).all()
    connection.execute(delete(atlas_calls).where(atlas_calls.c.seq.in_([row.seq for row in rows])))
    feedback = sum(row.kind == AtlasCallKind.FEEDBACK.value for row in rows)
    _count(connection, now_ns, AtlasTally(), dropped_classify=len(rows) - feedback, dropped_feedback=feedback)


def _count(connection: Connection, now_ns: int, tally: AtlasTally, *, dropped_classify: int = 0, dropped_feedback: int = 0) -> None:
    minute = now_ns // (60 * SECOND)
    more: dict[str, Any] = {**to_plain(tally), "dropped_classify": dropped_classify, "dropped_feedback": dropped_feedback}
    if not any(more.values()):
        return
    statement = insert_into(connection, atlas_minutes).values(minute=minute, **more)
    summed = {name: atlas_minutes.c[name] + statement.excluded[name] for name in more}
    connection.execute(statement.on_conflict_do_update(index_elements=[atlas_minutes.c.minute], set_=summed))
    connection.execute(delete(atlas_minutes).where(atlas_minutes.c.minute < minute - KEPT_MINUTES))


def _minutes(connection: Connection, since_ns: int) -> AtlasCounts:
    table = atlas_minutes.c
    names = ("calls", "answered", "total_ms", "dropped_classify", "dropped_feedback")
    sums = [func.coalesce(func.sum(table[name]), 0).label(name) for name in names]
    minutes = [_how_many(table.calls > 0).label("minutes"), _how_many(table.answered > 0).label("minutes_up")]
    row = connection.execute(select(*sums, *minutes).where(table.minute >= since_ns // (60 * SECOND))).mappings().one()
    tally = AtlasTally(row["calls"], row["answered"], row["total_ms"])
    dropped = row["dropped_classify"], row["dropped_feedback"]
    return AtlasCounts(tally, row["minutes"], row["minutes_up"], dropped_classify=dropped[0], dropped_feedback=dropped[1])


def _incidents(connection: Connection, counted: AtlasCounts, since_ns: int) -> AtlasCounts:
    """Of incidents of themselves that really occurred."""
    said = incidents.c.body["classification"]
    by_atlas = said["by"].as_string() == "atlas"
    patterns, links = func.json_array_length(said["pattern_ids"]), func.json_array_length(said["links"])
    query = select(
        func.count(),
        _how_many(by_atlas),
        _how_many(by_atlas & (patterns > 0)),
        func.coalesce(func.sum(case((by_atlas, links), else_=0)), 0),
    ).where(*_real(since_ns))
    row = connection.execute(query).one()
    return replace(counted, incidents=row[0], classified=row[1], enriched=row[2], links=row[3])


def _judged(connection: Connection, since_ns: int) -> tuple[JudgedIncident, ...]:
    """The newest `MOST_JUDGED`."""
    body = incidents.c.body
    said = body["classification"]
    actual, predicted, by = (part.as_string() for part in (body["validated_category"], said["category"], said["by"]))
    query = select(body["description"].as_string(), actual, predicted, by).where(*_real(since_ns), actual != "")
    rows = connection.execute(query.order_by(incidents.c.occurred_ns.desc()).limit(MOST_JUDGED))
    return tuple(JudgedIncident(row[0], row[1], row[2] or "", row[3] or "") for row in rows)


def _unsaid(connection: Connection, since_ns: int, waiting: bool, limit: int) -> tuple[Incident, ...]:
    said = incidents.c.body["classification"]
    by, reason = said["by"].as_string(), said["degraded_reason"].as_string()
    asked = select(atlas_calls.c.seq).where(atlas_calls.c.incident_id == incidents.c.id).exists()
    left = (reason.startswith(WAITS) & ~asked) if waiting else false()
    query = select(incidents.c.body).where(*_real(since_ns), by.is_(None) | left)
    return tuple(read_as(Incident, body) for body in connection.scalars(query.order_by(incidents.c.occurred_ns).limit(limit)))


def _real(since_ns: int) -> tuple[ColumnElement[bool], ...]:
    own = incidents.c.state != IncidentState.MERGED.value
    return incidents.c.occurred_ns >= since_ns, own, incidents.c.simulated.is_(False)


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

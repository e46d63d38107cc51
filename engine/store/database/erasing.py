"""Taking a person out of the record."""

import time
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, Text, cast, delete, func, or_, select, text, update

from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault
from engine.model.event import Event
from engine.model.people.traces import Traces
from engine.model.wire import read_as, to_plain
from engine.store.people.handover_tables import handovers
from engine.store.questions import read_clip
from engine.store.review.tables import review_items
from engine.store.tables import alerts, clips, decisions, deliveries, events
from engine.store.timeline.tables import bookmarks, saved_searches

_AT_ONCE = 500  # ids in one statement
_TRIES, _PAUSE_S = 20, 0.1
# Where a person's id or name can stand in a text.
_TEXTS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (events, ("reason", "subject_id", "person", "person_id", "candidates")),
    (decisions, ("subject_id", "flip", "gates", "evidence_ids", "reason")),
    (alerts, ("subject_id", "group", "person", "person_id", "reason", "shelved_reason", "notes")),
    (deliveries, ("body", "last_error")),
    (bookmarks, ("note",)),
    (handovers, ("body",)),
)


def events_of(connection: Connection, traces: Traces) -> tuple[Event, ...]:
    """Those with their id, and those of the radio, which knows names only."""
    whose = or_(events.c.person_id == traces.person_id, events.c.person.in_(traces.names))
    rows = connection.execute(select(events).where(whose).order_by(events.c.started_ns, events.c.id)).mappings()
    return tuple(read_as(Event, dict(row)) for row in rows)


def clips_of_events(connection: Connection, event_ids: Several[str]) -> tuple[Clip, ...]:
    found: list[Clip] = []
    for begin in range(0, len(event_ids), _AT_ONCE):
        rows = connection.execute(select(clips).where(clips.c.event_id.in_(event_ids[begin : begin + _AT_ONCE]))).mappings()
        found += (read_clip(row) for row in rows)
    return tuple(found)


def retell(connection: Connection, traces: Traces) -> None:
    """Events of theirs and the review items of these, and nothing else."""
    _rewrite(connection, review_items, ("person_ids", "persons"), traces)
    for event in events_of(connection, traces):
        plain = to_plain(traces.event(event))
        connection.execute(update(events).where(events.c.id == event.id).values({n: v for n, v in plain.items() if n != "id"}))


def pseudonymise(connection: Connection, traces: Traces) -> None:
    retell(connection, traces)
    for table, names in _TEXTS:
        _rewrite(connection, table, names, traces)
    _rewrite_facts(connection, traces)
    _remove_searches(connection, traces)


def _remove_searches(connection: Connection, traces: Traces) -> None:
    """Who searched for them searches for nobody from now on."""
    columns = saved_searches.c
    for id_, *texts in connection.execute(select(columns.id, columns.name, columns.question, cast(columns.filter, Text))).all():
        told = "\n".join(texts)
        if traces.text(told) != told:
            connection.execute(delete(saved_searches).where(columns.id == id_))


def _rewrite_facts(connection: Connection, traces: Traces) -> None:
    """These hold ids only; names are left alone, since somebody may be called as a kind of event is."""
    kept = cast(decisions.c.facts, Text)
    for row in (
        connection.execute(select(decisions.c.id, kept.label("facts")).where(func.instr(kept, traces.person_id) > 0)).mappings().all()
    ):
        changed = row["facts"].replace(traces.person_id, traces.pseudonym)
        connection.execute(text("UPDATE decisions SET facts = :facts WHERE id = :id"), {"facts": changed, "id": row["id"]})


def _rewrite(connection: Connection, table: Table, names: tuple[str, ...], traces: Traces) -> None:
    """Lists are looked through as the JSON text that is kept."""
    texts: list[Column[Any]] = [table.c[name] for name in names]
    sought = (traces.person_id, *traces.spellings)
    holding = or_(*(func.instr(cast(column, Text), word) > 0 for column in texts for word in sought))
    plain = [cast(column, Text).label(column.name) for column in texts]
    for row in connection.execute(select(table.c.id, *plain).where(holding)).mappings().all():
        changed = {f"{name}_": traces.text(row[name]) for name in names if row[name] is not None}
        setting = ", ".join(f'"{name.removesuffix("_")}" = :{name}' for name in changed)
        if changed:
            connection.execute(text(f"UPDATE {table.name} SET {setting} WHERE id = :id"), {**changed, "id": row["id"]})


def scrub(writing: Engine) -> None:
    """The full text forgets for good only when it is written anew too. `VACUUM` leaves nothing of what was deleted in the file; the
    write-ahead log is then emptied."""
    connection = writing.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO found_words (found_words) VALUES ('optimize')")
        cursor.execute("VACUUM")
        for _ in range(_TRIES):
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy is None or not busy[0]:
                return
            time.sleep(_PAUSE_S)
    finally:
        connection.close()
    raise EnvironmentFault("database_locked", "The record is being read all the time, so what was erased cannot be overwritten yet.")

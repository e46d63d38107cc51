"""Taking a person out of what a site told, also out of what that site itself keeps no longer."""

from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, Text, and_, cast, delete, func, or_, select, text

from engine.model.event import Event
from engine.model.people.traces import Traces
from engine.model.wire import read_as, to_plain
from engine.store.review.tables import review_items
from engine.store.shared.bulk import upsert_rows
from engine.store.shared.intents import intents
from engine.store.shared.person_links import forget_person
from engine.store.tables import alerts, clips, decisions, events, incidents

_AT_ONCE = 500  # ids in one statement
# Where a person's id or name can stand; of events only what their class knows to make of it.
_TEXTS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (review_items, ("person_ids", "persons")),
    (decisions, ("subject_id", "flip", "gates", "evidence_ids", "reason")),
    (alerts, ("subject_id", "group", "person", "person_id", "reason", "shelved_reason", "notes")),
    (incidents, ("body",)),
    (intents, ("command", "outcome")),
)


def erase(connection: Connection, site: str, traces: Traces) -> None:
    """`traces`: with ids as they are here. Names of other sites' people are left alone, however alike."""
    _erase_events(connection, site, traces)
    for table, names in _TEXTS:
        _rewrite(connection, site, table, names, traces)
    _rewrite_facts(connection, site, traces)
    forget_person(connection, traces.person_id)


def _erase_events(connection: Connection, site: str, traces: Traces) -> None:
    told = cast(events.c.candidates, Text)
    theirs = or_(
        events.c.person_id == traces.person_id,
        events.c.person.in_(traces.names),
        *(func.strpos(column, word) > 0 for column in (events.c.reason, events.c.subject_id, told) for word in _sought(traces)),
    )
    rows = connection.execute(select(events).where(_of(events, site), theirs)).mappings().all()
    found = [read_as(Event, dict(row)) for row in rows]
    upsert_rows(connection, events, [to_plain(without) for event in found if (without := traces.event(event)) is not event])
    shown = [event.id for event in found if traces.concerns(event)]
    for begin in range(0, len(shown), _AT_ONCE):  # the site has no video of them any more; what was sent goes with the facts of the clips
        connection.execute(delete(clips).where(clips.c.event_id.in_(shown[begin : begin + _AT_ONCE])))


def _rewrite(connection: Connection, site: str, table: Table, names: tuple[str, ...], traces: Traces) -> None:
    columns: list[Column[Any]] = [table.c[name] for name in names]
    holding = or_(*(func.strpos(cast(column, Text), word) > 0 for column in columns for word in _sought(traces)))
    plain = [cast(column, Text).label(column.name) for column in columns]
    for row in connection.execute(select(table.c.id, *plain).where(_of(table, site), holding)).mappings().all():
        changed = {column.name: traces.text(row[column.name]) for column in columns if row[column.name] is not None}
        setting = ", ".join(f'"{name}" = {_placeholder(table, name, number)}' for number, name in enumerate(changed))
        values = {f"v{number}": value for number, value in enumerate(changed.values())}
        connection.execute(text(f"UPDATE {table.name} SET {setting} WHERE id = :id"), {**values, "id": row["id"]})


def _rewrite_facts(connection: Connection, site: str, traces: Traces) -> None:
    """These hold ids only; names are left alone, since somebody may be called as a kind of event is."""
    told = text(
        "UPDATE decisions SET facts = CAST(replace(CAST(facts AS text), :person_id, :pseudonym) AS jsonb)"
        " WHERE id >= :first AND id < :last AND strpos(CAST(facts AS text), :person_id) > 0"
    )
    ids = {"person_id": traces.person_id, "pseudonym": traces.pseudonym}
    connection.execute(told, {**ids, "first": f"{site}/", "last": f"{site}0"})


def _placeholder(table: Table, name: str, number: int) -> str:
    return f"CAST(:v{number} AS jsonb)" if isinstance(table.c[name].type, JSON) else f":v{number}"


def _sought(traces: Traces) -> tuple[str, ...]:
    return (traces.person_id, *traces.spellings)


def _of(table: Table, site: str) -> Any:
    """Ids of one site are a range of the primary key: `/` and what follows it."""
    return and_(table.c.id >= f"{site}/", table.c.id < f"{site}0")

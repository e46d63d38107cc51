"""Writing values: insert, or replace by id. One statement per table and batch."""

import sqlite3
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import ColumnClause, Connection, Table, and_, case, delete, literal_column, or_

from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.alerts.delivery import Delivery
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import Segment
from engine.model.cameras.track import Sequence
from engine.model.command_terms import KeptCommand
from engine.model.event import Event
from engine.model.people.person import FaceGone, FaceSample, Person, PersonGone
from engine.model.repository import Storable
from engine.model.review.review import ReviewItem
from engine.model.wire import to_plain
from engine.store.changes import driver_of, enter_new, known_of
from engine.store.database.rejected import count_rejected, trim_rejected
from engine.store.event_rows import insert_events, replace_events
from engine.store.people.command_keys import kept_commands
from engine.store.review.tables import review_items
from engine.store.segments.segments import keep_segments
from engine.store.tables import alerts, clips, decisions, deliveries, faces, persons, sequences
from engine.store.upsert import upsert

TABLES: dict[type[Storable], Table] = {
    Decision: decisions,
    Alert: alerts,
    Sequence: sequences,
    Clip: clips,
    Delivery: deliveries,
    Person: persons,
    FaceSample: faces,
    ReviewItem: review_items,
    KeptCommand: kept_commands,
}
_GONE: dict[type[Storable], Table] = {PersonGone: persons, FaceGone: faces}


def _better_kept(name: str) -> Any:
    """The column `name` of whichever row has the higher `max_conf`; of equals the new one."""
    new_is_better = literal_column("excluded.max_conf") >= sequences.c.max_conf
    return case((new_is_better, _new(name)), else_=sequences.c[name])


def _further_kept(name: str) -> Any:
    """The column `name` of whichever row tells of more: a message made again by a replay does not undo that it was sent."""
    tried_more = literal_column("excluded.attempts") > deliveries.c.attempts
    finished_now = and_(literal_column("excluded.state") != "waiting", deliveries.c.state == "waiting")
    return case((or_(tried_more, finished_now), _new(name)), else_=deliveries.c[name])


def _new(name: str) -> ColumnClause[Any]:
    return literal_column(f"excluded.{name}")


# A sequence's `max_conf` is never lowered, and `best_box` stays with it; a delivery never falls back, and its text is settled: an attempt
# that was under way while somebody was erased does not bring them back.
_KEPT: dict[type[Storable], dict[str, Any]] = {
    Sequence: {name: _better_kept(name) for name in ("max_conf", "best_box")},
    Delivery: {column.name: _further_kept(column.name) for column in deliveries.columns if column.name != "id"}
    | {"body": deliveries.c.body},
}


def _save_events(driver: sqlite3.Connection, by_id: dict[str, Event]) -> None:
    told = list(by_id.values())
    known = known_of(driver, told)
    new = [event for event in told if event.id not in known]
    insert_events(driver, new)
    enter_new(driver, new)
    replace_events(driver, [event for event in told if event.id in known])


def save_values(connection: Connection, values: Several[Storable], rejected_per_day: int) -> None:
    """Write the values inside the caller's transaction. A value is known by its id; its last state in `values` counts, and
    what is gone stays gone."""
    of: dict[type[Storable], list[Any]] = {}
    for value in values:
        of.setdefault(type(value), []).append(value)
    touched = count_rejected(connection, of.get(Decision, []))
    _save_events(driver_of(connection), {event.id: event for event in of.get(Event, [])})
    for kind, table in TABLES.items():
        upsert(connection, table, [to_plain(value) for value in of.get(kind, [])], _KEPT.get(kind))
    keep_segments(connection, of.get(Segment, []))
    for kind, table in _GONE.items():
        ids = [value.id for value in of.get(kind, [])]
        if ids:
            connection.execute(delete(table).where(table.c.id.in_(ids)))
    trim_rejected(connection, touched, rejected_per_day)

"""Enters what changed into the indexes of the timeline and of words, within the transaction that changed it."""

import sqlite3
from collections.abc import Sequence as Several
from itertools import groupby
from operator import attrgetter
from typing import cast

from sqlalchemy import Connection

from engine.model.event import Event
from engine.store.search import text_index
from engine.store.search.text_index import Words
from engine.store.timeline import counts as timeline_counts

_AT_ONCE = 20_000
_MOST_WORDS = 2_000  # events in a batch whose words are entered with them; those of more wait for their turn
_COUNTED = attrgetter("camera_id", "kind._value_", "person_id", "person")  # `value` of an enum takes five times as long
_TOLD = "n, source, at_ns, camera_id, kind, severity, person, id, words, marks"


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The connection below, in the same transaction: what runs a million times goes straight to it."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def enter_changes(connection: Connection) -> None:
    """What triggers told. Called at the end of every transaction that writes."""
    driver = driver_of(connection)
    while rows := driver.execute(f"SELECT rowid, {_TOLD} FROM record_changes ORDER BY rowid LIMIT {_AT_ONCE}").fetchall():
        timeline_counts.count(driver, [row[1:8] for row in rows if row[5]])
        for n, several in groupby((row for row in rows if row[9] is not None), key=lambda row: row[1]):
            _enter_words(driver, n, [(row[2], row[8], row[3], row[9], row[10]) for row in several])
        driver.execute("DELETE FROM record_changes WHERE rowid <= ?", (rows[-1][0],))


def _enter_words(driver: sqlite3.Connection, n: int, rows: Several[Words]) -> None:
    if n > 0:
        text_index.put(driver, rows)
        return
    for row in rows:
        text_index.take(driver, row)


def known_of(driver: sqlite3.Connection, events: Several[Event]) -> set[str]:
    """Ids of those that are in the record."""
    ids = [event.id for event in events]
    known: set[str] = set()
    for begin in range(0, len(ids), _AT_ONCE):
        some = ids[begin : begin + _AT_ONCE]
        known.update(row[0] for row in driver.execute(f"SELECT id FROM events WHERE id IN ({','.join('?' * len(some))})", some))
    return known


def enter_new(driver: sqlite3.Connection, events: Several[Event]) -> None:
    """Events that were just written for the first time; of those no trigger tells."""
    shown = [event for event in events if not event.shadow]
    counted = (("event", camera_id, kind, person_id or person) for camera_id, kind, person_id, person in map(_COUNTED, shown))
    starts, severities = [event.started_ns for event in shown], [int(event.severity) for event in shown]
    timeline_counts.count_columns(driver, counted, starts, severities)
    if len(events) > _MOST_WORDS:
        text_index.put_later(driver, len(events))
    else:
        text_index.put(driver, [words for event in shown if (words := text_index.words_of(event)) is not None])


def changes_wait(connection: Connection) -> bool:
    """Whether there is something to be entered: of a record that was migrated, or that somebody wrote without this."""
    return driver_of(connection).execute("SELECT 1 FROM record_changes LIMIT 1").fetchone() is not None

"""Keeps the words of the record where they are found quickly (SQLite FTS5), under keys that rise with time.

The full-text table keeps no text: to take something out, the very words have to be given that were put in; triggers tell them.
"""

import sqlite3
from collections.abc import Iterable
from collections.abc import Sequence as Several
from functools import lru_cache
from typing import TypeAlias

from engine.model.event import Event, EventKind
from engine.store.upsert import insert_rows

MS_NS = 1_000_000
PER_MS = 1 << 19  # keys of what began within one millisecond: they fit 64 bits until 2262
STEP = 5_000  # rows of before that are put at once: in some tenths of a second, in which nothing else is saved

Words: TypeAlias = tuple[str, str, int, str, str]  # source, id, at_ns, words, marks
_PUT = "INSERT INTO found (key, kind, id)"
_PUT_WORDS = "INSERT INTO found_words (rowid, words, marks)"
_TAKE_WORDS = "INSERT INTO found_words (found_words, rowid, words, marks) VALUES ('delete', ?, ?, ?)"
_KNOWN = "SELECT key FROM found WHERE key >= ? AND key < ? AND id = ? AND kind = ?"


def first_key(at_ns: int) -> int:
    return at_ns // MS_NS * PER_MS


def put(driver: sqlite3.Connection, rows: Several[Words]) -> None:
    """None of them is there yet. In the order of their keys: the full text writes out all that it has gathered whenever one falls back."""
    keys = _keys(driver, [first_key(row[2]) for row in rows])
    keyed = sorted(zip(keys, rows, strict=True))
    insert_rows(driver, _PUT, [(key, row[0], row[1]) for key, row in keyed])
    insert_rows(driver, _PUT_WORDS, [(key, row[3], row[4]) for key, row in keyed])


def take(driver: sqlite3.Connection, row: Words) -> None:
    """What was never put (it waits for its turn) is passed over: taking it would break the index."""
    key = _key(driver, row)
    if key is not None:
        driver.execute(_TAKE_WORDS, (key, *row[3:]))
        driver.execute("DELETE FROM found WHERE key = ?", (key,))


def _key(driver: sqlite3.Connection, row: Words) -> int | None:
    first = first_key(row[2])
    known = driver.execute(_KNOWN, (first, first + PER_MS, row[1], row[0])).fetchone()
    return None if known is None else int(known[0])


def _keys(driver: sqlite3.Connection, firsts: Iterable[int]) -> list[int]:
    """A free key in the millisecond of each."""
    newest = _last_key(driver, -(1 << 63), 1 << 62)
    nexts: dict[int, int] = {}
    keys: list[int] = []
    for first in firsts:
        key = nexts.get(first)
        if key is None:  # what is newer than all that is known has its millisecond for itself, and nothing needs to be asked
            last = _last_key(driver, first, first + PER_MS) if newest is not None and first <= newest else None
            key = first if last is None else last + 1
        nexts[first] = key + 1
        keys.append(key)
    return keys


def _last_key(driver: sqlite3.Connection, since: int, until: int) -> int | None:
    row = driver.execute("SELECT key FROM found WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1", (since, until)).fetchone()
    return None if row is None else int(row[0])


def words_of(event: Event) -> Words | None:
    """As the view `found_event` says it; None for those that are not found."""
    if event.shadow:
        return None
    kind = str(event.kind)
    words = f"{kind.replace('_', ' ')} {event.reason} {event.label} {event.person}"
    marks = f"hevent {mark('k', kind)} s{int(event.severity)}"
    for letter, of in (("c", event.camera_id), ("p", event.person_id), ("z", event.zone_id), ("l", event.label)):
        if of:
            marks += f" {mark(letter, of)}"
    if event.kind is EventKind.NODE_LOST and event.subject_id:
        marks += f" {mark('n', event.subject_id)}"
    if event.simulated:
        marks += " x1"
    return "event", event.id, event.started_ns, words, marks


@lru_cache(4_096)
def mark(letter: str, of: str) -> str:
    """A word of letters and digits that says which camera (kind, person …) something has."""
    return letter + of.encode().hex().upper()


def put_later(driver: sqlite3.Connection, events: int) -> None:
    """The words of so many events that were just inserted wait for their turn: putting them costs as much as all else of saving them."""
    last = driver.execute("SELECT max(rowid) FROM events").fetchone()[0]
    driver.execute("INSERT INTO found_later (first, last) VALUES (?, ?)", (last - events + 1, last))


def words_wait(driver: sqlite3.Connection) -> bool:
    return bool(driver.execute("SELECT EXISTS (SELECT 1 FROM found_later) OR EXISTS (SELECT 1 FROM found_waiting)").fetchone()[0])


def put_waiting(driver: sqlite3.Connection) -> int | None:
    """Put the next of what waits for its turn, the newest of a source first: about how many rows are left, None: none."""
    later = driver.execute("SELECT first, last FROM found_later ORDER BY first DESC").fetchall()
    before = driver.execute("SELECT source, last FROM found_waiting ORDER BY source").fetchall()
    if not later and not before:
        return None
    if later:
        first, last = later[0]
        left = _put_rows(driver, "event", first, last)
        driver.execute("DELETE FROM found_later WHERE first = ?", (first,))
        if left >= first:
            driver.execute("INSERT INTO found_later (first, last) VALUES (?, ?)", (first, left))
        later[0] = (first, left)
    else:
        source, last = before[0]
        left = _put_rows(driver, source, 1, last)
        driver.execute("DELETE FROM found_waiting WHERE source = ?", (source,))
        if left:
            driver.execute("INSERT INTO found_waiting (source, last) VALUES (?, ?)", (source, left))
        before[0] = (source, left)
    return sum(last - first + 1 for first, last in later) + sum(last for _, last in before)


def _put_rows(driver: sqlite3.Connection, source: str, first: int, last: int) -> int:
    """Put the newest of the rows from `first` to `last`; the last row that is left, `first - 1` where none is."""
    of_source = f"SELECT number, id, at_ns, words, marks FROM found_{source} WHERE number BETWEEN ? AND ? ORDER BY number DESC LIMIT {STEP}"
    rows = driver.execute(of_source, (first, last)).fetchall()
    words: list[Words] = [(source, *row[1:]) for row in rows]
    put(driver, [row for row in words if _key(driver, row) is None])
    return rows[-1][0] - 1 if len(rows) == STEP else first - 1

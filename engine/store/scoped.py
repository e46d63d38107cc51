"""What a session that is limited to some cameras finds of the record: what those saw, and nothing else.

Its connections see views of the same names in place of the tables (SQLite looks among temporary names first), so that every question, also
one that is written tomorrow, is limited in SQL, before it counts or makes pages. A table that is not named here is empty for them.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

from engine.model.accounts.access import Scope
from engine.model.cameras.clip import Clip
from engine.model.event import CONTRADICTIONS, Event
from engine.model.history.timeline import HitPage, LaneKind, SearchRecord
from engine.model.question_type import RecordQuestion
from engine.model.review.review import ListReview, ReviewPage
from engine.store import questions
from engine.store.changes import driver_of
from engine.store.database.connection import reading_engine
from engine.store.event_query import AskedTables
from engine.store.review.review_items import review_page, within_scope
from engine.store.search.text_query import Names
from engine.store.tables import metadata
from engine.store.timeline.timeline import hit_page

T = TypeVar("T")

_SEEN = "+{0} IN (SELECT camera_id FROM scope_cameras)"  # the plus: another index serves the question, this only lets rows through
_MINE = 'by_id = (SELECT "by" FROM scope_by) AND (SELECT "by" FROM scope_by) != \'\''
_CONFLICTS = str(tuple(sorted(kind.value for kind in CONTRADICTIONS)))
_OF_CAMERA = f"{_SEEN.format('camera_id')}"
_KEYED = " OR ".join(  # one by one: a list of all ids would be made for every question
    f"(kind = '{kind}' AND EXISTS (SELECT 1 FROM {table} WHERE {table}.id = found.id))"
    for kind, table in (("event", "events"), ("alert", "alerts"), ("decision", "decisions"), ("bookmark", "bookmarks"))
)
_LANES = f"lane IN ('{LaneKind.CAMERA}', '{LaneKind.DECISIONS}') AND {_SEEN.format('id')}"
_ONLY_SEEN = f"SELECT 1 FROM json_each(camera_ids) WHERE NOT ({_SEEN.format('value')})"

# Of each table that is not empty: which rows. In this order, as later ones look at earlier ones.
ROWS: dict[str, str] = {
    "meta": "1",
    "alembic_version": "1",
    "gestures": "1",
    "found_waiting": "1",
    "found_later": "1",
    "evidence_spans": "1",
    "events": f"{_OF_CAMERA} AND kind NOT IN {_CONFLICTS}",
    "decisions": f"{_OF_CAMERA} AND candidate != 'identity'",
    "alerts": f"{_OF_CAMERA} AND kind NOT IN {_CONFLICTS}",
    "sequences": _OF_CAMERA,
    "review_items": _OF_CAMERA,
    "review_marks": 'user_id = (SELECT "by" FROM scope_by)',
    "clips": _OF_CAMERA,
    "segments": _OF_CAMERA,
    "rejected_counts": _OF_CAMERA,
    "trails": _OF_CAMERA,
    "watched": _SEEN.format("sensor_id"),
    "timeline_counts": _LANES,
    "bookmarks": f"({_OF_CAMERA}) OR (camera_id = '' AND {_MINE})",
    "saved_searches": _MINE,
    "evidence_locks": f"json_array_length(camera_ids) > 0 AND NOT EXISTS ({_ONLY_SEEN})",
    "persons": "EXISTS (SELECT 1 FROM events WHERE events.person_id = persons.id AND events.person_id != '')",
    "event_verdicts": "EXISTS (SELECT 1 FROM events WHERE events.id = event_verdicts.event_id)",
    "found": _KEYED,
}
# Columns that tell of other sensors beside the row's own, as they are told here.
COLUMNS: dict[str, dict[str, str]] = {
    "alerts": {"event_ids": "json_array(event_id)", "incident_id": "''"},
    "decisions": {
        "evidence_ids": "'[]'",
        "evidence": f"(SELECT json_group_array(json(value)) FROM json_each(decisions.evidence)"
        f" WHERE {_SEEN.format('json_extract(value, ' + chr(39) + '$.sensor_id' + chr(39) + ')')})",
        "facts": "json_set(facts, '$.also_ids', json('[]'), '$.same_id', '', '$.incident_id', '')",
    },
    "persons": {"first_seen_ns": "NULL", "last_seen_ns": "NULL", "last_camera_id": "''", "visits": "0", "note": "''"},
}
_FOUND_WORDS = (
    "CREATE TEMP VIEW found_words AS SELECT rowid, found_words FROM main.found_words"
    " WHERE EXISTS (SELECT 1 FROM found WHERE found.key = main.found_words.rowid)"
)


def scoped_engine(path: Path) -> Engine:
    """Connections with the views. Made when the first question comes, when the tables are as they are to be."""
    engine = reading_engine(path)
    event.listen(engine, "connect", _put_views)
    return engine


class ScopedConnections:
    """Connections that see what a scope lets through. Any thread."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._engine = engine
        self._scope = scope

    @contextmanager
    def connect(self) -> Generator[Connection]:
        with self._engine.connect() as connection:
            _limit(driver_of(connection), self._scope)
            yield connection


class ScopedRecord:
    """The record as a limited session may see it. Any thread. Faults are `EnvironmentFault`."""

    def __init__(self, engine: Engine, scope: Scope, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._connections = ScopedConnections(engine, scope)
        self._faults = faults
        self.asked = AskedTables(self._connections, faults)

    def answer(self, question: RecordQuestion[T]) -> T:
        with self._read() as connection:
            return questions.answer(connection, question)

    def search(self, question: SearchRecord, names: Names, size: tuple[int, int] | None) -> HitPage:
        """As `Store.search`."""
        with self._read() as connection:
            return hit_page(connection, question, names, size)

    def reviews(self, question: ListReview, user_id: str) -> ReviewPage:
        with self._read() as connection:
            return within_scope(review_page(connection, question, user_id), question)

    def event(self, event_id: str) -> Event | None:
        with self._read() as connection:
            return questions.event_by_id(connection, event_id)

    def clip(self, clip_id: str) -> Clip | None:
        with self._read() as connection:
            return questions.clip_by_id(connection, clip_id)

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._connections.connect() as connection:
            yield connection


def _put_views(driver: sqlite3.Connection, _record: Any) -> None:
    driver.execute("PRAGMA query_only=OFF")
    driver.execute("PRAGMA temp_store=MEMORY")
    driver.execute("CREATE TEMP TABLE scope_cameras (camera_id TEXT PRIMARY KEY) WITHOUT ROWID")
    driver.execute('CREATE TEMP TABLE scope_by ("by" TEXT NOT NULL)')
    for statement in _views(_tables(driver)):
        driver.execute(statement)
    driver.execute("PRAGMA query_only=ON")


def _tables(driver: sqlite3.Connection) -> set[str]:
    """Also those that no part of this program has described, such as what full text and places are kept in."""
    there = {str(row[0]) for row in driver.execute("SELECT name FROM main.sqlite_master WHERE type IN ('table', 'view')")}
    return {name for name in there if not name.startswith(("sqlite_", "found_words"))}


def _views(tables: set[str]) -> Iterator[str]:
    for name, rows in ROWS.items():
        told = COLUMNS.get(name, {})
        columns = [f'{told[column.name]} AS "{column.name}"' if column.name in told else f'"{column.name}"' for column in _columns(name)]
        yield f'CREATE TEMP VIEW "{name}" AS SELECT {", ".join(columns) or "*"} FROM main."{name}" WHERE {rows}'
    yield _FOUND_WORDS
    for name in sorted(tables - set(ROWS)):
        yield f'CREATE TEMP VIEW "{name}" AS SELECT * FROM main."{name}" WHERE 0'


def _columns(name: str) -> list[Any]:
    return list(metadata.tables[name].columns) if name in metadata.tables else []


def _limit(driver: sqlite3.Connection, scope: Scope) -> None:
    """Whatever the one before saw with this connection is forgotten."""
    driver.execute("PRAGMA query_only=OFF")
    driver.execute("DELETE FROM scope_cameras")
    driver.execute("DELETE FROM scope_by")
    driver.executemany("INSERT INTO scope_cameras VALUES (?)", [(camera_id,) for camera_id in sorted(scope.camera_ids)])
    driver.execute("INSERT INTO scope_by VALUES (?)", (scope.by,))
    driver.execute("PRAGMA query_only=ON")

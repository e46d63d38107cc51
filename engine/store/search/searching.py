"""Words in the record: each has to be found, in any of some columns, whatever their case. One question looks through so many rows."""

import sqlite3
from collections.abc import Callable
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Text, select, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.store.paging import Page

MOST_WORDS = 8
LONGEST = 200
SCANNED = 50_000  # half a second of somebody waiting, with a description in each


@dataclass(frozen=True, slots=True)
class SearchRows:
    """`next_id`: of the last row that was looked at, where there are more to look at and these are not a full page."""

    rows: Several[RowMapping]
    next_id: str | None = None


class _Lowered(GenericFunction[str]):
    """`lower` of every letter. PostgreSQL's own depends on the database's locale, SQLite's knows ASCII (see `_know_every_letter`)."""

    package = "watchroom"  # beside `func.lower`, not in its place
    name = "lower"
    type = Text()
    inherit_cache = True


@compiles(_Lowered, "postgresql")
def _lowered(element: _Lowered, compiler: SQLCompiler, **more: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **more)}) COLLATE "und-x-icu")'


def words(text: str) -> tuple[str, ...]:
    """Raises InputError (field `text`)."""
    if len(text) > LONGEST:
        raise InputError("text", f"has {len(text)} characters; at most {LONGEST} are looked for")
    found = tuple(dict.fromkeys(text.lower().split()))
    if len(found) > MOST_WORDS:
        raise InputError("text", f"has {len(found)} words; at most {MOST_WORDS} are looked for")
    return found


def holds(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """`word` in lower case, taken as it is: % and _ stand for themselves."""
    return _Lowered(column).contains(word, autoescape=True)


def each_found(text: str, anywhere: Callable[[str], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """The condition of each word. Raises InputError."""
    return [anywhere(word) for word in words(text)]


def search(
    connection: Connection, page: Page, conditions: Several[ColumnElement[bool]], sought: Several[ColumnElement[bool]]
) -> SearchRows:
    """Of the rows that `conditions` (which an index serves) let through, those that are `sought`."""
    if not sought:
        return SearchRows(page.rows(connection, conditions))
    within, last_id = reach(connection, page, conditions)
    rows = page.rows(connection, [*conditions, *within, *sought])
    return SearchRows(rows, last_id if len(rows) < page.limit else None)


def reach(connection: Connection, page: Page, conditions: Several[ColumnElement[bool]]) -> tuple[list[ColumnElement[bool]], str | None]:
    """What keeps a question to the rows that it may look through, and the id of the last of them; nothing where they are all."""
    _know_every_letter(connection)
    time, row_id = page.time, page.table.c.id
    in_order = select(time, row_id).where(*conditions, *page.after(connection)).order_by(time.desc(), row_id.desc())
    last = connection.execute(in_order.offset(SCANNED - 1).limit(1)).first()
    return ([], None) if last is None else ([tuple_(time, row_id) >= tuple_(*last)], str(last[1]))


def _know_every_letter(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()

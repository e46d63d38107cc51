"""Insert or replace, in the words that SQLite and PostgreSQL share."""

import sqlite3
from collections.abc import Sequence as Several
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

AT_ONCE = 250  # rows of one statement

_Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: Connection, table: Table) -> _Insert:
    """An insert that knows `ON CONFLICT`, which each dialect of SQLAlchemy spells in its own class."""
    return _insert(connection.dialect.name, table)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], kept: dict[str, Any] | None = None) -> None:
    """Insert rows, or replace those with the same primary key; of two in `rows` the later one stays.

    `kept`: columns that are not simply replaced, with what they become (they may refer to `excluded`, the new row).
    """
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple((kept or {}).items())), rows)


def insert_rows(driver: sqlite3.Connection, into: str, rows: Several[tuple[Any, ...]]) -> None:
    """`into`: `INSERT INTO table (columns)`. Rows of the same length, hundreds in one statement: while it runs other threads do, whereas
    between two statements they hold this one up for some milliseconds."""
    for begin in range(0, len(rows), AT_ONCE):
        some = rows[begin : begin + AT_ONCE]
        marks = f"({', '.join('?' * len(some[0]))})"
        driver.execute(f"{into} VALUES {', '.join([marks] * len(some))}", list(chain.from_iterable(some)))


def _insert(dialect: str, table: Table) -> _Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache  # building a statement takes longer than the database does to carry it out
def _upsert(dialect: str, table: Table, kept: tuple[tuple[str, Any], ...]) -> _Insert:
    statement = _insert(dialect, table)
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced | dict(kept))

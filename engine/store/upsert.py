"""Insert or replace, in the words that SQLite and PostgreSQL share."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

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


def _insert(dialect: str, table: Table) -> _Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache  # building a statement takes longer than the database does to carry it out
def _upsert(dialect: str, table: Table, kept: tuple[tuple[str, Any], ...]) -> _Insert:
    statement = _insert(dialect, table)
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced | dict(kept))

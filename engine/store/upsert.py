"""Insert or replace, in the words that SQLite and PostgreSQL share."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `ON CONFLICT`, which each dialect of SQLAlchemy spells in its own class."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], kept: dict[str, Any] | None = None) -> None:
    """Insert rows, or replace those with the same primary key; of two in `rows` the later one stays.

    `kept`: columns that are not simply replaced, with what they become (they may refer to `excluded`, the new row).
    """
    if not rows:
        return
    statement = insert_into(connection, table)
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    changed = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced | (kept or {}))
    connection.execute(changed, rows)

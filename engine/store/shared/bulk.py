"""Many rows in one statement of PostgreSQL: they travel as one JSON text, which costs a driver in Python the least.

Source of the form: PostgreSQL's manual, `jsonb_to_recordset`. A null in it is SQL's.
"""

import json
import re
from collections.abc import Mapping
from collections.abc import Sequence as Several
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Double, Integer, Table, TextClause, text

Rows = Several[Mapping[str, Any]]
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def upsert_rows(connection: Connection, table: Table, rows: Rows, *, key: str = "id", only_if: str = "") -> None:
    """Insert, or replace by `key`; no two rows have the same one. `only_if`: an SQL condition on `excluded` and the row that is there."""
    if rows:
        connection.execute(_upsert(table, key, only_if), {"rows": as_json(rows)})


def as_json(rows: Several[Any]) -> str:
    """What no text of PostgreSQL can hold (NUL, halves of surrogate pairs) is left out of it, or replaced."""
    plain = json.dumps(list(rows), separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace").decode()
    return _NUL.sub(r"\1", plain) if "\\u0000" in plain else plain


@cache
def _upsert(table: Table, key: str, only_if: str) -> TextClause:
    columns = [column for column in table.columns if not (column.primary_key and column.name != key)]
    names = ", ".join(_quoted(column) for column in columns)
    typed = ", ".join(f"{_quoted(column)} {_type(column)}" for column in columns)
    again = ", ".join(f"{_quoted(column)} = excluded.{_quoted(column)}" for column in columns if column.name != key)
    condition = f" WHERE {only_if}" if only_if else ""
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r ({typed})"
        f" ON CONFLICT ({key}) DO UPDATE SET {again}{condition}"
    )


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'


def _type(column: Column[Any]) -> str:
    for kind, name in ((JSON, "jsonb"), (Boolean, "boolean"), (Double, "double precision"), (Integer, "bigint")):
        if isinstance(column.type, kind):
            return name
    return "text"

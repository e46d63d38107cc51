"""Pages of a table, newest first, by key (time, id): a page costs the same wherever it stands, where an index has that order."""

from collections.abc import Sequence as Several
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, Table, select, tuple_

from engine.model.errors import InputError
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """`time` is the column that orders it, ties by id."""

    table: Table
    time: Column[Any]
    limit: int
    before_id: str | None

    def rows(self, connection: Connection, conditions: Several[ColumnElement[bool]]) -> Several[RowMapping]:
        return connection.execute(self.query(connection, conditions)).mappings().all()

    def query(self, connection: Connection, conditions: Several[ColumnElement[bool]]) -> Select[Any]:
        query = select(self.table).where(*conditions).order_by(self.time.desc(), self.table.c.id.desc()).limit(self.limit)
        return query.where(*self.after(connection))

    def after(self, connection: Connection) -> list[ColumnElement[bool]]:
        """Beyond the last one got. Raises InputError: `before_id` is not in the record."""
        if self.before_id is None:
            return []
        key = tuple_(self.time, self.table.c.id)
        return [key < tuple_(*self._last_got(connection, self.before_id))]

    def _last_got(self, connection: Connection, before_id: str) -> tuple[int, str]:
        time_ns = connection.scalar(select(self.time).where(self.table.c.id == before_id))
        if time_ns is None:
            raise InputError("before_id", f"{before_id!r} is no longer in the record; begin again with the newest")
        return time_ns, before_id


def equal(table: Table, **wanted: Any) -> list[ColumnElement[bool]]:
    """Conditions column = value; None asks for nothing."""
    given = {name: value.value if isinstance(value, Enum) else value for name, value in wanted.items() if value is not None}
    return [table.c[name] == value for name, value in given.items()]


def one_of(table: Table, **wanted: Several[Any]) -> list[ColumnElement[bool]]:
    """Conditions column in values; no values ask for nothing."""
    return [
        table.c[name].in_([each.value if isinstance(each, Enum) else each for each in values]) for name, values in wanted.items() if values
    ]


def between(column: Column[Any], since: int | None, until: int | None) -> list[ColumnElement[bool]]:
    """`since` inclusive, `until` exclusive."""
    return [*([] if since is None else [column >= since]), *([] if until is None else [column < until])]

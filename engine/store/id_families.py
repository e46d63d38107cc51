"""The families of ids in a table: a record has those of before engines had ids, and of every id that its engine has had."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from engine.model.ids import family_of


def newest_ids(connection: Connection, column: ColumnElement[Any], prefix: str) -> tuple[str, ...]:
    """The last id of each family of `prefix`, by a search of the index for each."""
    found = list[str]()
    before = f"{prefix}."  # the character after the hyphen
    while True:
        query = select(column).where(column >= f"{prefix}-", column < before).order_by(column.desc()).limit(1)
        newest = connection.scalar(query)
        if newest is None:
            return tuple(found)
        found.append(newest)
        before = f"{family_of(newest)}-"

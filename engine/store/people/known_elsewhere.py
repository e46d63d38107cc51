"""Persons of other sites whom this site may recognise for a purpose, for as long as its hub names them."""

import json
from collections.abc import Sequence as Several

from sqlalchemy import Column, Table, Text, delete, insert, select

from engine.model.people.purposes import KnownElsewhere
from engine.model.wire import read_record, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import metadata

known_elsewhere = Table("known_elsewhere", metadata, Column("id", Text, primary_key=True), Column("body", Text, nullable=False))


class KnownElsewhereTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault."""

    def all(self) -> tuple[KnownElsewhere, ...]:
        """By id."""
        with self._read() as connection:
            rows = connection.execute(select(known_elsewhere.c.body).order_by(known_elsewhere.c.id))
            return tuple(read_record(KnownElsewhere, json.loads(row.body)) for row in rows)

    def put(self, known: KnownElsewhere) -> None:
        """In place of the one with its id."""
        with self._write() as connection:
            connection.execute(delete(known_elsewhere).where(known_elsewhere.c.id == known.id))
            connection.execute(insert(known_elsewhere).values(id=known.id, body=json.dumps(to_plain(known))))

    def remove(self, ids: Several[str]) -> None:
        with self._write() as connection:
            connection.execute(delete(known_elsewhere).where(known_elsewhere.c.id.in_(ids)))

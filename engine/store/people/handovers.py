"""Hand-overs in the record."""

from sqlalchemy import select, tuple_

from engine.model.accounts.handover import Handover
from engine.model.errors import InputError
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.people.handover_tables import handovers
from engine.store.upsert import upsert

_AT_ONCE = 100


class HandoverTable(GuardedTables):
    """Any thread; each write is its own transaction. Faults of the database are EnvironmentFault."""

    def put(self, handover: Handover) -> None:
        """Insert, or replace by id."""
        with self._write() as connection:
            upsert(connection, handovers, [{"id": handover.id, "at_ns": handover.at_ns, "body": to_plain(handover)}])

    def get(self, handover_id: str) -> Handover | None:
        with self._read() as connection:
            body = connection.scalar(select(handovers.c.body).where(handovers.c.id == handover_id))
        return None if body is None else read_as(Handover, body)

    def page(self, before_id: str | None = None, limit: int = _AT_ONCE) -> tuple[Handover, ...]:
        """Newest first. Raises InputError (`before_id`)."""
        key = tuple_(handovers.c.at_ns, handovers.c.id)
        query = select(handovers.c.body).order_by(handovers.c.at_ns.desc(), handovers.c.id.desc()).limit(limit)
        with self._read() as connection:
            if before_id is not None:
                at_ns = connection.scalar(select(handovers.c.at_ns).where(handovers.c.id == before_id))
                if at_ns is None:
                    raise InputError("before_id", f"{before_id[:80]!r} is no longer in the record; begin again with the newest")
                query = query.where(key < tuple_(at_ns, before_id))
            return tuple(read_as(Handover, body) for body in connection.scalars(query))

"""What operators said of events, in the record."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, delete, select

from engine.model.review.event_verdict import EventVerdict
from engine.model.wire import read_as, to_plain
from engine.store.timeline.tables import event_verdicts
from engine.store.upsert import upsert


class EventVerdictTable:
    """Any thread. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading, self._writing, self._faults = reading, writing, faults

    def put(self, verdict: EventVerdict) -> None:
        """Insert, or replace that of the event."""
        with self._write() as connection:
            upsert(connection, event_verdicts, [to_plain(verdict)])

    def remove(self, event_id: str) -> None:
        """Nothing happens where there is none."""
        with self._write() as connection:
            connection.execute(delete(event_verdicts).where(event_verdicts.c.event_id == event_id))

    def of_events(self, event_ids: Sequence[str]) -> tuple[EventVerdict, ...]:
        with self._faults(), self._reading.connect() as connection:
            return list_verdicts(connection, event_ids)

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield connection


def list_verdicts(connection: Connection, event_ids: Sequence[str]) -> tuple[EventVerdict, ...]:
    """Of these events, in no order."""
    rows = connection.execute(select(event_verdicts).where(event_verdicts.c.event_id.in_(list(event_ids)))).mappings()
    return tuple(read_as(EventVerdict, dict(row)) for row in rows)

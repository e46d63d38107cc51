"""The transactional outbox of a site that has joined a hub.

Triggers enter what is written in the transaction that writes it, whoever writes, so there is nothing that was kept and is never told, nor
told and not kept. They are there only while the site is joined: other sites pay nothing.

What is entered is an id. What is told is the value as it is at that moment, so one that changed a hundred times while the line was cut is
told once. Numbers go up and are never given twice; `note` removes what a hub has by its own word.
"""

import json
from collections.abc import Iterator
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, text, true

from engine.model.replication import ChangeBatch, ChangeKind, RecordChange, ReplicationState
from engine.store.guarded import GuardedTables
from engine.store.replication.sources import SOURCES, Source, drops, replication_queue, triggers
from engine.store.tables import meta, metadata
from engine.store.upsert import upsert

_STREAM, _FILLED = "replication_stream", "replication_filled"
_SETTLED, _SENT = "replication_settled", "replication_sent"
_SOURCE_OF = {source.kind: source for source in SOURCES}
_INCIDENT_BODY = "body"  # of an incident the other columns are only what it is looked for by
_DONE = "done"


class ReplicationQueue(GuardedTables):
    """Any thread; each write is its own transaction. Faults are EnvironmentFault."""

    def begin(self, stream: str) -> None:
        """The site joins, or a stream begins anew: all that is recorded is to be told, by `fill`, and all that will be. Erasures that wait
        stay: the record, which has forgotten the names, could not tell of them again."""
        with self._write() as connection:
            _stop(connection, replication_queue.c.kind != ChangeKind.ERASURE.value)
            for statement in triggers():
                connection.exec_driver_sql(statement)
            for key, value in ((_STREAM, stream), (_SETTLED, "0"), (_SENT, "0"), (_FILLED, json.dumps([0]))):
                _put(connection, key, value)

    def end(self) -> None:
        """The site leaves: nothing is entered any more, and what waited is forgotten."""
        with self._write() as connection:
            _stop(connection, true())

    def state(self) -> ReplicationState | None:
        """None: the site has not joined."""
        with self._read() as connection:
            stream = _get(connection, _STREAM)
            if stream is None:
                return None
            waiting = connection.scalar(select(func.count()).select_from(replication_queue)) or 0
            settled, sent = (int(_get(connection, key) or 0) for key in (_SETTLED, _SENT))
            return ReplicationState(stream, settled, sent, waiting, _get(connection, _FILLED) == _DONE)

    def stream(self) -> str:
        """Empty: the site has not joined."""
        with self._read() as connection:
            return _get(connection, _STREAM) or ""

    def fill(self, most: int) -> bool:
        """Enter the next of what was recorded before the site joined, at most so many rows, oldest first of each kind.

        Returns:
            Whether there is more.
        """
        with self._read() as connection:
            if _get(connection, _FILLED) in (None, _DONE):  # asked several times a second: nobody who writes waits for that
                return False
        with self._write() as connection:
            position = _get(connection, _FILLED)
            if position is None or position == _DONE:
                return False
            number, *after = json.loads(position)
            last = _enter(connection, SOURCES[int(number)], after, most)
            if last is not None:
                _put(connection, _FILLED, json.dumps([number, *last]))
                return True
            more = number + 1 < len(SOURCES)
            _put(connection, _FILLED, json.dumps([number + 1]) if more else _DONE)
            return more

    def batch(self, after: int, most: int) -> ChangeBatch:
        """The next changes after that number, in their order. `through` is `after` where there are none."""
        with self._read() as connection:
            rows = connection.execute(_AFTER, {"after": after, "most": most}).all()
            changes = tuple(_changes(connection, rows))
            stream = _get(connection, _STREAM) or ""
        return ChangeBatch(stream, after, rows[-1].seq if rows else after, changes)

    def newest_alerts(self, after: int, most: int) -> tuple[RecordChange, ...]:
        """Alerts that wait behind that number, newest first: for a hub that is to know them before all that came before."""
        with self._read() as connection:
            rows = connection.execute(_NEWEST, {"after": after, "most": most, "kind": ChangeKind.ALERT.value}).all()
            return tuple(_changes(connection, rows))

    def note(self, settled: int, sent: int) -> None:
        """A hub has all of the stream up to `settled`: that need not be told any more. `sent`: up to where it is given away next; noted
        before it is, so that a record that is put back from a backup sees that a hub knows more of it than it does itself."""
        with self._write() as connection:
            connection.execute(delete(replication_queue).where(replication_queue.c.seq <= settled))
            _put(connection, _SETTLED, str(settled))
            _put(connection, _SENT, str(sent))


_AFTER = (
    select(replication_queue).where(replication_queue.c.seq > bindparam("after")).order_by(replication_queue.c.seq).limit(bindparam("most"))
)
_NEWEST = (
    select(replication_queue)
    .where(replication_queue.c.kind == bindparam("kind"), replication_queue.c.seq > bindparam("after"))
    .order_by(replication_queue.c.seq.desc())
    .limit(bindparam("most"))
)


def _stop(connection: Connection, dropped: ColumnElement[bool]) -> None:
    """`dropped`: which of what waits."""
    for statement in drops():
        connection.exec_driver_sql(statement)
    connection.execute(delete(replication_queue).where(dropped))
    connection.execute(delete(meta).where(meta.c.key.in_((_STREAM, _SETTLED, _SENT, _FILLED))))


def _get(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def _put(connection: Connection, key: str, value: str) -> None:
    upsert(connection, meta, [{"key": key, "value": value}])


def _enter(connection: Connection, source: Source, after: Several[Any], most: int) -> list[Any] | None:
    """The place of the last row that was looked at; None: there was none."""
    since, key = f"t.{source.since}", f"t.{source.key}"
    later = f"WHERE ({since}, {key}) > (:since, :key)" if after else ""
    rows = f"SELECT {since} AS since, {key} AS key, {source.told.replace('@', 't')} AS told FROM {source.table} t {later}"
    rows += f" ORDER BY {since}, {key} LIMIT :most"
    values = {"most": most, **(dict(zip(("since", "key"), after, strict=True)) if after else {})}
    found = connection.execute(text(rows), values).all()
    if not found:
        return None
    entered = [{"kind": source.kind.value, "id": str(row.key)} for row in found if row.told]
    if entered:
        connection.execute(text("INSERT INTO replication_queue (kind, id) VALUES (:kind, :id) ON CONFLICT DO NOTHING"), entered)
    return [found[-1].since, found[-1].key]


def _changes(connection: Connection, rows: Several[Any]) -> Iterator[RecordChange]:
    """With the values as they are now; the rows and these are of one moment."""
    values: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, source in _SOURCE_OF.items():
        ids = [row.id for row in rows if row.kind == kind]
        if ids:
            values.update({(kind.value, id_): value for id_, value in _values(connection, source, ids)})
    for row in rows:
        body = json.loads(row.body) if row.body is not None else values.get((row.kind, row.id))
        if body is not None:
            yield RecordChange(row.seq, ChangeKind(row.kind), row.id, body)


def _values(connection: Connection, source: Source, ids: Several[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    table = metadata.tables[source.table]
    key = table.c[source.key]
    keys = [int(id_) for id_ in ids] if key.type.python_type is int else ids
    for row in connection.execute(select(table).where(key.in_(keys))).mappings():
        yield str(row[source.key]), (row[_INCIDENT_BODY] if source.kind is ChangeKind.INCIDENT else dict(row))

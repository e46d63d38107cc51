"""Whether the audit's chain is whole, and which row is the first that is not as it was. Reads only, also beside a running engine."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Column, Connection, func, inspect, select

from engine.model.accounts.audit import AuditFault, AuditRow
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.store.database.connection import looking_engine
from engine.store.database.faults import faults_named
from engine.store.people.audit import BEFORE_FIRST, row_hash
from engine.store.tables import audit

Heads = Mapping[int, AbstractSet[str]]
_COLUMNS = (audit.c.at_ns, audit.c.by, audit.c.verb, audit.c.subject, audit.c.detail, audit.c.seq, audit.c.hash)
_LATER_COLUMNS = (audit.c.by_id,)  # not in a record of before that no engine has opened since


@dataclass(frozen=True, slots=True)
class Chain:
    """`proven`: the last row up to which rows and heads agree. `seq`: the first row that is wrong, where there is a `fault`.

    `unproven_ns`: time from the first row after that to the last one.
    """

    rows: int
    proven: int
    unproven_ns: int = 0
    fault: AuditFault | None = None
    seq: int = 0


def check_chain(path: Path, heads: Heads) -> Chain:
    """Compare every row with the one before it, and with the signed heads: hashes by `seq`, read before this is called.

    Some 190,000 rows a second of one processor. Raises EnvironmentFault: as `open_store`, and `database_older` where there is no chain yet.
    """
    log = Path(f"{path}-wal")
    while True:
        with_log = log.exists()
        chain = _looked(path, heads)
        if with_log or not log.exists():  # otherwise an engine has begun to write while this was read
            return chain


def _looked(path: Path, heads: Heads) -> Chain:
    with faults_named(path), looking_engine(path).begin() as connection:
        tables = inspect(connection)
        if not tables.has_table("audit") or all(column["name"] != "hash" for column in tables.get_columns("audit")):
            raise EnvironmentFault("database_older", f"{path} is of a version without an audit chain. Start its engine once, then verify.")
        return walked_chain(connection, heads)


def walked_chain(connection: Connection, heads: Heads) -> Chain:
    """Every row compared with the one before it, and with signed heads."""
    rows = connection.scalar(select(func.count()).select_from(audit)) or 0
    before, seq, proven, since_ns, last_ns = BEFORE_FIRST, 0, 0, 0, 0
    for row in _rows(connection):
        seq += 1
        typed = type(row.at_ns) is int and type(row.by_id) is str  # an empty value of another type has the hash of none
        if row.seq != seq or not typed or row_hash(row, before) != row.hash:
            return Chain(rows, proven, 0, *_classify_fault(connection, row, seq, before))
        before, last_ns = row.hash, row.at_ns
        since_ns = since_ns if seq > proven + 1 else row.at_ns
        if seq in heads:
            if heads[seq] != {row.hash}:
                return Chain(rows, proven, 0, AuditFault.REWRITTEN, proven + 1)
            proven = seq
    if any(signed > seq for signed in heads):
        return Chain(rows, proven, 0, AuditFault.CUT_TAIL, seq + 1)
    return Chain(rows, proven, last_ns - since_ns if seq > proven else 0)


def _rows(connection: Connection) -> Iterator[AuditRow]:
    """In order, as they are: whoever changed them may have put anything anywhere."""
    there = {column["name"] for column in inspect(connection).get_columns("audit")}
    columns: list[Column[Any]] = [*_COLUMNS, *(column for column in _LATER_COLUMNS if column.name in there)]
    found = cast("Iterable[Any]", connection.execute(select(*columns).order_by(audit.c.seq)))
    for row in found:
        yield AuditRow(*row)


def _classify_fault(connection: Connection, row: AuditRow, seq: int, before: str) -> tuple[AuditFault, int]:
    """What happened at the place `seq`, where `row` came instead of one that follows the hash `before`, and of which row to tell."""
    if row.seq < seq:
        return AuditFault.INSERTED, row.seq
    real = next((other for other in _rows(connection) if other.seq != seq and _belongs(other, seq, before, row)), None)
    if row.seq > seq:
        return (AuditFault.REMOVED if real is None else AuditFault.REORDERED), seq
    if real is None:
        return (AuditFault.CHANGED if row.hash else AuditFault.INSERTED), seq
    pushed_on = real.seq == seq + 1 and row_hash(replace(row, seq=seq + 1), real.hash) != row.hash
    return (AuditFault.INSERTED if pushed_on else AuditFault.REORDERED), seq


def _belongs(other: AuditRow, seq: int, before: str, found: AuditRow) -> bool:
    """Whether another row is the one that was at `seq`: it came away with its hash, or without."""
    digest = row_hash(replace(other, seq=seq), before)
    return digest == other.hash or (found.seq == seq and digest == found.hash)

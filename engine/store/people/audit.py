"""The audit as a chain: each row carries SHA-256 of itself and of the hash before it (as in Schneier and Kelsey, "Secure Audit Logs to
Support Computer Forensics", 1999), so that none can be changed, removed or put elsewhere without all after it showing it.

What the chain alone cannot show, a cut tail or one made anew from some row on, signed heads do: `engine.runtime.audit.auditing`.
"""

import hashlib
import json
from collections.abc import Sequence as Several
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from engine.model.accounts.audit import AuditHead, AuditRow, AuditVerb
from engine.model.errors import InputError
from engine.model.question import ListAudit
from engine.model.wire import read_as, to_plain
from engine.store.tables import audit

BEFORE_FIRST = "0" * 64
LONGEST_TEXT = 2000
_TAG = "watchroom audit 1"
_TAG_WITH_ID = "watchroom audit 2"
_as_json = json.JSONEncoder(separators=(",", ":"), default=repr).encode


def row_hash(row: AuditRow, before: str) -> str:
    """SHA-256 hex over the row as one line of ASCII JSON, `["watchroom audit 2",seq,at_ns,by,by_id,verb,subject,detail,before]`; of a row
    without `by_id`, as all were once, `["watchroom audit 1",seq,at_ns,by,verb,subject,detail,before]`."""
    by = [_TAG_WITH_ID, row.seq, row.at_ns, row.by, row.by_id] if row.by_id else [_TAG, row.seq, row.at_ns, row.by]
    fields = [*by, row.verb, row.subject, row.detail, before]
    return hashlib.sha256(_as_json(fields).encode("ascii")).hexdigest()


def chained(row: AuditRow, before: AuditRow | None) -> AuditRow:
    """The row with its place in the chain."""
    seq, last = (1, BEFORE_FIRST) if before is None else (before.seq + 1, before.hash)
    placed = replace(row, by=_storable(row.by), subject=_storable(row.subject), detail=_storable(row.detail), seq=seq, hash="")
    return replace(placed, hash=row_hash(placed, last))


def _storable(text: str) -> str:
    """What nobody can store must not keep the rest out."""
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]


def add_audit(connection: Connection, rows: Several[AuditRow]) -> None:
    """In a transaction that holds the write lock from its start: no other writer sees the same last row."""
    last = newest(connection)
    for row in rows:
        last = chained(row, last)
        connection.execute(insert(audit), [to_plain(last)])


def newest(connection: Connection) -> AuditRow | None:
    row = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).mappings().first()
    return None if row is None else read_as(AuditRow, dict(row))


def unchained(connection: Connection) -> bool:
    """Whether rows are from before there was a chain: the first has no hash."""
    return connection.scalar(select(audit.c.hash).order_by(audit.c.seq).limit(1)) == ""


def chain_old(connection: Connection) -> None:
    """Chain rows from before there was a chain, in their order. Once some row has a hash, rows without one are somebody's work: they are
    left as they are, for `watchroom audit verify` to find."""
    if connection.scalar(select(audit.c.seq).where(audit.c.hash != "").limit(1)) is not None:
        return
    before = BEFORE_FIRST
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings().all():
        before = row_hash(read_as(AuditRow, dict(row)), before)
        connection.execute(update(audit).where(audit.c.seq == row["seq"]).values(hash=before))


def holds(connection: Connection, head: AuditHead) -> bool:
    """Whether the row that a head names is there, with the same hash."""
    return connection.scalar(select(audit.c.hash).where(audit.c.seq == head.seq)) == head.hash


def read_audit(connection: Connection, ask: ListAudit) -> tuple[AuditRow, ...]:
    """Newest first. Raises InputError: `before_seq`, `verbs`."""
    if ask.before_seq is not None and not 0 <= ask.before_seq < 1 << 63:
        raise InputError("before_seq", f"{ask.before_seq} is the number of no row")
    if len(ask.verbs) > len(AuditVerb):
        raise InputError("verbs", f"are {len(ask.verbs)}; there are only {len(AuditVerb)}")
    query = select(audit).order_by(audit.c.seq.desc()).limit(ask.limit)
    if ask.before_seq is not None:
        query = query.where(audit.c.seq < ask.before_seq)
    if ask.verbs:
        query = query.where(audit.c.verb.in_(ask.verbs))
    return tuple(read_as(AuditRow, dict(row)) for row in connection.execute(query).mappings())

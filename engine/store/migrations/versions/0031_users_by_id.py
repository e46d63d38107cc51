"""Alerts name users by id beside the name, and so does the audit from here on. Rows of the audit are never rewritten.

Of alerts of before, whoever had the name at that time is meant: the audit has signed them in, by name and id. A name that was somebody
else's meanwhile, in a row that does not tell when it was written, stays a name.
"""

import json
from collections.abc import Mapping
from typing import Any

from alembic import op
from sqlalchemy import JSON, Column, Connection, RowMapping, Text, text

revision = "0031"
down_revision = "0030"

_LAST_GIVEN = """
SELECT max(at_ns) FROM audit
WHERE subject = :id AND (verb = 'assign_alert' OR (verb = 'change_alert' AND "by" = :name))
"""
_KNOWN = """
SELECT at_ns, "by", verb, subject FROM audit
WHERE verb IN ('sign_in', 'create_user', 'set_up') AND subject != '' ORDER BY seq
"""
_Spans = Mapping[str, list[tuple[int, str]]]  # by name: from when on it was whose, oldest first


def upgrade() -> None:
    op.add_column("audit", Column("by_id", Text, nullable=False, server_default=""))
    op.add_column("alerts", Column("assignee_id", Text, nullable=False, server_default=""))
    op.add_column("alerts", Column("seen_by_ids", JSON, nullable=False, server_default="[]"))
    connection = op.get_bind()
    spans = _spans(connection)
    columns = "id, raised_ns, changed_ns, assignee, seen_by, notes"
    rows = connection.execute(text(f"SELECT {columns} FROM alerts WHERE assignee != '' OR seen_by != '[]' OR notes != '[]'"))
    changes = [_change(row, spans, connection) for row in rows.mappings().all()]
    change = "UPDATE alerts SET assignee_id = :assignee_id, seen_by_ids = :seen_by_ids, notes = :notes WHERE id = :id"
    if changes:
        connection.execute(text(change), changes)


def _spans(connection: Connection) -> _Spans:
    """Of users who are there or have signed in ever; since they were made, or since they first signed in."""
    since = dict[tuple[str, str], int]()
    made = dict[str, int]()
    for row in connection.execute(text(_KNOWN)):
        if row.verb == "sign_in":
            since.setdefault((row.by, row.subject), made.get(row.subject, int(row.at_ns)))
        else:
            made[row.subject] = int(row.at_ns)
    for user in connection.execute(text("SELECT id, name FROM users")):
        since.setdefault((user.name, user.id), made.get(user.id, 0))
    spans = dict[str, list[tuple[int, str]]]()
    for (name, user_id), at_ns in since.items():
        spans.setdefault(name, []).append((at_ns, user_id))
    return {name: sorted(found) for name, found in spans.items()}


def _change(row: RowMapping, spans: _Spans, connection: Connection) -> dict[str, Any]:
    notes, seen_by = _read(row["notes"]), _read(row["seen_by"])
    return {
        "id": row["id"],
        "assignee_id": _assignee(row, spans, connection),
        "seen_by_ids": json.dumps([_during(spans.get(name, []), row["raised_ns"], None) for name in seen_by]),
        "notes": json.dumps([{**note, "by_id": _at(spans.get(note["by"], []), note["at_ns"])} for note in notes]),
    }


def _read(stored: Any) -> list[Any]:
    return json.loads(stored) if isinstance(stored, str) else stored


def _assignee(row: RowMapping, spans: _Spans, connection: Connection) -> str:
    name = row["assignee"]
    found = _during(spans.get(name, []), row["raised_ns"], row["changed_ns"])
    if found or not spans.get(name):
        return found
    at_ns = connection.scalar(text(_LAST_GIVEN), {"id": row["id"], "name": name})
    return "" if at_ns is None else _at(spans[name], at_ns)


def _at(span: list[tuple[int, str]], at_ns: int) -> str:
    """Whose the name was then: of who had it last before, or was the first."""
    before = [user_id for since_ns, user_id in span if since_ns <= at_ns]
    return before[-1] if before else next((user_id for _, user_id in span), "")


def _during(span: list[tuple[int, str]], since_ns: int, until_ns: int | None) -> str:
    """Whose the name was all that time; empty where it went from one to another."""
    later = [(begun_ns, user_id) for begun_ns, user_id in span if begun_ns > since_ns]
    then = {_at(span, since_ns), *(user_id for begun_ns, user_id in later if until_ns is None or begun_ns <= until_ns)}
    return then.pop() if len(then) == 1 else ""

"""Finding by words and marks in all of the record, newest first, a page at a time."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several
from typing import Any, TypeAlias

from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.history.event_names import event_name
from engine.model.history.timeline import HitKind, SearchHit, SearchRecord
from engine.store.search.text_index import PER_MS, first_key
from engine.store.search.text_query import Names, expression

_Row: TypeAlias = Mapping[str, Any]
_NEWEST = 1 << 62
_BY_WORDS = "SELECT rowid FROM found_words WHERE found_words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_BY_TIME = "SELECT key FROM found WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?"
_MADE = "SELECT key, kind, id FROM found WHERE key IN ({}) ORDER BY key DESC"


def search(driver: sqlite3.Connection, ask: SearchRecord, names: Names) -> tuple[tuple[SearchHit, ...], str | None]:
    """A page of hits, and where the next one begins (None: there is none). Raises InputError."""
    since, until = _range(ask)
    sought = expression(ask.filter, names)
    rows = driver.execute(_BY_WORDS, (sought, since, until, ask.limit)) if sought else driver.execute(_BY_TIME, (since, until, ask.limit))
    keys = [int(row[0]) for row in rows]
    made = driver.execute(_MADE.format(",".join("?" * len(keys))), keys).fetchall()
    hits = tuple(hit for hit in _hits(driver, made) if _within(ask, hit))
    return hits, str(keys[-1]) if len(keys) == ask.limit else None


def _range(ask: SearchRecord) -> tuple[int, int]:
    """Keys; what is of the same millisecond as an end is looked at one by one (`_within`)."""
    wanted = ask.filter
    since = -_NEWEST if wanted.since_ns is None else first_key(wanted.since_ns)
    until = _NEWEST if wanted.until_ns is None else first_key(wanted.until_ns) + PER_MS
    return since, min(until, _before(ask.before))


def _before(before: str) -> int:
    if not before:
        return _NEWEST
    try:
        key = int(before)
    except ValueError:
        key = _NEWEST + 1
    if abs(key) > _NEWEST:
        raise InputError("before", f"{before[:40]!r} is not from an answer to this question")
    return key


def _within(ask: SearchRecord, hit: SearchHit) -> bool:
    since_ns, until_ns = ask.filter.since_ns, ask.filter.until_ns
    return (since_ns is None or hit.at_ns >= since_ns) and (until_ns is None or hit.at_ns < until_ns)


def _hits(driver: sqlite3.Connection, made: Several[tuple[int, str, str]]) -> Iterable[SearchHit]:
    """In the order of `made`."""
    found: dict[tuple[str, str], SearchHit] = {}
    for kind in {each[1] for each in made}:
        ids = [each[2] for each in made if each[1] == kind]
        table, of_row = _KINDS[HitKind(kind)]
        cursor = driver.execute(f"SELECT * FROM {table} WHERE id IN ({','.join('?' * len(ids))})", ids)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            plain = dict(zip(names, row, strict=True))
            found[kind, plain["id"]] = of_row(plain)
    return (found[kind, id] for _, kind, id in made if (kind, id) in found)


def event_hit(row: _Row) -> SearchHit:
    return SearchHit(
        HitKind.EVENT,
        row["id"],
        row["started_ns"],
        _joined_parts(event_name(row["kind"]), row["label"], row["person"], row["reason"]),
        row["ended_ns"],
        row["camera_id"],
        row["person_id"],
        row["severity"],
        event_id=row["id"],
        **_of_kind(row),
        label=row["label"],
    )


def alert_hit(row: _Row) -> SearchHit:
    return SearchHit(
        HitKind.ALERT,
        row["id"],
        row["raised_ns"],
        _joined_parts(event_name(row["kind"]), row["person"], row["reason"]),
        None,
        row["camera_id"],
        row["person_id"],
        row["severity"],
        event_id=row["event_id"],
        **_of_kind(row),
        state=row["state"],
        rule_id=row["rule_id"],
    )


def _of_kind(row: _Row) -> dict[str, Any]:
    zone_id = row["subject_id"] if row["kind"] == EventKind.NODE_LOST else row["zone_id"]
    told = {name: row[name] for name in ("person", "reason")}
    return {"what": row["kind"], "zone_id": zone_id, "simulated": bool(row["simulated"]), **told}


def decision_hit(row: _Row) -> SearchHit:
    facts: dict[str, Any] = _of_json(row["facts"]) or {}
    said = _joined_parts(_words(f"{row['candidate']} {row['outcome']}"), row["reason"], row["flip"])
    return SearchHit(
        HitKind.DECISION,
        row["id"],
        row["decided_ns"],
        said,
        camera_id=row["camera_id"],
        what=facts.get("kind") or row["candidate"],
        zone_id=row["zone_id"],
        reason=row["reason"] or row["flip"],
        state=row["outcome"],
        rule_id=row["rule_id"],
        event_id=row["event_id"] or "",
    )


def incident_hit(row: _Row) -> SearchHit:
    description = _of_json(row["body"]).get("description", "")
    severity, simulated = row["severity"], bool(row["simulated"])
    said = _joined_parts(_words(row["category"]), description)
    told = {"what": row["category"], "reason": description, "state": row["state"]}
    return SearchHit(HitKind.INCIDENT, row["id"], row["occurred_ns"], said, severity=severity, simulated=simulated, **told)


def _report_hit(row: _Row) -> SearchHit:
    body = _of_json(row["body"])
    said, severity = _joined_parts(_words(body["category"]), body["description"]), body.get("severity", 3)
    told = {"what": body["category"], "reason": body["description"]}
    return SearchHit(HitKind.REPORT, row["id"], row["occurred_ns"], said, severity=severity, simulated=bool(body.get("simulated")), **told)


def _person_hit(row: _Row) -> SearchHit:
    return SearchHit(HitKind.PERSON, row["id"], row["created_ns"], _joined_parts(row["name"], row["note"]), person_id=row["id"])


def _bookmark_hit(row: _Row) -> SearchHit:
    return SearchHit(HitKind.BOOKMARK, row["id"], row["at_ns"], row["note"], row["until_ns"], row["camera_id"])


def _of_json(kept: Any) -> Any:
    """Some databases give it as it is, others as text."""
    return json.loads(kept) if isinstance(kept, str) else kept


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _joined_parts(*parts: str) -> str:
    return " · ".join(filter(None, parts))


_KINDS: dict[HitKind, tuple[str, Callable[[_Row], SearchHit]]] = {
    HitKind.EVENT: ("events", event_hit),
    HitKind.ALERT: ("alerts", alert_hit),
    HitKind.DECISION: ("decisions", decision_hit),
    HitKind.INCIDENT: ("incidents", incident_hit),
    HitKind.REPORT: ("reports", _report_hit),
    HitKind.PERSON: ("persons", _person_hit),
    HitKind.BOOKMARK: ("bookmarks", _bookmark_hit),
}

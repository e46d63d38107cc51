"""Removing what is old from the shared record, by the hub's own rules, in small batches. The sites' audits are kept."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, TextClause, text

from engine.model.history.event_query import QUARTER_NS
from engine.model.value_class import dataclass
from engine.store.shared.counts import QUARTERS, count_events

MOST_ROWS = 500  # of one batch: what sites tell waits for it
_AT_IT = 0x5752_0004  # the lock of who removes: of several hubs one at a time


@dataclass(frozen=True, slots=True)
class KeepAges:
    """In ns; None: for ever. `events`: with their decisions, review items and the facts of clips. alerts, incidents: closed ones, since
    they changed last. clips: the video of alerts."""

    events: int | None = None
    alerts: int | None = None
    incidents: int | None = None
    clips: int | None = None


# NOT EXISTS throughout: NOT IN of a table that is larger than the server's work_mem is looked through for each row.
_NO_OPEN_ALERT = "NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.{column} = {of}.id AND alerts.state != 'closed')"
_OLD_EVENTS = text(
    "SELECT id FROM events WHERE started_ns < :before_ns AND coalesce(ended_ns, started_ns) < :before_ns"
    f" AND {_NO_OPEN_ALERT.format(column='event_id', of='events')} ORDER BY started_ns, id LIMIT :most"
)


def _delete(table: str, condition: str, order: str) -> TextClause:
    return text(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition} ORDER BY {order}, id LIMIT :most)")


_OF_NO_EVENT = "decided_ns < :before_ns AND NOT EXISTS (SELECT 1 FROM events WHERE events.id = decisions.event_id)"
_DECISIONS = _delete("decisions", _OF_NO_EVENT, "decided_ns")
_REVIEW_ITEMS = _delete("review_items", "started_ns < :before_ns AND coalesce(ended_ns, started_ns) < :before_ns", "started_ns")
_CLIPS = _delete("clips", "started_ns < :before_ns AND ended_ns < :before_ns", "started_ns")
_CLIP_FILES = text(  # that there was one stays: it would be asked for again
    "WITH old AS (SELECT id FROM clip_files WHERE at_ns < :before_ns AND state != 'gone' ORDER BY at_ns, id LIMIT :most),"
    " cut AS (DELETE FROM clip_pieces WHERE id IN (SELECT id FROM old))"
    " UPDATE clip_files SET state = 'gone', have = 0 WHERE id IN (SELECT id FROM old)"
)
_ALERTS = _delete("alerts", "raised_ns < :before_ns AND changed_ns < :before_ns AND state = 'closed'", "raised_ns")
_INCIDENTS = _delete(
    "incidents",
    "occurred_ns < :before_ns AND updated_ns < :before_ns AND state != 'open'"
    " AND (state = 'closed' OR NOT EXISTS (SELECT 1 FROM incidents AS kept WHERE kept.id = incidents.body ->> 'merged_into'))"
    f" AND {_NO_OPEN_ALERT.format(column='incident_id', of='incidents')}",  # one that lives on in another goes after it
    "occurred_ns",
)


def remove_past(connection: Connection, keep: KeepAges, now_ns: int) -> Mapping[str, int]:
    """The next batch of what is older: how many rows of which table. Empty: nothing is left, or another hub is at it."""
    if not connection.scalar(text(f"SELECT pg_try_advisory_xact_lock({_AT_IT})")):
        return {}
    connection.execute(text("DELETE FROM site_codes WHERE until_ns <= :now_ns"), {"now_ns": now_ns})
    for table, age_ns, remove in _rules(keep):
        count = 0 if age_ns is None else remove(connection, now_ns - age_ns)
        if count:
            return {table: count}
    return {}


_Remove = Callable[[Connection, int], int]


def _rules(keep: KeepAges) -> tuple[tuple[str, int | None, _Remove], ...]:
    return (
        ("events", keep.events, _remove_events),
        ("decisions", keep.events, _by(_DECISIONS)),
        ("review_items", keep.events, _by(_REVIEW_ITEMS)),
        ("clips", keep.events, _by(_CLIPS)),
        ("clip_files", keep.clips, _by(_CLIP_FILES)),
        ("alerts", keep.alerts, _by(_ALERTS)),
        ("incidents", keep.incidents, _by(_INCIDENTS)),
    )


def _by(statement: TextClause) -> _Remove:
    return lambda connection, before_ns: connection.execute(statement, {"before_ns": before_ns, "most": MOST_ROWS}).rowcount


def _remove_events(connection: Connection, before_ns: int) -> int:
    """With what they counted as. No site tells anything meanwhile: two that took the same event off its count would do so twice."""
    connection.execute(text("SELECT key FROM shared_sites ORDER BY key FOR UPDATE"))
    ids = list(connection.scalars(_OLD_EVENTS, {"before_ns": before_ns, "most": MOST_ROWS}))
    if ids:
        with count_events(connection, [{"id": each} for each in ids]):
            connection.execute(text("DELETE FROM events WHERE id = ANY(:ids)"), {"ids": ids})
        empty = "DELETE FROM event_counts WHERE site IN (SELECT key FROM shared_sites) AND day <= :last AND 0 = ALL (counts)"  # by its key
        connection.execute(text(empty), {"last": before_ns // (QUARTERS * QUARTER_NS)})
    return len(ids)

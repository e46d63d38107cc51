"""Questions as SQL. Newest first, a page at a time, and an index serves each."""

from collections.abc import Sequence as Several
from functools import partial
from heapq import merge
from itertools import islice
from math import dist
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select

from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import ListLocks, ListSegments
from engine.model.cameras.track import Sequence
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.history.timeline import CountDays, FindNeighbour, GetTimeline, ListBookmarks, ListSearches, SearchRecord, TrackBack
from engine.model.question import (
    AlertPage,
    Called,
    CountIncidents,
    GetDecision,
    GetIncident,
    ListAlerts,
    ListAudit,
    ListClips,
    ListDecisions,
    ListErasures,
    ListEvents,
    ListIncidents,
    ListSequences,
    WhyNothing,
)
from engine.model.question_type import RecordQuestion
from engine.model.review.event_verdict import ListEventVerdicts
from engine.model.time import seconds_to_ns
from engine.model.wire import read_as
from engine.store.changes import driver_of
from engine.store.incidents import questions as incident_questions
from engine.store.paging import Page, between, equal, one_of
from engine.store.people.audit import read_audit
from engine.store.people.erasures import list_erasures
from engine.store.search.searching import each_found, holds, search
from engine.store.segments import segments
from engine.store.tables import alerts, clips, decisions, events, sequences
from engine.store.timeline import bookmarks as notes
from engine.store.timeline.timeline import days, hit_page, neighbour, timeline
from engine.store.timeline.track_back import track_back
from engine.store.timeline.verdicts import list_verdicts

T = TypeVar("T")

LONGEST_PAGE = 10_000


def answer(connection: Connection, question: RecordQuestion[T]) -> T:
    """Raises InputError: `limit` out of range, `before_id` not in the record."""
    limit = getattr(question, "limit", 1)
    if not 1 <= limit <= LONGEST_PAGE:
        raise InputError("limit", f"{limit} is outside 1–{LONGEST_PAGE}")
    return cast("T", _answer(connection, question))


def _answer(connection: Connection, question: RecordQuestion[Any]) -> Any:
    match question:
        case ListEvents():
            return _events(connection, question)
        case ListDecisions():
            return _decisions(connection, question)
        case ListSequences():
            return _sequences(connection, question)
        case ListClips():
            return _clips(connection, question)
        case ListAlerts():
            return _alerts(connection, question)
        case GetDecision(decision_id):
            return _decision(connection, decision_id)
        case WhyNothing():
            return _near(connection, question)
        case ListIncidents():
            return incident_questions.page(connection, question)
        case GetIncident(incident_id):
            return incident_questions.with_reports(connection, incident_id)
        case CountIncidents():
            return incident_questions.counts(connection, question)
        case ListSegments():
            return segments.segments_of(connection, question)
        case ListLocks():
            return segments.locks_of(connection)
        case ListAudit():
            return read_audit(connection, question)
        case ListErasures(limit):
            return list_erasures(connection, limit)
        case _:
            return _of_timeline(connection, question)


def _of_timeline(connection: Connection, question: RecordQuestion[Any]) -> Any:
    match question:
        case GetTimeline():
            return timeline(connection, question)
        case FindNeighbour():
            return neighbour(connection, question)
        case CountDays():
            return days(connection, question)
        case ListBookmarks():
            return notes.list_bookmarks(connection, question)
        case ListEventVerdicts(event_ids):
            return list_verdicts(connection, event_ids)
        case ListSearches():
            return notes.searches(connection)
        case SearchRecord():
            return hit_page(connection, question, {}, None)
        case TrackBack():
            return track_back(driver_of(connection), question)
        case _:
            raise TypeError(f"the record does not answer {type(question).__name__}")


def _events(connection: Connection, ask: ListEvents) -> tuple[Event, ...]:
    page = Page(events, events.c.started_ns, ask.limit, ask.before_id)
    conditions = equal(events, camera_id=ask.camera_id, person_id=ask.person_id, shadow=ask.shadow)
    conditions += between(events.c.started_ns, ask.since_ns, ask.until_ns)
    return tuple(read_event(row) for row in _rows_of_kinds(connection, page, conditions, ask.kinds))


def _rows_of_kinds(
    connection: Connection, page: Page, conditions: list[ColumnElement[bool]], kinds: tuple[EventKind, ...]
) -> Several[RowMapping]:
    """One query per kind, merged: an index gives each in order, whereas `kind IN (…)` would sort every row of those kinds."""
    wanted = set(kinds)
    if not wanted or wanted == set(EventKind):
        return page.rows(connection, conditions)
    each = [page.rows(connection, [*conditions, *equal(events, kind=kind)]) for kind in wanted]
    newest_first = merge(*each, key=lambda row: (row["started_ns"], row["id"]), reverse=True)
    return list(islice(newest_first, page.limit))


def _decisions(connection: Connection, ask: ListDecisions) -> tuple[Decision, ...]:
    page = Page(decisions, decisions.c.decided_ns, ask.limit, ask.before_id)
    conditions = equal(decisions, camera_id=ask.camera_id, outcome=ask.outcome, stage=ask.stage)
    conditions += between(decisions.c.decided_ns, ask.since_ns, ask.until_ns)
    return tuple(read_as(Decision, dict(row)) for row in page.rows(connection, conditions))


def _sequences(connection: Connection, ask: ListSequences) -> tuple[Sequence, ...]:
    page = Page(sequences, sequences.c.started_ns, ask.limit, ask.before_id)
    return tuple(read_as(Sequence, dict(row)) for row in page.rows(connection, equal(sequences, camera_id=ask.camera_id)))


def _clips(connection: Connection, ask: ListClips) -> tuple[Clip, ...]:
    page = Page(clips, clips.c.started_ns, ask.limit, ask.before_id)
    conditions = equal(clips, event_id=ask.event_id, camera_id=ask.camera_id) + between(clips.c.started_ns, ask.since_ns, ask.until_ns)
    return tuple(read_clip(row) for row in page.rows(connection, conditions))


_NAMED_IN_ALERT = ("zone_id", "camera_id", "subject_id", "kind", "rule_id", "state", "disposition")


def _alerts(connection: Connection, ask: ListAlerts) -> AlertPage:
    page = Page(alerts, alerts.c.raised_ns, ask.limit, ask.before_id)
    exactly = {"zone_id": ask.zone_id, "person_id": ask.person_id, "rule_id": ask.rule_id}
    conditions = equal(alerts, id=ask.alert_id, **exactly) + one_of(alerts, camera_id=ask.camera_ids, kind=ask.kinds) + _assigned(ask)
    if ask.open is not None:
        conditions.append(alerts.c.state != "closed" if ask.open else alerts.c.state == "closed")
    if ask.min_severity > Severity.MINIMAL:
        conditions.append(alerts.c.severity >= int(ask.min_severity))
    conditions += between(alerts.c.raised_ns, ask.since_ns, ask.until_ns)
    found = search(connection, page, conditions, each_found(ask.text, partial(_in_alert, ask.called)))
    return AlertPage(tuple(read_as(Alert, dict(row)) for row in found.rows), found.next_id)


def _assigned(ask: ListAlerts) -> list[ColumnElement[bool]]:
    if ask.assignee_id is None:
        return equal(alerts, assignee=ask.assignee)
    theirs = alerts.c.assignee_id == ask.assignee_id
    return [theirs if ask.assignee is None else or_(theirs, and_(alerts.c.assignee_id == "", alerts.c.assignee == ask.assignee))]


def _in_alert(called: tuple[Called, ...], word: str) -> ColumnElement[bool]:
    columns = [alerts.c[name] for name in ("reason", "person", "assignee", "rule_id")]
    ids = [each for named in called if named.word.lower() == word for each in named.ids]
    named = [alerts.c[name].in_(ids) for name in _NAMED_IN_ALERT] if ids else []
    levels = [int(each) for sense in called if sense.word.lower() == word for each in sense.severities]
    if levels:
        named.append(alerts.c.severity.in_(levels))
    if any(sense.simulated and sense.word.lower() == word for sense in called):
        named.append(alerts.c.simulated.is_(True))
    return or_(*(holds(column, word) for column in columns), *named)


def open_alerts(connection: Connection) -> tuple[Alert, ...]:
    """Oldest first."""
    query = select(alerts).where(alerts.c.state != "closed").order_by(alerts.c.raised_ns, alerts.c.id)
    return tuple(read_as(Alert, dict(row)) for row in connection.execute(query).mappings())


def _decision(connection: Connection, decision_id: str) -> Decision:
    row = connection.execute(select(decisions).where(decisions.c.id == decision_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return read_as(Decision, dict(row))


def _near(connection: Connection, ask: WhyNothing) -> tuple[Decision, ...]:
    """Of a place: those that know theirs and are near enough, nearest first; of a camera or of no place: those nearest in time."""
    reach_ns = seconds_to_ns(ask.within_s)
    conditions = equal(decisions, camera_id=ask.camera_id)
    conditions += [decisions.c.decided_ns >= ask.at_ns - reach_ns, decisions.c.decided_ns <= ask.at_ns + reach_ns]
    rows = Page(decisions, decisions.c.decided_ns, LONGEST_PAGE, None).rows(connection, conditions)
    found = [read_as(Decision, dict(row)) for row in rows]
    if ask.position is None:
        return tuple(sorted(found, key=lambda decision: abs(decision.decided_ns - ask.at_ns))[: ask.limit])
    away = [(dist(decision.position[:2], ask.position), decision) for decision in found if decision.position is not None]
    near = sorted((pair for pair in away if pair[0] <= ask.within_m), key=lambda pair: (pair[0], abs(pair[1].decided_ns - ask.at_ns)))
    return tuple(decision for _, decision in near[: ask.limit])


def read_event(row: RowMapping) -> Event:
    return read_as(Event, dict(row))


def read_clip(row: RowMapping) -> Clip:
    return read_as(Clip, dict(row))


def event_by_id(connection: Connection, event_id: str) -> Event | None:
    row = connection.execute(select(events).where(events.c.id == event_id)).mappings().first()
    return None if row is None else read_event(row)


def clip_by_id(connection: Connection, clip_id: str) -> Clip | None:
    row = connection.execute(select(clips).where(clips.c.id == clip_id)).mappings().first()
    return None if row is None else read_clip(row)


def open_events(connection: Connection) -> tuple[Event, ...]:
    query = select(events).where(events.c.ended_ns.is_(None)).order_by(events.c.started_ns, events.c.id)
    return tuple(read_event(row) for row in connection.execute(query).mappings())

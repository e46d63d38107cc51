"""What one viewer's queries reach: their part of the record, asked in the ways that rows of a scope need."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from engine.history.queries import SEEN_KINDS, Blind, Query, Row, Scope, Span, Viewer, Who, to_text, uncovered
from engine.model.access import Verb
from engine.model.alert import Alert
from engine.model.asked import AskedRecord, EventWant
from engine.model.chat import Citation, CitationKind, VideoClip
from engine.model.decision import Decision, Outcome, Stage
from engine.model.event import Event, EventKind
from engine.model.incident import Incident, IncidentCategory
from engine.model.question import Answer, ListAlerts, ListDecisions, ListIncidents, RecordQuestion
from engine.model.time import seconds_to_ns

PAGE = 2_000
MOST_READ = 50_000
ALL_TIME = Span(0, 1 << 62)
_UNNAMED = tuple(kind for kind in SEEN_KINDS if kind is not EventKind.NAMED)


@dataclass(frozen=True, slots=True)
class Reach:
    """One viewer, one moment. `cameras`: all of the site that they may see. watch: when cameras saw nothing within a span."""

    record: AskedRecord
    viewer: Viewer
    now_ns: int
    zone: ZoneInfo
    cameras: tuple[str, ...]
    watch: Callable[[tuple[str, ...], Span], tuple[Blind, ...]]

    def spans(self, scope: Scope) -> tuple[Span, ...]:
        return scope.spans or (ALL_TIME,)

    def want(self, scope: Scope, span: Span | None, *, touching: bool = False) -> EventWant:
        limited = self.viewer.cameras
        return EventWant(
            since_ns=None if span is None or span == ALL_TIME else span.since_ns,
            until_ns=None if span is None or span == ALL_TIME else span.until_ns - 1 if touching else span.until_ns,
            touching=touching and span is not None and span != ALL_TIME,
            kinds=_kinds(scope),
            camera_ids=scope.camera_ids,
            zone_ids=scope.zone_ids,
            person_ids=scope.person_ids,
            known=True if scope.who is Who.KNOWN else False if scope.who is Who.UNKNOWN else None,
            not_person_ids=scope.not_person_ids,
            not_camera_ids=scope.not_camera_ids,
            not_zone_ids=scope.not_zone_ids,
            only_camera_ids=None if limited is None else tuple(sorted(limited)),
            severities=scope.severities,
            min_severity=scope.min_severity,
            labels=scope.labels,
            subject_ids=scope.sensor_ids,
            going_on=scope.going_on,
            shortest_ns=None if scope.shortest_s is None else seconds_to_ns(scope.shortest_s),
            longest_ns=None if scope.longest_s is None else seconds_to_ns(scope.longest_s),
        )

    def events(self, scope: Scope, limit: int, *, newest_first: bool, touching: bool = False) -> list[Event]:
        found: dict[str, Event] = {}
        spans = self.spans(scope)
        for span in reversed(spans) if newest_first else spans:
            want = self.want(scope, span, touching=touching)
            found |= {event.id: event for event in self.record.events(want, limit, newest_first=newest_first)}
            if len(found) >= limit:
                break
        return sorted(found.values(), key=lambda event: (event.started_ns, event.id), reverse=newest_first)[:limit]

    def alerts(self, scope: Scope) -> list[Alert]:
        """Newest first. Severity and place as the scope has them, by when they were raised."""
        return [alert for alert in self._alerts(scope) if fits_alert(alert, scope) and self._shown(alert.camera_id)]

    def _alerts(self, scope: Scope) -> Iterator[Alert]:
        states = set(scope.states)
        is_open = True if states and "closed" not in states else False if states == {"closed"} else None
        for span in reversed(self.spans(scope)):
            since, until = (None, None) if span == ALL_TIME else (span.since_ns, span.until_ns)
            ask = ListAlerts(PAGE, open=is_open, since_ns=since, until_ns=until)
            yield from self._pages(ask, lambda answer: answer.alerts)

    def held(self, scope: Scope) -> list[Decision]:
        """Decisions about alerts that a gate held, newest first."""
        found: list[Decision] = []
        since = scope.since_ns
        ask = ListDecisions(PAGE, outcome=Outcome.HELD, stage=Stage.ALERT, since_ns=since)
        for decision in self._pages(ask, lambda answer: answer.decisions):
            if not self._shown(decision.camera_id) or (scope.spans and not any(span.holds(decision.decided_ns) for span in scope.spans)):
                continue
            if fits_decision(decision, scope):
                found.append(decision)
        return found

    def incidents(self, scope: Scope) -> list[Incident]:
        """Newest first; none for a viewer of some cameras only, as they have no camera."""
        if self.viewer.cameras is not None:
            return []
        found: list[Incident] = []
        categories = [IncidentCategory(label) for label in scope.labels] or [None]
        for span in reversed(self.spans(scope)):
            since, until = (None, None) if span == ALL_TIME else (span.since_ns, span.until_ns)
            for category in categories:
                ask = ListIncidents(PAGE, near=scope.near, category=category, since_ns=since, until_ns=until, text=scope.text)
                found += self._pages(ask, lambda answer: answer.incidents)
        kept = [each for each in found if _fits_incident(each, scope)]
        return sorted(kept, key=lambda each: (each.occurred_ns, each.id), reverse=True)

    def sees_audit(self) -> bool:
        return Verb.ADMINISTER in self.viewer.verbs

    def clips(self, events: list[Row]) -> tuple[VideoClip, ...]:
        """Of these events, in their order."""
        of = {row.citation.id: row for row in events if row.citation.kind is CitationKind.EVENT}
        found = {clip.event_id: clip for clip in self.record.clips_of(list(of))} if of else {}
        return tuple(
            VideoClip(found[id_].id, id_, found[id_].camera_id, row.at_ns, row.kind, row.person_id)
            for id_, row in of.items()
            if id_ in found
        )

    def blind(self, scope: Scope) -> tuple[Blind, ...]:
        """When cameras of the scope saw nothing, within its spans and up to now."""
        cameras = self.watching(scope)
        found: list[Blind] = []
        for span in scope.spans:
            until_ns = min(span.until_ns, self.now_ns)
            if span.since_ns < until_ns:
                found += self.watch(cameras, Span(span.since_ns, until_ns))
        return tuple(sorted(found, key=lambda each: (each.span.since_ns, each.sensor_id)))

    def watching(self, scope: Scope) -> tuple[str, ...]:
        named = [camera for camera in scope.camera_ids if self.viewer.sees(camera)]
        return tuple(named) or tuple(camera for camera in self.cameras if camera not in scope.not_camera_ids)

    def unseen(self, scope: Scope, blind: tuple[Blind, ...]) -> bool:
        """Whether every camera was blind all the time. Without a span nothing is said."""
        cameras = self.watching(scope)
        spans = [Span(each.since_ns, min(each.until_ns, self.now_ns)) for each in scope.spans if each.since_ns < self.now_ns]
        if not spans or not cameras:
            return bool(scope.spans) and not spans
        return all(_covers([each.span for each in blind if each.sensor_id == camera], spans) for camera in cameras)

    def _shown(self, camera_id: str) -> bool:
        return self.viewer.sees(camera_id)

    def _pages(self, ask: Any, rows_of: Callable[[Answer], tuple[Any, ...]]) -> Iterator[Any]:
        read = 0
        while read < MOST_READ:
            question: RecordQuestion = ask
            answer = self.record.answer(question)
            rows = rows_of(answer)
            yield from rows
            read += len(rows)
            before = answer.next_id or (rows[-1].id if len(rows) == ask.limit else None)
            if before is None:
                return
            ask = replace(ask, before_id=before)


def _kinds(scope: Scope) -> tuple[EventKind, ...]:
    if scope.kinds or scope.who is Who.ANYTHING:
        return scope.kinds
    return _UNNAMED if scope.who is Who.UNKNOWN else SEEN_KINDS


def fits_alert(alert: Alert, scope: Scope) -> bool:
    return (
        _is_at(alert.camera_id, (alert.zone_id,), scope)
        and _is_of(alert.person_id, scope)
        and (not scope.kinds or alert.kind in scope.kinds)
        and _is_severe(int(alert.severity), scope)
        and (not scope.states or alert.state.value in scope.states or ("open" in scope.states and alert.open))
        and (not scope.dispositions or (alert.disposition is not None and alert.disposition.value in scope.dispositions))
        and (not scope.assignees or alert.assignee.casefold() in {each.casefold() for each in scope.assignees})
        and (not scope.rule_ids or alert.rule_id in scope.rule_ids)
    )


def fits_decision(decision: Decision, scope: Scope) -> bool:
    facts = decision.facts
    kind = None if facts is None else facts.kind
    zones = (decision.zone_id, *(() if facts is None else facts.zone_ids))
    failed = {gate.gate for gate in decision.gates if not gate.passed}
    return (
        _is_at(decision.camera_id, zones, scope)
        and _is_of("" if facts is None else facts.person_id, scope)
        and (not scope.kinds or kind in scope.kinds)
        and _is_severe(0 if facts is None else int(facts.severity), scope)
        and (not scope.gates or bool(failed & set(scope.gates)))
    )


def _fits_incident(incident: Incident, scope: Scope) -> bool:
    states = {"open", "closed"} & set(scope.states)
    return _is_severe(int(incident.severity), scope) and (not states or incident.state.value in states)


def _is_at(camera_id: str, zone_ids: tuple[str, ...], scope: Scope) -> bool:
    if camera_id in scope.not_camera_ids or set(zone_ids) & set(scope.not_zone_ids):
        return False
    if not scope.camera_ids and not scope.zone_ids:
        return True
    return camera_id in scope.camera_ids or bool(set(zone_ids) & set(scope.zone_ids))


def _is_of(person_id: str, scope: Scope) -> bool:
    if person_id in scope.not_person_ids or (scope.person_ids and person_id not in scope.person_ids):
        return False
    return scope.who in (Who.ANYTHING, Who.ANYONE) or (bool(person_id) == (scope.who is Who.KNOWN))


def _is_severe(severity: int, scope: Scope) -> bool:
    return severity >= scope.min_severity and (not scope.severities or severity in scope.severities)


def _covers(blind: list[Span], spans: list[Span]) -> bool:
    return all(not uncovered(span, blind) for span in spans)


def counted(query: Query, now_ns: int) -> Citation:
    at_ns = query.scope.since_ns
    return Citation(CitationKind.COUNT, to_text(query), now_ns if at_ns is None else at_ns)


def row_of_event(event: Event) -> Row:
    lasts = 0.0 if event.ended_ns is None else (event.ended_ns - event.started_ns) / 1e9
    return Row(
        Citation(CitationKind.EVENT, event.id, event.started_ns, event.camera_id),
        event.started_ns,
        event.ended_ns,
        event.ended_ns is None,
        event.kind.value,
        event.camera_id,
        event.zone_id,
        event.person_id,
        event.person,
        int(event.severity),
        label=event.label,
        text=event.reason,
        seconds=lasts,
        simulated=event.simulated,
        sensor_id=event.subject_id if event.kind is EventKind.NODE_LOST else "",
    )


def row_of_alert(alert: Alert) -> Row:
    return Row(
        Citation(CitationKind.ALERT, alert.id, alert.raised_ns, alert.camera_id),
        alert.raised_ns,
        kind=alert.kind.value,
        camera_id=alert.camera_id,
        zone_id=alert.zone_id,
        person_id=alert.person_id,
        person=alert.person,
        severity=int(alert.severity),
        state=alert.state.value,
        label="" if alert.disposition is None else alert.disposition.value,
        text=alert.reason,
        by=alert.assignee,
        simulated=alert.simulated,
        rows=(Citation(CitationKind.EVENT, alert.event_id, alert.raised_ns, alert.camera_id),),
        key=alert.decision_id,
    )


def row_of_decision(decision: Decision) -> Row:
    failed = tuple(gate.gate for gate in decision.gates if not gate.passed)
    facts = decision.facts
    return Row(
        Citation(CitationKind.DECISION, decision.id, decision.decided_ns, decision.camera_id),
        decision.decided_ns,
        kind=facts.kind.value if facts is not None else decision.candidate.value,
        camera_id=decision.camera_id,
        zone_id=decision.zone_id,
        person_id="" if facts is None else facts.person_id,
        severity=0 if facts is None else int(facts.severity),
        state=decision.outcome.value,
        label=failed[0] if failed else "",
        text=decision.flip,
        details=failed,
    )


def row_of_incident(incident: Incident) -> Row:
    return Row(
        Citation(CitationKind.INCIDENT, incident.id, incident.occurred_ns),
        incident.occurred_ns,
        kind=incident.category.value,
        severity=int(incident.severity),
        state=incident.state.value,
        text=incident.description,
        count=incident.reporter_count,
        simulated=incident.simulated,
    )

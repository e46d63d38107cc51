"""Rows of the record as findings of a query."""

from engine._geodesic import rough_distance_m
from engine.history.queries.rows import Row
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.event import Event, EventKind
from engine.model.history.chat import Citation, CitationKind
from engine.model.history.query import Query
from engine.model.history.query_text import to_text
from engine.model.incidents.incident import Incident


def count_citation(query: Query, now_ns: int) -> Citation:
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
        named_by=event.named_by,
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
        decision=decision,
    )


def row_of_incident(incident: Incident, near: tuple[float, float, float] | None = None) -> Row:
    """`near`: the latitude and longitude that its distance is told from."""
    return Row(
        Citation(CitationKind.INCIDENT, incident.id, incident.occurred_ns),
        incident.occurred_ns,
        kind=incident.category.value,
        severity=int(incident.severity),
        state=incident.state.value,
        text=incident.description,
        count=incident.reporter_count,
        simulated=incident.simulated,
        metres=None if near is None else rough_distance_m(near[0], near[1], incident.latitude, incident.longitude),
    )

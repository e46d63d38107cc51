"""Queries about alerts, what was held, incidents, and why."""

from dataclasses import replace

from engine.history.queries import events as queries_events
from engine.history.queries.findings import count_citation, row_of_alert, row_of_decision, row_of_incident
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result, Row
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision, Outcome
from engine.model.errors import NotFound
from engine.model.history.chat import Citation, CitationKind
from engine.model.history.query import Measure, Of, Query, Scope, Span
from engine.model.question import GetDecision, GetIncident, ListAlerts, ListAudit, WhyNothing
from engine.model.time import SECOND

_ACTS = (AuditVerb.CHANGE_ALERT.value, AuditVerb.SHELVE_ALERT.value, AuditVerb.ASSIGN_ALERT.value)
_MOST_ACTS = 5_000
_AROUND_S = 300.0
_WIDEST_S = 3_600.0


def list_alerts(reach: Reach, query: Query) -> Result:
    rows = _all(reach, query)
    if query.oldest_first:
        rows.reverse()
    shown = tuple(rows[query.skip : query.skip + query.limit])
    return _alerts_result(reach, query, shown, len(rows))


def newest_alerts(reach: Reach, query: Query) -> Result:
    """Of LAST and FIRST."""
    rows = _all(reach, query)
    rows = rows if query.ask is query.ask.LAST else rows[::-1]
    if query.measure is Measure.NEAREST:
        rows = sorted(rows, key=lambda row: row.metres or 0.0)
    return _alerts_result(reach, query, tuple(rows[query.skip : query.skip + 1]), len(rows))


def _alerts_result(reach: Reach, query: Query, rows: tuple[Row, ...], total: int) -> Result:
    """With the clips of what the alerts are about, and with when nothing would have been seen; reports need no camera."""
    events = [replace(row, citation=each) for row in rows for each in row.rows[:1]]
    result = Result(query, count_citation(query, reach.now_ns), rows, total, clips=reach.clips(events))
    return result if result.query.of is Of.INCIDENTS else queries_events.with_sight(reach, result)


def _all(reach: Reach, query: Query) -> list[Row]:
    """Newest first."""
    match query.of:
        case Of.HELD:
            return [row_of_decision(decision) for decision in reach.held_decisions(query.scope)]
        case Of.INCIDENTS:
            if query.id:
                if reach.viewer.cameras is not None:
                    return []
                return [row_of_incident(reach.record.answer(GetIncident(query.id)).incident, query.scope.near)]
            return [row_of_incident(incident, query.scope.near) for incident in reach.incidents(query.scope)]
        case _:
            return [row_of_alert(alert) for alert in _matching_alerts(reach, query)]


def _matching_alerts(reach: Reach, query: Query) -> list[Alert]:
    if not query.id:
        return reach.alerts(query.scope)
    found = reach.record.answer(ListAlerts(1, alert_id=query.id)).alerts
    return [alert for alert in found if reach.viewer.sees(alert.camera_id)]


def why_alert(reach: Reach, query: Query) -> Result:
    """The alert and the decision that raised it. Of a moment: the alert nearest to it."""
    alerts = _matching_alerts(reach, query)
    if query.oldest_first:
        alerts.reverse()
    if query.at_ns is not None and not query.id:
        at = query.at_ns
        near = reach.alerts(replace(query.scope, spans=(Span(max(at - int(_WIDEST_S) * SECOND, 0), at + int(_WIDEST_S) * SECOND),)))
        alerts = sorted(near, key=lambda alert: abs(alert.raised_ns - at))
    if not alerts:
        return _alerts_result(reach, query, (), 0)
    if query.skip >= len(alerts):
        return Result(query, count_citation(query, reach.now_ns), total=len(alerts))
    alert = alerts[query.skip]
    decision = _decision(reach, alert.decision_id)
    rows = (row_of_alert(alert), *(() if decision is None else (row_of_decision(decision),)))
    return _alerts_result(reach, query, rows, len(alerts))


def _decision(reach: Reach, decision_id: str) -> Decision | None:
    try:
        return reach.record.answer(GetDecision(decision_id))
    except NotFound:
        return None


def why_nothing(reach: Reach, query: Query) -> Result:
    """Decisions that raised nothing about what was near, those nearest in time first; and whether anybody would have seen anything."""
    scope = query.scope
    at_ns, within_s = _time_window(reach, query)
    found: list[Decision] = []
    for camera in scope.camera_ids or (None,):
        ask = WhyNothing(at_ns, None, camera, within_s, within_s, 50)
        found += [each for each in reach.record.answer(ask) if reach.viewer.sees(each.camera_id)]
    near = [each for each in found if each.outcome is not Outcome.RAISED and _is_there(each, scope)]
    raised = [each for each in found if each.outcome is Outcome.RAISED and each.alert_id and _is_there(each, scope)]
    rows = tuple(row_of_decision(each) for each in near[: query.limit])
    seen = replace(
        query, scope=replace(scope, spans=scope.spans or (Span(at_ns - int(within_s * SECOND), at_ns + int(within_s * SECOND)),))
    )
    result = queries_events.with_sight(reach, Result(seen, count_citation(query, reach.now_ns), rows, len(near), len(raised)))
    return replace(result, query=query, known=len(raised), clips=())


def _time_window(reach: Reach, query: Query) -> tuple[int, float]:
    """The middle, and how far to both sides, s. Where no time is said: when what is asked about happened last."""
    scope = query.scope
    if query.at_ns is not None:
        return query.at_ns, _AROUND_S
    if scope.since_ns is None or scope.until_ns is None:
        newest = reach.events(scope, 1, newest_first=True)
        return (newest[0].started_ns if newest else reach.now_ns), _AROUND_S
    middle = (scope.since_ns + scope.until_ns) // 2
    return middle, (scope.until_ns - scope.since_ns) / 2 / SECOND


def _is_there(decision: Decision, scope: Scope) -> bool:
    facts = decision.facts
    zones = {decision.zone_id, *(() if facts is None else facts.zone_ids)}
    person = "" if facts is None else facts.person_id
    is_place = not (scope.camera_ids or scope.zone_ids) or decision.camera_id in scope.camera_ids or bool(zones & set(scope.zone_ids))
    return (
        is_place
        and (not scope.person_ids or person in scope.person_ids)
        and (not scope.kinds or facts is None or facts.kind in scope.kinds)
    )


def handled(reach: Reach, query: Query) -> Result:
    """Who acknowledged or closed alerts: by the audit where the viewer may read it, else whom they are assigned to."""
    found = _matching_alerts(reach, query)
    if query.oldest_first:
        found.reverse()
    alerts = {alert.id: alert for alert in found[query.skip : query.skip + (1 if query.limit == 1 else 200)]}
    acts = _acts(reach, frozenset(alerts))
    rows: list[Row] = []
    for id_, alert in alerts.items():
        theirs = [act for act in acts if act.subject == id_]
        rows += [_act_row(alert, act) for act in theirs] or (
            [row_of_alert(alert)] if alert.assignee or query.id or len(alerts) == 1 else []
        )
    wanted = [row for row in rows if query.scope.text in row.state] or rows  # who closed it at once has acknowledged it, too
    return Result(query, count_citation(query, reach.now_ns), tuple(wanted[: query.limit]), len(wanted))


def _acts(reach: Reach, ids: frozenset[str]) -> list[AuditRow]:
    if not reach.sees_audit() or not ids:
        return []
    acts = reach.record.answer(ListAudit(_MOST_ACTS, verbs=_ACTS))
    return [act for act in acts if act.subject in ids]


def _act_row(alert: Alert, act: AuditRow) -> Row:
    row = row_of_alert(alert)
    cited = Citation(CitationKind.ALERT, alert.id, act.at_ns, alert.camera_id)
    return replace(row, citation=cited, at_ns=act.at_ns, by=act.by, key=act.verb, state=act.detail or act.verb, count=act.seq)

"""Whether an alert, a held decision, an incident fits a scope."""

from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision, Stage
from engine.model.history.query import Scope, Who
from engine.model.incidents.incident import Incident


def fits_alert(alert: Alert, scope: Scope) -> bool:
    return (
        _is_at(alert.camera_id, (alert.zone_id,), scope)
        and _is_of(alert.person_id, alert.person, scope)
        and (not scope.kinds or alert.kind in scope.kinds)
        and alert.kind not in scope.not_kinds
        and _is_severe(int(alert.severity), scope)
        and (not scope.states or alert.state.value in scope.states or ("open" in scope.states and alert.open))
        and (not scope.dispositions or (alert.disposition is not None and alert.disposition.value in scope.dispositions))
        and (alert.disposition is None or alert.disposition.value not in scope.not_dispositions)
        and (not scope.assignees or alert.assignee.casefold() in {each.casefold() for each in scope.assignees})
        and alert.assignee.casefold() not in {each.casefold() for each in scope.not_assignees}
        and (not scope.rule_ids or alert.rule_id in scope.rule_ids)
    )


def fits_decision(decision: Decision, scope: Scope) -> bool:
    if decision.stage is Stage.EVENT:
        return decision.candidate.value in scope.labels and _is_at(decision.camera_id, (decision.zone_id,), scope)
    facts = decision.facts
    kind = None if facts is None else facts.kind
    zones = (decision.zone_id, *(() if facts is None else facts.zone_ids))
    failed = {gate.gate for gate in decision.gates if not gate.passed}
    return (
        _is_at(decision.camera_id, zones, scope)
        and _is_of("" if facts is None else facts.person_id, "", scope)
        and (not scope.kinds or kind in scope.kinds)
        and kind not in scope.not_kinds
        and _is_severe(0 if facts is None else int(facts.severity), scope)
        and (not scope.gates or bool(failed & set(scope.gates)))
    )


def fits_incident(incident: Incident, scope: Scope) -> bool:
    states = {"open", "closed"} & set(scope.states)
    return _is_severe(int(incident.severity), scope) and (not states or incident.state.value in states)


def _is_at(camera_id: str, zone_ids: tuple[str, ...], scope: Scope) -> bool:
    if camera_id in scope.not_camera_ids or set(zone_ids) & set(scope.not_zone_ids):
        return False
    if not scope.camera_ids and not scope.zone_ids:
        return True
    return camera_id in scope.camera_ids or bool(set(zone_ids) & set(scope.zone_ids))


def _is_of(person_id: str, name: str, scope: Scope) -> bool:
    if person_id in scope.not_person_ids or (scope.person_ids and person_id not in scope.person_ids):
        return False
    return scope.who in (Who.ANYTHING, Who.ANYONE) or (bool(person_id) if scope.who is Who.KNOWN else not person_id and not name)


def _is_severe(severity: int, scope: Scope) -> bool:
    return severity >= scope.min_severity and (not scope.severities or severity in scope.severities)

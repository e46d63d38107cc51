"""What an operator says of an incident stands: nothing automatic changes it again (`edited`)."""

from dataclasses import replace

from engine.incidents.weighing import settled, shortened
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentEdit, IncidentState, LoadIncident, check_description


def edit_incident(
    load: LoadIncident,
    incident_id: str,
    now_ns: int,
    *,
    category: IncidentCategory | None = None,
    severity: Severity | None = None,
    description: str | None = None,
    state: IncidentState | None = None,
) -> IncidentEdit:
    """None leaves a part as it is. Raises InputError, NotFound."""
    incident = _own(load, incident_id)
    if state is IncidentState.MERGED:
        raise InputError("state", "becomes merged by merging it into another one only")
    said = {"category": category, "severity": severity, "description": _described(description)}
    given = {name: value for name, value in said.items() if value is not None}
    edited = tuple(dict.fromkeys((*incident.edited, *given)))
    reason = incident.category_reason if category is None else "Set by an operator."
    incident = replace(incident, **given, edited=edited, state=state or incident.state, category_reason=reason)
    return _incident_edit(incident, now_ns)


def validate(load: LoadIncident, incident_id: str, actual: IncidentCategory, by: str, now_ns: int) -> IncidentEdit:
    """What it really was; whoever says so has looked at it, so nothing waits for review any more. Raises InputError, NotFound."""
    incident = replace(
        _own(load, incident_id),
        category=actual,
        category_reason=f"{by} looked into it.",
        validated_category=actual.value,
        validated_by=by,
        review_ids=(),
    )
    edited = tuple(dict.fromkeys((*incident.edited, "category")))
    return _incident_edit(replace(incident, edited=edited), now_ns)


def _own(load: LoadIncident, incident_id: str) -> Incident:
    incident = load(incident_id)
    if incident.state is IncidentState.MERGED:
        raise InputError("incident_id", f"was merged into {incident.merged_into}. Edit that one")
    return incident


def _incident_edit(incident: Incident, now_ns: int) -> IncidentEdit:
    return IncidentEdit(incident.id, (shortened(settled(incident, now_ns)),))


def _described(description: str | None) -> str | None:
    if description is None:
        return None
    check_description(description)
    return description.strip()

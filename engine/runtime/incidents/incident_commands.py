"""What sessions tell the engine to do about incidents, carried out on the caller's thread; an import is a job."""

import base64
import binascii

from engine.incidents.reading import MOST_BYTES
from engine.model.alert_command import (
    EditIncident,
    ImportReports,
    KeepApart,
    MergeIncidents,
    ReportCommand,
    SplitIncident,
    ValidateIncident,
)
from engine.model.errors import InputError
from engine.model.incident import Incident
from engine.runtime.engine import Engine
from engine.runtime.incidents.importing import start_import


def execute_incident(engine: Engine, command: ReportCommand, by: str) -> str:
    """The id of the incident, or of the job. The caller has checked the verb. Raises InputError, NotFound, EnvironmentFault."""
    desk = engine.reports
    match command:
        case MergeIncidents(kept_id, gone_id):
            return desk.merge(kept_id, gone_id).id
        case SplitIncident(incident_id, report_ids):
            return _asked(engine, desk.split(incident_id, report_ids))
        case KeepApart(incident_id, other_id):
            return desk.keep_apart(incident_id, other_id).id
        case ValidateIncident(incident_id, actual, validated_by):
            return _judged(engine, desk.validate(incident_id, actual, validated_by or by))
        case EditIncident(incident_id, category, severity, description, state):
            edited = desk.edit(incident_id, category=category, severity=severity, description=description, state=state)
            return edited.id if description is None else _asked(engine, edited)
        case ImportReports(data, form):
            return _import(engine, data, form)


def _asked(engine: Engine, incident: Incident) -> str:
    """There are new words to be classified."""
    engine.atlas.changed(incident)
    return incident.id


def _judged(engine: Engine, incident: Incident) -> str:
    """Atlas learns what it really was."""
    engine.atlas.judged(incident)
    return incident.id


def _import(engine: Engine, data: str, form: str) -> str:
    """Start it; gives the job's id."""
    if len(data) > MOST_BYTES * 4 // 3 + 4:
        raise InputError("data", f"is larger than {MOST_BYTES >> 20} MB. Split the file")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("data", "is no base64 text") from None
    return start_import(engine, raw, form)

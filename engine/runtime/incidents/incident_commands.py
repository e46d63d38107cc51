"""Commands: incidents, and the import of reports, which is a job."""

import base64
import binascii
from typing import Protocol

from engine.incidents.reading import MOST_BYTES
from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.commands import EditIncident, ImportReports, KeepApart, MergeIncidents, SplitIncident, ValidateIncident
from engine.model.errors import InputError
from engine.model.incidents.incident import Incident, IncidentCategory
from engine.runtime.atlas.atlas_side import AtlasSide
from engine.runtime.incidents.importing import ImportingHost, start_import
from engine.runtime.operations.spec import OUTCOME, Commands, CommandSpec, NotUndoable, audited, site_wide
from engine.runtime.settings.settings_commands import given_parts


class IncidentHost(ImportingHost, Protocol):
    """What these operations need of the engine."""

    @property
    def atlas(self) -> AtlasSide: ...


def _merge(engine: IncidentHost, command: MergeIncidents, _: Session) -> str:
    return engine.reports.merge(command.kept_id, command.gone_id).id


def _split(engine: IncidentHost, command: SplitIncident, _: Session) -> str:
    return _request_classification(engine, engine.reports.split(command.incident_id, command.report_ids))


def _keep_apart(engine: IncidentHost, command: KeepApart, _: Session) -> str:
    return engine.reports.keep_apart(command.incident_id, command.other_id).id


def _validate(engine: IncidentHost, command: ValidateIncident, session: Session) -> str:
    by = command.validated_by or session.user.name
    return _judged(engine, engine.reports.validate(command.incident_id, command.actual_category, by))


def _edit(engine: IncidentHost, command: EditIncident, _: Session) -> str:
    description = command.description
    edited = engine.reports.edit(
        command.incident_id, category=command.category, severity=command.severity, description=description, state=command.state
    )
    return edited.id if description is None else _request_classification(engine, edited)


def _incident_now(engine: IncidentHost, command: EditIncident) -> EditIncident:
    """Raises NotFound."""
    now = engine.reports.get(command.incident_id)
    return EditIncident(now.id, now.category, now.severity, now.description, now.state)


def _validation_now(engine: IncidentHost, command: ValidateIncident) -> ValidateIncident | None:
    """None while nobody said so, or it was said to be the same. Raises NotFound."""
    now = engine.reports.get(command.incident_id)
    if now.validated_category in ("", command.actual_category):
        return None
    return ValidateIncident(now.id, IncidentCategory(now.validated_category), now.validated_by)


def _request_classification(engine: IncidentHost, incident: Incident) -> str:
    """There are new words to be classified."""
    engine.atlas.changed(incident)
    return incident.id


def _judged(engine: IncidentHost, incident: Incident) -> str:
    """Atlas learns what it really was."""
    engine.atlas.judged(incident)
    return incident.id


def _import(engine: IncidentHost, command: ImportReports, _: Session) -> str:
    """Start it; gives the job's id. Raises InputError, EnvironmentFault."""
    data = command.data
    if len(data) > MOST_BYTES * 4 // 3 + 4:
        raise InputError("data", f"is larger than {MOST_BYTES >> 20} MB. Split the file")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("data", "is no base64 text") from None
    return start_import(engine, raw, command.format)


def _edited_parts(command: EditIncident, _: str) -> str:
    return given_parts(command, "incident_id")


IMPORT_REPORTS = CommandSpec(
    ImportReports,
    handler=_import,
    scope=site_wide,
    audit=audited(AuditVerb.IMPORT_REPORTS, OUTCOME, "format"),
    undo=NotUndoable("reports are merged, split or closed instead"),
    durable=False,
    unchecked_text=("data",),
)
COMMANDS: Commands[IncidentHost] = (
    IMPORT_REPORTS,
    CommandSpec(
        MergeIncidents,
        handler=_merge,
        scope=site_wide,
        audit=audited(AuditVerb.MERGE_INCIDENTS, "kept_id", "gone_id"),
        undo=NotUndoable("the incident is split instead"),
        durable=True,
    ),
    CommandSpec(
        SplitIncident,
        handler=_split,
        scope=site_wide,
        audit=audited(AuditVerb.SPLIT_INCIDENT, "incident_id", OUTCOME),
        undo=NotUndoable("the incidents are merged instead"),
        durable=True,
    ),
    CommandSpec(
        KeepApart,
        handler=_keep_apart,
        scope=site_wide,
        audit=audited(AuditVerb.KEEP_APART, "incident_id", "other_id"),
        undo=NotUndoable("the incidents are merged instead"),
        durable=True,
    ),
    CommandSpec(
        ValidateIncident,
        handler=_validate,
        scope=site_wide,
        audit=audited(AuditVerb.VALIDATE_INCIDENT, "incident_id", "actual_category.value"),
        undo=NotUndoable("the incident is validated again"),
        durable=True,
        current=_validation_now,
    ),
    CommandSpec(
        EditIncident,
        handler=_edit,
        scope=site_wide,
        audit=audited(AuditVerb.EDIT_INCIDENT, "incident_id", _edited_parts),
        undo=NotUndoable("the incident is edited again"),
        durable=True,
        current=_incident_now,
    ),
)

"""What sessions tell the engine to do about incidents, carried out on the caller's thread; an import is a job."""

import base64
import binascii
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.incidents.reading import MOST_BYTES, Misread, ReportReader
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
from engine.model.incident import Filed, Incident, IncidentStatus, Report
from engine.runtime.engine import Engine
from engine.runtime.jobs import Progress
from engine.runtime.reports import ReportDesk

AT_ONCE = 100
TOLD = 20  # lines of a file that are named one by one


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
    if form not in ("csv", "geojson"):
        raise InputError("format", f"{form[:20]!r} is neither csv nor geojson")

    def body(_: str, progress: Progress) -> str:
        return import_reports(engine.reports, ReportReader(engine.reports.device, engine.clock.now_ns()), raw, form, progress)

    return engine.jobs.start("import_reports", "Import reports", body)


@dataclass(slots=True)
class Tally:
    """How an import goes."""

    statuses: Counter[IncidentStatus] = field(default_factory=Counter[IncidentStatus])
    again: int = 0
    left_out: list[str] = field(default_factory=list[str])

    def take(self, filed: Filed | InputError, place: str) -> None:
        if isinstance(filed, InputError):
            self.left_out.append(str(Misread(place, filed.field, filed.message)))
        elif filed.again:
            self.again += 1
        else:
            self.statuses[filed.status] += 1

    def sentence(self) -> str:
        """What became of the file."""
        begun = self.statuses[IncidentStatus.CREATED] + self.statuses[IncidentStatus.PENDING_REVIEW]
        parts = [f"{self.statuses.total()} reports were kept: {begun} incidents began, {self.statuses[IncidentStatus.CORROBORATED]} joined"]
        parts.append(f"{self.again} were there already") if self.again else None
        told = f"{', '.join(parts)}."
        if not self.left_out:
            return told
        more = f" … and {len(self.left_out) - TOLD} more" if len(self.left_out) > TOLD else ""
        return f"{told} {len(self.left_out)} were left out: {'; '.join(self.left_out[:TOLD])}{more}."


def import_reports(desk: ReportDesk, reader: ReportReader, data: bytes, form: str, progress: Progress) -> str:
    """As `tallied`; gives the closing sentence."""
    return tallied(desk, reader, data, form, progress.at).sentence()


def tallied(desk: ReportDesk, reader: ReportReader, data: bytes, form: str, on_progress: Callable[[int, int], None]) -> Tally:
    """File all that can be, some at a time. The file is read through before anything is kept. `on_progress`: done, of how many.

    Raises InputError: it cannot be read as a whole. EnvironmentFault: the record cannot be written; what was kept before stays, and the
    same file can be imported again.
    """
    read = list(reader.read(data, form))
    tally = Tally(left_out=[str(each) for each in read if isinstance(each, Misread)])
    good = [each for each in read if not isinstance(each, Misread)]
    for begin in range(0, len(good), AT_ONCE):
        on_progress(begin, len(good))
        _file(desk, good[begin : begin + AT_ONCE], tally)
    on_progress(len(good), len(good))
    return tally


def _file(desk: ReportDesk, several: list[tuple[str, Report]], tally: Tally) -> None:
    for (place, _), filed in zip(several, desk.file_all([report for _, report in several]), strict=True):
        tally.take(filed, place)

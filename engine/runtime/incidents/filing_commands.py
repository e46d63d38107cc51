"""Command: a report that somebody signed in files at a console."""

from concurrent.futures import wait
from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.incidents.filing import FileReport
from engine.runtime.incidents.report_looks import PATIENCE_S, ReportLooks
from engine.runtime.incidents.reporting import IncomingReport, ReportingHost, file_at_once
from engine.runtime.operations.spec import OUTCOME, Commands, CommandSpec, NotUndoable, any_session, audited


class FilingHost(ReportingHost, Protocol):
    """What this needs of the engine."""

    @property
    def looks(self) -> ReportLooks: ...


def _file(engine: FilingHost, command: FileReport, session: Session) -> str:
    """Waits for what its pictures look like, as HTTP does."""
    said = IncomingReport(
        category=command.category,
        description=command.description,
        latitude=command.latitude,
        longitude=command.longitude,
        occurred_ns=command.occurred_ns,
        severity=command.severity,
        media=command.media,
        source=command.source,
        key=command.key,
        accuracy_m=command.accuracy_m,
    )
    if said.media:
        own = "" if session.sees_incidents else session.holder
        wait(engine.looks.begin(said.media, own), PATIENCE_S)
        said = replace(said, looked=engine.looks.looked(said.media, own))
    return file_at_once(engine, said, session).incident.id


COMMANDS: Commands[FilingHost] = (
    CommandSpec(
        FileReport,
        handler=_file,
        scope=any_session,
        audit=audited(AuditVerb.FILE_REPORT, OUTCOME, "source.value"),
        undo=NotUndoable("the incident is closed or merged instead"),
        durable=True,
    ),
)

"""What programs say of an occurrence, made into a report: who may say what, and what only the record decides."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from engine.incidents.reporters import one_sender, user_reporter
from engine.model.accounts.access import Session
from engine.model.alerts.commands import ImportReports
from engine.model.errors import EnvironmentFault
from engine.model.event import Severity
from engine.model.incidents.incident import Filed, IncidentCategory, Report, SourceOfReport
from engine.runtime.incidents.importing import ImportingHost, start_import
from engine.runtime.incidents.incident_commands import IMPORT_REPORTS
from engine.runtime.incidents.report_looks import UNLOOKED, Looked
from engine.runtime.incidents.reports import new_report_id
from engine.runtime.incidents.sent_media import MediaShelf
from engine.runtime.operations.execution import ExecutionHost, note

log = logging.getLogger(__name__)

_KEY_CHARACTERS = 32


class ReportingHost(ImportingHost, ExecutionHost, Protocol):
    """What this needs of the engine."""

    @property
    def sent(self) -> MediaShelf: ...


@dataclass(frozen=True, slots=True)
class IncomingReport:
    """A report as it is made. `reporter_id` goes before `device_id`; neither: nobody says who they are.

    `occurred_ns` None: when it arrives. `key`: for idempotency. `looked`: what its media look like.
    """

    category: IncidentCategory
    description: str
    latitude: float
    longitude: float
    occurred_ns: int | None
    severity: Severity = Severity.MODERATE
    reporter_id: str | None = None
    device_id: str | None = None
    video_id: str = ""
    media: tuple[str, ...] = ()
    source: SourceOfReport = SourceOfReport.CITIZEN
    key: str = ""
    looked: Looked = UNLOOKED

    @property
    def media_ids(self) -> tuple[str, ...]:
        """All that it names."""
        return (*self.media, self.video_id) if self.video_id else self.media


def file_said(engine: ReportingHost, said: IncomingReport, session: Session, done: Callable[[Filed | Exception], None]) -> None:
    """Returns at once; `done` is called when it is durable or refused, on a thread of the engine, and must return at once.

    It is given InputError, or EnvironmentFault: then it may not have been kept, and is to be sent again with the same key.
    """

    def filed(outcome: Filed | Exception) -> None:
        if isinstance(outcome, Filed):
            _name_media(engine, said, session)
        done(outcome)

    engine.reports.put(lambda: _report(engine, said, session), filed)


def _name_media(engine: ReportingHost, said: IncomingReport, session: Session) -> None:
    """Note which media are named by a report that is durable: they are kept longer."""
    known = [media for media in map(engine.sent.get, said.media_ids) if media is not None]
    named = [media.id for media in known if session.sees_incidents or media.sending_of(session.holder) is not None]
    try:
        engine.sent.name(named, session.holder)
    except EnvironmentFault as fault:
        log.warning("Which media are named by a report could not be noted: %s", fault)


def _report(engine: ReportingHost, said: IncomingReport, session: Session) -> Report:
    """Raises InputError, EnvironmentFault."""
    reporter, key = _reporter(engine, said, session), _sender_key(said.key, session)
    now_ns = engine.clock.now_ns()
    return Report(
        id=new_report_id(reporter, key),
        category=said.category,
        description=said.description,
        latitude=said.latitude,
        longitude=said.longitude,
        occurred_ns=now_ns if said.occurred_ns is None else said.occurred_ns,
        received_ns=now_ns,
        severity=said.severity,
        reporter=reporter,
        source=_source(said, session),
        video_id=said.video_id,
        media=said.media,
        look=said.looked.look,
        look_trouble=said.looked.trouble,
        key=key,
        look_count=said.looked.count,
        look_by=said.looked.by,
    )


def import_said(engine: ReportingHost, data: bytes, form: str, session: Session) -> str:
    """As the command `ImportReports`, from the file's bytes: starts the job, gives its id. Raises InputError, EnvironmentFault."""
    job_id = start_import(engine, data, form)
    entries = IMPORT_REPORTS.audit.entries(ImportReports("", form), job_id, engine.auditor.pseudonym)
    note(engine, entries, session.user.name)
    return job_id


def _reporter(engine: ReportingHost, said: IncomingReport, session: Session) -> str:
    """Who passes on what many say names them; of anybody else every report is their own, for names can be made up."""
    named = user_reporter(said.reporter_id) if said.reporter_id is not None else ""
    device = engine.reports.device(said.device_id) if said.device_id is not None else ""
    return named or device if session.speaks_for_many else one_sender(session.holder)


def _source(said: IncomingReport, session: Session) -> SourceOfReport:
    """Only who may speak for others speaks for a patrol or an office."""
    return said.source if session.speaks_for_many else SourceOfReport.CITIZEN


def _sender_key(key: str, session: Session) -> str:
    """One for each sender: those who say nothing of themselves must not meet under a key that both made up."""
    return sha256(f"{session.user.id}\n{key}".encode()).hexdigest()[:_KEY_CHARACTERS] if key else ""

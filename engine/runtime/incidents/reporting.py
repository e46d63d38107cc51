"""What programs say of an occurrence, made into a report: who may say what, and what only the record decides."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from typing import Protocol, TypeAlias

from engine.incidents.reporters import one_sender, user_reporter
from engine.model.accounts.access import Session
from engine.model.alerts.commands import ImportReports
from engine.model.errors import EnvironmentFault
from engine.model.event import Severity
from engine.model.incidents.incident import Filed, IncidentCategory, Report, SourceOfReport
from engine.model.value_class import dataclass
from engine.runtime.incidents.importing import ImportingHost, start_import
from engine.runtime.incidents.incident_commands import IMPORT_REPORTS
from engine.runtime.incidents.report_looks import UNLOOKED, Looked
from engine.runtime.incidents.reports import ReportDesk, new_report_id
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

    `occurred_ns` None: when it arrives. `key`: for idempotency. `looked`: what its media look like. `accuracy_m`: see `Report`.
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
    accuracy_m: float = 0.0

    @property
    def media_ids(self) -> tuple[str, ...]:
        """All that it names."""
        return (*self.media, self.video_id) if self.video_id else self.media


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a report is by, as the record has it, and under which key. `holder`: whose media it may name; empty: anybody's."""

    reporter: str
    source: SourceOfReport
    key: str
    holder: str


Done: TypeAlias = Callable[[Filed | Exception], None]


def file_said(engine: ReportingHost, said: IncomingReport, session: Session, done: Done) -> None:
    """Returns at once; `done` is called when it is durable or refused, on a thread of the engine, and must return at once.

    It is given InputError, or EnvironmentFault: then it may not have been kept, and is to be sent again with the same key.
    """
    file_of(engine.reports, engine.sent, said, lambda: _sender(engine, said, session), session.holder, done)


def file_at_once(engine: ReportingHost, said: IncomingReport, session: Session) -> Filed:
    """As `file_said`; returns when it is durable. Raises InputError, EnvironmentFault."""
    filed: Future[Filed] = Future()

    def settle(outcome: Filed | Exception) -> None:
        if isinstance(outcome, Exception):
            filed.set_exception(outcome)
        else:
            filed.set_result(outcome)

    file_said(engine, said, session, settle)
    return filed.result()


def file_of(desk: ReportDesk, shelf: MediaShelf, said: IncomingReport, sender: Callable[[], Sender], holder: str, done: Done) -> None:
    """As `file_said`, whoever the report is by. `sender`: asked on a thread of the engine. `holder`: who it is that sends."""
    made: list[Sender] = []

    def make() -> Report:
        made.append(sender())
        return _report(desk, said, made[0])

    def filed(outcome: Filed | Exception) -> None:
        if isinstance(outcome, Filed):
            _name_media(shelf, said, made[0], holder)
        done(outcome)

    desk.put(make, filed)


def _name_media(shelf: MediaShelf, said: IncomingReport, sender: Sender, by: str) -> None:
    """Note which media are named by a report that is durable: they are kept longer."""
    known = [media for media in map(shelf.get, said.media_ids) if media is not None]
    named = [media.id for media in known if not sender.holder or media.sending_of(sender.holder) is not None]
    try:
        shelf.name(named, by)
    except EnvironmentFault as fault:
        log.warning("Which media are named by a report could not be noted: %s", fault)


def _sender(engine: ReportingHost, said: IncomingReport, session: Session) -> Sender:
    """Raises InputError, EnvironmentFault."""
    holder = "" if session.sees_incidents else session.holder
    return Sender(_reporter(engine, said, session), _source(said, session), sender_key(said.key, session.user.id), holder)


def _report(desk: ReportDesk, said: IncomingReport, sender: Sender) -> Report:
    """Raises InputError."""
    now_ns = desk.now_ns()
    return Report(
        id=new_report_id(sender.reporter, sender.key, desk.engine_id),
        category=said.category,
        description=said.description,
        latitude=said.latitude,
        longitude=said.longitude,
        occurred_ns=now_ns if said.occurred_ns is None else said.occurred_ns,
        received_ns=now_ns,
        severity=said.severity,
        reporter=sender.reporter,
        source=sender.source,
        video_id=said.video_id,
        media=said.media,
        look=said.looked.look,
        look_trouble=said.looked.trouble,
        key=sender.key,
        look_count=said.looked.count,
        look_by=said.looked.by,
        accuracy_m=said.accuracy_m,
    )


def import_said(engine: ReportingHost, data: bytes, form: str, session: Session) -> str:
    """As the command `ImportReports`, from the file's bytes: starts the job, gives its id. Raises InputError, EnvironmentFault."""
    job_id = start_import(engine, data, form)
    entries = IMPORT_REPORTS.audit.entries(ImportReports("", form), job_id, engine.auditor.pseudonym)
    note(engine, entries, session.user)
    return job_id


def _reporter(engine: ReportingHost, said: IncomingReport, session: Session) -> str:
    """Who passes on what many say names them; of anybody else every report is their own, for names can be made up."""
    named = user_reporter(said.reporter_id) if said.reporter_id is not None else ""
    device = engine.reports.device(said.device_id) if said.device_id is not None else ""
    return named or device if session.speaks_for_many else one_sender(session.holder)


def _source(said: IncomingReport, session: Session) -> SourceOfReport:
    """Only who may speak for others speaks for a patrol or an office."""
    return said.source if session.speaks_for_many else SourceOfReport.CITIZEN


def sender_key(key: str, sender_id: str) -> str:
    """One for each sender: those who say nothing of themselves must not meet under a key that both made up."""
    return sha256(f"{sender_id}\n{key}".encode()).hexdigest()[:_KEY_CHARACTERS] if key else ""

"""Incidents of the pretended engine: the real rules over a record in memory; Atlas says what a test wants."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from engine._geodesic import is_within
from engine.incidents.editing import edit_incident, validate
from engine.incidents.merging import keep_apart, merge_incidents, split
from engine.incidents.reading import Misread, ReportReader
from engine.model.alerts.commands import (
    ChangeAtlas,
    EditIncident,
    ImportReports,
    KeepApart,
    MergeIncidents,
    SplitIncident,
    ValidateIncident,
)
from engine.model.command import Command, RemoveAnchor
from engine.model.errors import EnvironmentFault
from engine.model.incidents.atlas import AtlasHealth, AtlasState
from engine.model.incidents.atlas_call import PatternAnswer
from engine.model.incidents.filing import FileReport
from engine.model.incidents.imported import RefusedRow
from engine.model.incidents.incident import Incident, IncidentEdit, IncidentState, Report
from engine.model.incidents.report_page import CreateReportLink, GetReportPage, ReportLink, ReportPageView, RevokeReportLink
from engine.model.question import AskPatterns, GetIncident, IncidentPage, IncidentReports, ListIncidents, TestAtlas
from engine.model.question_type import Question
from engine.model.settings import Settings
from engine.model.snapshot import IncidentView, Job, JobState
from engine.model.time import SECOND
from engine.runtime.incidents.importing import Tally
from tests.engine.incidents.record import Record
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine

OFF = PatternAnswer(False, reason="Atlas is switched off in the settings.")


@dataclass
class IncidentBook:
    """The record of one pretended engine. `patterns`, contract: what Atlas answers."""

    record: Record = field(default_factory=Record)
    atlas: AtlasHealth = field(default_factory=AtlasHealth)
    patterns: PatternAnswer = OFF
    contract: str = "planned"
    keys: list[str | None] = field(default_factory=list)
    links: tuple[ReportLink, ...] = ()
    media: dict[str, bytes] = field(default_factory=dict)

    def file(self, *reports: Report) -> list[str]:
        """The incidents that they are in now."""
        return [self.record.file(each).incident.id for each in reports]

    def file_report(self, said: FileReport, now_ns: int) -> str:
        number = len(self.record.reports) + 1
        when_ns = now_ns if said.occurred_ns is None else said.occurred_ns
        report = Report(
            f"rp-{number:016x}",
            said.category,
            said.description,
            said.latitude,
            said.longitude,
            when_ns,
            now_ns,
            said.severity,
            "sender:ada",
            said.source,
            media=said.media,
            key=said.key,
        )
        return self.file(report)[0]

    def create_link(self, label: str, days: float | None, now_ns: int) -> str:
        expires_ns = None if days is None else now_ns + round(days * 86_400 * SECOND)
        self.links = (ReportLink(f"rl-{len(self.links) + 1}", label, "ada", now_ns, expires_ns), *self.links)
        return f"token-{len(self.links)}"

    def send(self, data: bytes) -> str:
        media_id = f"md-{len(self.media) + 1}"
        self.media[media_id] = data
        return media_id

    def put(self, *incidents: Incident) -> None:
        self.record.incidents |= {each.id: each for each in incidents}

    def view(self) -> IncidentView:
        return IncidentView(self.listed(ListIncidents(limit=200, state=IncidentState.OPEN)), self.atlas)

    def listed(self, ask: ListIncidents) -> tuple[Incident, ...]:
        wanted = sorted(filter(partial(_fits, ask), self.record.incidents.values()), key=lambda it: (it.occurred_ns, it.id), reverse=True)
        after = next((number + 1 for number, it in enumerate(wanted) if it.id == ask.before_id), 0)
        return tuple(wanted[after : after + ask.limit])

    def reports(self, incident_id: str) -> tuple[Report, ...]:
        own = (self.record.reports[report_id] for report_id, (owner, _) in self.record.links.items() if owner == incident_id)
        return tuple(sorted(own, key=lambda each: each.occurred_ns))


def answer_incidents(engine: "FakeEngine", question: Question) -> Any:
    """UNANSWERED for other questions."""
    book = engine.incidents
    match question:
        case ListIncidents():
            return IncidentPage(book.listed(question))
        case GetIncident(incident_id):
            return IncidentReports(book.record.load(incident_id), book.reports(incident_id))
        case GetReportPage():
            return ReportPageView(book.links, "http://127.0.0.1:8080")
        case AskPatterns():
            return book.patterns
        case TestAtlas():
            if not book.patterns.available:
                raise EnvironmentFault("unreachable", book.patterns.reason)
            return book.contract
        case _:
            return UNANSWERED


def execute_incidents(engine: "FakeEngine", command: Command) -> str | None:
    """None for other commands."""
    book, now_ns = engine.incidents, engine.now_ns
    record = book.record
    match command:
        case MergeIncidents(kept_id, gone_id):
            return record.change(partial(merge_incidents, kept_id=kept_id, gone_id=gone_id, now_ns=now_ns)).concerned_id
        case SplitIncident(incident_id, report_ids):
            said = [record.reports[each] for each in report_ids]
            return record.change(partial(split, incident_id=incident_id, reports=said, now_ns=now_ns)).concerned_id
        case KeepApart(incident_id, other_id):
            return record.change(partial(keep_apart, incident_id=incident_id, other_id=other_id, now_ns=now_ns)).concerned_id
        case ValidateIncident(incident_id, actual, by):
            return record.change(partial(validate, incident_id=incident_id, actual=actual, by=by or "ada", now_ns=now_ns)).concerned_id
        case EditIncident():
            return _edit(record, command, now_ns).concerned_id
        case ImportReports(data, form):
            return _import(engine, data, form)
        case FileReport():
            return book.file_report(command, now_ns)
        case CreateReportLink(label, days):
            return book.create_link(label, days, now_ns)
        case RevokeReportLink(link_id):
            book.links = tuple(each for each in book.links if each.id != link_id)
            return link_id
        case RemoveAnchor():
            engine.settings = replace(engine.settings, anchor=None)
            return ""
        case ChangeAtlas(atlas, key):
            return _change_atlas(engine, replace(engine.settings, atlas=atlas), key)
        case _:
            return None


def _edit(record: Record, command: EditIncident, now_ns: int) -> IncidentEdit:
    return record.change(
        lambda load: edit_incident(
            load,
            command.incident_id,
            now_ns,
            category=command.category,
            severity=command.severity,
            description=command.description,
            state=command.state,
        )
    )


def _change_atlas(engine: "FakeEngine", settings: Settings, key: str | None) -> str:
    engine.settings = settings
    book = engine.incidents
    book.keys.append(key)
    state = AtlasState.WORKING if settings.atlas.enabled else AtlasState.OFF
    stored = book.atlas.key_stored if key is None else bool(key)
    book.atlas = replace(book.atlas, state=state, since_ns=engine.now_ns, key_stored=stored)
    return ""


def _import(engine: "FakeEngine", data: str, form: str) -> str:
    """The whole file at once; the job tells how it went."""
    tally, job_id = Tally(), f"job-{len(engine.jobs)}"
    for read in ReportReader(lambda device: f"device:{device}", engine.now_ns).read_reports(base64.b64decode(data), form):
        if isinstance(read, Misread):
            tally.refuse(RefusedRow(read.place, read.field, read.message))
            continue
        done = engine.incidents.record.file(read[1])
        tally.statuses[done.status] += 1
    engine.jobs[job_id] = Job(job_id, "import_reports", "Import reports", JobState.DONE, 1, 1, tally.sentence(), tally.result())
    return job_id


def _fits(ask: ListIncidents, it: Incident) -> bool:
    if ask.near is not None and not is_within(ask.near[0], ask.near[1], it.latitude, it.longitude, 1000 * ask.near[2]):
        return False
    same = ask.category in (None, it.category) and ask.status in (None, it.status)
    in_time = (ask.since_ns is None or it.occurred_ns >= ask.since_ns) and (ask.until_ns is None or it.occurred_ns < ask.until_ns)
    worded = all(word in it.description.lower() for word in ask.text.lower().split())
    return worded and same and in_time and (it.state is ask.state if ask.state is not None else it.state is not IncidentState.MERGED)


def ids(incidents: Iterable[Incident]) -> list[str]:
    return [each.id for each in incidents]

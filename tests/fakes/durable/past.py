"""Commands about alerts, incidents and what is in the record."""

import base64
import secrets
from dataclasses import replace
from typing import Any

from engine.model.accounts.access import Role
from engine.model.accounts.handover import ReadHandover, WriteHandover
from engine.model.accounts.undo import UndoRemoval
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import (
    AssignAlert,
    ChangeAlert,
    DoStep,
    EditIncident,
    ImportReports,
    KeepApart,
    MergeIncidents,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    ShelveAlert,
    SplitIncident,
    ValidateIncident,
)
from engine.model.cameras.segment import KeepStill, ListLocks, LockEvidence, UnlockEvidence
from engine.model.event import Severity
from engine.model.history.chat import AskRecord, ForgetChat, ListChat
from engine.model.history.evidence import MakePack, PackRequest, PutCase, RemovePack
from engine.model.history.replay import ApplyReplay, ChangeReplay, MoveReplay, ReplaySettings, StartReplay, StopReplay
from engine.model.history.timeline import (
    ListBookmarks,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SaveSearch,
    SearchFilter,
    ShareSearch,
)
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentEdit, LoadIncident
from engine.model.incidents.report_page import CreateReportLink, GetReportPage, ReportLink, RevokeReportLink
from engine.model.question import GetIncident
from engine.model.review.event_verdict import JudgeEvent, ListEventVerdicts
from engine.model.review.review import ListReview, PutReviewed, ReviewCause, ReviewItem
from engine.model.risk.commands import ImportNeighbourhoods, RetrainRisk
from engine.model.settings import GateSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.model.upkeep import BackUpNow, TidyNow
from tests.fakes.durable.settings import MOMENT_JOB
from tests.fakes.durable.site import NAME, Case, Site, new
from tests.fakes.waiting import until

SQUARE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "South"}, "geometry": '
    '{"type": "Polygon", "coordinates": [[[17.9, 59.2], [18.1, 59.2], [18.1, 59.4], [17.9, 59.4], [17.9, 59.2]]]}}]}'
)
REPLAY_S = 600.0  # processes of their own, which a busy machine takes long to start
REPLAYED = "a replay ends with the session that looks at it"


def _alert(site: Site, alert_id: str) -> Alert:
    found = site.engine.alerts.alert(alert_id)
    assert found is not None, "the alert itself is there"
    return found


def _held(site: Site) -> PromoteHeld:
    incident_id = site.reported(Severity.MODERATE)
    held = lambda: [each.id for each in site.engine.alerts.view(site.engine.settings).held if each.subject_id == incident_id]  # noqa: E731
    until(lambda: bool(held()), "it is held")
    return PromoteHeld(held()[0])


def _incident(site: Site, incident_id: str) -> Incident:
    return site.ask(GetIncident(incident_id)).incident


def _two(site: Site) -> tuple[str, str]:
    return site.incident().id, site.incident().id


def _apart(site: Site) -> KeepApart:
    """Of two that are offered as perhaps the same."""
    first, second = _two(site)

    def offered(load: LoadIncident) -> IncidentEdit:
        known = load(first)
        return IncidentEdit(first, (replace(known, related_ids=(second,), revision=known.revision + 1),))

    site.engine.reports.change(offered)
    return KeepApart(first, second)


def _split(site: Site) -> SplitIncident:
    north = int(secrets.token_hex(3), 16) % 100_000 / 1e4
    first, second = site.incident(north), site.incident(north)
    assert first.id == second.id
    reports = site.ask(GetIncident(first.id)).reports
    return SplitIncident(first.id, (reports[0].id,))


def _csv(site: Site) -> ImportReports:
    text = "incident_type,description,latitude,longitude,occurred_at,reporter_id\ntheft,A bicycle,59.0,18.0,2026-01-02T03:04:05Z,u1\n"
    return ImportReports(base64.b64encode(text.encode()).decode(), "csv")


def _links(site: Site) -> dict[str, ReportLink]:
    return {link.label: link for link in site.ask(GetReportPage()).links}


def _revoked(site: Site) -> RevokeReportLink:
    label = new("Entrance")
    site.tell(CreateReportLink(label))
    return RevokeReportLink(_links(site)[label].id)


def _asked(site: Site) -> ForgetChat:
    return ForgetChat(site.ask(AskRecord("How many people were seen today?")).id)


def _span(site: Site) -> tuple[int, int]:
    now_ns = site.engine.clock.now_ns()
    return now_ns - 10 * SECOND, now_ns - SECOND


def _pack(site: Site) -> RemovePack:
    since_ns, until_ns = _span(site)
    site.tell(MakePack(PackRequest(since_ns, until_ns, "Theft", raw=False)))
    until(lambda: bool(site.engine.record.store.cases.packs()), "the pack is made")
    return RemovePack(site.engine.record.store.cases.packs()[0].id)


def _replay(site: Site) -> str:
    number, began_ns = site.engine.core.number, site.engine.clock.now_ns()
    until(lambda: site.engine.core.number > number + 5, "something happened")
    return site.tell(StartReplay(began_ns, site.engine.clock.now_ns()))


def _applied(site: Site) -> ApplyReplay:
    replay_id = _replay(site)
    gates = replace(GateSettings(), min_confidence=0.61)
    job_id = site.tell(ChangeReplay(replay_id, ReplaySettings(gates=gates)))
    until(
        lambda: any(job.id == job_id and job.state is not JobState.RUNNING for job in site.engine.jobs.all()), "it is worked out", REPLAY_S
    )
    return ApplyReplay(replay_id)


def _undo(site: Site) -> UndoRemoval:
    site.tell(RemoveBookmark(site.tell(PutBookmark(5 * SECOND, "to come back"))))
    return UndoRemoval(site.engine.undo.of(site.session)[0].id)


def _notes(site: Site) -> list[str]:
    return [mark.note for mark in site.ask(ListBookmarks())]


def _reviewed(site: Site) -> PutReviewed:
    item = ReviewItem("rv-1", ReviewCause.ACTIVITY, "door", 5 * SECOND, 6 * SECOND, Severity.LOW, (), ())
    site.engine.record.writer.submit(None, [item])
    assert site.engine.record.writer.flush(20)
    return PutReviewed((item.id,))


def _searches(site: Site) -> set[str]:
    return {search.id for search in site.ask(ListSearches())}


def _locks(site: Site) -> set[str]:
    return {lock.id for lock in site.ask(ListLocks())}


def _lock(site: Site) -> LockEvidence:
    return LockEvidence(*_span(site), "a theft")


def _read(site: Site) -> ReadHandover:
    return ReadHandover(site.tell(WriteHandover("All quiet.")))


def _close(site: Site) -> ChangeAlert:
    return ChangeAlert((site.alert().id,), AlertState.ACKNOWLEDGED)


def _handover(site: Site, handover_id: str) -> Any:
    found = site.engine.record.store.handovers.get(handover_id)
    assert found is not None
    return found


CASES = {
    AssignAlert: Case(
        lambda site: AssignAlert((site.alert().id,), site.user(Role.OPERATOR).name),
        lambda site, told, alert_id: _alert(site, alert_id).assignee == told.assignee,
    ),
    ChangeAlert: Case(_close, lambda site, _, alert_id: _alert(site, alert_id).state is AlertState.ACKNOWLEDGED),
    DoStep: Case(lambda site: DoStep(site.alert().id, 0), lambda site, _, alert_id: bool(_alert(site, alert_id).steps_done)),
    NoteAlert: Case(
        lambda site: NoteAlert(site.alert().id, "Called the owner."),
        lambda site, _, alert_id: [note.text for note in _alert(site, alert_id).notes] == ["Called the owner."],
    ),
    PromoteHeld: Case(_held, lambda site, _, alert_id: _alert(site, alert_id).open),
    SeeAlert: Case(lambda site: SeeAlert(site.alert().id), lambda site, _, alert_id: NAME in _alert(site, alert_id).seen_by),
    ShelveAlert: Case(
        lambda site: ShelveAlert((site.alert().id,), 3600.0, "Away"),
        lambda site, _, alert_id: (_alert(site, alert_id).shelved_until_ns or 0) > site.engine.clock.now_ns(),
    ),
    EditIncident: Case(
        lambda site: EditIncident(site.incident().id, severity=Severity.CRITICAL),
        lambda site, _, incident_id: _incident(site, incident_id).severity is Severity.CRITICAL,
    ),
    MergeIncidents: Case(
        lambda site: MergeIncidents(*_two(site)), lambda site, _, incident_id: len(site.ask(GetIncident(incident_id)).reports) == 2
    ),
    KeepApart: Case(_apart, lambda site, told, _: told.other_id not in _incident(site, told.incident_id).related_ids),
    SplitIncident: Case(_split, lambda site, told, incident_id: incident_id != told.incident_id and _incident(site, incident_id)),
    ValidateIncident: Case(
        lambda site: ValidateIncident(site.incident().id, IncidentCategory.FIRE),
        lambda site, _, incident_id: _incident(site, incident_id).validated_category == "fire",
    ),
    ImportReports: Case(_csv, why=MOMENT_JOB),
    FileReport: Case(
        lambda _: FileReport(IncidentCategory.THEFT, new("A bicycle is gone"), 45.0, 5.0),
        lambda site, told, incident_id: told.description in {each.description for each in site.ask(GetIncident(incident_id)).reports},
    ),
    CreateReportLink: Case(lambda _: CreateReportLink(new("Entrance")), lambda site, told, _: told.label in _links(site)),
    RevokeReportLink: Case(_revoked, lambda site, told, _: told.link_id not in {link.id for link in _links(site).values()}),
    ForgetChat: Case(_asked, lambda site, _, answer_id: answer_id not in {each.id for each in site.ask(ListChat())}),
    MakePack: Case(lambda site: MakePack(PackRequest(*_span(site), "Theft")), why=MOMENT_JOB),
    PutCase: Case(lambda _: PutCase("A theft"), lambda site, _, case_id: site.engine.record.store.cases.case(case_id).title == "A theft"),
    RemovePack: Case(_pack, lambda site, _, pack_id: pack_id not in {pack.id for pack in site.engine.record.store.cases.packs()}),
    WriteHandover: Case(lambda _: WriteHandover("All quiet."), lambda site, _, made: _handover(site, made).text == "All quiet."),
    ReadHandover: Case(_read, lambda site, _, made: [read.by for read in _handover(site, made).read] == [NAME]),
    StartReplay: Case(lambda site: StartReplay(*_span(site)), why=REPLAYED),
    ChangeReplay: Case(lambda site: ChangeReplay(_replay(site), ReplaySettings(gates=GateSettings())), why=REPLAYED),
    MoveReplay: Case(lambda site: MoveReplay(_replay(site), playing=False), why=REPLAYED),
    StopReplay: Case(lambda site: StopReplay(_replay(site)), why=REPLAYED),
    ApplyReplay: Case(_applied, lambda site, *_: site.engine.settings.gates.min_confidence == 0.61),
    ImportNeighbourhoods: Case(
        lambda _: ImportNeighbourhoods(SQUARE), lambda site, *_: [each.name for each in site.engine.training.outlines()] == ["South"]
    ),
    RetrainRisk: Case(lambda _: RetrainRisk(), why=MOMENT_JOB),
    KeepStill: Case(lambda site: KeepStill("door", site.engine.clock.now_ns()), why="the picture is with whoever took it"),
    LockEvidence: Case(_lock, lambda site, _, lock_id: lock_id in _locks(site)),
    UnlockEvidence: Case(lambda site: UnlockEvidence(site.tell(_lock(site))), lambda site, _, lock_id: lock_id not in _locks(site)),
    JudgeEvent: Case(
        lambda site: JudgeEvent(site.alert().event_id, Disposition.FALSE),
        lambda site, told, _: [each.disposition for each in site.ask(ListEventVerdicts((told.event_id,)))] == [Disposition.FALSE],
    ),
    PutBookmark: Case(lambda _: PutBookmark(5 * SECOND, new("note")), lambda site, told, _: told.note in _notes(site)),
    RemoveBookmark: Case(
        lambda site: RemoveBookmark(site.tell(PutBookmark(5 * SECOND, "to go"))), lambda site, *_: "to go" not in _notes(site)
    ),
    PutReviewed: Case(_reviewed, lambda site, told, _: site.ask(ListReview(reviewed=True)).rows[0].item.id == told.item_ids[0]),
    SaveSearch: Case(lambda _: SaveSearch("vans", SearchFilter("van")), lambda site, _, search_id: search_id in _searches(site)),
    ShareSearch: Case(
        lambda site: ShareSearch(site.tell(SaveSearch("bikes", SearchFilter("bike"))), True),
        lambda site, _, search_id: any(each.shared for each in site.ask(ListSearches()) if each.id == search_id),
    ),
    RemoveSearch: Case(
        lambda site: RemoveSearch(site.tell(SaveSearch("cars", SearchFilter("car")))),
        lambda site, _, search_id: search_id not in _searches(site),
    ),
    UndoRemoval: Case(_undo, lambda site, *_: "to come back" in _notes(site)),
    BackUpNow: Case(lambda _: BackUpNow(), why=MOMENT_JOB),
    TidyNow: Case(lambda _: TidyNow(), why=MOMENT_JOB),
}

"""`/api/v1/incidents`: reports from programs, and what became of them."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import Limit, answered, iso_query, next_page, numbers
from engine.gateway.incidents.media_routes import looked
from engine.gateway.incidents.own_report import told_of_own
from engine.gateway.incidents.report_queue import ReportQueue
from engine.gateway.incidents.schemas import (
    ApartIn,
    EditIn,
    FiledOut,
    IncidentCountsOut,
    IncidentOut,
    IncidentRulesOut,
    IncidentsOut,
    MergeIn,
    ReportIn,
    ReportOut,
    ReportsOut,
    SplitIn,
    ValidateIn,
)
from engine.gateway.incidents.with_atlas import PreferOf, wait_of, with_atlas
from engine.model.alerts.commands import EditIncident, KeepApart, MergeIncidents, SplitIncident, ValidateIncident
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory, IncidentState, IncidentStatus, SourceOfReport
from engine.model.question import CountIncidents, GetIncident, ListIncidents
from engine.model.time import from_iso
from engine.runtime.incidents.reporting import IncomingReport
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1", tags=["incidents"])
KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_FIELDS = {"key": KEY, "category": "incident_type", "gone_id": "other_id"}
_BEGUN = (IncidentStatus.CREATED, IncidentStatus.PENDING_REVIEW)
KeyOf = Annotated[
    str | None,
    Header(
        alias=KEY,
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key from the same sender is the same report, which is filed once however often it is sent",
    ),
]


@router.post(
    "/incidents",
    status_code=201,
    summary="Report something; kept for good when this answers",
    responses={200: {"model": FiledOut, "description": "it joined an incident, or its reporter is among those of it already"}},
)
async def report(
    request: Request, port: PortOf, body: ReportIn, response: Response, idempotency_key: KeyOf = None, prefer: PreferOf = None
) -> FiledOut:
    """201: it began an incident; where Atlas works, the answer waits for what it says (`Prefer: wait=`), and `degraded_reason` says
    so where that did not come in time. Sent again with the same key it gets the same answer, with the header `Idempotent-Replayed`."""
    said, wait_s = _incoming_report(body, idempotency_key or ""), wait_of(prefer)
    if said.media_ids:
        said = replace(said, looked=await looked(port, said.media_ids))
    queue: ReportQueue = request.app.state.reports
    try:
        filed = await queue.file(said, port.session)
    except InputError as error:
        raise file_key_error(error) from None
    if filed.status in _BEGUN and not filed.again and port.session.sees_incidents:
        filed = await with_atlas(port, filed, wait_s)
    response.status_code = 201 if filed.status in _BEGUN else 200
    response.headers["Location"] = f"{router.prefix}/incidents/{filed.incident.id}"
    if filed.again:
        response.headers[REPLAYED] = "true"
    return FiledOut.of_filed(filed) if port.session.sees_incidents else told_of_own(filed)


@router.get(
    "/incidents", summary="Incidents, newest first by when they occurred; those merged into others only where `state` asks for them"
)
def incidents(
    port: PortOf,
    limit: Limit = 100,
    before: str | None = None,
    near: Annotated[str | None, Query(description="latitude,longitude,kilometres")] = None,
    category: IncidentCategory | None = None,
    status: IncidentStatus | None = None,
    state: IncidentState | None = None,
    since: Annotated[str | None, Query(description="ISO-8601 with zone, inclusive")] = None,
    until: Annotated[str | None, Query(description="ISO-8601 with zone, exclusive")] = None,
    text: Annotated[
        str, Query(description="every word of it is in the description; a page may then have fewer, or none, and a next one")
    ] = "",
    atlas_threat_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
) -> IncidentsOut:
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    circle = None if near is None else _circle(near)
    told = answered(port, ListIncidents(limit, before, circle, category, status, state, since_ns, until_ns, text, atlas_threat_id))
    return IncidentsOut(incidents=[IncidentOut.of(row) for row in told.incidents], next=next_page(told.next_id, told.incidents, limit))


@router.get("/incidents/rules", summary="How near, how soon and how alike reports are to join an incident; an administrator sets it")
def rules(port: PortOf) -> IncidentRulesOut:
    return IncidentRulesOut.of(port.snapshot().settings.incidents)


@router.get("/incidents/{incident_id}", summary="An incident")
def incident(port: PortOf, incident_id: str) -> IncidentOut:
    return _incident(port, incident_id)


@router.get("/incidents/{incident_id}/reports", summary="Its reports as they were made, oldest first, at most ten thousand")
def reports(port: PortOf, incident_id: str) -> ReportsOut:
    return ReportsOut(reports=[ReportOut.of(each) for each in port.ask(GetIncident(incident_id)).reports])


@router.patch("/incidents/{incident_id}", summary="Correct an incident, close it or open it again")
def edit(port: PortOf, incident_id: str, body: EditIn) -> IncidentOut:
    severity = None if body.severity is None else Severity(body.severity)
    state = None if body.state is None else IncidentState(body.state)
    return _incident(port, port.command(EditIncident(incident_id, body.category, severity, body.description, state)))


@router.patch("/incidents/{incident_id}/validate", summary="Say what it really was; goes to Atlas as feedback")
def validate(port: PortOf, incident_id: str, body: ValidateIn) -> IncidentOut:
    return _incident(port, port.command(ValidateIncident(incident_id, body.actual_category, body.validated_by or "")))


@router.post("/incidents/{incident_id}/merge", summary="Another incident was the same; every report is kept, and it can be split again")
def merge(port: PortOf, incident_id: str, body: MergeIn) -> IncidentOut:
    try:
        return _incident(port, port.command(MergeIncidents(incident_id, body.other_id)))
    except InputError as error:
        raise InputError(_FIELDS.get(error.field, error.field), error.message) from None


@router.post("/incidents/{incident_id}/apart", summary="Another incident that was offered as perhaps the same is not; not offered again")
def keep_apart(port: PortOf, incident_id: str, body: ApartIn) -> IncidentOut:
    return _incident(port, port.command(KeepApart(incident_id, body.other_id)))


@router.post("/incidents/{incident_id}/split", summary="Some of its reports are of another occurrence; answers with that one")
def split(port: PortOf, incident_id: str, body: SplitIn) -> IncidentOut:
    return _incident(port, port.command(SplitIncident(incident_id, tuple(body.report_ids))))


@router.get("/statistics/incidents", summary="How many incidents occurred, as they are counted in the record")
def statistics(
    port: PortOf,
    since: Annotated[str | None, Query(description="ISO-8601 with zone, inclusive, by when they occurred")] = None,
    until: Annotated[str | None, Query(description="ISO-8601 with zone, exclusive")] = None,
) -> IncidentCountsOut:
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    counts = port.ask(CountIncidents(since_ns, until_ns))
    return IncidentCountsOut.of(counts, since_ns, until_ns)


def file_key_error(error: InputError) -> InputError:
    """By the name that HTTP has for the field."""
    return InputError(_FIELDS.get(error.field, error.field), error.message)


def _incoming_report(body: ReportIn, key: str) -> IncomingReport:
    return IncomingReport(
        category=body.incident_type or IncidentCategory.OTHER,
        description=body.description,
        latitude=float(body.latitude),
        longitude=float(body.longitude),
        occurred_ns=None if body.occurred_at is None else report_time(body.occurred_at),
        severity=Severity(body.severity),
        reporter_id=body.reporter_id,
        device_id=body.device_id,
        video_id=body.video_id or "",
        media=tuple(body.media or ()),
        source=_source(body.source),
        key=key,
    )


def report_time(text: str) -> int:
    try:
        return from_iso(text)
    except (ValueError, OverflowError) as error:
        raise InputError("occurred_at", str(error)) from None


def _source(text: str | None) -> SourceOfReport:
    """Programs name themselves by words of their own; only those that we know weigh more than anybody's."""
    return SourceOfReport(text) if text in set(SourceOfReport) else SourceOfReport.CITIZEN


def _circle(text: str) -> tuple[float, float, float]:
    latitude, longitude, radius_km = numbers("near", text, "latitude,longitude,kilometres")
    return latitude, longitude, radius_km


def _incident(port: LocalPort, incident_id: str) -> IncidentOut:
    return IncidentOut.of(port.ask(GetIncident(incident_id)).incident)

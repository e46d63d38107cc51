"""The present and the record over HTTP."""

import math
from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, HTTPException, Query, Request, Response

from engine.gateway.border.doorway import DoorOf, PortOf
from engine.gateway.history.clip_response import FILE, JPEG, file_response
from engine.gateway.problem import retry_after
from engine.gateway.schemas import (
    CameraOut,
    ClipOut,
    ClipsOut,
    DecisionOut,
    DecisionsOut,
    EventOut,
    EventsOut,
    ForecastHealthOut,
    HealthOut,
    SnapshotOut,
    VerdictIn,
    VerdictOut,
)
from engine.model.alerts.decision import Outcome, Stage
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind
from engine.model.health import CameraState
from engine.model.places import place_names
from engine.model.question import GetDecision, ListClips, ListDecisions, ListEvents, WhyNothing
from engine.model.question_type import Question
from engine.model.review.event_verdict import JudgeEvent, ListEventVerdicts
from engine.model.time import SECOND, from_iso
from engine.runtime.local import LocalPort

T = TypeVar("T")

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=1000)]
MOST_AROUND = 10_000  # decisions around a moment
HIDING_S = 8.0  # an answer comes within this, though the copy of a clip without faces or private parts may take longer


def iso_query(field: str, text: str | None) -> int | None:
    """A time of the query that may be left out. Raises as `iso_time`."""
    return None if text is None else iso_time(field, text)


def iso_time(field: str, text: str) -> int:
    """UTC ns. Raises InputError: no ISO-8601, no zone, or outside the years that fit 64 bits of nanoseconds."""
    try:
        time_ns = from_iso(text)
    except (ValueError, OverflowError) as error:
        raise InputError(field, f"{error} (in a URL, “+” is written %2B)") from None
    if not -(1 << 63) <= time_ns < 1 << 63:
        raise InputError(field, f"{text!r} is outside the years 1678–2261")
    return time_ns


def numbers(field: str, text: str, form: str) -> tuple[float, ...]:
    """As many as `form` names, between commas. Raises InputError."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != form.count(",") + 1 or not all(map(math.isfinite, found)):
        raise InputError(field, f"{text[:60]!r} is not {form}")
    return found


def answered(port: LocalPort, question: Question[T]) -> T:
    """The answer; what is wrong with the question is told by the names of the query."""
    try:
        return port.ask(question)
    except InputError as error:
        raise InputError(error.field.removesuffix("_id"), error.message) from None


class HasId(Protocol):
    @property
    def id(self) -> str: ...


def next_page(next_id: str | None, rows: Sequence[HasId], limit: int) -> str | None:
    """What `before` has to be for the next page: where a search stopped, or the last of a full page."""
    return next_id or (rows[-1].id if len(rows) == limit else None)


def _floor(near: str) -> tuple[float, float]:
    x, y = numbers("near", near, "x,y")
    return x, y


@router.get("/health", tags=["health"], summary="The same, where other clients look for it")
@router.get("/healthz", tags=["health"], summary="Whether the engine runs; needs no token and tells no names")
def healthz(request: Request, door: DoorOf) -> HealthOut:
    snapshot = door.overview()
    live = sum(view.health.state is CameraState.LIVE for view in snapshot.cameras)
    uptime_s = (snapshot.at_ns - snapshot.health.started_ns) / SECOND
    status = "trouble" if snapshot.health.troubles else "ok"
    return HealthOut(
        status=status,
        version=request.app.version,
        cameras=len(snapshot.cameras),
        cameras_live=live,
        uptime_s=uptime_s,
        risk_forecast=ForecastHealthOut.of(snapshot.risk),
    )


@router.get("/api/v1/snapshot", tags=["now"], summary="All of now")
def snapshot(port: PortOf) -> SnapshotOut:
    return SnapshotOut.of(port.snapshot())


@router.get("/api/v1/cameras", tags=["now"], summary="Cameras and how they are doing")
def cameras(port: PortOf) -> list[CameraOut]:
    return [CameraOut.of(view) for view in port.snapshot().cameras]


@router.get("/api/v1/events", tags=["record"], summary="Events, newest first")
def events(
    port: PortOf,
    limit: Limit = 100,
    before: str | None = None,
    camera: str | None = None,
    kind: Annotated[list[EventKind] | None, Query()] = None,
    since: Annotated[str | None, Query(description="ISO-8601 with zone, inclusive")] = None,
    until: Annotated[str | None, Query(description="ISO-8601 with zone, exclusive")] = None,
) -> EventsOut:
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    question = ListEvents(limit, before, camera, tuple(kind or ()), since_ns=since_ns, until_ns=until_ns)
    rows = answered(port, question)
    places = place_names(port.snapshot().settings)
    return EventsOut(events=[EventOut.of(row, places) for row in rows], next=rows[-1].id if len(rows) == limit else None)


@router.get("/api/v1/events/{event_id}/verdict", tags=["record"], summary="What an operator said of an event")
def verdict(port: PortOf, event_id: str) -> VerdictOut:
    found = port.ask(ListEventVerdicts((event_id,)))
    if not found:
        raise NotFound(f"Nobody has judged event {event_id}.")
    return VerdictOut.of(found[0])


@router.put("/api/v1/events/{event_id}/verdict", tags=["record"], summary="Say what an event was, whether or not it raised an alert")
def judge(port: PortOf, event_id: str, body: VerdictIn) -> VerdictOut:
    port.command(JudgeEvent(event_id, body.disposition))
    return verdict(port, event_id)


@router.delete("/api/v1/events/{event_id}/verdict", tags=["record"], status_code=204, summary="Take back what was said of an event")
def unjudge(port: PortOf, event_id: str) -> None:
    port.command(JudgeEvent(event_id, None))


@router.get("/api/v1/events/{event_id}/thumbnail", tags=["record"], summary="JPEG of an event", **JPEG)
def thumbnail(port: PortOf, event_id: str) -> Response:
    data = port.thumbnail(event_id)
    if data is None:
        raise NotFound(f"There is no picture of event {event_id}.")
    return Response(data, media_type="image/jpeg")


@router.get("/api/v1/decisions", tags=["record"], summary="What became of every candidate, and why; or why nothing was told at a time")
def decisions(
    port: PortOf,
    limit: Limit = 100,
    before: str | None = None,
    camera: str | None = None,
    outcome: Outcome | None = None,
    stage: Stage | None = None,
    at: Annotated[str | None, Query(description="ISO-8601 with zone: what was decided around then, nearest first, in one page")] = None,
    near: Annotated[str | None, Query(description="with `at`: x,y on the floor in metres")] = None,
    within_s: Annotated[float, Query(gt=0, le=3600, description="with `at`: so many seconds around it")] = 60.0,
    within_m: Annotated[float, Query(gt=0, le=500, description="with `near`: so many metres around it")] = 5.0,
) -> DecisionsOut:
    at_ns = iso_query("at", at)
    if at_ns is None:
        if near is not None:
            raise InputError("at", "is missing: say when it was that nothing was told")
        rows = answered(port, ListDecisions(limit, before, camera, outcome, stage))
        return DecisionsOut(decisions=[DecisionOut.of(row) for row in rows], next=rows[-1].id if len(rows) == limit else None)
    place = None if near is None else _floor(near)
    rows = port.ask(WhyNothing(at_ns, place, camera, within_s, within_m, MOST_AROUND))
    wanted = [row for row in rows if (outcome is None or row.outcome is outcome) and (stage is None or row.stage is stage)]
    return DecisionsOut(decisions=[DecisionOut.of(row) for row in wanted[:limit]], next=None)


@router.get("/api/v1/decisions/{decision_id}", tags=["record"], summary="What became of one candidate, and why")
def decision(port: PortOf, decision_id: str) -> DecisionOut:
    return DecisionOut.of(port.ask(GetDecision(decision_id)))


@router.get("/api/v1/clips", tags=["record"], summary="Clips, newest first")
def clips(port: PortOf, limit: Limit = 100, before: str | None = None, event: str | None = None, camera: str | None = None) -> ClipsOut:
    rows = answered(port, ListClips(limit, before, event, camera))
    return ClipsOut(clips=[ClipOut.of(row) for row in rows], next=rows[-1].id if len(rows) == limit else None)


@router.get(
    "/api/v1/clips/{clip_id}",
    tags=["record"],
    summary="The clip's file, without faces where those are hidden; byte ranges are honoured",
    **FILE,
)
@router.head("/api/v1/clips/{clip_id}", tags=["record"], summary="The clip's size, type and ETag", **FILE)
def clip_file(request: Request, port: PortOf, clip_id: str) -> Response:
    path = port.clip_file_within(clip_id, HIDING_S)
    if path is None:
        raise HTTPException(503, "Faces or private parts are being hidden in this clip. Ask again in a moment.", retry_after(2.0))
    return file_response(path, request)

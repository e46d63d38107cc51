"""Smoke for programs: pictures that edge devices looked at, lists that fire weather filters, and what operators make of them."""

import asyncio
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query, Response

from engine.fire.smoke.reading import read_boxes, read_time
from engine.gateway.border.doorway import PortOf
from engine.gateway.risk.smoke_schemas import (
    CountOut,
    DetectionIn,
    DetectionOut,
    JoinIn,
    LabelIn,
    OnePlumeOut,
    OneSequenceOut,
    PlumeOut,
    PlumesOut,
    SequenceOut,
    SequencesOut,
    SmokeStatusOut,
    watch_out,
)
from engine.gateway.schemas import Problem
from engine.model.errors import InputError
from engine.model.fire.fire import FireClass
from engine.model.fire.smoke import SmokeFrame
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.fire.smoke_questions import (
    FURTHEST,
    MOST_ROWS,
    CountPlumes,
    CountSmokeSequences,
    GetPlume,
    GetSmokeSequence,
    ListPlumes,
    ListSmokeSequences,
    SmokeFilter,
)
from engine.runtime.local import LocalPort

F = TypeVar("F", bound=SmokeFilter)
router = APIRouter(prefix="/api/v1", tags=["smoke"])
_FIELDS = {"boxes": "bboxes", "day": "from_date"}
FILTERED = (
    "**Filtered by default by the Fire Weather Index (FWI).** Left out are sequences whose `max_conf` is below 0.60 where the class of "
    "their camera's day is `very_low`, or below 0.45 where it is `low` (both can be set). From `moderate` on, without a known class, and "
    "without a `max_conf`, nothing is left out. What the second scorer declined is listed as well: `validation` and `score` say so. Of a "
    "plume of which some sequences pass, the others are counted in `hidden`. "
    "`risk_score=moderate` shows everything; by its id everything can be had."
)
_TODAY: dict[str, Any] = {"description": f"{FILTERED} The classes are those of today."}
_OF_DAY: dict[str, Any] = {"description": f"{FILTERED} The classes are those of the day that is asked for, not those of today."}
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Offset = Annotated[int, Query(ge=0, le=FURTHEST)]
RiskScore = Annotated[
    FireClass | None, Query(description="this FWI class for all cameras, by its exact word; `moderate` and above show everything")
]
FromDate = Annotated[date, Query(description="those that began on this day (UTC)")]
ONLY_ONE: dict[int | str, dict[str, Any]] = {400: {"model": Problem, "description": "it is the only sequence of its plume"}}


@router.post(
    "/detections",
    status_code=201,
    summary="A picture that an edge device looked at for smoke; kept when this answers",
    responses={204: {"description": "no smoke, and none there of late: nothing to keep"}},
)
async def detect(port: PortOf, body: DetectionIn) -> DetectionOut:
    """The same picture may be sent again: it counts once. Pictures without smoke say that the detector lives: send one every ten minutes
    at least."""
    try:
        frame = SmokeFrame(body.camera_id, body.view_id, read_time(body.recorded_at), read_boxes(body.bboxes), body.detector)
        ids = await asyncio.wrap_future(port.see_smoke(frame))
    except InputError as error:
        raise InputError(_FIELDS.get(error.field, error.field), error.message) from None
    if not frame.boxes and not ids:
        return Response(status_code=204)  # pyright: ignore[reportReturnType] - a response is sent as it is
    return DetectionOut(sequence_ids=list(ids))


@router.get("/alerts/unlabeled/latest", summary="Plumes of smoke of the last 24 hours with something unlabelled", **_TODAY)
def plumes(port: PortOf, risk_score: RiskScore = None, limit: Limit = 15, offset: Offset = 0) -> PlumesOut:
    return _plumes(port, ListPlumes(unlabelled=True, risk_score=risk_score, limit=limit, offset=offset))


@router.get("/alerts/unlabeled/latest/count", summary="How many there are", **_TODAY)
def count_plumes(port: PortOf, risk_score: RiskScore = None) -> CountOut:
    return CountOut(count=port.ask(CountPlumes(unlabelled=True, risk_score=risk_score)))


@router.get("/alerts/all/fromdate", summary="Plumes of smoke of a day", **_OF_DAY)
def plumes_of_day(port: PortOf, from_date: FromDate, risk_score: RiskScore = None, limit: Limit = 15, offset: Offset = 0) -> PlumesOut:
    return _plumes(port, _of_day(ListPlumes, from_date, risk_score, limit, offset))


@router.get("/alerts/all/fromdate/count", summary="How many there are", **_OF_DAY)
def count_plumes_of_day(port: PortOf, from_date: FromDate, risk_score: RiskScore = None) -> CountOut:
    return CountOut(count=port.ask(_of_day(CountPlumes, from_date, risk_score)))


@router.get("/sequences/unlabeled/latest", summary="Sequences of smoke of the last 24 hours that nobody labelled", **_TODAY)
def sequences(port: PortOf, risk_score: RiskScore = None, limit: Limit = 15, offset: Offset = 0) -> SequencesOut:
    return _sequences(port, ListSmokeSequences(unlabelled=True, risk_score=risk_score, limit=limit, offset=offset))


@router.get("/sequences/unlabeled/latest/count", summary="How many there are", **_TODAY)
def count_sequences(port: PortOf, risk_score: RiskScore = None) -> CountOut:
    return CountOut(count=port.ask(CountSmokeSequences(unlabelled=True, risk_score=risk_score)))


@router.get("/sequences/all/fromdate", summary="Sequences of smoke of a day", **_OF_DAY)
def sequences_of_day(
    port: PortOf, from_date: FromDate, risk_score: RiskScore = None, limit: Limit = 15, offset: Offset = 0
) -> SequencesOut:
    return _sequences(port, _of_day(ListSmokeSequences, from_date, risk_score, limit, offset))


@router.get("/sequences/all/fromdate/count", summary="How many there are", **_OF_DAY)
def count_sequences_of_day(port: PortOf, from_date: FromDate, risk_score: RiskScore = None) -> CountOut:
    return CountOut(count=port.ask(_of_day(CountSmokeSequences, from_date, risk_score)))


@router.get("/plumes/{plume_id}", summary="A plume with all its sequences, whether lists show it or not")
def plume(port: PortOf, plume_id: str) -> OnePlumeOut:
    return _plume(port, plume_id)


@router.post("/plumes/{plume_id}/merge", summary="Another plume is the same one; answers with what they are now")
def merge(port: PortOf, plume_id: str, body: JoinIn) -> OnePlumeOut:
    return _plume(port, port.command(MergeSmoke(plume_id, body.other_id)))


@router.delete(
    "/plumes/{plume_id}/sequences/{sequence_id}",
    summary="A sequence is no part of a plume; answers with the one that it is then",
    responses=ONLY_ONE,
)
def unmatch(port: PortOf, plume_id: str, sequence_id: str) -> OnePlumeOut:
    try:
        return _plume(port, port.command(UnmatchSmoke(plume_id, sequence_id)))
    except InputError as error:
        raise HTTPException(400, str(error)) from None


@router.get("/sequences/{sequence_id}", summary="A sequence, whether lists show it or not")
def sequence(port: PortOf, sequence_id: str) -> OneSequenceOut:
    return _sequence(port, sequence_id)


@router.patch("/sequences/{sequence_id}/label", summary="Say what it is; what is no wildfire smoke is detached from its plume")
def label(port: PortOf, sequence_id: str, body: LabelIn) -> OneSequenceOut:
    port.command(LabelSmoke(sequence_id, body.label))
    return _sequence(port, sequence_id)


@router.delete("/sequences/{sequence_id}", status_code=204, summary="Delete a sequence; with its last one a plume is no more")
def remove(port: PortOf, sequence_id: str) -> None:
    port.command(RemoveSmoke(sequence_id))


@router.get("/smoke/status", summary="Which detectors are heard, and how many plumes fire weather leaves out")
def status(port: PortOf) -> SmokeStatusOut:
    view = port.snapshot().smoke
    watches = [watch_out(each.camera_id, each.detector, each.heard_ns, each.silent_since_ns, each.own) for each in view.watches]
    return SmokeStatusOut(watches=watches, left_out=view.left_out, dropped=view.dropped, trouble=view.trouble or None)


def _of_day(kind: type[F], from_date: date, risk_score: FireClass | None, limit: int = 15, offset: int = 0) -> F:
    try:
        return kind(day=from_date, risk_score=risk_score, limit=limit, offset=offset)
    except InputError as error:
        raise InputError(_FIELDS.get(error.field, error.field), error.message) from None


def _plumes(port: LocalPort, question: ListPlumes) -> PlumesOut:
    return PlumesOut(plumes=[PlumeOut.of(row) for row in port.ask(question)])


def _sequences(port: LocalPort, question: ListSmokeSequences) -> SequencesOut:
    return SequencesOut(sequences=[SequenceOut.of(row) for row in port.ask(question)])


def _plume(port: LocalPort, plume_id: str) -> OnePlumeOut:
    view = port.ask(GetPlume(plume_id))
    return OnePlumeOut(**PlumeOut.of(view.listed).model_dump(), banner=view.banner or None)


def _sequence(port: LocalPort, sequence_id: str) -> OneSequenceOut:
    view = port.ask(GetSmokeSequence(sequence_id))
    return OneSequenceOut(**SequenceOut.of(view.sequence).model_dump(), banner=view.banner or None)

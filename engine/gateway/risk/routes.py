"""`/api/v1/predictions`: how likely incidents are, by place and hour, and why."""

import json
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.record import numbers
from engine.gateway.risk.schemas import (
    HotspotOut,
    HotspotsOut,
    NeighbourhoodOut,
    NeighbourhoodsOut,
    ReasonsOut,
    RetrainOut,
    RiskMapOut,
    RiskStatusOut,
    training_out,
)
from engine.gateway.schemas import Problem
from engine.model.risk.commands import RetrainRisk
from engine.model.risk.questions import MOST_HOURS_AHEAD, MOST_SPOTS, ExplainRisk, GetRiskPicture, ListHotspots, ListNeighbourhoods
from engine.model.risk.risk import RiskPicture
from engine.model.time import to_iso

router = APIRouter(prefix="/api/v1/predictions", tags=["predictions"])
HoursAhead = Annotated[int, Query(ge=0, le=MOST_HOURS_AHEAD, description="0: the hour of now")]
_BBOX = "west,south,east,north"
_DIGITS = 5  # of degrees: a metre
_MAP: dict[str, Any] = {  # as OpenAPI has it; the body is written here
    "response_model": RiskMapOut,
    "response_class": JSONResponse,
}


@router.get("/hotspots", summary="The riskiest cells around a place, highest first")
def hotspots(
    port: PortOf,
    lat: Annotated[float, Query(ge=-90, le=90)],
    lon: Annotated[float, Query(ge=-180, le=180)],
    radius_km: Annotated[float, Query(ge=0.1, le=100)] = 10.0,
    hours_ahead: HoursAhead = 0,
    min_risk: Annotated[float, Query(ge=0, le=1)] = 0.0,
    limit: Annotated[int, Query(ge=1, le=MOST_SPOTS)] = 50,
) -> HotspotsOut:
    found = port.ask(ListHotspots(lat, lon, radius_km, hours_ahead, min_risk, limit))
    return HotspotsOut(hotspots=[HotspotOut.of(spot) for spot in found], simulated=port.snapshot().risk.simulated)


@router.get("/hotspots/explain", summary="Why a cell has its risk")
def explain(port: PortOf, cell: Annotated[int, Query(ge=-(1 << 52), le=1 << 52)], hours_ahead: HoursAhead = 0) -> ReasonsOut:
    reasons = port.ask(ExplainRisk(cell, hours_ahead))
    return ReasonsOut.of(reasons, port.snapshot().settings.risk)


@router.get("/hotspots/map", summary="All cells of a box that have data", **_MAP)
def risk_map(
    port: PortOf,
    bbox: Annotated[str | None, Query(description=f"`{_BBOX}` in degrees, west above east across the 180th meridian; none: all")] = None,
    hours_ahead: HoursAhead = 0,
) -> Response:
    west, south, east, north = numbers("bbox", bbox, _BBOX) if bbox is not None else (-180.0, -90.0, 180.0, 90.0)
    picture = port.ask(GetRiskPicture(south, west, north, east, hours_ahead))
    return Response(_compact(picture), media_type="application/json")


@router.get("/status", summary="How the risk map is, and with which weights")
def status(port: PortOf) -> RiskStatusOut:
    return RiskStatusOut.of(port.snapshot())


@router.post("/retrain", status_code=202, summary="Learn the forecast now, not at night", responses={403: {"model": Problem}})
def retrain(port: PortOf) -> RetrainOut:
    """Starts a job, one at a time; `/api/v1/predictions/status` says how it goes. For administrators."""
    return RetrainOut(job_id=port.command(RetrainRisk()), training=training_out(port.snapshot().risk))


@router.get("/neighbourhoods", summary="How many incidents each named neighbourhood is expected to have")
def neighbourhoods(port: PortOf) -> NeighbourhoodsOut:
    return NeighbourhoodsOut(neighbourhoods=[NeighbourhoodOut.of(area) for area in port.ask(ListNeighbourhoods())])


def _compact(picture: RiskPicture) -> str:
    """Written here: checking a million numbers one by one takes longer than making them."""
    plain = {
        "cell_m": picture.cell_m,
        "hours_ahead": picture.hours_ahead,
        "at": to_iso(picture.at_ns),
        "computed_at": to_iso(picture.computed_ns) if picture.computed_ns else None,
        "stale": picture.stale,
        "faded": picture.faded,
        "simulated": picture.simulated,
        "cells": picture.cells.tolist(),
        "latitudes": _rounded(picture.latitudes, _DIGITS),
        "longitudes": _rounded(picture.longitudes, _DIGITS),
        "risks": _rounded(picture.risks, 4),
    }
    return json.dumps(plain, separators=(",", ":"))


def _rounded(values: np.ndarray[Any, np.dtype[np.float32]], digits: int) -> list[float]:
    return np.round(values.astype(np.float64), digits).tolist()

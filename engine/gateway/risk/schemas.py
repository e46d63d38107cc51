"""What HTTP says of the risk map. OpenAPI is made from these."""

from pydantic import BaseModel, Field

from engine.gateway.schemas import optional_iso
from engine.model.risk.risk import (
    CATEGORIES,
    DEFAULT_WEIGHTS,
    Hotspot,
    MapScore,
    NeighbourhoodRisk,
    RiskPart,
    RiskReasons,
    RiskSettings,
    RiskState,
    TrainingState,
    Trust,
)
from engine.model.snapshot import Snapshot
from engine.model.time import to_iso


class HotspotOut(BaseModel):
    """`risk` null: no data, which is not zero."""

    cell: int
    latitude: float = Field(description="of its middle, degrees")
    longitude: float
    hours_ahead: int
    risk: float | None = Field(description="0–1: `base` and `added` together, at most 1")
    base: float | None = Field(description="from the past; null: nothing is known of it")
    added: float = Field(description="what incidents of late add; they are seen up to 3 hours ahead")
    confidence: float = Field(description="of the base, 0–1")
    confidence_level: Trust = Field(description="in a word; low where fewer than 5 incidents are behind it")
    incidents: int = Field(description="in the last 30 days")
    categories: list[str]
    mean_severity: float | None
    neighbourhood: str | None
    computed_at: str | None = Field(description="the base")
    expires_at: str | None
    stale: bool = Field(description="the base has expired and could not be computed anew")

    @classmethod
    def of(cls, spot: Hotspot) -> "HotspotOut":
        return cls(
            cell=spot.cell,
            latitude=spot.latitude,
            longitude=spot.longitude,
            hours_ahead=spot.hours_ahead,
            risk=None if spot.risk is None else round(spot.risk, 6),
            base=spot.base,
            added=round(max(0.0, (spot.risk or 0.0) - (spot.base or 0.0)), 6),
            confidence=spot.confidence,
            confidence_level=spot.trust,
            incidents=spot.incidents,
            categories=[category.value for category in spot.categories],
            mean_severity=spot.mean_severity,
            neighbourhood=spot.neighbourhood or None,
            computed_at=optional_iso(spot.computed_ns or None),
            expires_at=optional_iso(spot.expires_ns or None),
            stale=spot.stale,
        )


class HotspotsOut(BaseModel):
    """Empty where nothing within the radius has data, or none reaches `min_risk`."""

    hotspots: list[HotspotOut]
    simulated: bool = Field(description="of incidents that never happened, or of some")


class RiskPartOut(BaseModel):
    incident_id: str
    category: str
    severity: int
    weight: float = Field(description="of its category, in the settings")
    distance_m: float
    occurred_at: str
    added: float = Field(description="0.10 × (1 − distance / 2 km) × weight × severity / 3")
    left: float = Field(description="of that by now; half after every half-life")

    @classmethod
    def of(cls, part: RiskPart) -> "RiskPartOut":
        return cls(
            incident_id=part.incident_id,
            category=part.category.value,
            severity=part.severity,
            weight=part.weight,
            distance_m=round(part.distance_m, 1),
            occurred_at=to_iso(part.at_ns),
            added=round(part.added, 6),
            left=round(part.left, 6),
        )


class ReasonsOut(BaseModel):
    """`spot.base` and what is `left` of every part add up to `spot.risk`, where that is below 1."""

    spot: HotspotOut
    parts: list[RiskPartOut] = Field(description="the largest first")
    half_life_h: float

    @classmethod
    def of(cls, reasons: RiskReasons, settings: RiskSettings) -> "ReasonsOut":
        return cls(
            spot=HotspotOut.of(reasons.spot), parts=[RiskPartOut.of(part) for part in reasons.parts], half_life_h=settings.half_life_h
        )


class RiskMapOut(BaseModel):
    """Columns of the same length, one row per cell that has data."""

    cell_m: float = Field(description="edge of a cell, metres")
    hours_ahead: int
    at: str
    computed_at: str | None
    stale: bool
    faded: bool = Field(description="it is a learnt forecast that did not beat what is plain to see, or was not scored yet")
    simulated: bool = Field(description="of incidents that never happened, or of some")
    cells: list[int]
    latitudes: list[float]
    longitudes: list[float]
    risks: list[float]


class TrainingOut(BaseModel):
    state: TrainingState
    progress: float
    trouble: str | None
    incidents: int
    cells: int = Field(description="that it tells of")
    started_at: str | None
    ended_at: str | None
    trained_at: str | None = Field(description="the forecast in force")
    next_at: str | None


class PeerOut(BaseModel):
    name: str
    hit_rate: float
    pai: float


class ScoreOut(BaseModel):
    """How right the last days' forecasts were, each learnt from the days before it only."""

    area_share: float = Field(description="of the cells, the riskiest, that incidents were looked for in")
    days: int
    incidents: int
    hit_rate: float
    low: float = Field(description="95 % interval of the hit rate, bootstrap over days")
    high: float
    pai: float = Field(description="hit rate over the share of the area")
    pei: float = Field(description="hits over the most that any map could have had (PEI*)")
    beats: bool = Field(description="surely better than every peer; where it is not, the map fades")
    peers: list[PeerOut]

    @classmethod
    def of(cls, score: MapScore) -> "ScoreOut":
        peers = [PeerOut(name=peer.name, hit_rate=round(peer.hit, 4), pai=round(peer.pai, 3)) for peer in score.peers]
        return cls(
            area_share=score.area_share,
            days=score.days,
            incidents=score.incidents,
            hit_rate=round(score.hit, 4),
            low=round(score.low, 4),
            high=round(score.high, 4),
            pai=round(score.pai, 3),
            pei=round(score.pei, 4),
            beats=score.beats,
            peers=peers,
        )


class RetrainOut(BaseModel):
    job_id: str = Field(description="also of one that had begun already")
    training: TrainingOut


class NeighbourhoodOut(BaseModel):
    name: str
    expected_incidents: float = Field(description="in the 24 hours of the forecast")
    by_hour: list[float] = Field(description="of that, in each hour of the day (UTC)")
    cells: int = Field(description="that have data")

    @classmethod
    def of(cls, area: NeighbourhoodRisk) -> "NeighbourhoodOut":
        by_hour = [round(value, 6) for value in area.by_hour]
        return cls(name=area.name, expected_incidents=round(area.incidents, 6), by_hour=by_hour, cells=area.cells)


class NeighbourhoodsOut(BaseModel):
    """Empty while there is no learnt forecast, or no named neighbourhoods were imported."""

    neighbourhoods: list[NeighbourhoodOut]


class RiskStatusOut(BaseModel):
    enabled: bool
    cells: int = Field(description="that have data")
    incidents: int = Field(description="of late, that still add something")
    learnt: bool = Field(description="the base is a forecast that was learnt; else the plain formula")
    computed_at: str | None
    expires_at: str | None
    stale: bool
    trouble: str | None
    cell_m: float
    half_life_h: float
    weights: dict[str, float] = Field(description="of every category, as incidents count now")
    default_weights: dict[str, float] = Field(description="of every category, where an administrator sets none")
    training: TrainingOut
    score: ScoreOut | None = Field(description="null: there is no forecast, or there were too few days to say")
    simulated: bool = Field(description="of incidents that never happened, or of some")

    @classmethod
    def of(cls, snapshot: Snapshot) -> "RiskStatusOut":
        state, settings = snapshot.risk, snapshot.settings.risk
        return cls(
            enabled=settings.enabled,
            cells=state.cells,
            incidents=state.incidents,
            learnt=state.learnt,
            computed_at=optional_iso(state.computed_ns or None),
            expires_at=optional_iso(state.expires_ns or None),
            stale=state.stale,
            trouble=state.trouble or None,
            cell_m=settings.cell_m,
            half_life_h=settings.half_life_h,
            weights={category.value: settings.weight(category) for category in CATEGORIES},
            default_weights={category.value: weight for category, weight in DEFAULT_WEIGHTS.items()},
            training=training_out(state),
            score=state.score and ScoreOut.of(state.score),
            simulated=state.simulated,
        )


def training_out(state: RiskState) -> TrainingOut:
    training = state.training
    return TrainingOut(
        state=training.state,
        progress=training.progress,
        trouble=training.trouble or None,
        incidents=training.incidents,
        cells=training.cells,
        started_at=optional_iso(training.started_ns or None),
        ended_at=optional_iso(training.ended_ns or None),
        trained_at=optional_iso(training.trained_ns or None),
        next_at=optional_iso(training.next_ns or None),
    )

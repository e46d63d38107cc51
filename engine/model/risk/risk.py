"""How likely incidents are, by cell and hour: settings, what the map shows and why, and how right it was. Never about a person."""

from dataclasses import field
from enum import StrEnum
from typing import Annotated

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.incidents.incident import IncidentCategory
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

CATEGORIES = tuple(IncidentCategory)  # by the number that stands for each in arrays
FEW_INCIDENTS = 5
HIGHEST_WEIGHT = 10.0
# The middle of the severities that Atlas's taxonomy gives a category, over 3 (moderate). It counts assault as violence and burglary as
# theft. Fire is not in it: as a call for the fire service it ranks with danger to life, so as violence. Other says nothing: 1.
DEFAULT_WEIGHTS = {
    IncidentCategory.THEFT: 1.0,
    IncidentCategory.ASSAULT: 1.33,
    IncidentCategory.VANDALISM: 1.0,
    IncidentCategory.BURGLARY: 1.0,
    IncidentCategory.VEHICLE_CRIME: 1.0,
    IncidentCategory.DRUG_RELATED: 1.0,
    IncidentCategory.VIOLENCE: 1.33,
    IncidentCategory.WEAPONS: 1.5,
    IncidentCategory.DISTURBANCE: 0.67,
    IncidentCategory.SUSPICIOUS_ACTIVITY: 0.67,
    IncidentCategory.FIRE: 1.33,
    IncidentCategory.OTHER: 1.0,
}


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """How the risk map works.

    Attributes:
        cell_m: edge of a cell, metres. weights: by category, how much an incident counts; `DEFAULT_WEIGHTS` where none is given.
        half_life_h: after which half of what an incident added is left. window_days: of incidents that forecasts are learnt from.
        retrain_hour_utc: when they are learnt anew every day.
    """

    enabled: Annotated[bool, Setting("Compute the risk map")] = True
    cell_m: Annotated[float, Setting("Edge of a cell", unit="m", ge=50, le=5000, help="A new size restarts the map")] = 250.0
    weights: Annotated[tuple[tuple[IncidentCategory, float], ...], Setting("Weights")] = ()
    half_life_h: Annotated[
        float, Setting("Half-life", unit="h", ge=0.25, le=720, help="Time after which the effect of an incident halves")
    ] = 12.0
    window_days: Annotated[int, Setting("Training days", ge=7, le=3650, help="Period of the nightly training")] = 365
    retrain_hour_utc: Annotated[int, Setting("Training hour (UTC)", ge=0, le=23, help="0 to 23")] = 2

    def __post_init__(self) -> None:
        check_limits(self)
        if any(not 0 <= weight <= HIGHEST_WEIGHT for _, weight in self.weights):
            raise InputError("weights", "are 0 to 10")
        if len({category for category, _ in self.weights}) < len(self.weights):
            raise InputError("weights", "the same category is named twice")

    def weight(self, category: IncidentCategory) -> float:
        return next((weight for named, weight in self.weights if named is category), DEFAULT_WEIGHTS[category])


@dataclass(frozen=True, slots=True)
class RiskPart:
    """What one incident adds to a cell's risk now: `added` when it was told, `left` what is left of that."""

    incident_id: str
    category: IncidentCategory
    severity: int
    weight: float
    distance_m: float
    at_ns: int
    added: float
    left: float


class Trust(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Hotspot:
    """Risk of one cell for one hour.

    Attributes:
        cell: its number. latitude, longitude: of its middle, degrees. risk: 0–1; None: no data, which is not zero.
        base: from the past, without what incidents added of late. confidence: 0–1, of the base.
        incidents: in the last 30 days. computed_ns, expires_ns: of the base. stale: it has expired.
    """

    cell: int
    latitude: float
    longitude: float
    hours_ahead: int
    risk: float | None
    base: float | None
    confidence: float
    incidents: int
    categories: tuple[IncidentCategory, ...] = ()
    mean_severity: float | None = None
    neighbourhood: str = ""
    computed_ns: int = 0
    expires_ns: int = 0
    stale: bool = False

    @property
    def trust(self) -> Trust:
        """The confidence in a word. A handful of incidents, however fresh, are no pattern."""
        if self.incidents < FEW_INCIDENTS or self.confidence < 0.4:
            return Trust.LOW
        return Trust.HIGH if self.confidence >= 0.7 else Trust.MEDIUM


@dataclass(frozen=True, slots=True)
class RiskReasons:
    """Why a cell has its risk: the base, and what each incident adds to it; together at most 1."""

    spot: Hotspot
    parts: tuple[RiskPart, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RiskPicture:
    """The map of one hour: `latitudes`, `longitudes`, `risks` (N,) float32 of the cells that have data, `cells` (N,) int64 their numbers.
    `faded`: it does not beat what is plain to see, and the screen says so. simulated: it is made of incidents that never happened, or of
    some."""

    cell_m: float
    hours_ahead: int
    at_ns: int
    latitudes: Floats
    longitudes: Floats
    risks: Floats
    cells: npt.NDArray[np.int64]
    computed_ns: int = 0
    stale: bool = False
    faded: bool = False
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PeerScore:
    """`hit`: share of the next day's incidents in the chosen share of the area; `pai`: that over the share (Chainey 2008)."""

    name: str
    hit: float
    pai: float


@dataclass(frozen=True, slots=True)
class MapScore:
    """How right the forecast was, over `days` days, for the riskiest `area_share` of the cells.

    pei: PAI over the best possible (Hunt 2016). low, high: 95 % interval of the hit rate, bootstrap over days.
    beats: it is better than every peer, by the interval of the difference.
    """

    area_share: float
    days: int
    incidents: int
    hit: float
    pai: float
    pei: float
    low: float
    high: float
    peers: tuple[PeerScore, ...] = ()
    beats: bool = False


@dataclass(frozen=True, slots=True)
class NeighbourhoodRisk:
    """Incidents that one named neighbourhood is expected to have in the 24 hours that the forecast in force is for, and in each hour of the
    day (UTC); `cells` of it have data."""

    name: str
    incidents: float
    by_hour: tuple[float, ...]
    cells: int


@dataclass(frozen=True, slots=True)
class AreaOutline:
    """The outer rings of a named neighbourhood as (latitude, longitude), for drawing: of long ones not every corner."""

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


class TrainingState(StrEnum):
    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"  # there were no incidents to learn from
    FAILED = "failed"  # the forecast of before stays


@dataclass(frozen=True, slots=True)
class Training:
    """The last time the forecast was learnt, or is being learnt now. `progress`: 0–1. trouble: why it failed, as a sentence.

    trained_ns: of the forecast in force, 0: there is none. next_ns: when it is learnt again. cells: that it tells of.
    """

    state: TrainingState = TrainingState.NEVER
    started_ns: int = 0
    ended_ns: int = 0
    progress: float = 0.0
    trouble: str = ""
    incidents: int = 0
    trained_ns: int = 0
    next_ns: int = 0
    cells: int = 0


@dataclass(frozen=True, slots=True)
class RiskState:
    """How the risk map is. `cells`: that have data. computed_ns, expires_ns: of the base in force, 0: there is none yet. `learnt`: it is a
    forecast that was learnt, not the plain formula. trouble: why the map is not kept as it should be, as a sentence. simulated: it
    is made of incidents that never happened, or of some."""

    enabled: bool = True
    cells: int = 0
    incidents: int = 0
    computed_ns: int = 0
    expires_ns: int = 0
    learnt: bool = False
    stale: bool = False
    training: Training = field(default_factory=Training)
    score: MapScore | None = None
    trouble: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PastIncidents:
    """Incidents of the record as columns (N,), oldest first: place (degrees), when they occurred (UTC ns), category (its number in
    `CATEGORIES`) and severity (1–5). Without those merged into others, and without what an operator called false. simulated: some
    of them are."""

    ids: tuple[str, ...]
    latitudes: npt.NDArray[np.float64]
    longitudes: npt.NDArray[np.float64]
    occurred_ns: npt.NDArray[np.int64]
    categories: npt.NDArray[np.int8]
    severities: npt.NDArray[np.int8]
    simulated: bool = False

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class RiskBump:
    """What one incident adds to the risk around it: `strength` in its own place at `at_ns`, less with distance and time."""

    incident_id: str
    latitude: float
    longitude: float
    at_ns: int
    category: IncidentCategory
    severity: int
    weight: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class RiskForecast:
    """Risk (0–1) of each of `cells` (N,) int64 by hour of the day (UTC): `risks` (N, 24) float32. cell_m: of the grid of the cells.
    simulated: it was learnt of incidents that never happened, or of some."""

    cell_m: float
    cells: npt.NDArray[np.int64]
    risks: Floats
    computed_ns: int
    expires_ns: int
    simulated: bool = False

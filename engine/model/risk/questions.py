"""Questions about the risk map."""

from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.risk.risk import AreaOutline, Hotspot, NeighbourhoodRisk, RiskPicture, RiskReasons
from engine.model.value_class import dataclass

MOST_HOURS_AHEAD = 23
MOST_SPOTS = 200
MOST_CELLS = 300_000  # of a picture


def check_hours_ahead(hours_ahead: int) -> None:
    """Raises InputError."""
    if not 0 <= hours_ahead <= MOST_HOURS_AHEAD:
        raise InputError("hours_ahead", f"{hours_ahead} is outside 0–{MOST_HOURS_AHEAD}")


@dataclass(frozen=True, slots=True)
class ListHotspots(Question[tuple[Hotspot, ...]]):
    """The riskiest cells around a place (degrees), highest first, in the hour that begins `hours_ahead` hours from now.

    Cells without data are none of them. radius_km: 0.1–100; min_risk: 0–1; limit: 1–200.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    latitude: float
    longitude: float
    radius_km: float = 10.0
    hours_ahead: int = 0
    min_risk: float = 0.0
    limit: int = 50

    def __post_init__(self) -> None:
        if not abs(self.latitude) <= 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")
        if not abs(self.longitude) <= 180:
            raise InputError("longitude", f"{self.longitude} is outside ±180")
        if not 0.1 <= self.radius_km <= 100:
            raise InputError("radius_km", f"{self.radius_km} is outside 0.1–100")
        check_hours_ahead(self.hours_ahead)
        if not 0 <= self.min_risk <= 1:
            raise InputError("min_risk", f"{self.min_risk} is outside 0–1")
        if not 1 <= self.limit <= MOST_SPOTS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_SPOTS}")


@dataclass(frozen=True, slots=True)
class ExplainRisk(Question[RiskReasons]):
    """Why a cell has its risk. Raises InputError for what is no cell's number."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    cell: int
    hours_ahead: int = 0

    def __post_init__(self) -> None:
        check_hours_ahead(self.hours_ahead)


@dataclass(frozen=True, slots=True)
class GetRiskPicture(Question[RiskPicture]):
    """All cells with data whose middle is in a box (degrees; `west` above `east`: across the 180th meridian), at most `MOST_CELLS`, the
    riskiest ones where there are more."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    south: float = -90.0
    west: float = -180.0
    north: float = 90.0
    east: float = 180.0
    hours_ahead: int = 0

    def __post_init__(self) -> None:
        if not -90 <= self.south <= self.north <= 90:
            raise InputError("bbox", "needs south ≤ north, both within ±90")
        if not (abs(self.west) <= 180 and abs(self.east) <= 180):
            raise InputError("bbox", "needs west and east within ±180")
        check_hours_ahead(self.hours_ahead)


@dataclass(frozen=True, slots=True)
class ListNeighbourhoods(Question[tuple[NeighbourhoodRisk, ...]]):
    """What the forecast in force says of each named neighbourhood that has data; nothing while there is none."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


@dataclass(frozen=True, slots=True)
class ListOutlines(Question[tuple[AreaOutline, ...]]):
    """Where the named neighbourhoods lie."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


AreaQuestion: TypeAlias = ListNeighbourhoods | ListOutlines
RiskQuestion: TypeAlias = ListHotspots | ExplainRisk | GetRiskPicture

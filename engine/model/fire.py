"""Fire weather: the daily class of a place, what it makes of sequences of smoke, and where it comes from."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.model.errors import InputError


class FireClass(StrEnum):
    """Fire danger by the Fire Weather Index. EFFIS bounds are the usual ones."""

    VERY_LOW = "very_low"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    VERY_HIGH = "very_high"
    EXTREME = "extreme"


EFFIS = (5.2, 11.2, 21.3, 38.0, 50.0)


@dataclass(frozen=True, slots=True)
class ClassBounds:
    """Upper bounds, each excluded, of all classes but the last; rising."""

    upper: tuple[float, float, float, float, float] = EFFIS

    def __post_init__(self) -> None:
        if any(low >= high for low, high in zip(self.upper, self.upper[1:], strict=False)) or self.upper[0] <= 0:
            raise InputError("bounds", "have to rise, and begin above 0")

    def class_of(self, fwi: float) -> FireClass:
        return next((each for each, bound in zip(FireClass, self.upper, strict=False) if fwi < bound), FireClass.EXTREME)


@dataclass(frozen=True, slots=True)
class FireRiskPolicy:
    """Which sequences of smoke and fire lists and alerts leave out, as a value that Python and SQL read alike.

    `thresholds`: by class, the `max_conf` that a sequence needs at least; classes that are not named need none. A sequence without a
    `max_conf`, and a camera whose class is unknown, are never left out. people and what they report are no business of this.
    """

    classes: tuple[tuple[str, FireClass], ...] = ()  # (camera id, class)
    thresholds: tuple[tuple[FireClass, float], ...] = ((FireClass.VERY_LOW, 0.60), (FireClass.LOW, 0.45))
    override: FireClass | None = None  # for all cameras; `moderate` shows everything

    def threshold(self, camera_id: str) -> float:
        """0: none."""
        known = self.override or next((each for camera, each in self.classes if camera == camera_id), None)
        return next((least for each, least in self.thresholds if each is known), 0.0)

    def keeps(self, camera_id: str, max_conf: float | None) -> bool:
        return max_conf is None or max_conf >= self.threshold(camera_id)


class FireSource(StrEnum):
    SERVICE = "service"  # a risk service told the class
    WEATHER = "weather"  # it was computed here from noon weather


@dataclass(frozen=True, slots=True)
class FireRisk:
    """The class of one camera for one day, or why none is known. `fwi` 0 is a valid value; None is a missing one.

    fetched_ns: when it was learnt. trouble: a sentence; with it `fire_class` is None and everything is shown ("risk unknown").
    """

    camera_id: str
    day: date
    fire_class: FireClass | None
    fwi: float | None = None
    source: FireSource = FireSource.SERVICE
    fetched_ns: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class FireSettings:
    """Where classes come from and what they do. The service's password is in the secret store under `fire/service`.

    Attributes:
        service_url, login, organization_id: of a risk service; empty: none. weather_url: of an open weather service; empty: none.
        refresh_hour_utc: when the classes of the day are fetched. oldest_h: what is older than this is not used.
        filtering: False shows everything everywhere (the kill switch). start_codes: FFMC, DMC and DC of the first day of a season.
        spin_up_days: of computed codes before a class is told.
    """

    service_url: str = ""
    login: str = ""
    organization_id: int | None = None
    weather_url: str = ""
    refresh_hour_utc: int = 4
    oldest_h: float = 36.0
    filtering: bool = True
    bounds: ClassBounds = field(default_factory=ClassBounds)
    thresholds: tuple[tuple[FireClass, float], ...] = ((FireClass.VERY_LOW, 0.60), (FireClass.LOW, 0.45))
    start_codes: tuple[float, float, float] = (85.0, 6.0, 15.0)
    spin_up_days: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.refresh_hour_utc <= 23:
            raise InputError("refresh_hour_utc", f"{self.refresh_hour_utc} is outside 0–23")
        if not 1 <= self.oldest_h <= 240:
            raise InputError("oldest_h", f"{self.oldest_h} is outside 1–240")
        if any(not 0 <= least <= 1 for _, least in self.thresholds):
            raise InputError("thresholds", "are 0 to 1")
        if not 0 <= self.spin_up_days <= 365:
            raise InputError("spin_up_days", f"{self.spin_up_days} is outside 0–365")
        ffmc, dmc, dc = self.start_codes
        if not (0 <= ffmc <= 101 and 0 <= dmc <= 1000 and 0 <= dc <= 2000):
            raise InputError("start_codes", "are FFMC 0–101, DMC 0–1000 and DC 0–2000")

"""Fire weather: the daily class of a place, what it makes of sequences of smoke, and where it comes from."""

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Annotated

from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass


class FireClass(StrEnum):
    """Fire danger by the Fire Weather Index. EFFIS bounds are the usual ones."""

    VERY_LOW = "very_low"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    VERY_HIGH = "very_high"
    EXTREME = "extreme"


def read_override(text: str) -> FireClass:
    """The class a request asks for instead of the known ones; by its own word only, as whoever mistypes it must not be shown everything.

    Raises InputError (`risk_score`).
    """
    try:
        return FireClass(text)
    except ValueError:
        raise InputError("risk_score", f"{text[:40]!r} is none of {', '.join(FireClass)}") from None


EFFIS = (5.2, 11.2, 21.3, 38.0, 50.0)


@dataclass(frozen=True, slots=True)
class ClassBounds:
    """Upper bounds, each excluded, of all classes but the last; rising."""

    upper: Annotated[tuple[float, float, float, float, float], Setting("Upper bounds of the classes")] = EFFIS

    def __post_init__(self) -> None:
        if self.upper[0] <= 0:
            raise InputError("bounds", f"have to begin above 0; the first is {self.upper[0]:g}")
        for low, high, fire_class in zip(self.upper, self.upper[1:], tuple(FireClass)[1:], strict=False):
            if low >= high:
                raise InputError("bounds", f"have to rise: {fire_class.replace('_', ' ')} is {high:g}, after {low:g}")

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


class FireDayStatus(StrEnum):
    """What became of a day's weather."""

    OK = "ok"
    CORRECTED = "corrected"  # a value was brought into its bounds
    GAP = "gap"  # one or two days before it are missing: the codes of the last known day were carried over
    RESTARTED = "restarted"  # more are missing: the codes began anew
    REJECTED = "rejected"  # it makes no sense; the day counts as missing


@dataclass(frozen=True, slots=True)
class NoonWeather:
    """One place at noon, local standard time: °C, %, km/h 10 m above open ground, mm of the last 24 hours. NaN: not measured."""

    day: date
    temperature: float
    humidity: float
    wind: float
    rain: float


@dataclass(frozen=True, slots=True)
class FireDay:
    """Codes and indices of one place and day, all None where its weather was rejected. FWI 0 is a valid value.

    spun_up: days of the season up to this one, over which codes forget where they began. reason: what `status` means here, a sentence.
    forecast: its noon had not come yet.
    """

    day: date
    status: FireDayStatus
    ffmc: float | None = None
    dmc: float | None = None
    dc: float | None = None
    isi: float | None = None
    bui: float | None = None
    fwi: float | None = None
    dsr: float | None = None
    fire_class: FireClass | None = None
    spun_up: int = 0
    reason: str = ""
    forecast: bool = False


@dataclass(frozen=True, slots=True)
class FireSettings:
    """Where classes come from and what they do. The service's password is in the secret store under `fire/service`.

    Attributes:
        service_url, login, organization_id: of a risk service; empty: none. weather_url: of an open weather service; empty: none.
        refresh_hour_utc: when the classes of the day are fetched. oldest_h: what is older than this is not used.
        filtering: False shows everything everywhere (the kill switch). start_codes: FFMC, DMC and DC of the first day of a season.
        spin_up_days: of computed codes before a class is told.
        service_ids: (our camera id, the service's). Cameras that are not named are known by the same id or name.
    """

    service_url: Annotated[str, Setting("Risk service address")] = ""
    login: Annotated[str, Setting("Login")] = ""
    organization_id: Annotated[int | None, Setting("Organisation number")] = None
    weather_url: Annotated[str, Setting("Weather service address")] = ""
    refresh_hour_utc: Annotated[int, Setting("Update hour (UTC)", ge=0, le=23)] = 4
    oldest_h: Annotated[float, Setting("Maximum age, hours", ge=1, le=240, help="Older data counts as unknown")] = 36.0
    filtering: Annotated[bool, Setting("Suppress by fire weather", help="Off: nothing is suppressed.")] = True
    bounds: Annotated[ClassBounds, Setting("Bounds")] = field(default_factory=ClassBounds)
    thresholds: Annotated[tuple[tuple[FireClass, float], ...], Setting("Confidence by danger class")] = (
        (FireClass.VERY_LOW, 0.60),
        (FireClass.LOW, 0.45),
    )
    start_codes: Annotated[tuple[float, float, float], Setting("Codes of the first day")] = (85.0, 6.0, 15.0)
    spin_up_days: Annotated[
        int, Setting("Spin-up days of computed classes", ge=0, le=365, help="Until then the codes depend on their starting values")
    ] = 30
    service_ids: Annotated[tuple[tuple[str, int], ...], Setting("Camera numbers at the risk service")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        if any(not 0 <= least <= 1 for _, least in self.thresholds):
            raise InputError("thresholds", "are 0 to 1")
        ffmc, dmc, dc = self.start_codes
        if not (0 <= ffmc <= 101 and 0 <= dmc <= 1000 and 0 <= dc <= 2000):
            raise InputError("start_codes", "are FFMC 0–101, DMC 0–1000 and DC 0–2000")
        if len({camera for camera, _ in self.service_ids}) < len(self.service_ids):
            raise InputError("service_ids", "names a camera twice")


@dataclass(frozen=True, slots=True)
class FireView:
    """Fire weather as it is now.

    Attributes:
        risks: of every camera, today. fetched_ns: when they were learnt, 0: never.
        trouble: why nothing new is known, a sentence, empty when all is well; since_ns: since when. next_ns: of the next try.
        overridden: names of settings that the environment (`RISK_*`) decides. password_stored: one is there, from wherever.
    """

    risks: tuple[FireRisk, ...] = ()
    fetched_ns: int = 0
    trouble: str = ""
    since_ns: int = 0
    next_ns: int = 0
    overridden: tuple[str, ...] = ()
    password_stored: bool = False

    def risk(self, camera_id: str) -> FireRisk | None:
        return next((risk for risk in self.risks if risk.camera_id == camera_id), None)

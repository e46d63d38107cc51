"""What deserves an operator, as data: rules, site modes, armed zones, and who is told."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from engine.model.errors import InputError
from engine.model.event import EventKind, Severity

MOST_RULES = 200
DOUBTFUL = -5.0  # a doubtful fire is looked at too; what may be held is for fire weather to say

_time_zones = cache(available_timezones)  # asked each time, it reads the disk for milliseconds


class SiteMode(StrEnum):
    HOME = "home"
    AWAY = "away"
    NIGHT = "night"


class RuleMode(StrEnum):
    ARMED = "armed"
    SHADOW = "shadow"  # decides, and raises nothing: the screen lists what it would have raised
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the week in the site's time: on `days` (0 Monday … 6) from `start_min` to `end_min` (minutes of the day, end
    exclusive); an end before the start runs over midnight into the day after."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start_min: int = 0
    end_min: int = 1440

    def __post_init__(self) -> None:
        if not self.days or any(day not in range(7) for day in self.days):
            raise InputError("days", "are 0 (Monday) to 6 (Sunday), one at least")
        if not 0 <= self.start_min < 1440 or not 0 < self.end_min <= 1440:
            raise InputError("hours", "are minutes of the day: start 0–1439, end 1–1440")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events become alerts. Empty tuples mean: any.

    Attributes:
        min_log_odds: what the evidence has to add up to. severity: of the alert; None: the event's.
        armed_only: only in zones that are armed now. unknown_only: not for persons who are known.
        area_risk: from which risk of the area on (0–1), None: whatever it is. repeat_s: so soon after the same, it is the same.
        procedure: what the operator does, step by step.
    """

    id: str
    name: str
    kinds: tuple[EventKind, ...] = ()
    camera_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    modes: tuple[SiteMode, ...] = ()
    hours: tuple[Hours, ...] = ()
    min_severity: Severity = Severity.MINIMAL
    min_log_odds: float = 0.0
    armed_only: bool = False
    unknown_only: bool = False
    area_risk: float | None = None
    repeat_s: float = 60.0
    severity: Severity | None = None
    mode: RuleMode = RuleMode.ARMED
    procedure: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > 64 or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id[:70]!r} may hold only letters, digits, - and _, at most 64")
        if not self.name.strip() or len(self.name) > 120:
            raise InputError("name", "needs 1 to 120 characters")
        if not -10 <= self.min_log_odds <= 10:
            raise InputError("min_log_odds", f"{self.min_log_odds} is outside −10–10")
        if self.area_risk is not None and not 0 <= self.area_risk <= 1:
            raise InputError("area_risk", f"{self.area_risk} is outside 0–1")
        if not 0 <= self.repeat_s <= 86_400:
            raise InputError("repeat_s", f"{self.repeat_s} is outside 0–86400")
        if len(self.procedure) > 20 or any(not step.strip() or len(step) > 300 for step in self.procedure):
            raise InputError("procedure", "needs at most 20 steps of 1 to 300 characters")


def usual_rules() -> tuple[Rule, ...]:
    """What a site begins with: what is urgent always, somebody unknown in an armed zone, smoke, and what does not work."""
    look = ("Look at the live picture.", "Speak to them, or send somebody.", "Close with what it was.")
    smoke = (
        "Look at every camera that sees it.",
        "Compare with the map: where bearings cross, and what people report.",
        "Call the fire service.",
    )
    urgent = (EventKind.FALL, EventKind.FIGHT)
    faults = (EventKind.CAMERA_LOST, EventKind.NODE_LOST)
    forecast = ("Read on the System page why it failed.", "Put that right, then press Learn now on the Risk page.")
    identity = (EventKind.BADGE_WITHOUT_OWNER, EventKind.TWO_PLACES)
    inside = (EventKind.PERSON, EventKind.PRESENCE, EventKind.ZONE_VISIT)
    return (
        Rule("urgent", "Somebody may be hurt", kinds=urgent, procedure=look, repeat_s=30.0),
        Rule(
            "armed-zone",
            "Somebody unknown in an armed zone",
            kinds=inside,
            armed_only=True,
            unknown_only=True,
            min_log_odds=3.0,
            repeat_s=600.0,
            severity=Severity.HIGH,
            procedure=look,
        ),
        Rule("identity", "Identities that contradict each other", kinds=identity, min_severity=Severity.LOW),
        Rule("report", "An incident that people report", kinds=(EventKind.INCIDENT,), repeat_s=0.0),
        Rule("smoke", "Smoke", kinds=(EventKind.SMOKE,), min_log_odds=DOUBTFUL, repeat_s=600.0, procedure=smoke),
        Rule("fault", "A sensor is lost", kinds=faults, min_severity=Severity.MODERATE, repeat_s=300.0),
        Rule("forecast", "The risk forecast was not learnt", kinds=(EventKind.FORECAST_FAILED,), repeat_s=300.0, procedure=forecast),
    )


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Rules with their version, and how the site is armed.

    `armed_zones`: by mode, zone ids that are armed in it (`*`: everywhere, also outside any zone). flood_at: alerts in ten minutes
    from which it is a flood. `time_zone`: IANA name, for hours and quiet hours.
    """

    rules: tuple[Rule, ...] = field(default_factory=usual_rules)
    version: int = 1
    mode: SiteMode = SiteMode.HOME
    armed_zones: tuple[tuple[SiteMode, tuple[str, ...]], ...] = ((SiteMode.AWAY, ("*",)), (SiteMode.NIGHT, ("*",)))
    flood_at: int = 10
    escalate_s: float = 120.0
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if len(self.rules) > MOST_RULES:
            raise InputError("rules", f"are {len(self.rules)}; at most {MOST_RULES} are taken")
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise InputError("rules", "the same id is used twice")
        if not 2 <= self.flood_at <= 1000:
            raise InputError("flood_at", f"{self.flood_at} is outside 2–1000")
        if not 10 <= self.escalate_s <= 86_400:
            raise InputError("escalate_s", f"{self.escalate_s} is outside 10–86400")
        if self.time_zone not in _time_zones():
            raise InputError("time_zone", f"{self.time_zone[:60]!r} is no time zone like Europe/Stockholm")

    def armed(self) -> tuple[str, ...]:
        """Zones that are armed now."""
        return next((zones for mode, zones in self.armed_zones if mode is self.mode), ())

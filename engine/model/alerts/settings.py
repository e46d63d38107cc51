"""What deserves an operator, as data: rules, site modes, armed zones, and who is told."""

from dataclasses import field
from enum import StrEnum
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from engine.model.errors import InputError
from engine.model.event import EventKind, Severity
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

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

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    kinds: Annotated[tuple[EventKind, ...], Setting("Events")] = ()
    camera_ids: Annotated[tuple[str, ...], Setting("Cameras")] = ()
    zone_ids: Annotated[tuple[str, ...], Setting("Zones")] = ()
    modes: Annotated[tuple[SiteMode, ...], Setting("Site modes")] = ()
    hours: Annotated[tuple[Hours, ...], Setting("Schedule")] = ()
    min_severity: Annotated[Severity, Setting("Minimum severity")] = Severity.MINIMAL
    min_log_odds: Annotated[
        float,
        Setting(
            "Evidence threshold",
            ge=-10,
            le=10,
            decimals=2,
            step=0.5,
            help="Sum of the evidence, in natural log odds: 0 even odds, 2 about 7 to 1, 4 about 55 to 1",
        ),
    ] = 0.0
    armed_only: Annotated[bool, Setting("Only in armed zones")] = False
    unknown_only: Annotated[bool, Setting("Only unidentified people")] = False
    area_risk: Annotated[float | None, Setting("Only where area risk is at least", ge=0, le=1, decimals=2, step=0.05)] = None
    repeat_s: Annotated[float, Setting("Suppress repeats for", unit="s", ge=0, le=86_400, decimals=0, step=10)] = 60.0
    severity: Annotated[Severity | None, Setting("Severity of the alert")] = None
    mode: Annotated[RuleMode, Setting("State")] = RuleMode.ARMED
    procedure: Annotated[tuple[str, ...], Setting("Procedure")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        if not self.id or len(self.id) > 64 or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id[:70]!r} may hold only letters, digits, - and _, at most 64")
        if len(self.procedure) > 20 or any(not step.strip() or len(step) > 300 for step in self.procedure):
            raise InputError("procedure", "needs at most 20 steps of 1 to 300 characters")


def usual_rules() -> tuple[Rule, ...]:
    """Rules of a new site: injuries at any time, unidentified people in armed zones, smoke, and failures."""
    look = ("Check the live picture.", "Speak to the person, or send a guard.", "Close the alert with its outcome.")
    smoke = ("Check every camera that shows the smoke.", "Compare with the map: crossing bearings and reports.", "Call the fire service.")
    urgent = (EventKind.FALL, EventKind.FIGHT)
    faults = (EventKind.CAMERA_LOST, EventKind.NODE_LOST)
    forecast = ("Read the cause on the System page.", "Correct it, then train the forecast again on the Risk page.")
    identity = (EventKind.BADGE_WITHOUT_OWNER, EventKind.TWO_PLACES)
    inside = (EventKind.PERSON, EventKind.PRESENCE, EventKind.ZONE_VISIT)
    return (
        Rule("urgent", "Possible injury", kinds=urgent, procedure=look, repeat_s=30.0),
        Rule(
            "armed-zone",
            "Unidentified person in an armed zone",
            kinds=inside,
            armed_only=True,
            unknown_only=True,
            min_log_odds=3.0,
            repeat_s=600.0,
            severity=Severity.HIGH,
            procedure=look,
        ),
        Rule("identity", "Conflicting identities", kinds=identity, min_severity=Severity.LOW),
        Rule("report", "Reported incident", kinds=(EventKind.INCIDENT,), repeat_s=0.0),
        Rule("smoke", "Smoke", kinds=(EventKind.SMOKE,), min_log_odds=DOUBTFUL, repeat_s=600.0, procedure=smoke),
        Rule("fault", "Camera or node offline", kinds=faults, min_severity=Severity.MODERATE, repeat_s=300.0),
        Rule("forecast", "Risk forecast failed", kinds=(EventKind.FORECAST_FAILED,), repeat_s=300.0, procedure=forecast),
    )


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Rules with their version, and how the site is armed.

    `armed_zones`: by mode, zone ids that are armed in it (`*`: everywhere, also outside any zone). flood_at: alerts in ten minutes
    from which it is a flood. `time_zone`: IANA name, for hours and quiet hours.
    """

    rules: Annotated[tuple[Rule, ...], Setting("Rules", central=True)] = field(default_factory=usual_rules)
    version: Annotated[int, Setting("Version of the rules")] = 1
    mode: Annotated[SiteMode, Setting("Site mode")] = SiteMode.HOME
    armed_zones: Annotated[tuple[tuple[SiteMode, tuple[str, ...]], ...], Setting("Armed zones by mode", central=True)] = (
        (SiteMode.AWAY, ("*",)),
        (SiteMode.NIGHT, ("*",)),
    )
    flood_at: Annotated[int, Setting("Flood limit, alerts in 10 min", ge=2, le=1000, central=True)] = 10
    escalate_s: Annotated[float, Setting("Escalate after", unit="s", ge=10, le=86_400, central=True)] = 120.0
    time_zone: Annotated[str, Setting("Time zone", help="IANA name, such as Europe/Stockholm.")] = "UTC"

    def __post_init__(self) -> None:
        check_limits(self)
        if len(self.rules) > MOST_RULES:
            raise InputError("rules", f"are {len(self.rules)}; at most {MOST_RULES} are taken")
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise InputError("rules", "the same id is used twice")
        if self.time_zone not in _time_zones():
            raise InputError("time_zone", f"{self.time_zone[:60]!r} is no time zone like Europe/Stockholm")

    def armed(self) -> tuple[str, ...]:
        """Zones that are armed now."""
        return next((zones for mode, zones in self.armed_zones if mode is self.mode), ())

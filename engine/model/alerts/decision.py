"""The record of one candidate going through the gates."""

from enum import StrEnum

from engine.model.alerts.settings import SiteMode
from engine.model.event import EventKind, Severity
from engine.model.fire.fire import FireClass
from engine.model.geometry import Box
from engine.model.site import Position
from engine.model.value_class import dataclass


class Outcome(StrEnum):
    RAISED = "raised"
    HELD = "held"
    REJECTED = "rejected"


class CandidateKind(StrEnum):
    SEQUENCE = "sequence"
    MOTION = "motion"
    SENSOR_FAULT = "sensor_fault"
    BLOB = "blob"
    FALL = "fall"
    ZONE = "zone"
    ACTIVITY = "activity"
    GESTURE = "gesture"
    IDENTITY = "identity"
    INCIDENT = "incident"
    SMOKE = "smoke"
    ENGINE_FAULT = "engine_fault"


class Stage(StrEnum):
    """What a decision is about: whether something happened, or whether that deserves an operator."""

    EVENT = "event"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """What one source adds to the log odds (nats) that a candidate is true; the parts of a decision add up. `label`: for the screen."""

    source: str
    sensor_id: str
    label: str
    log_odds: float


_HALF_WEEK_MIN = 5040.0  # as far from the next hour that is left out as a week allows
_WHERE_WANTED = frozenset(
    {"watched", "camera", "zone", "armed zone", "arming", "unknown person", "site mode", "on trial", "rule"}
)  # 0 of 1: not asked for


@dataclass(frozen=True, slots=True)
class GateReading:
    """One gate's verdict: `margin` is value − threshold (or its mirror where lower is better), so passed means margin ≥ 0."""

    gate: str
    value: float
    threshold: float
    margin: float
    passed: bool
    unit: str = ""

    @property
    def is_used(self) -> bool:
        """Whether the rule, or what made the candidate, looks at it at all."""
        if self.gate in _WHERE_WANTED:
            return self.threshold > 0 or not self.passed
        if self.gate == "fire risk":
            return self.threshold > 0
        anything = (self.gate == "severity" and self.threshold <= 1) or (self.gate == "schedule" and self.margin >= _HALF_WEEK_MIN)
        return not anything


def unwatched() -> GateReading:
    """The gate of a candidate that nobody watched to the end: its sensor was removed or switched off, or the engine stopped."""
    return GateReading("watched", 0.0, 1.0, -1.0, False)


@dataclass(frozen=True, slots=True)
class Direction:
    """Where a camera sees something far away: `middle` and `width` in degrees from north; where nobody knows which way the camera looks,
    in shares of its picture from the left, and `view_id` says which picture (empty: degrees)."""

    camera_id: str
    middle: float
    width: float
    view_id: str = ""

    def meets(self, other: "Direction") -> bool:
        """Whether the two overlap, as one camera sees them."""
        if (self.camera_id, self.view_id) != (other.camera_id, other.view_id):
            return False
        apart = abs(self.middle - other.middle) % 360
        return min(apart, 360 - apart) <= (self.width + other.width) / 2


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What was known of a candidate for an alert when it was decided: with the decision's evidence all that rules look at, so that it
    can be decided anew under other rules.

    Attributes:
        label: of a gesture, or the category of an incident. zone_ids: all zones that hold its place.
        same_id: of the person on the floor that it is about, from whichever sensor; else its subject. also_ids: of the tracks and
            blobs that are the same person.
        person_id: who that is (`named`: somebody known by a name only); empty: nobody known. incident_id: of reports that it is about.
        area_risk: of its place at the time (0–1), None where none is known.
        load: alerts raised in the ten minutes before. box_xyxy: where on its camera's picture, pixels.
        armed_s: since the site was armed further, a day at most.
        smoke_conf: of smoke, the highest confidence of those sequences that pass with the least fire risk; None: not smoke, or unknown.
        fire_threshold: what it needs on a day of that class; fire_class: None where nobody knows it, and then nothing is needed.
        directions: of smoke, in which it is seen, one for each sequence that is shown.
        declined_score: of smoke that the second scorer declined, what it gave (0–1).
    """

    kind: EventKind
    severity: Severity
    mode: SiteMode
    zone_ids: tuple[str, ...] = ()
    same_id: str = ""
    person_id: str = ""
    incident_id: str = ""
    label: str = ""
    area_risk: float | None = None
    load: int = 0
    box_xyxy: Box | None = None
    armed_s: float = 86_400.0
    also_ids: tuple[str, ...] = ()
    smoke_conf: float | None = None
    fire_threshold: float = 0.0
    fire_class: FireClass | None = None
    directions: tuple[Direction, ...] = ()
    declined_score: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one candidate, and what would have changed it.

    Attributes:
        gates: every gate in order, also those behind the first that failed.
        flip: the smallest change that would have flipped the outcome, as a sentence ("Seen 0.4 s longer").
        event_id: the event that was opened or, for a duplicate, carried on.
        evidence_ids: tracks, sequences, clips it rests on.
        evidence: what each source adds; empty for facts and where only thresholds decide.
        rule_id, alert_id: of a decision about an alert. position: where on the floor, metres; what "why nothing?" finds it by.
        reason: a sentence about the candidate. facts: of a decision about an alert.
    """

    id: str
    candidate: CandidateKind
    subject_id: str
    camera_id: str
    decided_ns: int
    outcome: Outcome
    gates: tuple[GateReading, ...]
    flip: str
    event_id: str | None = None
    evidence_ids: tuple[str, ...] = ()
    stage: Stage = Stage.EVENT
    evidence: tuple[EvidencePart, ...] = ()
    rule_id: str = ""
    alert_id: str = ""
    position: Position | None = None
    zone_id: str = ""
    reason: str = ""
    facts: AlertFacts | None = None

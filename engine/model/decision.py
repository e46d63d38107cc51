"""The record of one candidate going through the gates."""

from dataclasses import dataclass
from enum import StrEnum

from engine.model.site import Position


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


@dataclass(frozen=True, slots=True)
class GateReading:
    """One gate's verdict: `margin` is value − threshold (or its mirror where lower is better), so passed means margin ≥ 0."""

    gate: str
    value: float
    threshold: float
    margin: float
    passed: bool
    unit: str = ""


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
        reason: a sentence about the candidate.
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

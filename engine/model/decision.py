"""The record of one candidate going through the gates."""

from dataclasses import dataclass
from enum import StrEnum


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

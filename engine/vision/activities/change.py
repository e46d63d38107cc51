"""What became of something that people do, for the lane that makes events of it."""

from enum import StrEnum

from engine.model.alerts.decision import GateReading
from engine.model.event import EventKind, Severity
from engine.model.geometry import Box
from engine.model.value_class import dataclass


class Stage(StrEnum):
    RAISED = "raised"
    CHANGED = "changed"
    ENDED = "ended"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ActivityChange:
    """One step in the life of one occurrence.

    Attributes:
        key: the same in every change of one occurrence. track_ids: who does it now, as far as known.
        started_ns: when it began, not when it was believed. box_xyxy: where, pixels of the full frame.
        level: how often it was escalated. gates: with RAISED and REJECTED. reason: a sentence.
    """

    kind: EventKind
    stage: Stage
    key: str
    track_ids: tuple[str, ...]
    at_ns: int
    started_ns: int
    severity: Severity
    confidence: float
    reason: str
    gates: tuple[GateReading, ...] = ()
    box_xyxy: Box | None = None
    level: int = 0


def at_least(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, value - threshold, value >= threshold, unit)


def at_most(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, threshold - value, value <= threshold, unit)


def all_passed(gates: tuple[GateReading, ...]) -> bool:
    return all(gate.passed for gate in gates)

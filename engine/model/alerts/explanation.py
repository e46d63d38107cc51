"""What is left of a decision where some of its sources are silent. Pure; any thread."""

from collections.abc import Collection

from engine.model.alerts.decision import Decision, GateReading
from engine.model.value_class import dataclass

EVIDENCE_GATE = "evidence"


@dataclass(frozen=True, slots=True)
class Standing:
    """Attributes:
    stands: it would have been raised all the same. log_odds: what the parts that are left add up to.
    needed: what the rule asks, None where no rule asks for evidence. failed: other gates that it does not pass in any case.
    """

    stands: bool
    log_odds: float
    needed: float | None
    failed: tuple[GateReading, ...] = ()


def standing(decision: Decision, silent: Collection[int] = ()) -> Standing:
    """`silent`: numbers of the evidence's parts that are left out. With nothing left, nothing speaks for it, and it falls.

    Asked of one rule's decision: another rule may have raised it all the same.
    """
    left = [part for number, part in enumerate(decision.evidence) if number not in silent]
    gate = next((reading for reading in decision.gates if reading.gate == EVIDENCE_GATE), None)
    failed = tuple(reading for reading in decision.gates if reading.gate != EVIDENCE_GATE and not reading.passed)
    odds = sum(part.log_odds for part in left)
    enough = gate is None or odds >= gate.threshold
    return Standing(bool(left) and not failed and enough, odds, None if gate is None else gate.threshold, failed)


def first_failed(decision: Decision) -> GateReading | None:
    """The gate that stopped it, None where all were passed."""
    return next((reading for reading in decision.gates if not reading.passed), None)

"""What makes a fall, gate by gate, and in words why something was none."""

from engine.model.alerts.decision import GateReading
from engine.model.value_class import dataclass
from engine.radio.falls.impact import Impact

SEEN_S = 2.0
DROP_M = 0.7
SPEED_M_S = 0.4
SUDDEN = 0.0
CERTAINTY = 3.0
LOW_SHARE, LOWEST_M, HIGHEST_M = 0.45, 0.45, 0.75  # "low" is this share of the height before, within bounds
CONFIDENCE = 0.5
STRENGTH = 0.6  # a movement that stands out of the noise less than that ends when it likes
IMPACT = 6.0
LASTED = 0.3  # who falls has been moving for half a second; a thing that drops has not
LEFT = 0.3


@dataclass(frozen=True, slots=True)
class FallFacts:
    """What is known of one candidate.

    Attributes:
        seen_s: how long the blob had been there before it went down. before_m, after_m: mean heights.
        certainty: the drop in units of its uncertainty. speed_m_s: of the way down.
        sudden: log-likelihood ratio of a fast way down to a slow one.
        still_s: lying still until now. confidence: that somebody was there, before the drop.
    """

    seen_s: float
    before_m: float
    after_m: float
    certainty: float
    speed_m_s: float
    sudden: float
    still_s: float
    confidence: float

    @property
    def drop_m(self) -> float:
        return self.before_m - self.after_m


def low_m(before_m: float) -> float:
    """Up to which height somebody of this height lies."""
    return min(max(LOW_SHARE * before_m, LOWEST_M), HIGHEST_M)


def fall_gates(facts: FallFacts, still_s: float) -> tuple[GateReading, ...]:
    """`still_s`: how long lying still makes a fall."""
    low = low_m(facts.before_m)
    return (
        _at_least("seen", facts.seen_s, SEEN_S, "s"),
        _at_least("confidence", facts.confidence, CONFIDENCE),
        _at_least("drop", facts.drop_m, DROP_M, "m"),
        _at_least("certainty", facts.certainty, CERTAINTY, "sigma"),
        _at_least("speed", facts.speed_m_s, SPEED_M_S, "m/s"),
        _at_least("sudden", facts.sudden, SUDDEN),
        GateReading("low", facts.after_m, low, low - facts.after_m, facts.after_m <= low, "m"),
        _at_least("still", facts.still_s, still_s, "s"),
    )


def impact_gates(impact: Impact, seen_s: float, confidence: float, stood_still_s: float, still_s: float) -> tuple[GateReading, ...]:
    """Of somebody who was moving and stopped at once, where links do not tell heights. `stood_still_s`: until now."""
    return (
        _at_least("seen", seen_s, SEEN_S, "s"),
        _at_least("confidence", confidence, CONFIDENCE),
        _at_least("movement", impact.strength, STRENGTH),
        _at_least("impact", impact.evidence, IMPACT),
        _at_least("lasted", impact.lasted, LASTED),
        GateReading("silence", impact.left, LEFT, LEFT - impact.left, impact.left <= LEFT),
        _at_least("still", stood_still_s, still_s, "s"),
    )


_WHY_NOT = {
    "seen": "Somebody was there too briefly to tell.",
    "confidence": "It is not sure enough that somebody was there.",
    "drop": "Went down too little for a fall: bent or sat down.",
    "certainty": "The height was too uncertain.",
    "speed": "Went down slowly: sat or lay down.",
    "sudden": "Went down slowly: sat or lay down.",
    "low": "Did not end up near the floor.",
    "movement": "What moved hardly stood out of the noise.",
    "impact": "Stopped more slowly than a body that hits the floor.",
    "lasted": "Moved too briefly: a thing that dropped.",
    "silence": "Something went on moving after the stop.",
    "still": "Moved on.",
}


def why_not(gates: tuple[GateReading, ...]) -> str:
    """The first gate that failed, as a sentence; empty where all passed."""
    return next((_WHY_NOT[gate.gate] for gate in gates if not gate.passed), "")


def _at_least(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, value - threshold, value >= threshold, unit)

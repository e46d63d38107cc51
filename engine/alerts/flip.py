"""What would have changed a decision: the smallest change, and what is left where a sensor is silent."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.alerts import rule_gates as g
from engine.alerts.words import SEVERITY_WORDS, span_words
from engine.model.alerts.decision import Decision, GateReading, Outcome
from engine.model.event import Severity

_IF = {
    g.CAMERA: ("on one of the rule's cameras", "on another camera"),
    g.ZONE: ("in one of the rule's zones", "outside the rule's zones"),
    g.ARMED: ("in a zone that was armed", "in a zone that was not armed"),
    g.UNKNOWN: ("if it were nobody who is known", "if it were somebody who is known"),
    g.MODE: ("in one of the rule's site modes", "in another site mode"),
    g.TRIAL: ("if the rule were not on trial", "if the rule were on trial"),
    g.RULE: ("if a rule were about this kind of event", "without that rule"),
}
_SCALES = {g.EVIDENCE: 1.0, g.SEVERITY: 1.0, g.SCHEDULE: 60.0, g.AREA_RISK: 0.1, g.FIRE_RISK: 0.1, g.DUPLICATE: 60.0, g.ARMING: 60.0}
_FACT_COST = 3.0  # of a fact being another: more than some evidence less
_BEYOND_REACH = 8.0


def gates_to_move(readings: Sequence[GateReading]) -> tuple[GateReading, ...]:
    """Those that would have to go the other way: all that failed; of a decision that passed, the one that passed with the least.

    Empty where nothing could: a fact under a rule that asks nothing else.
    """
    failed = tuple(reading for reading in readings if not reading.passed)
    if failed:
        return failed
    costs = [(cost, index) for index, reading in enumerate(readings) if (cost := _cost(reading)) is not None]
    return (readings[min(costs)[1]],) if costs else ()


def flip_sentence(readings: Sequence[GateReading], else_rule: str = "") -> str:
    """`else_rule`: the name of another rule that would have raised it too."""
    moved = gates_to_move(readings)
    if any(not reading.passed for reading in moved):
        return f"It would have been raised {' and '.join(_shortfall_text(reading) for reading in moved)}."
    if else_rule:
        return f"Without this rule, “{else_rule}” would have raised it."
    if not moved:
        return "It rests on a fact: only another rule would have changed it."
    return f"It would not have been raised {_surplus_text(moved[0])}."


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What would have become of a decision had a source been silent. `log_odds`: what the others add up to."""

    outcome: Outcome
    log_odds: float
    sentence: str


def without(decision: Decision, source: str, sensor_id: str | None = None) -> Counterfactual:
    """`source`: of the evidence's parts that are left out, of this sensor only where one is named. With `source` empty: all of a sensor.

    Asked of one rule's decision: another rule may have raised it all the same.
    """
    gone = [p for p in decision.evidence if (not source or p.source == source) and (sensor_id is None or p.sensor_id == sensor_id)]
    left = [part for part in decision.evidence if part not in gone]
    odds = sum(part.log_odds for part in left)
    label = ", ".join(dict.fromkeys(part.label for part in gone)) or source
    others = [reading for reading in decision.gates if reading.gate != g.EVIDENCE]
    evidence = next((reading for reading in decision.gates if reading.gate == g.EVIDENCE), None)
    if not left:
        return Counterfactual(Outcome.REJECTED, 0.0, f"Without it ({label}) nothing would speak for it.")
    stands = all(reading.passed for reading in others) and (evidence is None or odds >= evidence.threshold)
    if stands:
        return Counterfactual(Outcome.RAISED, odds, f"It stands without it ({label}): the rest adds up to {odds:.1f}.")
    needed = "" if evidence is None else f" of the {evidence.threshold:.1f} that are needed"
    return Counterfactual(Outcome.REJECTED, odds, f"It falls without it ({label}): the rest adds up to {odds:.1f}{needed}.")


def _cost(reading: GateReading) -> float | None:
    """How far a passed gate is from failing, in its own measure; None where it cannot fail, or the rule does not ask."""
    if reading.gate in _IF:
        return _FACT_COST if reading.threshold > 0 else None
    scale = _SCALES.get(reading.gate)
    if scale is None or (reading.gate == g.SEVERITY and reading.threshold <= Severity.MINIMAL):
        return None
    if reading.gate == g.SCHEDULE and reading.margin >= g.HALF_WEEK_MIN:
        return None
    if reading.gate in (g.DUPLICATE, g.ARMING, g.FIRE_RISK) and reading.threshold <= 0:
        return None
    cost = (reading.margin + (1 if reading.gate == g.SEVERITY else 0)) / scale
    return cost if cost < _BEYOND_REACH else None


def _shortfall_text(reading: GateReading) -> str:
    short = abs(reading.margin)
    match reading.gate:
        case g.EVIDENCE:
            return f"with {_up(short)} more evidence (it adds up to {reading.value:.2f}, {reading.threshold:.2f} are needed)"
        case g.SEVERITY:
            return f"with a severity of {_severity(reading.threshold)} instead of {_severity(reading.value)}"
        case g.SCHEDULE:
            return f"{span_words(short * 60)} closer to the rule's hours"
        case g.ARMING:
            return f"{span_words(short)} later: who is inside when it is armed may leave first"
        case g.DUPLICATE:
            return f"{span_words(short)} later: it was the same as what was raised {span_words(reading.value)} before"
        case g.SHELVED:
            return f"when it is no longer shelved, in {span_words(short)}"
        case g.AREA_RISK:
            return f"at a place with a risk of {reading.threshold:.2f} instead of {reading.value:.2f}"
        case g.FIRE_RISK:
            return f"with a confidence of {reading.threshold:.2f} instead of {reading.value:.2f}, or in drier weather"
        case g.SECOND_SCORER:
            return f"with more than {reading.threshold:.2f} in the second smoke check instead of {reading.value:.2f}"
        case g.LOAD:
            return f"with fewer alerts in the last ten minutes, or a severity of {_severity(reading.threshold)}"
        case _:
            return _IF[reading.gate][0]


def _surplus_text(reading: GateReading) -> str:
    match reading.gate:
        case g.EVIDENCE:
            return (
                f"with {_up(reading.margin + 0.005)} less evidence (it adds up to {reading.value:.2f}, {reading.threshold:.2f} are needed)"
            )
        case g.SEVERITY:
            return f"with a severity of {_severity(reading.threshold - 1)} instead of {_severity(reading.value)}"
        case g.SCHEDULE:
            return f"{span_words((reading.margin + 1 / 60) * 60)} further from the middle of the rule's hours"
        case g.ARMING:
            return f"{span_words(reading.margin + 1)} sooner, just after it was armed"
        case g.DUPLICATE:
            return f"{span_words(reading.margin + 1)} sooner: it would have been the same as the one before"
        case g.AREA_RISK:
            return f"at a place with a risk below {reading.threshold:.2f} instead of {reading.value:.2f}"
        case g.FIRE_RISK:
            return f"with a confidence below {reading.threshold:.2f} instead of {reading.value:.2f}, in weather as wet as this"
        case _:
            return _IF[reading.gate][1]


def _up(nats: float) -> str:
    """Rounded up, so that what is said is enough."""
    return f"{-(-nats * 100 // 1) / 100:.2f}"


def _severity(value: float) -> str:
    return SEVERITY_WORDS[Severity(int(value))]

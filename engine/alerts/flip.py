"""What would have changed a decision: the smallest change, and what is left where a sensor is silent."""

from collections.abc import Sequence

from engine.alerts import rule_gates as g
from engine.alerts.words import SEVERITY_WORDS, span_words
from engine.model.alerts.decision import Decision, GateReading, Outcome
from engine.model.event import Severity
from engine.model.value_class import dataclass

_IF = {
    g.CAMERA: ("a camera of the rule", "on another camera"),
    g.ZONE: ("a zone of the rule", "outside the zones of the rule"),
    g.ARMED: ("an armed zone", "in a disarmed zone"),
    g.UNKNOWN: ("an unidentified person", "for an identified person"),
    g.MODE: ("a site mode of the rule", "in another site mode"),
    g.TRIAL: ("the rule armed instead of on trial", "with the rule on trial"),
    g.RULE: ("a rule for this kind of event", "without the rule"),
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
        return f"Missing for an alert: {' and '.join(_shortfall_text(reading) for reading in moved)}."
    if else_rule:
        return f"Without this rule, the rule “{else_rule}” raises the alert."
    if not moved:
        return "No threshold decided this; only a different rule would change the result."
    if moved[0].gate == g.EVIDENCE:
        return f"No alert with less evidence than {moved[0].threshold:.2f}; it was {moved[0].value:.2f}."
    return f"No alert {_surplus_text(moved[0])}."


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
        return Counterfactual(Outcome.REJECTED, 0.0, f"Without “{label}” there is no evidence.")
    stands = all(reading.passed for reading in others) and (evidence is None or odds >= evidence.threshold)
    if stands:
        return Counterfactual(Outcome.RAISED, odds, f"Raised without “{label}”: the remaining evidence is {odds:.1f}.")
    needed = "" if evidence is None else f", threshold {evidence.threshold:.1f}"
    return Counterfactual(Outcome.REJECTED, odds, f"Not raised without “{label}”: the remaining evidence is {odds:.1f}{needed}.")


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
            return f"{_up(short)} more evidence ({reading.value:.2f}, threshold {reading.threshold:.2f})"
        case g.SEVERITY:
            return f"a severity of {_severity(reading.threshold)} instead of {_severity(reading.value)}"
        case g.SCHEDULE:
            return f"a time {span_words(short * 60)} closer to the schedule of the rule"
        case g.ARMING:
            return f"{span_words(short)} more after arming (exit delay)"
        case g.DUPLICATE:
            return f"{span_words(short)} more since the last alert of this cause, {span_words(reading.value)} earlier"
        case g.SHELVED:
            return f"the end of its suppression, in {span_words(short)}"
        case g.AREA_RISK:
            return f"an area risk of {reading.threshold:.2f} instead of {reading.value:.2f}"
        case g.FIRE_RISK:
            return f"a confidence of {reading.threshold:.2f} instead of {reading.value:.2f}, or drier weather"
        case g.SECOND_SCORER:
            return f"more than {reading.threshold:.2f} in the second smoke check instead of {reading.value:.2f}"
        case g.LOAD:
            return f"fewer alerts in the last ten minutes, or a severity of {_severity(reading.threshold)}"
        case _:
            return _IF[reading.gate][0]


def _surplus_text(reading: GateReading) -> str:
    match reading.gate:
        case g.SEVERITY:
            return f"at a severity of {_severity(reading.threshold - 1)} instead of {_severity(reading.value)}"
        case g.SCHEDULE:
            return f"at a time {span_words((reading.margin + 1 / 60) * 60)} further outside the schedule"
        case g.ARMING:
            return f"{span_words(reading.margin + 1)} earlier, within the exit delay"
        case g.DUPLICATE:
            return f"{span_words(reading.margin + 1)} earlier, as a repeat of the last alert"
        case g.AREA_RISK:
            return f"at an area risk below {reading.threshold:.2f} instead of {reading.value:.2f}"
        case g.FIRE_RISK:
            return f"at a confidence below {reading.threshold:.2f} instead of {reading.value:.2f} in this weather"
        case _:
            return _IF[reading.gate][1]


def _up(nats: float) -> str:
    """Rounded up, so that the stated amount suffices."""
    return f"{-(-nats * 100 // 1) / 100:.2f}"


def _severity(value: float) -> str:
    return SEVERITY_WORDS[Severity(int(value))]

"""Gates of a decision as rows for a ladder: what was asked, what was there, by how much. Pure."""

from engine.model.alerts.decision import AlertFacts, Decision, GateReading
from engine.model.alerts.gate_names import FACT_GATES, gate_name
from engine.model.event import Severity
from engine.model.value_class import dataclass
from widgets.alerts.alert_words import minutes_text
from widgets.maps.risk_words import fire_class_word
from widgets.number_text import number_text
from widgets.theme import severity_word
from widgets.translation import tr

_DAY_S, _HALF_WEEK_MIN = 86_400.0, 5040.0
_HOUR_S = 3600.0  # events look no further back
_SCALES = {
    "evidence": 2.0,
    "severity": 1.0,
    "alarm load": 1.0,
    "schedule": 120.0,
    "duplicate": 120.0,
    "arming": 120.0,
    "shelved": 600.0,
    "area risk": 0.15,
    "fire risk": 0.15,
    "second scorer": 0.15,
}


@dataclass(frozen=True, slots=True)
class GateRow:
    """`reach`: −1 … 1, how far the bar goes to the left (failed) or right (passed) of the line; 0 draws none. `asked`: by the rule.

    `stopped`: the first gate that was not passed.
    """

    title: str
    value: str
    needed: str
    margin: str
    reach: float
    passed: bool
    asked: bool = True
    stopped: bool = False

    def accessible_text(self) -> str:
        verdict = tr("met") if self.passed else tr("not met")
        return ", ".join(part for part in (self.title, verdict, self.value, self.needed, self.margin) if part)


def gate_rows(decision: Decision) -> tuple[GateRow, ...]:
    first = next((number for number, reading in enumerate(decision.gates) if not reading.passed), -1)
    return tuple(gate_row(reading, number == first, decision.facts) for number, reading in enumerate(decision.gates))


def gate_row(reading: GateReading, stopped: bool = False, facts: AlertFacts | None = None) -> GateRow:
    """`facts`: of its decision, where they say more than the numbers do."""
    asked = reading.is_used
    value, needed, margin = _reading_words(reading, facts) if asked else (_unasked(reading, facts), "", "")
    reach = _reach(reading) if asked else 0.0
    return GateRow(gate_title(reading.gate), value, needed, margin, reach, reading.passed, asked, stopped)


def gate_title(gate: str) -> str:
    return tr(gate_name(gate))


def short_words(reading: GateReading, facts: AlertFacts | None = None) -> str:
    """One line on a gate: `Evidence – 1.30, at least 2.00 needed, 0.70 below`."""
    row = gate_row(reading, facts=facts)
    return ", ".join(part for part in (f"{row.title} – {row.value}", row.needed, row.margin) if part)


def _unasked(reading: GateReading, facts: AlertFacts | None) -> str:
    if reading.gate == "fire risk" and facts is not None:
        return _no_fire_risk(facts)
    return {"severity": tr("any"), "schedule": tr("any time")}.get(reading.gate, tr("not used"))


def _no_fire_risk(facts: AlertFacts) -> str:
    """Why fire weather asks for nothing."""
    if facts.fire_class is None:
        return tr("fire danger unknown, no threshold")
    if facts.fire_threshold > 0:
        return tr("no threshold for severe alerts")
    return tr("no threshold at {0} fire danger").format(fire_class_word(facts.fire_class))


def _reading_words(reading: GateReading, facts: AlertFacts | None) -> tuple[str, str, str]:
    """What there was, what is needed, by how much."""
    value, needed, margin = reading.value, reading.threshold, reading.margin
    by = tr("{0} above") if reading.passed else tr("{0} below")
    if reading.gate in FACT_GATES:
        return (tr("yes") if reading.passed else tr("no")), "", ""
    match reading.gate:
        case "severity":
            return _severity(value), tr("at least {0} needed").format(_severity(needed)), ""
        case "alarm load" if needed <= Severity.MINIMAL:
            return tr("so few that each severity raises an alert"), "", ""
        case "alarm load":
            many = tr("so many that only {0} or more raises an alert").format(_severity(needed))
            return many, tr("this one is {0}").format(_severity(value)), ""
        case "schedule":
            inside = minutes_text(margin * 60)
            return (tr("inside by {0}") if reading.passed else tr("outside by {0}")).format(inside), "", ""
        case "arming":
            since = tr("armed for more than a day") if value >= _DAY_S else tr("armed {0} earlier").format(minutes_text(value))
            return since, tr("at least {0} needed").format(minutes_text(needed)), "" if value >= _DAY_S else by.format(minutes_text(margin))
        case "duplicate":
            none = {_HOUR_S: tr("none in the last hour"), _DAY_S: tr("none in the last day")}.get(min(value, _DAY_S), "")
            return none or tr("{0} earlier").format(minutes_text(value)), tr("a repeat within {0}").format(minutes_text(needed)), ""
        case "shelved":
            return (tr("yes") if reading.passed else tr("shelved for another {0}").format(minutes_text(value))), "", ""
        case "fire risk" if facts is not None and facts.fire_class is not None:
            day = tr("at least {0} needed at {1} fire danger").format(number_text(needed, ".2f"), fire_class_word(facts.fire_class))
            return number_text(value, ".2f"), day, by.format(number_text(abs(margin), ".2f"))
        case _:
            unit = f" {reading.unit}" if reading.unit and reading.unit != "nats" else ""
            return (
                f"{number_text(value, '.2f')}{unit}",
                tr("at least {0} needed").format(f"{number_text(needed, '.2f')}{unit}"),
                by.format(f"{number_text(abs(margin), '.2f')}{unit}"),
            )


def _severity(value: float) -> str:
    whole = min(max(int(value), 1), 5)
    return f"{whole} {severity_word(Severity(whole)).lower()}"


def _reach(reading: GateReading) -> float:
    """Margins of every size fit: half the way is one usual step of that gate, and none reaches the end."""
    if reading.gate in FACT_GATES or reading.gate == "shelved":
        return 0.7 if reading.passed else -0.7
    scale = _SCALES.get(reading.gate) or max(abs(reading.threshold) * 0.5, 0.25)
    size = abs(reading.margin)
    share = max(size / (size + scale), 0.04)
    return share if reading.passed else -share

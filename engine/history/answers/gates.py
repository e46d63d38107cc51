"""A reading of a gate in the words of the alert's card (`widgets.alerts.gate_words`)."""

from engine.history.answers.words import duration
from engine.model.alerts.decision import GateReading
from engine.model.alerts.gate_names import FACT_GATES, gate_name
from engine.model.event import Severity

_HOUR_S, _DAY_S = 3_600.0, 86_400.0


def reading_text(reading: GateReading) -> str:
    """`Evidence: 3.40, at least 2.00 needed, 1.40 above`."""
    return f"{gate_name(reading.gate)}: {', '.join(_parts(reading))}"


def _parts(reading: GateReading) -> tuple[str, ...]:
    """What there was, what is needed, by how much, as far as they say anything."""
    value, needed, passed = reading.value, reading.threshold, reading.passed
    by = f"{{}} {'above' if passed else 'below'}"
    if reading.gate in FACT_GATES:
        return ("yes" if passed else "no",)
    match reading.gate:
        case "severity":
            return _severity(value), f"at least {_severity(needed)} needed"
        case "alarm load" if needed <= Severity.MINIMAL:
            return ("so few that each severity raises an alert",)
        case "alarm load":
            return f"so many that only {_severity(needed)} or more raises an alert", f"this one is {_severity(value)}"
        case "schedule":
            return (f"{'inside' if passed else 'outside'} by {duration(abs(reading.margin) * 60)}",)
        case "arming" if value >= _DAY_S:
            return "armed for more than a day", f"at least {duration(needed)} needed"
        case "duplicate" if value in (_HOUR_S, _DAY_S) or value > _DAY_S:
            return f"none in the last {'hour' if value == _HOUR_S else 'day'}", f"a repeat within {duration(needed)}"
        case "duplicate":
            return f"{duration(value)} earlier", f"a repeat within {duration(needed)}"
        case "arming":
            return f"armed {duration(value)} earlier", f"at least {duration(needed)} needed", by.format(duration(abs(reading.margin)))
        case "shelved":
            return ("yes" if passed else f"shelved for another {duration(abs(value))}",)
        case _:
            unit = f" {reading.unit}" if reading.unit not in ("", "nats") else ""
            return f"{value:.2f}{unit}", f"at least {needed:.2f}{unit} needed", by.format(f"{abs(reading.margin):.2f}{unit}")


def _severity(value: float) -> str:
    severity = Severity(min(max(int(value), 1), 5))
    return f"{severity.value} {severity.name.lower()}"

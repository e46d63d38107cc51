"""A reading of a gate in the words of the alert's card (`widgets.alerts.gate_words`)."""

from engine.history.answers.words import duration
from engine.model.alerts.decision import GateReading
from engine.model.alerts.gate_names import FACT_GATES, gate_name
from engine.model.event import Severity

_HOUR_S, _DAY_S = 3_600.0, 86_400.0


def reading_text(reading: GateReading) -> str:
    """`Evidence: 3.40, threshold 2.00, 1.40 above`."""
    return f"{gate_name(reading.gate)}: {', '.join(_parts(reading))}"


def _parts(reading: GateReading) -> tuple[str, ...]:
    """Value, threshold, margin, as far as they say anything."""
    value, needed, passed = reading.value, reading.threshold, reading.passed
    by = f"{{}} {'above' if passed else 'below'}"
    if reading.gate in FACT_GATES:
        return ("yes" if passed else "no",)
    match reading.gate:
        case "severity" | "alarm load":
            return _severity(value), f"threshold {_severity(needed)}"
        case "schedule":
            return (f"{'inside' if passed else 'outside'} by {duration(abs(reading.margin) * 60)}",)
        case "arming" if value >= _DAY_S:
            return "armed for more than a day", f"threshold {duration(needed)}"
        case "duplicate" if value in (_HOUR_S, _DAY_S) or value > _DAY_S:
            return f"none for {'an hour' if value == _HOUR_S else 'a day'}", f"threshold {duration(needed)}"
        case "arming" | "duplicate":
            since = f"armed {duration(value)} earlier" if reading.gate == "arming" else f"{duration(value)} since the last one"
            return since, f"threshold {duration(needed)}", by.format(duration(abs(reading.margin)))
        case "shelved":
            return ("yes" if passed else f"shelved for another {duration(abs(value))}",)
        case _:
            unit = f" {reading.unit}" if reading.unit not in ("", "nats") else ""
            return f"{value:.2f}{unit}", f"threshold {needed:.2f}{unit}", by.format(f"{abs(reading.margin):.2f}{unit}")


def _severity(value: float) -> str:
    severity = Severity(min(max(int(value), 1), 5))
    return f"{severity.value} {severity.name.lower()}"

from dataclasses import replace

import pytest

from engine.incidents.weighing import settled
from engine.model.event import Severity
from engine.model.incident import Classification, Incident, IncidentCategory


def incident(severity: Severity, emergency: bool) -> Incident:
    said = Classification("weapons", Severity.LOW, 0.5, "local", 1, emergency=emergency, degraded_reason="Atlas is down.")
    return Incident("in-1", IncidentCategory.OTHER, "shots fired at the gate", 59.3, 18.0, 1, 1, 1, severity, classification=said)


@pytest.mark.parametrize(
    ("told", "emergency", "in_force"),
    [
        (Severity.MINIMAL, True, Severity.HIGH),
        (Severity.CRITICAL, True, Severity.CRITICAL),
        (Severity.MINIMAL, False, Severity.LOW),
        (Severity.MODERATE, False, Severity.MODERATE),
    ],
)
def test_what_is_called_an_emergency_is_high_at_least(told: Severity, emergency: bool, in_force: Severity) -> None:
    assert settled(incident(told, emergency), 2).severity is in_force


def test_an_operators_word_stands_against_an_emergency() -> None:
    edited = replace(incident(Severity.LOW, emergency=True), edited=("severity",))
    assert settled(edited, 2).severity is Severity.LOW

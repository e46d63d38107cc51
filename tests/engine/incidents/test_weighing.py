from dataclasses import replace

import pytest

from engine.incidents.correlation import correlate
from engine.incidents.weighing import settled
from engine.model.event import Severity
from engine.model.incidents.incident import CategorySource, Classification, Incident, IncidentCategory
from engine.model.wire import read_as, to_plain
from tests.fakes.reports import report


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


@pytest.mark.parametrize(
    ("given", "by", "source", "confidence"),
    [
        (IncidentCategory.OTHER, "local", CategorySource.WORDS, 0.5),
        (IncidentCategory.OTHER, "atlas", CategorySource.ATLAS, 0.5),
        (IncidentCategory.THEFT, "atlas", CategorySource.REPORTERS, None),
        (IncidentCategory.OTHER, "", CategorySource.NOBODY, None),
    ],
)
def test_who_the_category_is_by(given: IncidentCategory, by: str, source: CategorySource, confidence: float | None) -> None:
    told = correlate(report(1, category=given), ()).incident
    said = Classification("weapons", Severity.LOW, 0.5, by, 1)
    found = settled(replace(told, classification=said if by else None), 2)
    assert (found.category_by, found.category_confidence) == (source, confidence)
    assert settled(replace(found, edited=("category",)), 3).category_by is CategorySource.OPERATOR


def test_smoke_alone_is_by_sensors_and_records_of_before_do_not_say() -> None:
    alone = Incident("in-1", IncidentCategory.FIRE, "Smoke that cameras see", 59.3, 18.0, 1, 1, 1, Severity.HIGH)
    assert alone.category_by is None and alone.category_confidence is None
    assert settled(alone, 2).category_by is CategorySource.SENSORS
    plain = {name: value for name, value in to_plain(alone).items() if name != "category_by"}
    assert read_as(Incident, plain) == alone

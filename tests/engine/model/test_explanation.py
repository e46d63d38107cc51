"""What is left of a decision where sources are silent."""

from dataclasses import replace

import pytest

from engine.alerts.flip import without
from engine.model.alerts.decision import Decision, Outcome
from engine.model.alerts.explanation import first_failed, standing
from engine.model.event import EventKind, Severity
from tests.fakes.alerts import CAMERA_PARTS, gates, reading
from tests.fakes.engine import FakeEngine


@pytest.fixture
def decision() -> Decision:
    return FakeEngine().alerts.decide("de-1", EventKind.PERSON, Severity.HIGH, Outcome.RAISED)


def test_without_a_source_the_rest_is_held_against_what_is_needed(decision: Decision) -> None:
    assert standing(decision).stands and standing(decision).log_odds == pytest.approx(5.4)
    assert standing(decision, {2}).stands and standing(decision, {2}).log_odds == pytest.approx(3.9)
    assert not standing(decision, {1, 2}).stands
    assert not standing(decision, {0, 1, 2}).stands and standing(decision, {0, 1, 2}).log_odds == 0


def test_exactly_enough_is_enough(decision: Decision) -> None:
    exact = replace(decision, gates=gates(5.4, needed=sum(part.log_odds for part in CAMERA_PARTS)))
    assert standing(exact).stands and not standing(exact, {2}).stands


def test_another_gate_that_failed_is_named(decision: Decision) -> None:
    held = replace(decision, gates=(*gates(5.4)[:-1], reading("alarm load", 2, 3)))
    left = standing(held, {2})
    assert not left.stands and [gate.gate for gate in left.failed] == ["alarm load"]
    failed = first_failed(held)
    assert failed is not None and failed.gate == "alarm load" and first_failed(decision) is None


@pytest.mark.parametrize("needed", [0.0, 2.0, 3.45, 3.95, 6.0])
def test_it_agrees_with_what_the_engine_says_of_single_sources(decision: Decision, needed: float) -> None:
    asked = replace(decision, gates=gates(5.4, needed))
    for number, part in enumerate(asked.evidence):
        said = without(asked, part.source, part.sensor_id)
        left = standing(asked, {number})
        assert left.stands == (said.outcome is Outcome.RAISED) and left.log_odds == pytest.approx(said.log_odds)

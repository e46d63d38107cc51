import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.gates import SequenceCandidate, at_least, outcome, outside_masks, passed, same_place, sequence_gates, smallest_flip
from engine.model.alerts.decision import Outcome
from engine.model.settings import GateSettings
from engine.model.time import SECOND

SETTINGS = GateSettings(min_confidence=0.5, min_seen_s=1.0, duplicate_s=3.0)
GOOD = SequenceCandidate(max_conf=0.9, seen_s=2.0, outside_share=1.0, since_same_s=None)


def test_a_good_candidate_passes_every_gate_with_its_margins():
    readings = sequence_gates(GOOD, SETTINGS)
    assert [reading.gate for reading in readings] == ["confidence", "seen", "mask", "duplicate"]
    assert passed(readings) and outcome(readings) is Outcome.RAISED
    assert readings[0].margin == pytest.approx(0.4)
    assert readings[1].margin == pytest.approx(1.0) and readings[1].unit == "s"


def test_every_gate_is_read_behind_the_first_that_fails():
    readings = sequence_gates(SequenceCandidate(0.1, 0.1, 0.0, 0.5), SETTINGS)
    assert [reading.passed for reading in readings] == [False] * 4


def test_a_narrow_miss_is_held_and_a_wide_one_rejected():
    assert outcome(sequence_gates(SequenceCandidate(0.45, 2.0, 1.0, None), SETTINGS)) is Outcome.HELD
    assert outcome(sequence_gates(SequenceCandidate(0.2, 2.0, 1.0, None), SETTINGS)) is Outcome.REJECTED
    assert outcome(sequence_gates(SequenceCandidate(0.45, 0.1, 1.0, None), SETTINGS)) is Outcome.REJECTED


def test_the_flip_names_what_was_missing_or_what_was_weakest():
    failed = smallest_flip(sequence_gates(SequenceCandidate(0.4, 0.2, 1.0, None), SETTINGS))
    assert "0.10 more confidence" in failed and "0.80 s more time in view" in failed
    raised = smallest_flip(sequence_gates(SequenceCandidate(0.51, 20.0, 1.0, None), SETTINGS))
    assert "Margin: 0.01 above the threshold of confidence" in raised


@given(st.floats(0, 1), st.floats(0, 60), st.floats(0, 1), st.none() | st.floats(0, 1e6))
def test_applying_the_flip_of_a_failure_raises_it(max_conf, seen_s, outside_share, since_same_s):
    candidate = SequenceCandidate(max_conf, seen_s, outside_share, since_same_s)
    readings = sequence_gates(candidate, SETTINGS)
    moved = [at_least(r.gate, r.threshold if not r.passed else r.value, r.threshold, r.unit) for r in readings]
    assert outcome(moved) is Outcome.RAISED


def test_masks_are_read_at_the_feet():
    lower_half = (((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)),)
    assert not outside_masks((10, 10, 30, 90), (100, 100), lower_half)
    assert outside_masks((10, 10, 30, 40), (100, 100), lower_half)


def test_a_person_cannot_be_the_same_at_the_other_end_of_the_picture():
    here, near, far = (0, 0, 40, 100), (60, 0, 100, 100), (560, 0, 600, 100)
    assert same_place(here, near, SECOND)
    assert not same_place(here, far, SECOND)
    assert same_place(here, far, 5 * SECOND)

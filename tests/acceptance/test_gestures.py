"""Gestures as the reference system promised them: S7, S8 and S10. S9 over HTTP is in `tests/engine/gateway/test_gestures.py`."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from engine.model.people.commands import TeachGesture
from engine.model.people.gesture import Gesture, GestureMode
from engine.vision.gestures.library import GestureLibrary
from engine.vision.gestures.parsing import as_take
from tests.engine.pipeline.test_gestures import Run
from tests.engine.runtime.test_gestures_side import Site
from tests.engine.vision.gestures.performances import push_both, raise_right, rest, spread, take


@pytest.fixture(scope="module")
def taught() -> tuple[Gesture, ...]:
    """Two gestures, each from one sequence of 30 × 99 numbers."""
    site = Site()
    for label, shape in (("help", raise_right), ("push", push_both)):
        landmarks = take(shape, 3, lasts_s=29 / 30).landmarks
        data = base64.b64encode(landmarks.astype("<f4").tobytes()).decode()
        site.side.teach(TeachGesture(label, data=data, num_frames=30), "reference")
    return tuple(site.record.known.values())


@pytest.mark.parametrize("lasts_s", [0.87, 0.97, 1.07])
def test_s7_a_gesture_of_30_frames_is_known_again_a_tenth_faster_or_slower(taught: tuple[Gesture, ...], lasts_s: float):
    (event,) = Run(taught).begin().perform([(rest, 1.0), (raise_right, lasts_s), (rest, 1.2)], fps=12, seed=11)
    assert event.label == "help" and event.confidence >= 0.70


def test_s8_of_a_thousand_random_movements_at_most_one_in_a_hundred_is_taken_for_a_gesture(taught: tuple[Gesture, ...]):
    dice, library = np.random.default_rng(8), GestureLibrary([replace(gesture, mode=GestureMode.ARMED) for gesture in taught])
    body = take(rest, 0, lasts_s=1.0, noise=0.0).landmarks[0]
    taken = 0
    for _ in range(1000):
        steps = dice.normal(0, dice.uniform(1, 12), (31, 33, 3)).cumsum(axis=0)
        taken += library.classify(as_take((body + steps).astype(np.float32), 30.0))[0].accepted
    assert taken <= 10


def test_s8_stillness_and_other_movements_are_no_gesture(taught: tuple[Gesture, ...]):
    assert Run(taught).begin().perform([(rest, 3.0), (spread, 1.0), (rest, 1.5)], fps=12, seed=11) == []


def test_s10_thirty_frames_of_one_performance_are_one_event_and_two_gestures_two(taught: tuple[Gesture, ...]):
    events = Run(taught).begin().perform([(rest, 0.7), (raise_right, 1.0), (rest, 1.0), (push_both, 1.0), (rest, 1.2)], fps=30, seed=11)
    assert [event.label for event in events] == ["help", "push"]

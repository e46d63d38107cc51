"""Performances in longer recordings."""

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.people.gesture import Gesture, Take
from engine.vision.gestures.learning import learn
from engine.vision.gestures.library import GestureLibrary
from engine.vision.gestures.search import search, trimmed
from tests.engine.vision.gestures import performances as made


def _recording(gesture: made.Gesture, before_s: float = 1.2, after_s: float = 0.9, fps: float = 15, seed: int = 0) -> Take:
    frames = list(made.stream([(made.rest, before_s), (gesture, 1.0), (made.rest, after_s)], fps, seed))
    return Take(np.array([at_s for at_s, _ in frames], np.float32), np.stack([body for _, body in frames]))


@pytest.mark.parametrize("fps", [8, 15, 30])
def test_rest_at_both_ends_is_cut_off(fps: int):
    short = trimmed(_recording(made.raise_right, fps=fps))
    assert short.at_s[0] == 0 and 0.7 <= short.lasts_s <= 1.4
    assert trimmed(short).lasts_s == pytest.approx(short.lasts_s, abs=0.3)


def test_takes_recorded_at_leisure_teach_a_gesture_that_is_found_again():
    takes = [trimmed(_recording(made.raise_right, before_s=0.8 + 0.3 * row, seed=row)) for row in range(3)]
    others = [trimmed(_recording(made.spread, seed=9))]
    gestures = [Gesture("raise", "raise", tuple(takes), learn(takes, others), 0)]
    gestures.append(Gesture("spread", "spread", tuple(others), learn(others, takes, fewest=1), 0))
    best, second = search(GestureLibrary(gestures), _recording(made.raise_right, seed=20))
    assert (best.gesture_id, best.accepted, second.accepted) == ("raise", True, False)
    assert not any(like.accepted for like in search(GestureLibrary(gestures), _recording(made.push_both, seed=21)))


def test_nothing_to_look_for_or_in():
    assert search(GestureLibrary([]), _recording(made.spread)) == ()
    with pytest.raises(InputError):
        trimmed(Take(np.zeros(3, np.float32), np.zeros((3, 33, 3), np.float32)))

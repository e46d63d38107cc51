"""One event per performance, at any frame rate."""

import json
from collections.abc import Iterable

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.gesture import Gesture
from engine.vision.gestures.learning import learn
from engine.vision.gestures.library import GestureLibrary
from engine.vision.gestures.watch import GestureHit, GestureWatch
from tests.engine.vision.gestures import performances as made

START_NS = 1_790_000_000_000_000_000
SEEN = np.ones(33, np.float32)
GESTURES = {"raise": made.raise_right, "push": made.push_both, "spread": made.spread}
RESTED = (made.rest, 2)
PARTS = [RESTED, (made.raise_right, 1.1), RESTED, (made.spread, 1), (made.rest, 1.5), (made.push_both, 0.95), RESTED]


@pytest.fixture(scope="module")
def library() -> GestureLibrary:
    takes = {name: tuple(made.take(gesture, 10 + row, lasts_s=1 + 0.05 * row) for row in range(3)) for name, gesture in GESTURES.items()}
    others = {name: [take for other in takes if other != name for take in takes[other]] for name in takes}
    return GestureLibrary([Gesture(name, name, takes[name], learn(takes[name], others[name]), 0) for name in takes])


def _hits(watch: GestureWatch, frames: Iterable[tuple[float, Floats]], visibility: Floats = SEEN) -> list[GestureHit]:
    return [hit for at_s, body in frames for hit in watch.take(START_NS + int(at_s * 1e9), body, visibility)]


@pytest.mark.parametrize("fps", [8, 12, 15, 30])
def test_s10_each_performance_is_one_hit(library: GestureLibrary, fps: int):
    hits = _hits(GestureWatch(library), made.stream(PARTS, fps))
    assert [hit.gesture_id for hit in hits] == ["raise", "spread", "push"]
    ends_s = [(hit.end_ns - START_NS) / 1e9 for hit in hits]
    assert ends_s == pytest.approx([3.1, 6.1, 8.55], abs=0.3)
    assert all(0.70 <= hit.confidence <= 1 and hit.start_ns < hit.end_ns for hit in hits)


def test_s10_dropped_frames_change_nothing(library: GestureLibrary):
    dice = np.random.default_rng(4)
    frames = [frame for frame in made.stream(PARTS, 20) if dice.random() > 0.25]
    assert [hit.gesture_id for hit in _hits(GestureWatch(library), frames)] == ["raise", "spread", "push"]


def test_a_gesture_done_twice_is_two_hits(library: GestureLibrary):
    parts = [(made.rest, 1), (made.raise_right, 1), (made.rest, 1), (made.raise_right, 1), (made.rest, 1)]
    assert [hit.gesture_id for hit in _hits(GestureWatch(library), made.stream(parts, 15))] == ["raise", "raise"]


def test_standing_and_wandering_limbs_are_none(library: GestureLibrary):
    dice = np.random.default_rng(5)
    wander = np.cumsum(dice.normal(0, 4, (450, 33, 3)), axis=0)
    wander -= np.linspace(0, 1, 450)[:, None, None] * wander[-1]
    walk = [(row / 15, (made.REST * 120 + wander[row]).astype(np.float32)) for row in range(450)]
    assert _hits(GestureWatch(library), made.stream([(made.rest, 10)], 15, noise=0.04)) == []
    assert _hits(GestureWatch(library), walk) == []


def test_a_body_that_was_lost_is_not_patched_together(library: GestureLibrary):
    """Half a gesture, a second of nothing, the other half."""
    whole = made.stream([(made.rest, 1), (made.raise_right, 1), (made.rest, 1)], 15)
    frames = [(at_s + (1.0 if at_s > 1.5 else 0), body) for at_s, body in whole]
    assert _hits(GestureWatch(library), frames) == []


def test_hidden_shoulders_and_nonsense_are_passed_over(library: GestureLibrary):
    hidden = SEEN.copy()
    hidden[11] = 0.1
    watch = GestureWatch(library)
    assert _hits(watch, made.stream(PARTS, 15), hidden) == []
    assert watch.take(START_NS, np.full((33, 3), np.nan, np.float32), SEEN) == ()


def test_frames_out_of_order_are_passed_over(library: GestureLibrary):
    frames = list(made.stream(PARTS, 15))
    mixed = [frame for pair in zip(frames, [frames[0]] * len(frames), strict=True) for frame in pair]
    assert [hit.gesture_id for hit in _hits(GestureWatch(library), mixed)] == ["raise", "spread", "push"]


@pytest.mark.parametrize("cut_s", [2.7, 3.2, 5.9])
def test_a_restored_watch_goes_on_as_the_first_would(library: GestureLibrary, cut_s: float):
    frames = list(made.stream(PARTS, 15))
    first, second = GestureWatch(library), GestureWatch(library)
    before = _hits(first, [frame for frame in frames if frame[0] < cut_s])
    second.restore(json.loads(json.dumps(first.state())))
    rest = [frame for frame in frames if frame[0] >= cut_s]
    assert _hits(second, rest) == _hits(first, rest)
    assert len(before) < 3 and second.state() == first.state()


@pytest.mark.parametrize("spoil", [{}, {"recent": {"at_ns": [1], "landmarks": "AAAA"}}, {"recent": {"at_ns": 1}}, {"pending": 3}])
def test_a_damaged_state_is_refused(library: GestureLibrary, spoil: dict[str, object]):
    state = GestureWatch(library).state() | spoil if spoil else {}
    with pytest.raises(InputError):
        GestureWatch(library).restore(state)


def test_a_gesture_that_is_removed_no_longer_hits(library: GestureLibrary):
    watch = GestureWatch(library)
    frames = list(made.stream(PARTS, 15))
    assert _hits(watch, [frame for frame in frames if frame[0] < 3.2]) == []
    watch.use(GestureLibrary([]))
    assert _hits(watch, [frame for frame in frames if frame[0] >= 3.2]) == []

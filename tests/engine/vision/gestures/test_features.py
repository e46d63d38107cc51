"""What a movement is does not depend on where, how far away, how turned, how large or how fast it was seen."""

import numpy as np
import pytest

from engine.vision.gestures.features import ENERGY, FRAMES
from engine.vision.gestures.matching import distances, ranks, stacked
from engine.vision.gestures.takes import whole
from tests.engine.vision.gestures import performances as made

REFERENCE = stacked([whole(made.take(made.raise_right, 0))])


def _away(**changes: object) -> float:
    return float(distances(whole(made.take(made.raise_right, 1, **changes)), REFERENCE)[0])


@pytest.mark.parametrize(
    "changes",
    [{"at": (60, 900)}, {"scale": 30.0}, {"scale": 900.0}, {"facing": 1.2}, {"facing": -2.5}, {"lasts_s": 1.6}, {"fps": 8.0}],
    ids=str,
)
def test_is_the_same_from_elsewhere(changes: dict[str, object]):
    other = float(distances(whole(made.take(made.push_both, 2, **changes)), REFERENCE)[0])
    assert _away(**changes) < 0.03 < 0.3 < other


def test_a_lost_frame_changes_little():
    take = made.take(made.raise_right, 3, fps=15)
    kept = np.delete(np.arange(len(take.at_s)), [4, 5, 9])
    thinned = type(take)(take.at_s[kept], take.landmarks[kept])
    assert float(distances(whole(thinned), REFERENCE)[0]) < 0.03


def _half(phase: float) -> np.ndarray:
    return made.REST + 0.5 * (made.raise_right(phase) - made.REST)


def test_all_movements_are_made_about_equally_large():
    for gesture in (made.raise_right, made.push_both, made.spread):
        moved = whole(made.take(gesture, 4))
        spread = float(np.square(moved.frames - moved.frames.mean(axis=0)).sum(axis=1).mean())
        assert moved.frames.shape == (FRAMES, 15 * 9) and 0.5 * ENERGY < spread < 2 * ENERGY
    small, large = whole(made.take(_half, 4, noise=0.0)), whole(made.take(made.raise_right, 4, noise=0.0))
    assert small.energy < 0.4 * large.energy and float(distances(small, REFERENCE)[0]) < 0.2


def test_postures_keep_how_large_a_movement_was():
    """Of two gestures that come equally near, the one with the same postures is it."""
    both = stacked([whole(made.take(_half, 1)), whole(made.take(made.raise_right, 1))])
    for row, gesture in enumerate((_half, made.raise_right)):
        query = whole(made.take(gesture, 7))
        assert int(ranks(query, both, np.full(2, 0.1, np.float32)).argmin()) == row


def test_directions_of_bones_are_the_same_from_elsewhere():
    near, far = (whole(made.take(made.push_both, 2, noise=0.0, **view)).postures for view in ({}, {"scale": 30.0, "facing": 1.2}))
    assert np.abs(near - far).max() < 1e-3 and np.abs(near).max() <= 1.0


def test_standing_still_has_hardly_any_energy():
    assert whole(made.take(made.rest, 5, noise=0.03)).energy < 0.3 < 2.0 < whole(made.take(made.push_both, 5)).energy


@pytest.mark.parametrize("landmarks", [np.zeros((30, 33, 3)), np.full((30, 33, 3), 7.0)], ids=["nothing", "one point"])
def test_no_body_is_no_movement(landmarks: np.ndarray):
    take = made.take(made.raise_right, 6)
    assert whole(type(take)(take.at_s[:30], landmarks.astype(np.float32))).energy == 0.0

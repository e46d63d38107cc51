"""What a gesture may be learned from, and what its threshold then lets in."""

from dataclasses import replace

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.people.gesture import Gesture, GestureMode, Take
from engine.vision.gestures.learning import learn
from engine.vision.gestures.library import GestureLibrary
from engine.vision.gestures.takes import whole
from tests.engine.vision.gestures import performances as made

GESTURES = {"raise": made.raise_right, "push": made.push_both, "spread": made.spread}


def takes_of(name: str, count: int = 3) -> tuple[Take, ...]:
    return tuple(made.take(GESTURES[name], 10 + row, lasts_s=1 + 0.05 * row, facing=0.1 * row) for row in range(count))


@pytest.fixture(scope="module")
def taught() -> list[Gesture]:
    kept: list[Gesture] = []
    for name in GESTURES:
        others = [take for other in GESTURES if other != name for take in takes_of(other)]
        kept.append(Gesture(name, name, takes_of(name), learn(takes_of(name), others), 0))
    return kept


def _random_sequences(count: int) -> list[Take]:
    """Noise in the unit box as the reference draws it, wandering joints, swinging joints, trembling bodies: in turn."""
    dice = np.random.default_rng(3)
    at_s = (np.arange(30) / 30).astype(np.float32)
    body = made.REST * 120
    turns = np.linspace(0, 2 * np.pi, 30)[:, None, None]
    drawn = (
        lambda: dice.random((30, 33, 3)),
        lambda: body + np.cumsum(dice.normal(0, 5, (30, 33, 3)), axis=0),
        lambda: body + 60 * np.sin(turns * dice.uniform(0.3, 2, (1, 33, 3)) + dice.uniform(0, 6, (1, 33, 3))),
        lambda: body + dice.normal(0, 3, (30, 33, 3)),
    )
    return [Take(at_s, drawn[row % 4]().astype(np.float32)) for row in range(count)]


@pytest.mark.parametrize("warp", [-0.1, 0.1])
@pytest.mark.parametrize("lasts_s", [0.9, 1.0, 1.1])
@pytest.mark.parametrize("name", list(GESTURES))
def test_s7_a_replay_ten_percent_faster_or_slower_matches(taught: list[Gesture], name: str, lasts_s: float, warp: float):
    best = GestureLibrary(taught).classify(made.take(GESTURES[name], 77, lasts_s=lasts_s, warp=warp))[0]
    assert (best.gesture_id, best.accepted) == (name, True) and best.confidence >= 0.70


def test_s7_one_sequence_of_thirty_frames_is_enough_for_a_programme():
    (take,) = takes_of("raise", 1)
    gesture = Gesture("raise", "raise", (take,), learn([take], fewest=1), 0)
    assert GestureLibrary([gesture]).classify(made.take(made.raise_right, 5, lasts_s=1.1))[0].accepted
    assert not GestureLibrary([gesture]).classify(made.take(made.spread, 5))[0].accepted


def test_s8_random_motion_stillness_and_other_gestures_do_not_match(taught: list[Gesture]):
    library = GestureLibrary(taught)
    accepted = sum(any(like.accepted for like in library.classify(take)) for take in _random_sequences(1_000))
    assert accepted <= 10
    alone = GestureLibrary(taught[:1])
    assert not any(alone.classify(made.take(gesture, 8))[0].accepted for gesture in (made.push_both, made.spread, made.rest))


def test_the_threshold_reads_as_exactly_070(taught: list[Gesture]):
    take = made.take(made.raise_right, 9, noise=0.05)
    distance = GestureLibrary(taught[:1]).classify(take)[0].distance
    at = GestureLibrary([replace(taught[0], threshold=distance)]).classify(take)[0]
    assert at.confidence == 0.70 and at.accepted
    beyond = GestureLibrary([replace(taught[0], threshold=distance * 0.99)]).classify(take)[0]
    assert beyond.confidence < 0.70 and not beyond.accepted


def test_everyday_movement_that_comes_near_lowers_the_threshold():
    free = learn(takes_of("raise"))
    walk = [made.take(made.raise_right, 30 + row, lasts_s=1.2, noise=0.12) for row in range(2)]
    assert learn(takes_of("raise"), background=walk) < free


def test_gestures_that_are_off_are_not_looked_for(taught: list[Gesture]):
    library = GestureLibrary([replace(taught[0], mode=GestureMode.OFF), *taught[1:]])
    assert library.ids == ("push", "spread")
    assert GestureLibrary([]).classify(made.take(made.spread, 8)) == ()


def _half(phase: float) -> np.ndarray:
    return made.REST + 0.5 * (made.raise_right(phase) - made.REST)


def test_the_gesture_of_the_same_size_is_named_though_another_is_nearer():
    """Both are near enough. The large one was taught with trembling landmarks, so that by the distance alone it is the small one."""
    small, large = (
        tuple(made.take(shape, row, noise=noise) for row in (1, 2)) for shape, noise in ((_half, 0.01), (made.raise_right, 0.05))
    )
    library = GestureLibrary([Gesture("small", "small", small, 0.4, 0), Gesture("large", "large", large, 0.4, 0)])
    performed = made.take(made.raise_right, 9)
    best, other = library.classify(performed)
    assert (best.gesture_id, other.gesture_id) == ("large", "small") and best.accepted and best.distance > other.distance
    assert library.accepted([(performed.lasts_s, whole(performed))], 1.35) == [best]


def _with(take: Take, **changes: object) -> Take:
    return replace(take, **changes)


def _spoiled(kind: str) -> list[Take]:
    good, bad = takes_of("raise", 2)
    landmarks = bad.landmarks.copy()
    if kind == "nan":
        landmarks[3, 5, 1] = np.nan
    spoiled = {
        "nan": _with(bad, landmarks=landmarks),
        "joints": _with(bad, landmarks=landmarks[:, :32]),
        "flat": _with(bad, landmarks=landmarks.reshape(len(landmarks), 99)),
        "few": _with(bad, at_s=bad.at_s[:7], landmarks=landmarks[:7]),
        "times": _with(bad, at_s=bad.at_s[:-1]),
        "falling": _with(bad, at_s=bad.at_s[::-1].copy()),
        "short": _with(bad, at_s=bad.at_s / 10),
        "long": _with(bad, at_s=bad.at_s * 10),
        "gap": _with(bad, at_s=bad.at_s + np.where(bad.at_s > 0.5, 0.6, 0).astype(np.float32)),
        "still": made.take(made.rest, 3),
        "huge": _with(bad, landmarks=landmarks * 1e9),
    }
    return [good, spoiled[kind]]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        *((kind, "landmarks") for kind in ("nan", "joints", "flat", "few", "still", "huge")),
        *((kind, "at_s") for kind in ("times", "falling", "short", "long", "gap")),
    ],
)
def test_s9_a_bad_take_is_refused_by_name(kind: str, field: str):
    with pytest.raises(InputError) as refused:
        learn(_spoiled(kind))
    assert refused.value.field == f"takes.1.{field}"


@pytest.mark.parametrize("count", [0, 1, 6])
def test_too_few_or_many_takes_are_refused(count: int):
    with pytest.raises(InputError, match="2 to 5"):
        learn(takes_of("raise", count))


def test_takes_that_are_different_gestures_are_refused():
    with pytest.raises(InputError, match="differ"):
        learn([made.take(made.raise_right, 1), made.take(made.push_both, 2)], [made.take(made.raise_right, 3)])

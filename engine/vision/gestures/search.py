"""Finding a performance in a recording that holds more than it: the countdown before a take, the walk back after it."""

from collections.abc import Iterator

import numpy as np

from engine.model.errors import InputError
from engine.model.people.gesture import Take
from engine.vision.gestures.features import Array, Movement, movement
from engine.vision.gestures.library import GestureLibrary, Likeness
from engine.vision.gestures.skeleton import skeleton_of
from engine.vision.gestures.takes import FEWEST_FRAMES, SHORTEST_S, check_stretch

_PACES = (0.75, 0.9, 1.1, 1.3)
_STEP_S = 0.1
_MOVING = 0.12  # of the fastest moment: slower is rest, before and after
_MARGIN_S = 0.1
_SMOOTHED_S = 0.2


def search(library: GestureLibrary, take: Take) -> tuple[Likeness, ...]:
    """The nearest that any stretch of a recording comes to each gesture, the nearest first: for trying a gesture out, and for showing
    which others come close.

    Raises:
        InputError: it is no stretch of landmarks.
    """
    check_stretch(take)
    best: dict[str, Likeness] = {}
    for moved in _stretches(take, library):
        for like in library.likenesses(moved):
            if like.gesture_id not in best or like.distance < best[like.gesture_id].distance:
                best[like.gesture_id] = like
    return tuple(sorted(best.values(), key=lambda like: like.distance))


def trimmed(take: Take) -> Take:
    """Without the rest at both ends, so that a take may be recorded at leisure.

    Raises:
        InputError: it is no stretch of landmarks.
    """
    check_stretch(take)
    at_s = np.asarray(take.at_s, np.float64)
    speed = _speed(at_s, take)
    moving = np.flatnonzero(speed > _MOVING * max(float(speed.max()), 1e-9))
    if not len(moving):
        return take
    kept = (at_s >= at_s[moving[0]] - _MARGIN_S) & (at_s <= at_s[moving[-1]] + _MARGIN_S)
    if np.count_nonzero(kept) < FEWEST_FRAMES:
        raise InputError("landmarks", "holds too short a movement. Perform the gesture while the take is recorded.")
    return Take((take.at_s[kept] - take.at_s[kept][0]).astype(np.float32), take.landmarks[kept])


def _stretches(take: Take, library: GestureLibrary) -> Iterator[Movement]:
    at_s = np.asarray(take.at_s, np.float64)
    first_s, last_s = float(at_s[0]), float(at_s[-1])
    yield movement(at_s, take.landmarks, first_s, last_s)
    for length_s in sorted({round(pace * lasts_s, 1) for lasts_s in library.lasts_s.tolist() for pace in _PACES}):
        for start_s in np.arange(first_s, last_s - max(length_s, SHORTEST_S) + 1e-9, _STEP_S).tolist():
            yield movement(at_s, take.landmarks, start_s, start_s + length_s)


def _speed(at_s: Array, take: Take) -> Array:
    """(T,) how far the limbs move around the hips in a fifth of a second around each frame; trembling alone is slower than this shows."""
    skeleton = skeleton_of(take.landmarks.shape[1])
    limbs = take.landmarks[:, list(skeleton.limbs)] - take.landmarks[:, list(skeleton.hips)].mean(axis=1, keepdims=True)
    flat = limbs.reshape(len(limbs), -1).astype(np.float64)
    ahead, behind = (_at(at_s, flat, at_s + shift) for shift in (_SMOOTHED_S / 2, -_SMOOTHED_S / 2))
    return np.sqrt(np.square(ahead - behind).sum(axis=1))


def _at(at_s: Array, flat: Array, wanted_s: Array) -> Array:
    columns: list[Array] = [np.interp(wanted_s, at_s, flat[:, column]) for column in range(flat.shape[1])]
    return np.stack(columns, axis=1)

"""What a performance has to be to be learned from, and what is made of it."""

from collections.abc import Sequence

import numpy as np

from engine.model.errors import InputError
from engine.model.people.gesture import Take
from engine.vision.gestures.features import Array, Movement, movement
from engine.vision.gestures.skeleton import skeleton_of

MOST_TAKES = 5
SHORTEST_S, LONGEST_S = 0.4, 4.0
FEWEST_FRAMES = 8  # a second of a camera that gives eight pictures a second
_MOST_FRAMES = 1_000
_LONGEST_GAP_S = 0.35  # of the time axis without a frame: what was done there, nobody knows
LEAST_ENERGY = 1.0  # torso lengths squared; standing still is below a tenth of it, a hand lifted to the chest above two
_LARGEST = 1e6


def validated(takes: Sequence[Take], fewest: int = 2) -> tuple[Movement, ...]:
    """The takes as movements.

    Raises:
        InputError: `takes` has too few or too many, or `takes.<n>…` is none: wrong shape, not a number, too short or long, too few
            frames or too wide a gap between two, not moving.
    """
    if not fewest <= len(takes) <= MOST_TAKES:
        raise InputError("takes", f"A gesture is learned from {fewest} to {MOST_TAKES} takes; there are {len(takes)}.")
    return tuple(_movement(take, f"takes.{number}") for number, take in enumerate(takes))


def whole(take: Take) -> Movement:
    """All of a stretch that is known to be one."""
    at_s = np.asarray(take.at_s, np.float64)
    return movement(at_s, take.landmarks, float(at_s[0]), float(at_s[-1]))


def check_stretch(take: Take, field: str = "") -> None:
    """
    Raises:
        InputError: it is no stretch of landmarks: `at_s` or `landmarks` (below `field`) have a wrong shape or hold no numbers.
    """
    prefix = field and field + "."
    if take.landmarks.ndim != 3 or take.landmarks.shape[2] != 3:
        raise InputError(f"{prefix}landmarks", f"must have the shape (frames, joints, 3), not {take.landmarks.shape}")
    skeleton_of(take.landmarks.shape[1], f"{prefix}landmarks")
    if take.at_s.shape != (len(take.landmarks),):
        raise InputError(f"{prefix}at_s", f"must have one time a frame: {len(take.landmarks)}, not {take.at_s.shape}")
    if not FEWEST_FRAMES <= len(take.landmarks) <= _MOST_FRAMES:
        raise InputError(f"{prefix}landmarks", f"must have {FEWEST_FRAMES} to {_MOST_FRAMES} frames, not {len(take.landmarks)}")
    if not (np.isfinite(take.landmarks).all() and np.abs(take.landmarks).max() <= _LARGEST):
        raise InputError(f"{prefix}landmarks", "holds values that are no coordinates")
    if not (np.isfinite(take.at_s).all() and (np.diff(take.at_s) > 0).all()):
        raise InputError(f"{prefix}at_s", "must rise from frame to frame")


def _movement(take: Take, field: str) -> Movement:
    check_stretch(take, field)
    _check_times(np.asarray(take.at_s, np.float64), field)
    found = whole(take)
    if found.energy < LEAST_ENERGY:
        raise InputError(f"{field}.landmarks", "hardly moves. Perform the gesture while the take is recorded.")
    return found


def _check_times(at_s: Array, field: str) -> None:
    lasts_s = float(at_s[-1] - at_s[0])
    if not SHORTEST_S <= lasts_s <= LONGEST_S:
        raise InputError(f"{field}.at_s", f"lasts {lasts_s:.1f} s; a take lasts {SHORTEST_S:g} to {LONGEST_S:g} s")
    if float(np.diff(at_s).max()) > _LONGEST_GAP_S:
        raise InputError(f"{field}.at_s", f"has a gap of {np.diff(at_s).max():.2f} s; the person was out of sight. Record it again.")

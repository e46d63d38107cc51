"""How near a movement has to come to a gesture: learned for each gesture, from its takes and from what is not it.

Two distances say it: how far its takes are from each other, and how near anything else comes: other gestures, recorded everyday
movement, and movement made of the takes themselves, with the same limbs, sizes and speeds in another order. The threshold is their
geometric mean, and never beyond the second. Chosen by cross-validation on three subjects of MSR Action3D: of actions that were taught to
nobody, 5 % are accepted.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.people.gesture import Take
from engine.vision.gestures.features import Movement, movement
from engine.vision.gestures.matching import distances, stacked
from engine.vision.gestures.skeleton import skeleton_of
from engine.vision.gestures.takes import LEAST_ENERGY, SHORTEST_S, check_stretch, validated, whole

_USUAL_WITHIN = 0.12  # one person's takes, on the same recordings: what is assumed where there is only one take
_FARTHEST_OUTSIDE = 0.45  # having met little else does not make the world empty
_BELOW = 0.99  # of the nearest strange movement: that one is never accepted
_MIXED = 1.5  # takes that are so much farther apart than the nearest strange movement teach nothing
_QUARTER = 0.25
_LEAST = 0.08  # nobody repeats a gesture more exactly
_SURROGATES = 8
_STEP = 0.5  # of a window's length, when everyday movement is cut into windows


def learn(takes: Sequence[Take], others: Sequence[Take] = (), background: Sequence[Take] = (), fewest: int = 2) -> float:
    """The threshold of a gesture.

    Args:
        takes: `fewest` to 5 of it, each about a second long.
        others: takes of other gestures. background: stretches of everyday movement, of any length; both may be empty.
        fewest: 1 where a programme teaches what it has recorded elsewhere.

    Raises:
        InputError: a take is none (see `takes.validated`); `others`, `background`: no stretches of landmarks; `takes`: they differ far
            more from each other than from something else, so nothing would tell the gesture from it.
    """
    own = validated(takes, fewest)
    for name, stretches in (("others", others), ("background", background)):
        for number, stretch in enumerate(stretches):
            check_stretch(stretch, f"{name}.{number}")
    joints = takes[0].landmarks.shape[1]
    if any(stretch.landmarks.shape[1] != joints for stretch in (*takes, *others, *background)):
        raise InputError("takes", "All takes must come from the same kind of skeleton.")
    strange = [whole(other) for other in others]
    strange += _windows(background, float(np.median([take.lasts_s for take in takes])))
    threshold, alike = threshold_of(own, strange, tuple(_surrogates(takes)))
    if not alike:
        raise InputError(
            "takes", "They differ far more from each other than from other movements. Perform the gesture the same way each time."
        )
    return threshold


def threshold_of(own: Sequence[Movement], strange: Sequence[Movement], made: Sequence[Movement] = ()) -> tuple[float, bool]:
    """The threshold, and whether the own movements are alike enough for it to be worth something.

    Of what is strange, the nearest counts; of what was `made` from the takes, the nearest quarter, for chance makes some like them."""
    within, outside = _within(own), min([_FARTHEST_OUTSIDE, *_nearest(own, strange)])
    if made:
        outside = min(outside, float(np.quantile(_nearest(own, made), _QUARTER)))
    return max(min(float(np.sqrt(within * outside)), _BELOW * outside), _LEAST), within <= _MIXED * outside


def _within(own: Sequence[Movement]) -> float:
    """How far a take usually is from the nearest other one."""
    if len(own) < 2:
        return _USUAL_WITHIN
    templates = stacked(own)
    nearest: list[float] = []
    for row, take in enumerate(own):
        found = distances(take, templates)
        found[row] = np.inf
        nearest.append(float(found.min()))
    return max(float(np.median(nearest)), _LEAST)


def _nearest(own: Sequence[Movement], strange: Sequence[Movement]) -> list[float]:
    """How near each comes to any of the own; what hardly moves is not taken for a gesture anyway."""
    templates = stacked(own)
    return [float(distances(one, templates).min()) for one in strange if one.energy >= LEAST_ENERGY] or [_FARTHEST_OUTSIDE]


def _windows(background: Sequence[Take], lasts_s: float) -> Iterator[Movement]:
    lasts_s = max(lasts_s, SHORTEST_S)
    for stretch in background:
        at_s = np.asarray(stretch.at_s, np.float64)
        for start_s in np.arange(at_s[0], at_s[-1] - lasts_s + 1e-9, lasts_s * _STEP).tolist():
            yield movement(at_s, stretch.landmarks, start_s, start_s + lasts_s)


def _surrogates(takes: Sequence[Take]) -> Iterator[Movement]:
    """The same limbs moving as far and as fast, but not in this order: phases of every coordinate's spectrum drawn anew (Theiler et al.,
    Physica D 58, 1992). Drawn from one seed, so that the same takes give the same threshold."""
    dice = np.random.default_rng(0)
    for take in takes:
        for _ in range(_SURROGATES):
            yield whole(Take(take.at_s, _other_phases(take.landmarks, dice)))


def _other_phases(landmarks: Floats, dice: np.random.Generator) -> Floats:
    """Of the joints around the hips, which go where they went."""
    hips = landmarks[:, list(skeleton_of(landmarks.shape[1]).hips)].mean(axis=1, keepdims=True)
    body = (landmarks - hips).astype(np.float64)
    middle = body.mean(axis=0, keepdims=True)
    spectrum = np.fft.rfft(body - middle, axis=0)
    turns = np.exp(2j * np.pi * dice.random((len(spectrum), landmarks.shape[1], 1)))
    return (np.fft.irfft(spectrum * turns, n=len(landmarks), axis=0) + middle + hips).astype(np.float32)

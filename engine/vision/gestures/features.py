"""A stretch of body movement as numbers that do not depend on where the body is, how far away, which way it faces or how fast it moved.

Chosen by cross-validation on three of the five subjects of MSR Action3D (train on two, try on the third; and train on one, try on two),
and on takes 1 and 3 (train on one, try on the other); the rest was kept for the final figures. `docs/benchmarks.md` has them.
"""

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.gestures.skeleton import Skeleton, skeleton_of

Array = npt.NDArray[np.float64]

FRAMES = 30  # a stretch becomes so many moments, evenly spaced in time
ENERGY = 20.0  # every movement is brought to it, before its limbs are weighed
_SMOOTHED_S = 0.05  # a moment is the mean of itself and of what was so long before and after: landmarks tremble
_DEPTH = 0.7  # depth is the least certain coordinate of every skeleton
_USUAL_ENERGY = 20.0  # about the mean of MSR Action3D, in torso lengths squared: how large a posture is beside a movement
_KINDS = (1.0, 1.0, 0.5)  # how fast limbs go, how far they went from where they began, and where they are
_SPEED = 49.0  # of the energy of speed, torso lengths per moment, in that of a movement
_PLACE = 1.25  # of the energy of places
# What tells gestures apart, rounded: how much farther different gestures are from each other than takes of one, measured on takes 1
# and 3 of subjects 1, 3 and 5. Head, shoulders, elbows, wrists, hands, knees, ankles, feet; across, up, ahead.
_LIMBS = (1.2, 1.1, 1.1, 1.5, 1.5, 2.0, 2.0, 2.0, 2.0, 1.2, 1.2, 1.3, 1.3, 1.4, 1.4)
_AXES = (1.0, 1.35, 1.1)
_WEIGHTS: Array = np.sqrt(np.outer(_LIMBS, _AXES) / np.outer(_LIMBS, _AXES).mean()).ravel()
_LEAST_TORSO, _LEAST_BONE = 1e-6, 1e-3
_HIPS = -1
# From limb to limb: trunk, shoulders, upper arms, forearms, hands, thighs, shanks.
_BONES = ((_HIPS, 0), (1, 2), (1, 3), (3, 5), (2, 4), (4, 6), (5, 7), (6, 8), (_HIPS, 9), (_HIPS, 10), (9, 11), (10, 12))


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What matching compares.

    Attributes:
        frames: (30, D) float32; their mean squared distance from their mean is about `ENERGY`: a wide wave and a small one are the same.
        energy: how much was moved, in torso lengths squared. 0 when nothing was, or when nothing can be made of the stretch (numbers
            that are none); frames are zeros then.
        postures: (30, P) float32, the directions of the bones, which keep how large a movement was: a person repeats that.
        places: (30, Q) float32, where the limbs are, in torso lengths: as large as it was, too.
    """

    frames: Floats
    energy: float
    postures: Floats
    places: Floats


def movement(at_s: Array, landmarks: Floats, start_s: float, end_s: float) -> Movement:
    """The stretch from `start_s` to `end_s` of landmarks (T, J, 3) at rising times (T,)."""
    skeleton = skeleton_of(landmarks.shape[1])
    limbs = _in_torso_lengths(_sampled(at_s, landmarks, np.linspace(start_s, end_s, FRAMES)), skeleton)
    places = (limbs * (1.0, 1.0, _DEPTH)).reshape(FRAMES, -1)
    speeds = _differences(places)
    energy = _PLACE * _energy(places) + _SPEED * _energy(speeds)
    if not np.isfinite(energy) or energy <= 0.0:
        return _nothing(places.shape[1])
    kinds = (_evened(kind, share) * _WEIGHTS for kind, share in zip((speeds, places - places[0], places), _KINDS, strict=True))
    frames, postures, there = (one.astype(np.float32) for one in (np.hstack(list(kinds)), _directions(limbs), places * _WEIGHTS))
    return Movement(frames, energy, postures, there)


def _nothing(size: int) -> Movement:
    frames, postures, places = (np.zeros((FRAMES, width), np.float32) for width in (len(_KINDS) * size, 3 * len(_BONES), size))
    return Movement(frames, 0.0, postures, places)


def _energy(features: Array) -> float:
    return float(np.square(features - features.mean(axis=0)).sum(axis=1).mean())


def _evened(features: Array, share: float) -> Array:
    """Around their mean made as large as all others, so that the kinds together have `ENERGY`; the mean itself keeps its size."""
    middle = features.mean(axis=0)
    energy = max(_energy(features), np.finfo(np.float64).tiny)
    size = (ENERGY * share / sum(_KINDS)) ** 0.5
    return size * (middle / _USUAL_ENERGY**0.5 + (features - middle) / energy**0.5)


def _directions(limbs: Array) -> Array:
    """(30, P) unit vectors along the bones."""
    joints = np.concatenate([limbs, np.zeros_like(limbs[:, :1])], axis=1)  # the hips stand last: they are the middle
    starts, ends = zip(*_BONES, strict=True)
    bones = joints[:, list(ends)] - joints[:, list(starts)]
    lengths = np.sqrt(np.square(bones).sum(axis=2, keepdims=True))
    return (bones / np.maximum(lengths, _LEAST_BONE)).reshape(len(limbs), -1)


def _differences(flat: Array) -> Array:
    """Per frame, half of what lies between its two neighbours; at the ends, all that lies between it and the only one."""
    padded = np.concatenate([2 * flat[:1] - flat[1:2], flat, 2 * flat[-1:] - flat[-2:-1]])
    return (padded[2:] - padded[:-2]) / 2


def _sampled(at_s: Array, landmarks: Floats, wanted_s: Array) -> Array:
    """(30, J, 3): interpolated in time, so that frame rates and lost frames do not matter."""
    flat = landmarks.reshape(len(landmarks), -1)
    around = wanted_s[:, None] + np.array([-_SMOOTHED_S, 0.0, _SMOOTHED_S])
    around = np.clip(around, wanted_s[0], wanted_s[-1]).ravel()
    after = np.clip(np.searchsorted(at_s, around), 1, len(at_s) - 1)
    share = np.clip((around - at_s[after - 1]) / np.maximum(at_s[after] - at_s[after - 1], 1e-9), 0.0, 1.0)[:, None]
    values = flat[after - 1] * (1 - share) + flat[after] * share
    return values.reshape(FRAMES, 3, -1).mean(axis=1).reshape(FRAMES, *landmarks.shape[1:])


def _in_torso_lengths(frames: Array, skeleton: Skeleton) -> Array:
    """The limbs (30, L, 3) around the hips of each moment, turned so that the trunk of the whole stretch faces one way."""
    left_shoulder, right_shoulder = (frames[:, joint] for joint in skeleton.shoulders)
    left_hip, right_hip = (frames[:, joint] for joint in skeleton.hips)
    hips = (left_hip + right_hip) / 2
    torso = np.sqrt(np.square((left_shoulder + right_shoulder) / 2 - hips).sum(axis=1))
    across = (right_shoulder - left_shoulder + right_hip - left_hip).mean(axis=0)
    limbs = frames[:, skeleton.limbs] - hips[:, None]
    return _turned(limbs, across) / max(float(torso.mean()), _LEAST_TORSO)


def _turned(limbs: Array, across: Array) -> Array:
    """About the vertical, so that the line `across` (3) the body lies along x."""
    length = max(float(np.hypot(across[0], across[2])), _LEAST_TORSO)
    c, s = across[0] / length, across[2] / length
    x, y, z = limbs[..., 0], limbs[..., 1], limbs[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)

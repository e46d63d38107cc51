"""A stretch of body movement as numbers that do not depend on where the body is, how far away, which way it faces or how fast it moved.

Chosen by cross-validation on three of the five subjects of MSR Action3D (train on two, try on the third; and train on one, try on two);
the other two subjects were kept for the final figures. `docs/benchmarks.md` has them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.vision.gestures.skeleton import Skeleton, skeleton_of

FRAMES = 30  # a stretch becomes so many moments, evenly spaced in time
_SMOOTHED_S = 0.05  # a moment is the mean of itself and of what was so long before and after: landmarks tremble
_DEPTH = 0.7  # depth is the least certain coordinate of every skeleton
_POSTURE = 0.5  # where limbs are counts less than where they go (1) and how fast (1)
_SPEED = 7.0  # to torso lengths per seventh of the stretch
ENERGY = 20.0  # every movement is brought to it; about the mean of MSR Action3D, in torso lengths squared
_LEAST_TORSO = 1e-6

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What matching compares.

    Attributes:
        frames: (30, D) float32; their mean squared distance from their mean is `ENERGY`.
        energy: what it was before, in torso lengths squared: how much was moved. 0 when nothing was, or when nothing can be made of
            the stretch (numbers that are none); frames are zeros then.
    """

    frames: Floats
    energy: float


def movement(at_s: Array, landmarks: Floats, start_s: float, end_s: float) -> Movement:
    """The stretch from `start_s` to `end_s` of landmarks (T, J, 3) at rising times (T,)."""
    skeleton = skeleton_of(landmarks.shape[1])
    limbs = _in_torso_lengths(_sampled(at_s, landmarks, np.linspace(start_s, end_s, FRAMES)), skeleton)
    limbs[..., 2] *= _DEPTH
    flat = limbs.reshape(FRAMES, -1)
    return _evened(np.hstack([_POSTURE * flat, flat - flat[0], _SPEED * _differences(flat)]))


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


def _evened(features: Array) -> Movement:
    """A wide wave and a small one are the same gesture: around the mean posture, all movements are made equally large."""
    middle = features.mean(axis=0)
    energy = float(((features - middle) ** 2).sum(axis=1).mean())
    if not np.isfinite(energy) or energy <= 0.0:
        return Movement(np.zeros(features.shape, np.float32), 0.0)
    return Movement((middle + (features - middle) * (ENERGY / energy) ** 0.5).astype(np.float32), energy)

"""A made body that performs gestures, seen by a camera: 33 landmarks in pixels."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.people.gesture import Take

Array = npt.NDArray[np.float64]
Place = tuple[float, float]
Gesture = Callable[[float], Array]
REST = np.zeros((33, 3))
REST[[0, 11, 12, 13, 14, 15, 16], :2] = [(0, -1.4), (0.4, -1), (-0.4, -1), (0.5, -0.4), (-0.5, -0.4), (0.55, 0.1), (-0.55, 0.1)]
REST[[19, 20, 23, 24, 25, 26, 27, 28, 31, 32], :2] = [
    (0.56, 0.25), (-0.56, 0.25), (0.25, 0), (-0.25, 0), (0.27, 0.9), (-0.27, 0.9), (0.28, 1.8), (-0.28, 1.8), (0.3, 1.9), (-0.3, 1.9),
]  # fmt: skip
RIGHT_ARM, LEFT_ARM = (14, 16, 20), (13, 15, 19)


def _arm(body: Array, arm: tuple[int, ...], to: tuple[float, float, float], share: float) -> None:
    """Elbow, wrist and hand on their way to a straight arm whose wrist is at `to`."""
    shoulder = body[12 if arm == RIGHT_ARM else 11]
    for joint, reach in zip(arm, (0.5, 1.0, 1.15), strict=True):
        body[joint] += share * (shoulder + (np.array(to) - shoulder) * reach - body[joint])


def raise_right(phase: float) -> Array:
    """The right arm goes up and down again."""
    body = REST.copy()
    _arm(body, RIGHT_ARM, (-0.6, -2.0, 0.0), np.sin(np.pi * phase) ** 2)
    return body


def push_both(phase: float) -> Array:
    """Both hands go forward and back."""
    body = REST.copy()
    for arm, side in ((RIGHT_ARM, -1), (LEFT_ARM, 1)):
        _arm(body, arm, (0.4 * side, -0.9, -1.1), np.sin(np.pi * phase) ** 2)
    return body


def spread(phase: float) -> Array:
    """Both arms go out to the sides and back."""
    body = REST.copy()
    for arm, side in ((RIGHT_ARM, -1), (LEFT_ARM, 1)):
        _arm(body, arm, (1.5 * side, -1.0, 0.0), np.sin(np.pi * phase) ** 2)
    return body


def rest(phase: float) -> Array:
    return REST.copy()


def seen(
    body: Array, dice: np.random.Generator, noise: float = 0.01, scale: float = 120.0, facing: float = 0.0, at: Place = (320, 240)
) -> Floats:
    """As a camera sees it, `scale` pixels a torso, turned by `facing` radians."""
    trembling = body + dice.normal(0, noise, body.shape)
    c, s = np.cos(facing), np.sin(facing)
    x, y, z = trembling.T
    return (np.stack([c * x + s * z, y, c * z - s * x], axis=-1) * scale + np.array([*at, 0])).astype(np.float32)


def take(gesture: Gesture, seed: int, lasts_s: float = 1.0, fps: float = 30.0, warp: float = 0.0, **view: Any) -> Take:
    """One performance; `warp` bends its time: the first half goes faster by so much, the second slower."""
    dice = np.random.default_rng(seed)
    at_s = np.arange(0, lasts_s + 1e-9, 1 / fps)
    share = at_s / at_s[-1]
    bent = share + warp * share * (1 - share)
    return Take(at_s.astype(np.float32), np.stack([seen(gesture(phase), dice, **view) for phase in bent]))


def stream(parts: Sequence[tuple[Gesture, float]], fps: float, seed: int = 0, **view: Any) -> Iterator[tuple[float, Floats]]:
    """(seconds, landmarks) of gestures performed one after another: `parts` of (gesture, seconds)."""
    dice = np.random.default_rng(seed)
    ends = np.cumsum([lasts_s for _, lasts_s in parts])
    for at_s in np.arange(0, ends[-1], 1 / fps):
        row = int(np.searchsorted(ends, at_s, side="right"))
        gesture, lasts_s = parts[row]
        yield float(at_s), seen(gesture((at_s - ends[row] + lasts_s) / lasts_s), dice, **view)

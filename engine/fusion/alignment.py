"""Cameras that disagree: how far each shows people beside where they are, learned while several cameras see one person.

One Kalman filter over all cameras: per camera an offset in pixels, the same everywhere in its picture, as of a pose turned a little wrong.
What two cameras say of one person must agree; how far each pose is trusted to begin with decides which of them gives way. A shift that all
share cannot be seen, and the covariance keeps saying so.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]

_DRIFT_PIXELS2_S = 0.001  # a bracket gives way, somebody wipes the lens
_ERRORS_LAST_S = 2.0  # what one person's box says is wrong in the same way for about so long
_NEVER_LESS = 0.35  # of the doubt in a pose: an offset is not all that can be wrong with it


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """One camera sees somebody: `xy` (2,) metres, by the offset known so far.

    `jacobian` (2, 2): metres per pixel. `noise` (2, 2): pixels², of the box. `prior_pixels`: how far the camera may be off to begin with.
    """

    camera_id: str
    xy: Array
    jacobian: Array
    noise: Array
    prior_pixels: float


class Alignment:
    """Sans-IO, deterministic; the engine thread only."""

    def __init__(self) -> None:
        self._cameras: list[str] = []
        self._pixels = np.zeros(0)
        self._covariance = np.zeros((0, 0))
        self._prior: list[float] = []

    def off(self, camera_id: str) -> tuple[float, float]:
        """Pixels by which it shows everything too far right and too far down."""
        if camera_id not in self._cameras:
            return 0.0, 0.0
        across, down = self._pixels[self._camera_rows(camera_id)].tolist()
        return across, down

    def doubt(self, camera_id: str) -> float:
        """How much of the doubt in its pose is left, 0–1."""
        if camera_id not in self._cameras:
            return 1.0
        rows = self._camera_rows(camera_id)
        left = float(np.trace(self._covariance[rows, rows])) / 2
        return min(max(float(np.sqrt(left)) / self._prior[self._cameras.index(camera_id)], _NEVER_LESS), 1.0)

    def agree(self, one: Glance, other: Glance, dt_s: float) -> None:
        """Both see the same person, and have done so for `dt_s` seconds since they said so last."""
        for glance in (one, other):
            self._know(glance)
        drift = np.eye(len(self._pixels)) * _DRIFT_PIXELS2_S * dt_s
        turn = np.zeros((2, len(self._pixels)))
        turn[:, self._camera_rows(one.camera_id)] = one.jacobian
        turn[:, self._camera_rows(other.camera_id)] = -other.jacobian
        noise = sum((g.jacobian @ g.noise @ g.jacobian.T for g in (one, other)), np.eye(2) * 1e-4) * (_ERRORS_LAST_S / max(dt_s, 0.01))
        wide = self._covariance + drift
        gain = wide @ turn.T @ np.linalg.inv(turn @ wide @ turn.T + noise)
        left = np.eye(len(self._pixels)) - gain @ turn
        self._pixels = self._pixels + gain @ (one.xy - other.xy)
        self._covariance = left @ wide @ left.T + gain @ noise @ gain.T

    def reset_cameras(self, camera_ids: Iterable[str]) -> None:
        """They hang elsewhere now."""
        gone = set(camera_ids)
        kept = [index for index, camera_id in enumerate(self._cameras) if camera_id not in gone]
        rows = [row for index in kept for row in (2 * index, 2 * index + 1)]
        self._cameras, self._prior = [self._cameras[index] for index in kept], [self._prior[index] for index in kept]
        self._pixels, self._covariance = self._pixels[rows], self._covariance[np.ix_(rows, rows)]

    def state(self) -> dict[str, Any]:
        return {
            "cameras": list(self._cameras),
            "pixels": self._pixels.tolist(),
            "covariance": self._covariance.tolist(),
            "prior": list(self._prior),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._cameras, self._prior = list(state["cameras"]), list(state["prior"])
        self._pixels = np.array(state["pixels"], np.float64)
        self._covariance = np.array(state["covariance"], np.float64).reshape(len(self._pixels), len(self._pixels))

    def _camera_rows(self, camera_id: str) -> slice:
        index = self._cameras.index(camera_id)
        return slice(2 * index, 2 * index + 2)

    def _know(self, glance: Glance) -> None:
        if glance.camera_id in self._cameras:
            return
        before = len(self._pixels)
        covariance = np.eye(before + 2) * glance.prior_pixels**2
        covariance[:before, :before] = self._covariance
        self._cameras.append(glance.camera_id)
        self._prior.append(glance.prior_pixels)
        self._pixels, self._covariance = np.append(self._pixels, (0.0, 0.0)), covariance

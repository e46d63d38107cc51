"""How somebody walks on the floor: a Kalman filter whose velocity fades (an Ornstein–Uhlenbeck process, exact in time).

Unmeasured for long, the velocity is forgotten and the spread of the place grows with time as a walker's does, never faster
(Rogers & Williams, Diffusions, Markov Processes and Martingales, 2000; integrated Ornstein–Uhlenbeck motion in target tracking).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]

_FADE_S = 1.5
_SPEED = 0.8  # m/s, spread of each component of walking
_XY = slice(0, 2)


@dataclass(slots=True, eq=False)
class Motion:
    """`state` (4,) x, y, vx, vy in m and m/s; `covariance` (4, 4); at `at_ns`. Mutable; belongs to one fused track."""

    state: Array
    covariance: Array
    at_ns: int

    @classmethod
    def at_rest(cls, xy: Array, covariance: Array, at_ns: int) -> "Motion":
        full = np.diag([0.0, 0.0, _SPEED**2, _SPEED**2])
        full[_XY, _XY] = covariance
        return cls(np.array([*xy, 0.0, 0.0]), full, at_ns)

    @property
    def xy(self) -> Array:
        return self.state[_XY]

    @property
    def velocity(self) -> Array:
        return self.state[2:]

    @property
    def place_covariance(self) -> Array:
        return self.covariance[_XY, _XY]

    @property
    def sigma_m(self) -> float:
        """Standard deviation along the worst direction."""
        return float(np.sqrt(np.linalg.eigvalsh(self.place_covariance)[-1]))

    def predict(self, now_ns: int) -> None:
        dt = (now_ns - self.at_ns) * 1e-9
        if dt <= 0:
            return
        self.at_ns = now_ns
        step, noise = _walk(dt)
        self.state = step @ self.state
        self.covariance = step @ self.covariance @ step.T + noise

    def distance2(self, xy: Array, covariance: Array) -> tuple[float, float]:
        """Squared Mahalanobis distance of a measurement, and the logarithm of the determinant it is judged with."""
        return self.distances2(xy[None], covariance[None])[0]

    def distances2(self, xy: Array, covariance: Array) -> list[tuple[float, float]]:
        """The same of measurements (n, 2), (n, 2, 2): one call of the solver for all, which takes longer to call than to solve."""
        spread, off = self.place_covariance + covariance, xy - self.xy
        solved, volume = np.linalg.solve(spread, off[..., None])[..., 0], np.log(np.linalg.det(spread))
        return [(float(one @ other), level) for one, other, level in zip(off, solved, volume.tolist(), strict=True)]

    def update(self, xy: Array, covariance: Array) -> None:
        """Joseph's form, which keeps the covariance sound."""
        gain = self.covariance[:, _XY] @ np.linalg.inv(self.place_covariance + covariance)
        self.state = self.state + gain @ (xy - self.xy)
        left = np.eye(4)
        left[:, _XY] -= gain
        self.covariance = left @ self.covariance @ left.T + gain @ covariance @ gain.T

    def plain(self) -> dict[str, Any]:
        return {"state": self.state.tolist(), "covariance": self.covariance.tolist(), "at_ns": self.at_ns}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> "Motion":
        return cls(np.array(plain["state"]), np.array(plain["covariance"]), int(plain["at_ns"]))


@lru_cache(maxsize=16)
def _walk(dt: float) -> tuple[Array, Array]:
    """(4, 4) how a state goes on in `dt` seconds, and what chance adds to its covariance; the same for everybody at a tick."""
    keep = float(np.exp(-dt / _FADE_S))
    reach = _FADE_S * (1 - keep)
    step = np.eye(4)
    step[0, 2] = step[1, 3] = reach
    step[2, 2] = step[3, 3] = keep
    return step, _noise(dt, keep, reach)


def _noise(dt: float, keep: float, reach: float) -> Array:
    """(4, 4) what chance adds in `dt`: exact integrals of the process with stationary speed."""
    speed2 = _SPEED**2
    place = speed2 * (2 * _FADE_S * dt - 4 * _FADE_S * reach + _FADE_S**2 * (1 - keep**2))
    cross = speed2 * _FADE_S * (1 - keep) ** 2
    moved = speed2 * (1 - keep**2)
    noise = np.zeros((4, 4))
    for axis in (0, 1):
        noise[axis, axis] = place
        noise[axis, axis + 2] = noise[axis + 2, axis] = cross
        noise[axis + 2, axis + 2] = moved
    return noise

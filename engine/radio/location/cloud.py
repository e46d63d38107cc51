"""Where one person may be: a cloud of weighted guesses of position and velocity (a particle filter).

Sequential importance resampling (Gordon, Salmond & Smith 1993; systematic resampling after Kitagawa 1996). A cloud holds what a Gaussian
cannot: with two nodes a person is on either side of the link, and between links what was seen last goes on with its speed.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from engine.radio import kernels
from engine.radio.kernels import Array, WalkStep

SIZE = 400
_TURN_S = 1.5  # a walker keeps velocity for about so long
_WALKS_S, _STANDS_S = 4.0, 4.0  # for about so long people walk before they stop, and stand before they walk on
_SPEED = 0.6  # m/s, spread of each component of walking
_SHUFFLE_M = 0.02
_SETTLE_M = 0.25  # spread of height that a standing body's scattering centre walks over in a second
_DROP_PER_S = 0.06
_LOW_M, _HIGH_M = 0.15, 1.95
Limits = tuple[float, float, float, float]
_NOWHERE: Limits = (0.0, 0.0, 0.0, 0.0)


class Cloud:
    """`spots` (N, 3) m, `speeds` (N, 3) m/s with the height's left 0, `share` (N,) adding up to 1."""

    def __init__(self, spots: Array, speeds: Array, share: Array) -> None:
        self.spots, self.speeds, self.share = spots, speeds, share
        self._moments: Array | None = None  # until the guesses or their shares change

    @classmethod
    def around(cls, floor: Array, half_m: float, chance: np.random.Generator) -> "Cloud":
        """From floor spots (N, 2), each standing for a square of twice `half_m`."""
        count = len(floor)
        spots = np.column_stack([floor + chance.uniform(-half_m, half_m, (count, 2)), chance.uniform(0.6, 1.9, count)])
        speeds = np.column_stack([chance.normal(0, _SPEED, (count, 2)), np.zeros(count)])
        return cls(spots, speeds, np.full(count, 1 / count))

    def move(self, dt_s: float, walked_s: float, limits: Limits, chance: np.random.Generator, stops: bool = False) -> None:
        """Predict: walk on for `walked_s`, with some turning; now and then the height changes at once (a fall, getting up).

        `stops`: whether people also stop and start at once; what standing looks like must tell them from walkers (Doppler shifts do).
        """
        count = len(self.spots)
        push = chance.standard_normal((count, 3))
        stopping = chance.random(count) if stops else None
        kernels.walk(self.spots, self.speeds, push, stopping, chance.random(count), _step(dt_s, walked_s, limits))
        self._moments = None

    def seen_from(self, delay_s: float) -> Array:
        """(N, 3) where the guesses were when what is measured now happened."""
        return self.spots - delay_s * self.speeds

    def blur(self, variance_m2: float, limits: Limits, chance: np.random.Generator) -> None:
        """Less is known of where they are, by that variance each way on the floor."""
        self.spots[:, :2] += np.sqrt(variance_m2) * chance.standard_normal((len(self.spots), 2))
        kernels.keep_inside(self.spots, self.speeds, _step(1.0, 1.0, limits))
        self._moments = None

    def stray(self, part: float, limits: Limits, chance: np.random.Generator) -> None:
        """Put a part of the guesses anywhere on the floor: what began at a wrong place finds back (Thrun et al., augmented MCL, 2005)."""
        astray = chance.random(len(self.spots)) < part
        count = int(np.count_nonzero(astray))
        if not count:
            return
        self.spots[astray, :2] = chance.uniform(limits[:2], limits[2:], (count, 2))
        self.speeds[astray, :2] = chance.normal(0, _SPEED, (count, 2))
        self._moments = None

    def renew(self, other: "Cloud", count: int, chance: np.random.Generator) -> None:
        """Let some guesses give way to such as another cloud holds likely (sensor resetting: Lenser & Veloso, ICRA 2000)."""
        going = chance.choice(len(self.share), count, replace=False)
        likely = np.cumsum(other.share)
        coming = np.searchsorted(likely / likely[-1], chance.random(count), side="right")  # as `choice` does that checks `share` first
        self.spots[going], self.speeds[going] = other.spots[coming], other.speeds[coming]
        self.share[going] = 1 / len(self.share)
        self.share /= float(np.add.reduce(self.share))
        self._moments = None

    def weigh(self, gain: Array, temper: float, haste: float, chance: np.random.Generator, scale: float = 1.0) -> float:
        """Bayes' rule with log-likelihood ratios (N,) times `scale`, tempered by `haste`. Resamples where few guesses carry the weight.

        Returns:
            Log of the mean likelihood ratio, tempered by `temper`.
        """
        self.share, evidence, squares = kernels.weigh(gain, self.share, scale, temper, haste)
        count = len(self.share)
        if 1 / squares < count / 2:
            self.spots, self.speeds = kernels.resampled(self.spots, self.speeds, self.share, chance.random())
            self.share = np.full(count, 1 / count)
        self._moments = None
        return evidence

    def mean(self) -> Array:
        """(3,) of position."""
        return self._cloud_moments()[:3]

    def velocity(self) -> Array:
        """(3,) on the average."""
        return self._cloud_moments()[3:6]

    def covariance(self) -> Array:
        """(3, 3) of position."""
        return self._cloud_moments()[6:15].reshape(3, 3)

    def share_inside(self, box: Limits) -> float:
        """0–1 within west, south, east and north."""
        found = self._moments = kernels.moments(self.spots, self.speeds, self.share, box)
        return float(found[15])

    def _cloud_moments(self) -> Array:
        """As `moments` gives them; of no box."""
        if self._moments is None:
            self._moments = kernels.moments(self.spots, self.speeds, self.share, _NOWHERE)
        return self._moments

    def median(self) -> Array:
        """(3,) of position, each way by itself: a few guesses far away do not move it."""
        order = np.argsort(self.spots, axis=0)
        below = np.cumsum(self.share[order], axis=0)
        middle = np.add.reduce(below < below[-1] / 2, axis=0)
        axes = np.arange(3)
        found: Array = self.spots[order[middle, axes], axes]
        return found

    def state(self) -> dict[str, Any]:
        return {"spots": self.spots.tolist(), "speeds": self.speeds.tolist(), "share": self.share.tolist()}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "Cloud":
        return cls(np.array(state["spots"]), np.array(state["speeds"]), np.array(state["share"]))


@lru_cache(maxsize=64)
def _step(dt_s: float, walked_s: float, limits: Limits) -> WalkStep:
    keep = float(np.exp(-walked_s / _TURN_S))
    return WalkStep(
        keep=keep,
        turns=_SPEED * math.sqrt(1 - keep**2),
        starts=_SPEED,
        stop=walked_s / _WALKS_S,
        start=walked_s / _STANDS_S,
        walked_s=walked_s,
        shuffle=_SHUFFLE_M * min(walked_s / dt_s, 1.0),
        settle=_SETTLE_M * math.sqrt(dt_s),
        jump=_DROP_PER_S * dt_s,
        lowest=_LOW_M,
        highest=_HIGH_M,
        west=limits[0],
        south=limits[1],
        east=limits[2],
        north=limits[3],
    )

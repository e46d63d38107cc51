"""The hunt for somebody who is not followed yet, by Doppler shifts: a cloud of places and velocities, and the odds that anybody is there.

A Bernoulli particle filter before detection (Ristic, Vo, Vo & Farina, IEEE TSP 2013): it is fed with the power that those who are
followed leave over. One link's power at one shift is no evidence; shifts that fit one walk through all links for a second or two are.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.model.value_class import dataclass
from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array
from engine.radio.links import doppler
from engine.radio.location.cloud import SIZE, Cloud, Limits

_LEAST, _MOST = -4.0, 16.0  # log-odds
_FOUND = 10.0
_DOUBT_PER_S = 1.5  # log-odds that are lost: what is not found again and again was chance
_SHARP, _NEAR_M = 0.5, 0.8  # share of the cloud that must be so near its median
_APART_M = 1.0
_TRIED, _RENEWED = 150, 12  # guesses anywhere that are tried in a tick; how many of the cloud give way to those that fit best


@dataclass(frozen=True, slots=True, eq=False)
class Residue:
    """What is left over at a tick: spectra (L, F), how much links count (L,), and where those stand who are followed (n, 2)."""

    spectra: Array
    weight: Array
    taken: Array


class Hunt:
    """`belief`: log-odds that there is one more."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.belief = _LEAST
        self.cloud: Cloud | None = None

    def begin(self) -> None:
        """Nothing is known of anybody else."""
        self.belief, self.cloud = _LEAST, None

    def step(self, dt_s: float, left: Residue, geometry: LinkGeometry, chance: np.random.Generator) -> None:
        """One tick in which something moves."""
        cloud = self.cloud = self.cloud or self._anywhere(SIZE, chance)
        cloud.move(dt_s, dt_s, self._limits, chance, stops=True)
        ratios, tenths = doppler.ratios(left.spectra, left.weight), dt_s / 0.1
        evidence = cloud.weigh(_gain(cloud, ratios, left.taken, geometry), 1.0, 1.0, chance, tenths)
        self.belief = min(max(self.belief + evidence - _DOUBT_PER_S * dt_s, _LEAST), _MOST)
        fresh = self._anywhere(_TRIED, chance)
        fresh.weigh(_gain(fresh, ratios, left.taken, geometry), 1.0, 1.0, chance, tenths)
        cloud.renew(fresh, _RENEWED, chance)

    def is_certain(self, taken: Array) -> bool:
        """Whether somebody is there for sure, at one place apart from these (n, 2)."""
        if self.cloud is None or self.belief < _FOUND:
            return False
        here = self.cloud.median()[:2]
        apart = np.linalg.norm(taken - here, axis=1).min(initial=np.inf)
        near = np.linalg.norm(self.cloud.spots[:, :2] - here, axis=1) < _NEAR_M
        return float(self.cloud.share @ near) > _SHARP and float(apart) > _APART_M

    def _anywhere(self, count: int, chance: np.random.Generator) -> Cloud:
        return Cloud.around(chance.uniform(self._limits[:2], self._limits[2:], (count, 2)), 0.0, chance)

    def state(self) -> dict[str, Any]:
        return {"belief": self.belief, "cloud": self.cloud.state() if self.cloud else None}

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """None, and states from before there was a hunt, begin anew."""
        self.begin()
        if state is not None and state["cloud"] is not None:
            self.belief, self.cloud = float(state["belief"]), Cloud.of_state(state["cloud"])


def _gain(cloud: Cloud, ratios: Array, taken: Array, geometry: LinkGeometry) -> Array:
    """(N,) what the shifts that are left over say for each guess in a tenth of a second, less where bodies (n, 2) stand already."""
    gain = doppler.gain(geometry, ratios, cloud.seen_from(doppler.BEHIND_S), cloud.speeds)
    return kernels.beside_bodies(gain, cloud.spots, taken)

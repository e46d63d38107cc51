"""Whether somebody who moved fast stopped at once: a body that hits the floor.

Walkers slow down before they stand. Whoever falls is fastest the moment before they lie (trunks hit the floor at about 3 m/s: Robinovitch
et al., J. Biomech. 2013), and nothing moves afterwards. Two independent signs are weighed, as logarithms of likelihood ratios that add up:

1. How movement ends: the course of what links show, with a stop within 0.15 s, against one that takes 0.35 s to a second or none
   at all. It is a test between the best of two families of ramps (a generalised likelihood ratio; Basseville & Nikiforov, 1993, ch. 2).
2. How fast the movement was right before: from frame to frame nothing alike, against slow change.
"""

from dataclasses import dataclass

import numpy as np

from engine.radio.jolts import SLOT_NS, Shakes
from engine.radio.smoothing import Array

SLOT_S = SLOT_NS * 1e-9
BEFORE, AFTER = 16, 14  # slots around a stop
_SUDDEN_S, _SUDDEN_END_S = (0.05, 0.10, 0.15), (-0.05, 0.0, 0.05, 0.10)
_SLOW_S, _SLOW_END_S = (0.35, 0.45, 0.6, 0.8, 1.0), tuple(0.05 * step for step in range(-2, 9))
_SPECKLE, _NOISE, _UNMODELLED = 0.5, 0.35, 0.03  # relative spread of one link's amplitude, of its noise, and what there is besides
_GROUND = 0.2  # of the level: what noise leaves of nothing
_FAST, _SLOW = -0.4, 0.2  # likeness of changes in a row
_LIKENESS = 0.12  # variance of one link's
_BURST = slice(BEFORE - 7, BEFORE - 1)
_REST = slice(BEFORE + 1, BEFORE + 13)
_LOUDER = 0.2  # than what comes after is whatever stopped
_EARLIER = slice(BEFORE - 15, BEFORE - 9)


def _ramps(durations_s: tuple[float, ...], ends_s: tuple[float, ...]) -> Array:
    """(G, BEFORE + AFTER) of 1 that fall to 0."""
    at_s = (np.arange(BEFORE + AFTER) - BEFORE + 0.5) * SLOT_S
    return np.array([np.clip((end - at_s) / duration, 0, 1) for duration in durations_s for end in ends_s], np.float64)


_SUDDEN_RAMPS, _SLOW_RAMPS = _ramps(_SUDDEN_S, _SUDDEN_END_S), _ramps(_SLOW_S, _SLOW_END_S)
_GOES_ON = np.ones((1, BEFORE + AFTER))


@dataclass(frozen=True, slots=True)
class Impact:
    """A stop.

    Attributes:
        at_ns: when. sudden, fast: log-likelihood ratios of a sudden stop to a slow one, and of fast movement before it to a slow one.
        lasted: how much moved 0.45–0.75 s before, relative to right before: a thing that drops has hardly begun then.
        strength: of the movement, mean logarithm over paths of its energy over noise. left: the same of what moves right afterwards.
    """

    at_ns: int
    sudden: float
    fast: float
    lasted: float
    strength: float
    left: float

    @property
    def evidence(self) -> float:
        return self.sudden + self.fast


def best_impact(shakes: Shakes, tries: int) -> Impact | None:
    """The most telling of the stops `AFTER` slots before the newest, and up to `tries` - 1 slots earlier. None where nothing stopped."""
    found: list[Impact] = []
    for back in range(tries):
        span = slice(shakes.energy.shape[1] - BEFORE - AFTER - back, shakes.energy.shape[1] - back)
        energy = shakes.energy[:, span]
        if len(energy) and _loudness(energy[:, _BURST]) > _loudness(energy[:, _REST]) + _LOUDER:
            found.append(_impact(energy, shakes.alike[:, span], shakes.last + 1 - AFTER - back))
    return max(found, key=lambda impact: impact.evidence, default=None)


def stirring(shakes: Shakes, slots: int) -> float:
    """How much moves lately: mean logarithm over paths of energy over noise; about 0 where nothing does."""
    return _loudness(shakes.energy[:, -slots:]) if len(shakes.energy) else 0.0


def _impact(energy: Array, alike: Array, end: int) -> Impact:
    """Of paths (P, BEFORE + AFTER)."""
    amplitude = np.sqrt(np.maximum(energy - 1, 0))
    size = np.sqrt(np.square(amplitude[:, 4:BEFORE]).mean(axis=1))
    weight = size**2 / (size**2 + 2)
    total = max(float(weight.sum()), 1e-6)
    links = max(total / 2, 0.5)  # both directions of a link show the same
    course = weight @ np.minimum(amplitude / np.maximum(size, 0.3)[:, None], 2.0) / total
    noise = float(np.sqrt(np.square(weight * _NOISE / np.maximum(size, 0.3)).sum())) / total + _UNMODELLED
    speckle = _SPECKLE / np.sqrt(links)
    otherwise = max(_fit(_SLOW_RAMPS, course, speckle, noise), _fit(_GOES_ON, course, speckle, noise))
    sudden = _fit(_SUDDEN_RAMPS, course, speckle, noise) - otherwise
    fast = ((_FAST + _SLOW) / 2 - _likeness(energy, alike)) * (_SLOW - _FAST) * links / _LIKENESS
    lasted = float(course[_EARLIER].mean() / max(float(course[_BURST].mean()), 1e-6))
    return Impact(end * SLOT_NS, sudden, fast, lasted, _loudness(energy[:, _BURST]), _loudness(energy[:, _REST]))


def _fit(ramps: Array, course: Array, speckle: float, noise: float) -> float:
    """Log-likelihood of the best ramp: level and ground by least squares, the spread in proportion to what moves."""
    level = np.full(len(ramps), max(float(course[4:BEFORE].mean()), 0.3))
    off, variance = np.zeros_like(ramps), np.ones_like(ramps)
    for _ in range(3):
        variance = np.square(speckle * level[:, None] * ramps) + noise**2
        weight = 1 / variance
        all_, once, twice = weight.sum(axis=1), (weight * ramps).sum(axis=1), (weight * ramps**2).sum(axis=1)
        seen, moved = (weight * course).sum(axis=1), (weight * ramps * course).sum(axis=1)
        scale = np.maximum(all_ * twice - once**2, 1e-9)
        level = np.clip((all_ * moved - once * seen) / scale, 0.05, 3.0)
        ground = np.clip((twice * seen - once * moved) / scale, 0.0, _GROUND)
        off = course - level[:, None] * ramps - ground[:, None]
    return float((-0.5 * off**2 / variance - 0.5 * np.log(variance)).sum(axis=1).max())


def _likeness(energy: Array, alike: Array) -> float:
    """Of changes in a row right before the stop, net of noise: 1 of a slow movement, -0.5 of changes that have nothing in common."""
    slots = energy[:, _BURST].shape[1]
    total, product = energy[:, _BURST].sum(axis=1), alike[:, _BURST].sum(axis=1)
    weight = 1 / (total + 3 * slots)
    moved = float((np.maximum(total - slots, 0) * weight).sum())
    return float(np.clip(((product + 0.5 * slots) * weight).sum() / max(moved, 1e-3), -0.6, 1.0))


def _loudness(energy: Array) -> float:
    return float(np.log(np.maximum(energy, 0.3)).mean())

"""Whether somebody who moved fast stopped at once: a body that hits the floor.

Walkers slow down before they stand. Whoever falls is fastest the moment before they lie (trunks hit the floor at about 3 m/s: Robinovitch
et al., J. Biomech. 2013), and nothing moves afterwards. Two independent signs are weighed, as logarithms of likelihood ratios that add up:

1. How movement ends: the course of what links show, with a stop within 0.15 s, against one that takes 0.35 s to a second or none
   at all. It is a test between the best of two families of ramps (a generalised likelihood ratio; Basseville & Nikiforov, 1993, ch. 2).
2. How fast the movement was right before: from frame to frame nothing alike, against slow change.
"""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.radio.falls.jolts import SLOT_NS, Shakes
from engine.radio.links.smoothing import Array

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


_RAMPS = np.concatenate([_ramps(_SUDDEN_S, _SUDDEN_END_S), _ramps(_SLOW_S, _SLOW_END_S), np.ones((1, BEFORE + AFTER))])
_NOTHING = np.zeros(1)
_SUDDEN = len(_SUDDEN_S) * len(_SUDDEN_END_S)  # ramps that stop at once; the others slow down, the last goes on


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


@dataclass(frozen=True, slots=True)
class Stop:
    """Movement that ended: `begin`, the first of the slots `BEFORE` and `AFTER` it; `strength` and `left` as in `Impact`."""

    begin: int
    strength: float
    left: float


def best_impact(shakes: Shakes, tries: int) -> Impact | None:
    """The most telling of the stops `AFTER` slots before the newest, and up to `tries` - 1 slots earlier. None where nothing stopped."""
    found = [_impact(shakes, stop) for stop in stops(shakes, tries)]
    return max(found, key=lambda impact: impact.evidence, default=None)


def stops(shakes: Shakes, tries: int) -> list[Stop]:
    """All in the newest slots, latest first: what stands still afterwards was clearly louder before."""
    if not len(shakes.energy):
        return []
    loud = np.add.reduce(_logarithms(shakes.energy), axis=0) / len(shakes.energy)
    begins = len(loud) - BEFORE - AFTER - np.arange(tries)
    found = map(Stop, begins.tolist(), _means(loud, _BURST, begins).tolist(), _means(loud, _REST, begins).tolist())
    return [stop for stop in found if stop.strength > stop.left + _LOUDER]


def stirring(shakes: Shakes, slots: int) -> float:
    """How much moves lately: mean logarithm over paths of energy over noise; about 0 where nothing does."""
    return float(_logarithms(shakes.energy[:, -slots:]).mean()) if len(shakes.energy) else 0.0


def _impact(shakes: Shakes, stop: Stop) -> Impact:
    span = slice(stop.begin, stop.begin + BEFORE + AFTER)
    energy, alike = shakes.energy[:, span], shakes.alike[:, span]
    amplitude = np.sqrt(np.maximum(energy - 1, 0))
    size = np.sqrt(np.add.reduce(np.square(amplitude[:, 4:BEFORE]), axis=1) / (BEFORE - 4))
    weight = size**2 / (size**2 + 2)
    total = max(float(np.add.reduce(weight)), 1e-6)
    links = max(total / 2, 0.5)  # both directions of a link show the same
    course = weight @ np.minimum(amplitude / np.maximum(size, 0.3)[:, None], 2.0) / total
    noise = float(np.sqrt(np.add.reduce(np.square(weight * _NOISE / np.maximum(size, 0.3))))) / total + _UNMODELLED
    fits = _fits(course, _SPECKLE / np.sqrt(links), noise)
    sudden = float(np.maximum.reduce(fits[:_SUDDEN]) - np.maximum.reduce(fits[_SUDDEN:]))
    fast = ((_FAST + _SLOW) / 2 - _likeness(energy, alike)) * (_SLOW - _FAST) * links / _LIKENESS
    lasted = float(course[_EARLIER].mean() / max(float(course[_BURST].mean()), 1e-6))
    end = shakes.last + 1 - (shakes.energy.shape[1] - stop.begin - BEFORE)
    return Impact(end * SLOT_NS, sudden, fast, lasted, stop.strength, stop.left)


def _fits(course: Array, speckle: float, noise: float) -> Array:
    """(G,) log-likelihood of each ramp: level and ground by least squares, the spread in proportion to what moves."""
    level = np.full(len(_RAMPS), max(float(course[4:BEFORE].mean()), 0.3))
    off, variance = np.zeros_like(_RAMPS), np.ones_like(_RAMPS)
    for _ in range(3):
        moving = level[:, None] * _RAMPS
        variance = np.square(speckle * moving) + noise**2
        weight = 1 / variance
        along = weight * _RAMPS
        all_, once, twice = np.add.reduce(weight, axis=1), np.add.reduce(along, axis=1), np.einsum("gs,gs->g", along, _RAMPS)
        seen, moved = weight @ course, along @ course
        scale = np.maximum(all_ * twice - once**2, 1e-9)
        level = np.minimum(np.maximum((all_ * moved - once * seen) / scale, 0.05), 3.0)
        ground = np.minimum(np.maximum((twice * seen - once * moved) / scale, 0.0), _GROUND)
        off = course - level[:, None] * _RAMPS - ground[:, None]
    fits: Array = -0.5 * np.add.reduce(off**2 / variance + np.log(variance), axis=1)
    return fits


def _likeness(energy: Array, alike: Array) -> float:
    """Of changes in a row right before the stop, net of noise: 1 of a slow movement, -0.5 of changes that have nothing in common."""
    slots = energy[:, _BURST].shape[1]
    total, product = np.add.reduce(energy[:, _BURST], axis=1), np.add.reduce(alike[:, _BURST], axis=1)
    weight = 1 / (total + 3 * slots)
    moved = float(np.add.reduce(np.maximum(total - slots, 0) * weight))
    return float(np.clip(np.add.reduce((product + 0.5 * slots) * weight) / max(moved, 1e-3), -0.6, 1.0))


def _means(loud: Array, part: slice, begins: npt.NDArray[np.intp]) -> Array:
    """Over a part of the slots after each of `begins`."""
    total = np.concatenate([_NOTHING, np.cumsum(loud)])
    return (total[begins + part.stop] - total[begins + part.start]) / (part.stop - part.start)


def _logarithms(energy: Array) -> Array:
    return np.log(np.maximum(energy, 0.3))

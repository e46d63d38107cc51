"""Finding the moment a height came down: the ramp between two levels that explains a blob's recent heights best.

The heights z(t) are modelled as a level h, then a straight ramp of some duration, then h − d. For every ramp of a small grid (its end, its
duration) h and d follow by weighted least squares in closed form; the ramp that explains most of the variance is taken. This is the
matched filter of a change-point test with known shape (Basseville & Nikiforov, Detection of Abrupt Changes, 1993, ch. 2).
"""

import math
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

FIRST_END_S, LAST_END_S, STEP_S = 0.4, 1.9, 0.15  # before the newest height, when it has just come down
DURATIONS_S = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0)
FAST_S, SLOW_S = 1.8, 2.7  # ramps up to the one are fast, from the other on slow; trackers make a fall of 0.8 s last about 1.3 s
AROUND_S = 2.0  # on both sides of a ramp, what its duration is judged by
LEAST_HEIGHTS = 12
CORRELATED = 4.0  # a tracker's heights repeat themselves: so many of them count as one

_Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heights:
    """Heights (N,) in metres at rising times (N,) in seconds, each with its standard deviation (N,) in metres."""

    at_s: _Floats
    height_m: _Floats
    sigma_m: _Floats

    @property
    def weight(self) -> _Floats:
        return 1 / np.maximum(self.sigma_m, 0.05) ** 2

    def mean(self, chosen: npt.NDArray[np.bool_]) -> float:
        """Weighted mean of the chosen ones, of which there is one at least."""
        return float(np.average(self.height_m[chosen], weights=self.weight[chosen]))


@dataclass(frozen=True, slots=True)
class Drop:
    """A fall in height.

    Attributes:
        start_s, end_s: of the ramp, on the clock of the heights. before_m, after_m: the levels.
        sigmas: the drop in units of its own uncertainty.
        sudden: log-likelihood ratio of the best fast ramp to the best slow one; 0 while both levels are not known.
    """

    start_s: float
    end_s: float
    before_m: float
    after_m: float
    sigmas: float
    sudden: float = 0.0

    @property
    def drop_m(self) -> float:
        return self.before_m - self.after_m

    @property
    def speed_m_s(self) -> float:
        return self.drop_m / (self.end_s - self.start_s)


def find_drop(heights: Heights, last_end_s: float = LAST_END_S) -> Drop | None:
    """The best ramp down that ended lately, None where there is none. `last_end_s`: how long before the newest height it may have ended."""
    if len(heights.at_s) < LEAST_HEIGHTS:
        return None
    starts, ends, ramps = _ramps(heights.at_s, heights.at_s[-1] - np.arange(FIRST_END_S, last_end_s, STEP_S))
    weight = heights.weight
    ramps = ramps - (ramps @ weight / weight.sum())[:, None]
    centred = heights.height_m - heights.height_m @ weight / weight.sum()
    spread = np.maximum(ramps**2 @ weight, 1e-9)
    drops = -(ramps @ (weight * centred)) / spread
    gains = np.where(drops > 0, drops**2 * spread, 0.0)
    best = int(np.argmax(gains))
    return _drop(heights, float(starts[best]), float(ends[best]), float(gains[best]))


def sharpened(heights: Heights, drop: Drop) -> Drop | None:
    """The drop again, now that some time has passed after it: with both levels known, its ramp is placed anew.

    A height that creeps on after the fall, as trackers' heights do, no longer makes the ramp longer than it was.
    """
    starts, ends, ramps = _ramps(heights.at_s, np.arange(drop.start_s + STEP_S, drop.end_s + AROUND_S, STEP_S))
    near = (heights.at_s > drop.start_s - AROUND_S) & (heights.at_s < drop.end_s + AROUND_S)
    late = heights.at_s > max(drop.end_s, float(heights.at_s[-1]) - AROUND_S)
    low_m = heights.mean(late) if late.any() else drop.after_m
    modelled = drop.before_m - ramps * (drop.before_m - low_m)
    misfit = (modelled - heights.height_m)[:, near] ** 2 @ heights.weight[near]
    best, durations = int(np.argmin(misfit)), ends - starts
    sudden = float(misfit[durations >= SLOW_S - 1e-6].min() - misfit[durations <= FAST_S + 1e-6].min()) / (2 * CORRELATED)
    placed = _drop(heights, float(starts[best]), float(ends[best]), (drop.sigmas**2) * CORRELATED)
    return None if placed is None else replace(placed, sudden=sudden)


def _ramps(at_s: _Floats, ends: _Floats) -> tuple[_Floats, _Floats, _Floats]:
    """Starts (G,) and ends (G,) of all ramps of the grid, and what part of each (G, N) is over at the times."""
    ends = np.repeat(ends, len(DURATIONS_S))
    durations = np.tile(np.array(DURATIONS_S), len(ends) // len(DURATIONS_S))
    starts = ends - durations
    return starts, ends, np.clip((at_s[None, :] - starts[:, None]) / durations[:, None], 0.0, 1.0)


def _drop(heights: Heights, start_s: float, end_s: float, gain: float) -> Drop | None:
    before, after = heights.at_s <= start_s, heights.at_s >= end_s
    if gain <= 0 or before.sum() < LEAST_HEIGHTS // 2 or not after.any():
        return None
    return Drop(start_s, end_s, heights.mean(before), heights.mean(after), math.sqrt(gain / CORRELATED))

"""From fluctuations and distances of paths to evidence: z-scores of motion, and the power that bodies scatter into the path."""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.radio.links.agc import NEPER_PER_DB
from engine.radio.links.amplitude import Mask
from engine.radio.links.channels import CHANNELS, NORM, POWER, SHAPE
from engine.radio.links.smoothing import Array
from engine.radio.links.threshold import LOWEST, STEADY

ROUNDING = 1.0 / 12.0  # variance of rounding to whole counts or whole decibels
TOGETHER = 16.0  # subcarriers whose rounding is independent enough to average out in a frame's RMS
ORDINARY = 0.02  # relative fluctuation of levels that an ordinary radio makes when nothing moves
TOLERANCE = 1.35  # fluctuation of shapes that an ordinary radio makes, in units of the noise seen within frames
LOOSE = 0.3  # spread of these, relative
BELIEF_S = 20.0  # after so long a path may be twice as lively as an ordinary one and yet be quiet, and so on
OPEN_QUIET, OPEN_SPREAD = 0.05, 0.03  # relative fluctuation of a path without a static part
STEADY_SHAPE = 0.05  # least relative spread of the fluctuation of SHAPE
UNSURE = 0.1  # of the noise is as much as may be left of it after it is taken off
MOST = 4.0  # squared relative change of a shape, beyond which nothing new is said
NOISE_SHARE = 1.5  # of the quiet power is taken off before anything counts as scattered
_OF_LEVELS = np.where(np.arange(CHANNELS) == SHAPE, 0.0, 1.0)
_STEADY = np.where(np.arange(CHANNELS) == SHAPE, STEADY_SHAPE, STEADY)
_DECIBEL = NEPER_PER_DB**2 * ROUNDING  # relative variance of rounding to whole decibels


def rounding_floor(rms: Array, levels: Array, coarse: Mask) -> Array:
    """(n, 3) the variance that rounding alone makes in each channel (of SHAPE, in single subcarriers).

    `levels` (n, 3) in each channel's unit, SHAPE's not used; `coarse` (n,) whether RSSI stands for the power.
    """
    floor = np.empty((len(rms), CHANNELS))
    relative = ROUNDING / np.square(np.maximum(rms, 0.5))
    floor[:, SHAPE] = relative
    floor[:, NORM] = ROUNDING / TOGETHER
    decibel = np.where(coarse, _DECIBEL, relative / TOGETHER)
    floor[:, POWER] = np.square(levels[:, POWER]) * decibel
    return floor


def fluctuation(power: Array, noise: Array) -> Array:
    """(n, 3) RMS fluctuation from `Fluctuation.power` (n, 3), in the unit in which it is compared with quiet.

    Levels keep theirs. SHAPE is counted in the noise seen within the frames, variance `noise` (n,), so that a step of gain, which changes
    how coarse the rounding is, changes nothing: 1 is noise alone.
    """
    beside = 1.0 + power[:, SHAPE] / np.maximum(noise, 1e-12)
    rms = np.sqrt(np.maximum(power, 0.0))
    rms[:, SHAPE] = np.sqrt(np.maximum(beside, 0.0))
    return rms


def ordinary(levels: Array, age_s: Array) -> Array:
    """(n, 3) fluctuation of ordinary radios when nothing moves, growing with the time for which a path has shown its own.

    Args:
        levels: (n, 3). age_s: (n,) since the first frame.
    """
    usual = ORDINARY * levels
    usual[:, SHAPE] = TOLERANCE
    return usual * (1.0 + age_s / BELIEF_S)[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Quiet:
    """What n paths are like when nothing moves: RMS fluctuation, its spread, and the threshold in spreads, each (n, 3)."""

    level: Array
    spread: Array
    limit: Array

    @classmethod
    def of(cls, learnt: Array, spread: Array, limit: Array, known: Mask, ordinary: Array, floor: Array) -> "Quiet":
        """From what the paths have shown, as far as that is credible.

        Args:
            known: (n,) whether they have shown anything. ordinary: (n, 3) RMS fluctuation above which nobody believes, at their age, that
            nothing moves: whoever walks about from the first frame on must not be learnt as quiet.
        """
        believed = np.where(known[:, None], np.minimum(learnt, ordinary), ordinary)
        level = np.maximum(believed, np.sqrt(floor) * _OF_LEVELS)
        own = known[:, None] & (learnt <= ordinary)
        return cls(level, np.maximum(np.where(own, spread, LOOSE * level), _STEADY * level), np.where(own, limit, LOWEST))

    def where_open(self, is_open: Mask, floor: Array, levels: Array) -> "Quiet":
        """The same, but paths without a static part are quiet when their own level hardly changes: there all power is somebody's."""
        if not np.count_nonzero(is_open):
            return self
        guess = np.sqrt(floor) + OPEN_QUIET * levels
        each = is_open[:, None]
        return Quiet(
            np.where(each, guess, self.level),
            np.where(each, OPEN_SPREAD / OPEN_QUIET * guess, self.spread),
            np.where(each, LOWEST, self.limit),
        )

    def scores(self, fluctuation: Array) -> Array:
        """(n, 3) how many spreads the fluctuation is above quiet; never negative."""
        over = fluctuation - self.level
        return np.maximum(over, 0.0) / np.maximum(self.spread, 1e-30)

    def calm(self, fluctuation: Array, heard: Mask) -> Mask:
        """(n,) whether nothing moves, by the channels that are `heard` (n, 3)."""
        calm: Mask = np.logical_and.reduce(self.scores(fluctuation) * heard < self.limit / 2, axis=1)
        return calm


def scattered(away: Array, base: Array, quiet: Quiet, noise: Array, column: npt.NDArray[np.intp]) -> Array:
    """(n,) power that is not the quiet path's own, in squared units of the level `column` (NORM or POWER).

    The amplitudes λ·u (level times shape) differ from the baseline by Δλ in the level and λ·Δu in the shape, which are
    orthogonal because a shape has unit RMS: the squares add. `noise` (n,): variance of shapes, already taken off `away`.
    """
    rows = np.arange(len(away))
    shape = away[:, SHAPE] - NOISE_SHARE * noise * (np.maximum(np.square(quiet.level[:, SHAPE]) - 1.0, 0.0) + UNSURE)
    level = away[rows, column] - NOISE_SHARE * np.square(quiet.level[rows, column])
    return np.maximum(level, 0.0) + np.square(base[rows, column]) * np.minimum(np.maximum(shape, 0.0), MOST)

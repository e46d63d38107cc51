"""From fluctuations and distances of paths to evidence: z-scores of motion, and the power that bodies scatter into the path."""

from dataclasses import dataclass

import numpy as np

from engine.radio.agc import NEPER_PER_DB
from engine.radio.amplitude import Mask
from engine.radio.channels import CHANNELS, NORM, POWER, SHAPE
from engine.radio.smoothing import Array
from engine.radio.threshold import LOWEST, STEADY

ROUNDING = 1.0 / 12.0  # variance of rounding to whole counts or whole decibels
TOGETHER = 16.0  # subcarriers whose rounding is independent enough to average out in a frame's RMS
UNTAUGHT = 0.04  # relative fluctuation taken for quiet while a path has not shown its own
LOOSE = 0.4  # spread of that, relative
OPEN_QUIET, OPEN_SPREAD = 0.05, 0.03  # relative fluctuation of a path without a static part
NOISE_SHARE = 1.5  # of the quiet power is taken off before anything counts as scattered


def rounding_floor(rms: Array, levels: Array, coarse: Mask) -> Array:
    """(n, 3) the variance that rounding alone makes in each channel. `levels` (n, 3) in each channel's unit, SHAPE's not used."""
    floor = np.empty((len(rms), CHANNELS))
    relative = ROUNDING / np.square(np.maximum(rms, 0.5))
    floor[:, SHAPE] = relative
    floor[:, NORM] = ROUNDING / TOGETHER
    decibel = np.where(coarse, np.square(NEPER_PER_DB) * ROUNDING, relative / TOGETHER)
    floor[:, POWER] = np.square(levels[:, POWER]) * decibel
    return floor


@dataclass(frozen=True, slots=True, eq=False)
class Quiet:
    """What n paths are like when nothing moves: RMS fluctuation, its spread, and the threshold in spreads, each (n, 3)."""

    level: Array
    spread: Array
    limit: Array

    @classmethod
    def of(cls, learnt: Array, spread: Array, limit: Array, known: Mask, floor: Array, levels: Array) -> "Quiet":
        """From what the paths have shown; where they have not (`known` (n,)), from what rounding and an ordinary radio make."""
        guess = np.sqrt(floor) + UNTAUGHT * np.where(np.arange(CHANNELS) == SHAPE, 1.0, levels)
        level = np.where(known[:, None], np.maximum(learnt, np.sqrt(floor)), guess)
        least = np.where(known[:, None], STEADY, LOOSE) * level
        return cls(level, np.maximum(spread, least), np.where(known[:, None], limit, LOWEST))

    def where_open(self, is_open: Mask, floor: Array, levels: Array) -> "Quiet":
        """The same, but paths without a static part are quiet when their own level hardly changes: there all power is somebody's."""
        guess = np.sqrt(floor) + OPEN_QUIET * levels
        each = is_open[:, None]
        return Quiet(
            np.where(each, guess, self.level),
            np.where(each, OPEN_SPREAD / OPEN_QUIET * guess, self.spread),
            np.where(each, LOWEST, self.limit),
        )

    def scores(self, power: Array) -> Array:
        """(n, 3) how many spreads the fluctuation (variance `power`) is above quiet; never negative."""
        over = np.sqrt(power) - self.level
        return np.maximum(over, 0.0) / np.maximum(self.spread, 1e-30)


def scattered(away: Array, base: Array, quiet: Array, column: Array) -> Array:
    """(n,) power that is not the quiet path's own, in squared units of the level `column` (NORM or POWER).

    The amplitudes λ·u (level times shape) differ from the baseline by Δλ in the level and λ·Δu in the shape, which are
    orthogonal because a shape has unit RMS: the squares add.
    """
    net = np.maximum(away - NOISE_SHARE * np.square(quiet), 0.0)
    rows = np.arange(len(net))
    return net[rows, column] + np.square(base[rows, column]) * np.minimum(net[:, SHAPE], 4.0)

"""Path losses of all scanners at once, from readings at known distances of phones whose gains are not known.

Each scanner has a power at 1 m and an exponent of its own, drawn towards what all scanners have in common; each phone has a gain, drawn
towards 0. That is ridge regression with a common mean (a hierarchical linear model), with the weights of Student's t against bodies in the
way (Lange, Little, Taylor, "Robust statistical modeling using the t distribution", JASA 84, 1989). Far away only the strong readings are
heard, which would flatten every exponent: readings are taken as truncated at the receiver's sensitivity (Hausman, Wise, "Social
experimentation, truncated distributions, and efficient estimation", Econometrica 45, 1977).
"""

import math

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.radio.ble.path_loss import USUAL

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

LEAST_EXPONENT, MOST_EXPONENT = 1.5, 5.0
LEAST_POWER_DBM, MOST_POWER_DBM = -90.0, -30.0
DEAF_DBM = -94.5  # what is weaker is not heard
_COMMON_SPREADS = 10.0, 0.6  # of the power (dB) and the exponent that scanners have in common, around the usual ones
_SCANNER_SPREADS = 5.0, 0.5  # of each scanner's around the common ones
_GAIN_SPREAD_DB = 6.0
_FADING_DB, _SHADOWING_DB = 6.0, 5.0  # of one reading, and of a place however often it is heard
_FREEDOM = 4.0  # of Student's t
_ROUNDS, _SETTLED = 25, 0.005
_WITHIN_DB, _SHADOW_DB, _PRIOR_COUNT = 4.5, 4.0, 8.0
_LEAST_SIGMA_DB, _MOST_SIGMA_DB = 3.0, 12.0
_MOST_OFF_DB2 = 225.0  # a single place does not decide
_TRUNCATED_DB, _MOST_TRUNCATION = 5.0, 2.0  # spread around the sensitivity; further below it than so many spreads says nothing more


@dataclass(frozen=True, slots=True, eq=False)
class PathLossRows:
    """Mean readings, each of one phone at one place by one scanner (N,).

    Attributes:
        scanner, device: numbers from 0. decades: 10·log10 of the distance in metres. rssi: mean in dBm. count: of readings in the mean.
    """

    scanner: Rows
    device: Rows
    decades: Array
    rssi: Array
    count: Array


@dataclass(frozen=True, slots=True, eq=False)
class PathLossFit:
    """`power_dbm`, `exponent` (S,) by scanner, `gain_db` (D,) by phone; all within their bounds."""

    power_dbm: Array
    exponent: Array
    gain_db: Array

    def residuals(self, rows: PathLossRows) -> Array:
        """(N,) decibels above what the path loss and the gain say."""
        expected = self.power_dbm[rows.scanner] - self.exponent[rows.scanner] * rows.decades + self.gain_db[rows.device]
        return rows.rssi - expected


def fit_path_losses(rows: PathLossRows, scanners: int, devices: int, deaf_dbm: float = DEAF_DBM) -> PathLossFit:
    """Takes less than a tenth of a second for two thousand rows. A scanner without rows has what all have in common."""
    design, usual = _design(rows, scanners, devices), USUAL.power_dbm - USUAL.exponent * rows.decades
    ridge = np.diag(1 / np.square(_spreads(scanners, devices)))
    variance = _SHADOWING_DB**2 + _FADING_DB**2 / rows.count
    found, weight = _zeros(design.shape[1]), _zeros(len(rows.rssi))
    for _ in range(_ROUNDS):
        expected = usual + design @ found
        heard = rows.rssi - _truncation(expected, min(deaf_dbm, float(rows.rssi.min())))
        weight = (_FREEDOM + 1) / (_FREEDOM + (heard - expected) ** 2 / variance) / variance
        normal = (design * weight[:, None]).T @ design + ridge
        next_found = _solution(normal, design.T @ (weight * (heard - usual)))
        change_db, found = float(np.abs(next_found - found).max()), next_found
        if change_db < _SETTLED:
            break
    power = USUAL.power_dbm + found[0] + found[2 : 2 + scanners]
    exponent = USUAL.exponent + found[1] + found[2 + scanners : 2 + 2 * scanners]
    gain = found[2 + 2 * scanners :]
    bounded = np.clip(exponent, LEAST_EXPONENT, MOST_EXPONENT)
    power = power + (bounded - exponent) * _mean_decades(rows, weight, scanners)  # the same strength where it was heard
    return PathLossFit(np.clip(power, LEAST_POWER_DBM, MOST_POWER_DBM), bounded, gain)


def reading_spread(rest: Array, count: Array, squares: float) -> tuple[float, float]:
    """Variance in dB² of single readings at one place, and spread in dB of a reading around the path loss, within its bounds.

    Args:
        rest, count: of one scanner's rows, decibels beyond the path loss, and of readings.
        squares: sum of the squared deviations of all readings from the means of their rows.
    """
    within = (squares + _WITHIN_DB**2 * _PRIOR_COUNT) / (float(count.sum()) - len(rest) + _PRIOR_COUNT)
    between = max(float(np.minimum(rest**2 - within / count, _MOST_OFF_DB2).sum()), 0.0) + _SHADOW_DB**2 * _PRIOR_COUNT
    sigma = math.sqrt(within + between / (len(rest) + _PRIOR_COUNT))
    return within, min(max(sigma, _LEAST_SIGMA_DB), _MOST_SIGMA_DB)


def _zeros(count: int) -> Array:
    return np.zeros(count, np.float64)


def _solution(matrix: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, right), np.float64)


def _design(rows: PathLossRows, scanners: int, devices: int) -> Array:
    """(N, 2 + 2S + D): common power and exponent, each scanner's, each phone's gain."""
    each = np.arange(len(rows.rssi))
    design = np.zeros((len(each), 2 + 2 * scanners + devices))
    design[:, 0], design[:, 1] = 1.0, -rows.decades
    design[each, 2 + rows.scanner] = 1.0
    design[each, 2 + scanners + rows.scanner] = -rows.decades
    design[each, 2 + 2 * scanners + rows.device] = 1.0
    return design


def _spreads(scanners: int, devices: int) -> Array:
    power, exponent = _SCANNER_SPREADS
    return np.concatenate([_COMMON_SPREADS, np.full(scanners, power), np.full(scanners, exponent), np.full(devices, _GAIN_SPREAD_DB)])


def _truncation(expected: Array, deaf_dbm: float) -> Array:
    """(N,) decibels by which what is heard is stronger on average than all that was sent, as the rest is below the sensitivity."""
    below = np.minimum((deaf_dbm - expected) / _TRUNCATED_DB, _MOST_TRUNCATION)
    share = np.array([math.erfc(each / math.sqrt(2)) / 2 for each in below.tolist()])
    return _TRUNCATED_DB * np.exp(-0.5 * below**2) / math.sqrt(2 * math.pi) / share


def _mean_decades(rows: PathLossRows, weight: Array, scanners: int) -> Array:
    total = np.bincount(rows.scanner, weight, scanners)
    return np.bincount(rows.scanner, weight * rows.decades, scanners) / np.maximum(total, 1e-12)

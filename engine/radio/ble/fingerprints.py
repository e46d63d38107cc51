"""A radio map from measured fingerprints: per scanner a Gaussian process over the floor, on top of the path loss that fits best.

Ferris, Hähnel, Fox, "Gaussian processes for signal strength-based location estimation", RSS 2006. The covariance is exponential (signal
strength is rough), its length and size are chosen by marginal likelihood from a few (Rasmussen, Williams, "Gaussian Processes for Machine
Learning", MIT Press 2006, algorithm 2.1). Readings are pooled into bins first, so that thousands of them cost little.
"""

from collections.abc import Mapping
from itertools import product

import numpy as np
import numpy.typing as npt

from engine.model.radio.path_loss import PooledReadings
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.radio.ble.cells import FloorCells, distances
from engine.radio.ble.path_loss import USUAL, expected_dbm
from engine.radio.ble.scipy_calls import cholesky_factor, distances_between, solved
from engine.radio.ble.signal_map import SignalMap, gain_axis

Array = npt.NDArray[np.float64]

BIN_M, MOST_BINS = 0.4, 600
_LENGTHS_M, _SIZES_DB = (0.8, 1.5, 3.0), (3.0, 4.5, 6.0)
_LEAST_NOISE_DB2 = 0.5
_GAIN_SPREAD_DB, _GAIN_STEP_DB, _GAIN_LIMIT_DB = 3.0, 2.0, 8.0  # the phone is not the one that was used to calibrate
_PRIOR_STRENGTH = 3.0  # readings that the usual path loss counts for


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Readings of one scanner at known places: `xy` (N, 2) metres, `rssi` (N,) dBm."""

    xy: Array
    rssi: Array


def fingerprint_map(cells: FloorCells, scanners: Mapping[str, Position], samples: Mapping[str, Fingerprints]) -> SignalMap:
    """Expected strength and its spread in every cell; for a scanner without fingerprints the usual path loss and a wide spread."""
    spots = cells.centers()
    surfaces = [_surface(spots, position, samples.get(scanner)) for scanner, position in scanners.items()]
    expected = np.array([mean for mean, _ in surfaces], np.float32)[:, None, :]
    sigma = np.array([spread for _, spread in surfaces], np.float32)[:, None, :]
    gains, prior = gain_axis(_GAIN_SPREAD_DB, _GAIN_STEP_DB, _GAIN_LIMIT_DB)
    return SignalMap(cells, tuple(scanners), expected, sigma, gains, prior, "fingerprints")


def _surface(spots: Array, scanner: Position, sample: Fingerprints | None) -> tuple[Array, Array]:
    if sample is None or not len(sample.rssi):
        usual = expected_dbm(USUAL.power_dbm, USUAL.exponent, distances(spots, scanner))
        return usual, np.full(len(spots), 2 * USUAL.sigma_db)
    bins = _pooled(sample)
    power, exponent = _trend(bins, scanner)
    rest = bins.rssi - expected_dbm(power, exponent, distances(bins.xy, scanner))
    mean, sigma = shadowing_surface(PooledReadings(bins.xy, rest, bins.count, bins.spread_db2), spots)
    return expected_dbm(power, exponent, distances(spots, scanner)) + mean, sigma


def shadowing_surface(rest: PooledReadings, spots: Array) -> tuple[Array, Array]:
    """(C,) decibels that a scanner hears above its path loss in each place, and a reading's spread there. Takes some ten milliseconds."""
    mean, variance = _process(rest, rest.rssi, spots)
    return mean, np.sqrt(variance + rest.spread_db2)


def _pooled(sample: Fingerprints) -> PooledReadings:
    """Means over square bins, which grow until there are few enough."""
    edge = BIN_M
    while True:
        keys, inverse = np.unique(np.floor(sample.xy / edge).astype(np.int64), axis=0, return_inverse=True)
        if len(keys) <= MOST_BINS:
            break
        edge *= 1.3
    inverse = inverse.reshape(-1)
    count = np.bincount(inverse).astype(float)
    mean = np.bincount(inverse, sample.rssi) / count
    xy = np.stack([np.bincount(inverse, sample.xy[:, axis]) / count for axis in (0, 1)], axis=1)
    squares = float(((sample.rssi - mean[inverse]) ** 2).sum()) + USUAL.sigma_db**2 * _PRIOR_STRENGTH
    return PooledReadings(xy, mean, count, squares / (len(sample.rssi) - len(keys) + _PRIOR_STRENGTH))


def _trend(bins: PooledReadings, scanner: Position) -> tuple[float, float]:
    """Power and exponent by weighted least squares, drawn a little towards the usual ones."""
    logs = -10 * np.log10(np.maximum(distances(bins.xy, scanner), 0.5))
    design = np.stack([np.ones_like(logs), logs], axis=1)
    strength = np.diag([_PRIOR_STRENGTH / 15.0**2, _PRIOR_STRENGTH / 0.6**2]) * bins.spread_db2
    normal = design.T @ (design * bins.count[:, None]) + strength
    right = design.T @ (bins.rssi * bins.count) + strength @ np.array([USUAL.power_dbm, USUAL.exponent])
    power, exponent = np.linalg.solve(normal, right)
    return float(power), float(exponent)


def _process(bins: PooledReadings, rest: Array, spots: Array) -> tuple[Array, Array]:
    """Mean and variance (C,) of what the path loss leaves over, at the places asked for."""
    between, noise = distances_between(bins.xy, bins.xy), bins.spread_db2 / bins.count + _LEAST_NOISE_DB2
    length, size, factor = max(
        ((length, size, _factor(between, noise, length, size)) for length, size in product(_LENGTHS_M, _SIZES_DB)),
        key=lambda chosen: _evidence(chosen[2], rest),
    )
    across = size**2 * np.exp(-distances_between(spots, bins.xy) / length)
    mean = across @ solved(factor, rest)
    variance = size**2 - np.einsum("cb,bc->c", across, solved(factor, across.T))
    return mean, np.maximum(variance, 0.0)


def _factor(between: Array, noise: Array, length: float, size: float) -> Array:
    return cholesky_factor(size**2 * np.exp(-between / length) + np.diag(noise))


def _evidence(factor: Array, rest: Array) -> float:
    return float(-0.5 * rest @ solved(factor, rest) - np.log(np.diag(factor)).sum())

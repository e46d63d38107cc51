"""How well a phone and a presence move together: evidence of one pair, gathered over the last twenty seconds."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from engine.model.site import Position, ScannerCalibration
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.belief import FREEDOM
from engine.radio.ble.cells import PHONE_HEIGHT_M
from engine.radio.ble.path_loss import NEAREST_M
from engine.radio.ble.presence import Presence
from engine.radio.ble.signal_map import gain_axis, hypotheses

Array = npt.NDArray[np.float64]

FORGET_S = 20.0
_AGES_S = (0.5, 1.5, 2.5, 3.5)  # a node reports every five seconds what it heard at some time in between, and the report takes its time
INDEPENDENT_S = 2.5  # readings of one scanner closer together than this repeat the same shadowing
_GAINS_F32, _GAIN_PRIOR = gain_axis(8.0, 4.0, 24.0)
_GAINS = _GAINS_F32.astype(np.float64)
LOG_GAINS = np.log(_GAIN_PRIOR.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Reading:
    """One scanner heard a phone. `weight`: what it counts for, 0–1."""

    scanner: Position
    loss: ScannerCalibration | None
    rssi: float
    weight: float
    scanner_id: str = ""


class Ledger:
    """Log likelihoods (H, G) of what was heard, for each hypothesis about surroundings and the phone's gain.

    The same gain has to explain the whole way: that is what makes a way more decisive than a moment.
    """

    def __init__(self) -> None:
        self._logs: Array = np.zeros((len(hypotheses(None)), len(_GAINS)))
        self._evidence: float | None = None  # as long as nothing was added or forgotten

    def forget(self, passed_s: float) -> None:
        self._logs *= math.exp(-passed_s / FORGET_S)
        self._evidence = None

    def add(self, logs: Array) -> None:
        self._logs += logs
        self._evidence = None

    def log_evidence(self) -> float:
        """Log likelihood of all that was heard, whatever the gain and the surroundings."""
        if self._evidence is None:
            self._evidence = self._sum()
        return self._evidence

    def _sum(self) -> float:
        joint = self._logs + LOG_GAINS - math.log(len(self._logs))
        most = float(joint.max())
        return most + math.log(float(np.exp(joint - most).sum()))

    def state(self) -> list[list[float]]:
        return self._logs.tolist()

    @classmethod
    def restored(cls, state: Sequence[Sequence[float]]) -> "Ledger":
        ledger = cls()
        ledger._logs = np.array(state, np.float64)
        return ledger


def fit_at(now_ns: int, presences: Sequence[Presence], readings: Sequence[Reading]) -> Array:
    """(B, H, G) log likelihood of readings if the phone is with each presence, whose own uncertainty widens the spread.

    When exactly a phone was heard is not known: each reading was taken somewhere on the way of the last seconds.
    """
    total = np.zeros((len(presences), len(hypotheses(None)), len(_GAINS)))
    ways = np.array([_way(now_ns, presence) for presence in presences], np.float64)
    spread = np.array([[row[:2] for row in presence.covariance[:2]] for presence in presences], np.float64)
    for reading in readings:
        away, radial = _ranges(ways, spread, reading.scanner)
        logs = np.log10(away)
        for row, loss in enumerate(hypotheses(reading.loss)):
            sigma = np.hypot(loss.sigma_db, 10 * loss.exponent / math.log(10) / away * radial)
            expected = loss.power_dbm - 10 * loss.exponent * logs
            fit = student(reading.rssi - expected[..., None] - _GAINS, sigma[..., None])
            total[:, row] += reading.weight * _mean_of_logs(fit)
    return total


def fit_anywhere(spots_m: Array, readings: Sequence[Reading]) -> Array:
    """(H, G) log likelihood of readings if the phone is somewhere else: anywhere among places (K, 2)."""
    total = np.zeros((len(hypotheses(None)), len(_GAINS), len(spots_m)))
    for reading in readings:
        offset = spots_m - np.asarray(reading.scanner[:2])
        away = np.sqrt((offset**2).sum(axis=1) + (PHONE_HEIGHT_M - reading.scanner[2]) ** 2)
        logs = np.log10(np.maximum(away, NEAREST_M))
        for row, loss in enumerate(hypotheses(reading.loss)):
            expected = loss.power_dbm - 10 * loss.exponent * logs
            total[row] += reading.weight * student(reading.rssi - expected[None, :] - _GAINS[:, None], loss.sigma_db)
    return _mean_of_logs(np.moveaxis(total, 2, 1))


def foretold(now_ns: int, presence: Presence, reading: Reading) -> tuple[float, float]:
    """What the scanner hears of a phone that is with the presence, in dB up to a constant, and its variance in dB²."""
    away, radial = _ranges_on_way(np.array([_way(now_ns, presence)], np.float64), presence, reading.scanner)
    loss = hypotheses(reading.loss)[len(hypotheses(reading.loss)) // 2]
    levels = -10 * loss.exponent * np.log10(away)
    unsure = 10 * loss.exponent / math.log(10) * radial / away
    return float(levels.mean()), float(levels.var() + (unsure**2).mean())


def decades_on_way(now_ns: int, presence: Presence, scanner: Position, ages_s: Sequence[float]) -> tuple[float, float, tuple[float, float]]:
    """Of a phone that went with the presence so many seconds ago: mean of 10·log10 of its distance in metres, how unsure that is (standard
    deviation), and its mean place."""
    way = np.array([_way(now_ns, presence, ages_s)], np.float64)
    away, radial = _ranges_on_way(way, presence, scanner)
    decades = 10 * np.log10(away)
    unsure = (10 / math.log(10) * radial / away) ** 2
    x, y = way[0].mean(axis=0).tolist()
    return float(decades.mean()), math.sqrt(float(decades.var() + unsure.mean())), (x, y)


def student(error_db: Array, sigma_db: Array | float) -> Array:
    """Log density of Student's t, up to what does not depend on error and spread."""
    return -(FREEDOM + 1) / 2 * np.log1p((error_db / sigma_db) ** 2 / FREEDOM) - np.log(sigma_db)


def weight_of(passed_ns: int | None) -> float:
    """What a reading counts for, by the time since the one before of the same scanner."""
    return 1.0 if passed_ns is None else min(max(passed_ns, 0) / SECOND / INDEPENDENT_S, 1.0)


def _mean_of_logs(logs: Array) -> Array:
    """(B, G) logarithm of the mean over the middle axis of likelihoods, from their logarithms (B, T, G)."""
    most = logs.max(axis=1)
    return most + np.log(np.exp(logs - most[:, None]).mean(axis=1))


def _way(now_ns: int, presence: Presence, ages_s: Sequence[float] = _AGES_S) -> list[tuple[float, float]]:
    """Where the presence was at each of the ages, newest first; as far back as it is known."""
    trail = presence.trail
    if not trail:
        return [presence.position[:2]] * len(ages_s)
    before = [bisect_right(trail, now_ns - round(age * SECOND), key=itemgetter(0)) - 1 for age in ages_s]
    return [trail[max(index, 0)][1:] for index in before]


def _ranges_on_way(way: Array, presence: Presence, scanner: Position) -> tuple[Array, Array]:
    return _ranges(way, np.array([[row[:2] for row in presence.covariance[:2]]], np.float64), scanner)


def _ranges(ways: Array, spread: Array, scanner: Position) -> tuple[Array, Array]:
    """(B, T) distances to phones carried along ways (B, T, 2), and (B, T) their standard deviations along the line of sight, in metres."""
    offset = ways - np.asarray(scanner[:2], np.float64)
    away = np.maximum(np.sqrt((offset**2).sum(axis=2) + (PHONE_HEIGHT_M - scanner[2]) ** 2), NEAREST_M)
    along = offset / away[..., None]
    variance = np.einsum("bti,bij,btj->bt", along, spread, along)
    return away.astype(np.float64), np.sqrt(np.maximum(variance, 0.0))

"""Where one phone may be: a Bayesian grid filter over the floor, the phone's gain and the surroundings at once.

A grid instead of a gradient: range errors are multiplicative, so least squares over ranges has several minima and may run away, while a
posterior over the floor is bounded by it and its spread is an honest uncertainty (Fox, Burgard, Thrun, "Markov localization for mobile
robots in dynamic environments", JAIR 11, 1999). Readings are compared in dB, where shadowing is about normal (log-normal shadowing), with
Student's t so that a body in the way does not decide. Each phone's gain is a dimension of its own, because phones differ by many dB and
only the differences between scanners tell where they are.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.packing import pack, unpack
from engine.radio.ble.scipy_calls import blurred
from engine.radio.ble.signal_map import Floats, SignalMap

FREEDOM = 4.0  # of Student's t
ROAMING_M2_S = 1.0  # how fast a walking person's place becomes unknown, per axis
GAIN_DRIFT_DB2_S = 0.01  # a phone is put into a pocket
CHANGE_OF_SURROUNDINGS_S = 0.01  # share per second
INDEPENDENT_S = 0.7  # readings closer together than this repeat the same shadowing, and count for less
LONGEST_STEP_S = 30.0
_NEGLIGIBLE = np.float32(1e-9)  # of the largest: makes a saved belief small
_SENSITIVITY_DBM, _SENSITIVITY_SPREAD_DB, _LOST_ANYWAY = -94.0, 4.0, 0.2


@dataclass(frozen=True, slots=True)
class Estimate:
    """Metres; `sx`, `sy` are standard deviations. gain_db: of the phone, relative to what is usual."""

    x: float
    y: float
    sx: float
    sy: float
    gain_db: float

    @property
    def sigma_m(self) -> float:
        """Root mean square over the two axes."""
        return math.sqrt((self.sx**2 + self.sy**2) / 2)


class Belief:
    """One phone's. The engine thread only; a step takes about a millisecond per thousand cells and scanner."""

    def __init__(self, signals: SignalMap, now_ns: int) -> None:
        self._signals = signals
        hypotheses, _, cells = signals.shape
        self._share: Floats = np.broadcast_to(signals.gain_prior[None, :, None] / (hypotheses * cells), signals.shape).astype(np.float32)
        self.at_ns = now_ns
        self._used_ns: dict[int, int] = {}

    def follow(self, signals: SignalMap) -> None:
        """Go on over a better map of the same cells."""
        if signals.shape == self._signals.shape:
            self._signals = signals

    def step(self, now_ns: int, readings: Mapping[int, float], silent: frozenset[int] = frozenset()) -> None:
        """Take in what scanners heard just now.

        Args:
            readings: dBm by the scanner's row in the map.
            silent: rows of scanners that listen and have not heard the phone for a while.
        """
        passed_s = min(max(now_ns - self.at_ns, 0) / SECOND, LONGEST_STEP_S)
        logs = np.log(np.maximum(self._diffused(passed_s), np.float32(1e-30)))
        for row, rssi in readings.items():
            logs += np.float32(self._weight(row, now_ns)) * self._fit(row, rssi)
        for row in sorted(silent):
            logs += np.float32(min(passed_s / LONGEST_STEP_S, 1.0)) * self._fit_of_silence(row)
        share = np.exp(logs - logs.max())
        share[share < _NEGLIGIBLE] = 0
        self._share = share / share.sum(dtype=np.float64).astype(np.float32)
        self.at_ns = max(now_ns, self.at_ns)

    def estimate(self, now_ns: int) -> Estimate:
        """The mean and spread, wider by what has passed since the last step."""
        cells = self._signals.cells
        place = self._share.sum(axis=(0, 1), dtype=np.float64)
        place /= place.sum()
        spots = cells.centers()
        mean = place @ spots
        variance = place @ (spots - mean) ** 2 + cells.cell_m**2 / 12
        grown = variance + ROAMING_M2_S * max(now_ns - self.at_ns, 0) / SECOND
        most = np.array([(cells.nx * cells.cell_m) ** 2, (cells.ny * cells.cell_m) ** 2]) / 12  # knowing nothing
        sx, sy = np.sqrt(np.minimum(grown, np.maximum(most, variance)))
        gain = float(self._share.sum(axis=(0, 2), dtype=np.float64) @ self._signals.gains)
        return Estimate(float(mean[0]), float(mean[1]), float(sx), float(sy), gain)

    def _diffused(self, passed_s: float) -> Floats:
        """The belief after nobody heard anything for so long. Walls of the lattice reflect: nobody leaves it."""
        signals = self._signals
        hypotheses, gains, _ = signals.shape
        spread = math.sqrt(ROAMING_M2_S * passed_s) / signals.cells.cell_m
        drift = math.sqrt(GAIN_DRIFT_DB2_S * passed_s) / signals.gain_step
        lattice = self._share.reshape(hypotheses, gains, signals.cells.ny, signals.cells.nx)
        moved = blurred(lattice, (0.0, drift, spread, spread)).reshape(self._share.shape)
        mixed = np.float32(-math.expm1(-CHANGE_OF_SURROUNDINGS_S * passed_s))
        return (1 - mixed) * moved + mixed * moved.mean(axis=0, keepdims=True)

    def _weight(self, row: int, now_ns: int) -> float:
        before_ns = self._used_ns.get(row)
        self._used_ns[row] = now_ns
        return 1.0 if before_ns is None else min(max(now_ns - before_ns, 0) / SECOND / INDEPENDENT_S, 1.0)

    def _fit(self, row: int, rssi: float) -> Floats:
        """(H, G, C) log likelihood of a reading."""
        signals = self._signals
        sigma = signals.sigma[row][:, None, :]
        error = (np.float32(rssi) - signals.expected[row][:, None, :] - signals.gains[None, :, None]) / sigma
        return np.float32(-(FREEDOM + 1) / 2) * np.log1p(error * error / np.float32(FREEDOM)) - np.log(sigma)

    def _fit_of_silence(self, row: int) -> Floats:
        """(H, G, C) log likelihood of hearing nothing: the phone is below the receiver's sensitivity, or the reading was lost."""
        signals = self._signals
        expected = signals.expected[row][:, None, :] + signals.gains[None, :, None]
        heard = 1 / (1 + np.exp((_SENSITIVITY_DBM - expected) / np.float32(_SENSITIVITY_SPREAD_DB)))
        return np.log(np.float32(_LOST_ANYWAY) + np.float32(1 - _LOST_ANYWAY) * (1 - heard))

    def sigma_around(self, place: tuple[float, float], now_ns: int) -> float:
        """Root mean square distance per axis from a place, metres: how wrong it would be to say that the phone is there."""
        found = self.estimate(now_ns)
        return math.sqrt((found.sx**2 + found.sy**2 + (found.x - place[0]) ** 2 + (found.y - place[1]) ** 2) / 2)

    def state(self) -> dict[str, Any]:
        return {"at_ns": self.at_ns, "used_ns": [[row, at] for row, at in self._used_ns.items()], "share": pack(self._share)}

    def restore(self, state: Mapping[str, Any]) -> bool:
        """Whether it fitted this map; if not, nothing has changed."""
        share = unpack(state["share"], self._signals.shape)
        if share is None:
            return False
        self._share = share
        self.at_ns = int(state["at_ns"])
        self._used_ns = {int(row): int(at) for row, at in state["used_ns"]}
        return True

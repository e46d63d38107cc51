"""How strong the received signal is, although the receiver turns its gain and reports power in whole decibels.

A receiver with automatic gain control hands out I/Q = g·H and reports RSSI = 20·log10 ‖H‖, rounded. So ‖I/Q‖ / 10^(RSSI/20) is g, and
dividing by g *restores* the amplitude of the channel (dividing by the received power instead would remove what a body does). g stands still
between steps of the control while the rounding of RSSI flickers: it is averaged while it stays within `STEP` and followed at once
beyond. Where the control acts all the time (norm constant, RSSI moving) the average is short. Links whose RSSI never moves or is
missing are measured by the norm of I/Q alone.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.radio.amplitude import WEAK
from engine.radio.smoothing import Array, share
from engine.radio.table import ColumnSpec, Table

NEPER_PER_DB = np.log(10.0) / 20.0
STEP = 2.0 * NEPER_PER_DB  # ln: a change of gain that no rounding explains
LONG_S = 30.0  # over which norm and RSSI are compared
SLUGGISH_S, EAGER_S = 2.0, 0.15  # averaging of g where it stands still, and where it always moves
COARSE = 4.0 * WEAK  # counts: below, RSSI is finer than I/Q quantised to int8

_SPECS = {
    "gain": ColumnSpec(),
    "known": ColumnSpec("bool"),
    "rssi": ColumnSpec(),
    "moves": ColumnSpec("bool"),
    "mean": ColumnSpec(shape=(2,)),
    "spread": ColumnSpec(shape=(2,)),
}


class GainTracker:
    """Levels of frames, per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        self._table = Table(_SPECS)

    def grow(self, rows: int) -> None:
        self._table.grow(rows)

    def step(self, rows: npt.NDArray[np.intp], dt_s: Array, rms: Array, rssi: Array) -> Array:
        """Levels (n, 2) of n frames: by the norm of I/Q in counts, and by RSSI in 10^(dBm/20), NaN-free; 0 where nothing is received."""
        self._watch(rows, rssi)
        gain = self._follow(rows, dt_s, rms, rssi)
        restored = rms * np.exp(-gain)
        told = np.where(rssi != 0, np.exp(rssi * NEPER_PER_DB), restored)
        fine = (rms >= COARSE) & self._table["known"][rows]
        return np.stack([rms, np.where(fine, restored, told)], axis=1)

    def by_rssi(self) -> npt.NDArray[np.bool_]:
        """(rows,) whether a path's RSSI tells anything, so that the second level is the one to use."""
        return self._table["moves"]

    def _watch(self, rows: npt.NDArray[np.intp], rssi: Array) -> None:
        seen, moves = self._table["rssi"], self._table["moves"]
        moves[rows] |= (rssi != 0) & (seen[rows] != 0) & (rssi != seen[rows])
        seen[rows] = np.where((seen[rows] == 0) & (rssi != 0), rssi, seen[rows])

    def _follow(self, rows: npt.NDArray[np.intp], dt_s: Array, rms: Array, rssi: Array) -> Array:
        gain, known = self._table["gain"], self._table["known"]
        measurable = (rms >= WEAK) & (rssi != 0)
        now = np.log(np.maximum(rms, 1e-6)) - rssi * NEPER_PER_DB
        off = now - gain[rows]
        part = share(dt_s, self._patience(rows, dt_s, rms, rssi, measurable))
        jump = ~known[rows] | (np.abs(off) > STEP)
        gain[rows] += np.where(measurable, np.where(jump, off, part * off), 0.0)
        known[rows] |= measurable
        return gain[rows]

    def _patience(self, rows: npt.NDArray[np.intp], dt_s: Array, rms: Array, rssi: Array, measurable: npt.NDArray[np.bool_]) -> Array:
        """Seconds over which g is averaged: long where norm and RSSI move together, short where only RSSI does."""
        mean, spread = self._table["mean"], self._table["spread"]
        levels = np.stack([np.log(np.maximum(rms, 1e-6)), rssi * NEPER_PER_DB], axis=1)
        first = ~self._table["known"][rows]
        part = np.where(measurable, share(dt_s, LONG_S), 0.0)[:, None]
        off = np.where(first[:, None], 0.0, levels - mean[rows])
        mean[rows] = np.where((first & measurable)[:, None], levels, mean[rows] + part * off)
        spread[rows] += part * (np.square(off) - spread[rows])
        rounding = np.square(NEPER_PER_DB) / 12
        together = np.clip(spread[rows, 0] / (spread[rows, 1] + rounding), 0.0, 1.0)
        steady = spread[rows, 1] < 4 * rounding  # RSSI only flickers: nothing to follow
        return EAGER_S + (SLUGGISH_S - EAGER_S) * np.where(steady, 1.0, together)

    def state(self) -> dict[str, Any]:
        return self._table.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._table.restore(state)

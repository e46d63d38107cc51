"""How strong the received signal is, although the receiver turns its gain and reports power in whole decibels.

A receiver with automatic gain control hands out I/Q = g·H and reports RSSI = 20·log10 ‖H‖, rounded. So ‖I/Q‖ / 10^(RSSI/20) is g, and
dividing by g *restores* the amplitude of the channel (dividing by the received power instead would remove what a body does). Two
estimates of g are kept: a patient one for receivers whose g stands still between steps (a step of the norm that RSSI does not share is a
step of g, exactly as large), and a quick one for those that turn it all the time (norm constant, RSSI moving). They are mixed as a
Wiener filter would: by how much more the difference of norm and RSSI wanders than it flickers from frame to frame, since rounding
only flickers.
Links whose RSSI never moves or is
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
STEP = 1.5 * NEPER_PER_DB  # ln: what a body does not do to the norm from one frame to the next while RSSI stands
OFF = 3.0 * NEPER_PER_DB  # ln: an error of g that no rounding explains
PATIENT_S, QUICK_S = 10.0, 0.12  # averaging of g where it stands still, and where it always moves
WATCH_S, WATCH_FRAMES = 4.0, 40  # over which wandering and flickering are compared, at least
FLICKER = 1.6  # times the flicker is what chance makes of wandering
MOST_FLICKER = NEPER_PER_DB**2  # more than a decibel's is no rounding
COARSE = 4.0 * WEAK  # counts: below, RSSI is finer than I/Q quantised to int8

_SPECS = {
    "patient": ColumnSpec(),
    "quick": ColumnSpec(),
    "wander": ColumnSpec(),
    "flicker": ColumnSpec(),
    "residual": ColumnSpec(),
    "known": ColumnSpec("bool"),
    "rssi": ColumnSpec(),
    "before": ColumnSpec(shape=(2,)),
    "frames": ColumnSpec("int64"),
    "moves": ColumnSpec("bool"),
}


class GainTracker:
    """Levels of frames, per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        self._table = Table(_SPECS)

    def grow(self, rows: int) -> None:
        self._table.grow(rows)

    def keep(self, rows: npt.NDArray[np.intp]) -> None:
        self._table.keep(rows)

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
        """(n,) ln g after these frames."""
        table = self._table
        known = table["known"]
        measurable = (rms >= WEAK) & (rssi != 0)
        levels = np.stack([np.log(np.maximum(rms, 1e-6)), rssi * NEPER_PER_DB], axis=1)
        step = np.where(measurable & known[rows], self._stepped(rows, levels), 0.0)
        now = levels[:, 0] - levels[:, 1]
        for name, tau_s in (("patient", PATIENT_S), ("quick", QUICK_S)):
            gain = table[name][rows] + step
            settled = np.maximum(share(dt_s, tau_s), 1.0 / (table["frames"][rows] + 1.0))
            table[name][rows] = np.where(measurable, gain + settled * (now - gain), gain)
        off = np.where(measurable, now - table["patient"][rows], 0.0)
        mix = self._mix(rows, dt_s, off, measurable)
        anew = measurable & (np.abs(off) > OFF) & (mix < 0.5)
        table["patient"][rows] += np.where(anew, off, 0.0)
        table["frames"][rows] = np.where(anew, 1, table["frames"][rows] + measurable)
        table["before"][rows] = np.where(measurable[:, None], levels, table["before"][rows])
        known[rows] |= measurable
        return table["patient"][rows] + mix * (table["quick"][rows] - table["patient"][rows])

    def _stepped(self, rows: npt.NDArray[np.intp], levels: Array) -> Array:
        """(n,) by how much g has stepped since the frame before: what the norm did while RSSI stood."""
        change = levels - self._table["before"][rows]
        alone = (np.abs(change[:, 0]) > STEP) & (np.abs(change[:, 1]) < 1.5 * NEPER_PER_DB)
        return np.where(alone & (np.abs(change[:, 0] - change[:, 1]) > STEP), change[:, 0], 0.0)

    def _mix(self, rows: npt.NDArray[np.intp], dt_s: Array, off: Array, measurable: npt.NDArray[np.bool_]) -> Array:
        """(n,) share of the quick estimate. `off` (n,): what norm and RSSI say of g now, less the patient estimate."""
        table = self._table
        part = np.where(measurable & table["known"][rows], np.minimum(share(dt_s, WATCH_S), 1.0 / WATCH_FRAMES), 0.0)
        table["wander"][rows] += part * (np.square(off) - table["wander"][rows])
        table["flicker"][rows] += part * (np.square(off - table["residual"][rows]) / 2 - table["flicker"][rows])
        table["residual"][rows] = np.where(measurable, off, table["residual"][rows])
        flicker = np.minimum(table["flicker"][rows], MOST_FLICKER)
        wander = np.maximum(table["wander"][rows] - FLICKER * flicker, 0.0)
        return wander / np.maximum(wander + flicker / 2, 1e-12)

    def state(self) -> dict[str, Any]:
        return self._table.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._table.restore(state)

"""How strong the received signal is, although the receiver turns its gain and reports power in whole decibels.

A receiver with automatic gain control hands out I/Q = g·H and reports RSSI = 20·log10 ‖H‖, rounded. So ‖I/Q‖ / 10^(RSSI/20) is g, and
dividing by g *restores* the amplitude of the channel (dividing by the received power instead would remove what a body does). Two
estimates of g are kept: a patient one for receivers whose g stands still between steps (a step of the norm that RSSI does not share is a
step of g, exactly as large), and a quick one for those that turn it all the time (norm constant, RSSI moving). They are mixed as a
Wiener filter would: by how much more the difference of norm and RSSI wanders than it flickers from frame to frame, since rounding
only flickers. Links of receivers whose RSSI never moves or is missing are measured by the norm of I/Q alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.radio.links.amplitude import WEAK, Mask
from engine.radio.links.smoothing import Array, beside, share
from engine.radio.table import ColumnSpec, TablePart, Which

NEPER_PER_DB = np.log(10.0) / 20.0
STEP = 1.5 * NEPER_PER_DB  # ln: what a body does not do to the norm from one frame to the next while RSSI stands
OFF = 3.0 * NEPER_PER_DB  # ln: an error of g that no rounding explains
PATIENT_S, QUICK_S = 10.0, 0.12  # averaging of g where it stands still, and where it always moves
_AVERAGED_S = np.array([[PATIENT_S], [QUICK_S]])
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


class GainTracker(TablePart):
    """Levels of frames, per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def step(self, rows: Which, dt_s: Array, rms: Array, rssi: Array) -> Array:
        """Levels (n, 2) of n frames: by the norm of I/Q in counts, and by RSSI in 10^(dBm/20), NaN-free; 0 where nothing is received."""
        self._watch(rows, rssi)
        gain = self._follow_gain(rows, dt_s, rms, rssi)
        restored = rms * np.exp(-gain)
        told = np.where(rssi != 0, np.exp(rssi * NEPER_PER_DB), restored)
        fine = (rms >= COARSE) & self.table["known"][rows]
        return beside(rms, np.where(fine, restored, told))

    def by_rssi(self) -> npt.NDArray[np.bool_]:
        """(rows,) whether a path's RSSI tells anything, so that the second level is the one to use."""
        return self.table["moves"]

    def share_among_receivers(self, reporters: Callable[[], Sequence[str]]) -> None:
        """Where RSSI has moved on one path of a receiver, it tells something on all of them: fusion compares the levels of links.

        Args:
            reporters: gives the receiver (reporting node) of each path.
        """
        moves = self.table["moves"]
        if np.count_nonzero(moves) not in (0, len(moves)):
            names = reporters()
            telling = {name for name, told in zip(names, moves.tolist(), strict=True) if told}
            moves |= np.array([name in telling for name in names], np.bool_)

    def _watch(self, rows: Which, rssi: Array) -> None:
        seen, told = self.table["rssi"][rows], rssi != 0
        self.table["moves"][rows] |= told & (seen != 0) & (rssi != seen)
        self.table["rssi"][rows] = np.where((seen == 0) & told, rssi, seen)

    def _follow_gain(self, rows: Which, dt_s: Array, rms: Array, rssi: Array) -> Array:
        """(n,) ln g after these frames."""
        table = self.table
        known, frames, before = table["known"][rows], table["frames"][rows], table["before"][rows]
        measurable = (rms >= WEAK) & (rssi != 0)
        levels = beside(np.log(np.maximum(rms, 1e-6)), rssi * NEPER_PER_DB)
        step = np.where(measurable & known, _stepped(levels - before), 0.0)
        now, first = levels[:, 0] - levels[:, 1], 1.0 / (frames + 1.0)
        slow, fast = np.where(measurable, np.maximum(share(dt_s, _AVERAGED_S), first), 0.0)
        patient, quick = table["patient"][rows] + step, table["quick"][rows] + step
        patient += slow * (now - patient)
        quick += fast * (now - quick)
        off = np.where(measurable, now - patient, 0.0)
        mix = self._mix(rows, dt_s, off, measurable, known)
        anew = measurable & (np.abs(off) > OFF) & (mix < 0.5)
        patient += np.where(anew, off, 0.0)
        table["patient"][rows], table["quick"][rows] = patient, quick
        table["frames"][rows] = np.where(anew, 1, frames + measurable)
        table["before"][rows] = np.where(measurable[:, None], levels, before)
        table["known"][rows] = known | measurable
        return patient + mix * (quick - patient)

    def _mix(self, rows: Which, dt_s: Array, off: Array, measurable: Mask, known: Mask) -> Array:
        """(n,) share of the quick estimate. `off` (n,): what norm and RSSI say of g now, less the patient estimate."""
        table = self.table
        wander, flicker, residual = table["wander"][rows], table["flicker"][rows], table["residual"][rows]
        part = np.where(measurable & known, np.minimum(share(dt_s, WATCH_S), 1.0 / WATCH_FRAMES), 0.0)
        wander += part * (np.square(off) - wander)
        flicker += part * (np.square(off - residual) / 2 - flicker)
        table["wander"][rows], table["flicker"][rows] = wander, flicker
        table["residual"][rows] = np.where(measurable, off, residual)
        flicker = np.minimum(flicker, MOST_FLICKER)
        wander = np.maximum(wander - FLICKER * flicker, 0.0)
        return wander / np.maximum(wander + flicker / 2, 1e-12)


def _stepped(change: Array) -> Array:
    """(n,) by how much g has stepped since the frame before, of the change (n, 2) of norm and RSSI: what the norm did while RSSI stood."""
    norm, told = change[:, 0], change[:, 1]
    alone = (np.abs(norm) > STEP) & (np.abs(told) < 1.5 * NEPER_PER_DB)
    return np.where(alone & (np.abs(norm - told) > STEP), norm, 0.0)

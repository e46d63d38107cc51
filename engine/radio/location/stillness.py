"""Breathing: somebody who keeps still moves a chest by some millimetres, 8 to 30 times a minute.

A path's level and the slow waves of its shape over subcarriers are averaged in bins of a quarter of a second by arrival, whatever the
rate and its jitter. Once a second the last 24 seconds are looked at: each component relative to its own flicker from bin to bin, bins
without frames and bins in motion left out (a periodogram of uneven samples after Lomb, Astrophys. Space Sci. 39, 1976, in its masked
form), summed over components. A peak inside the band that stands out of the rest is breathing; a spectrum that falls from below the
band is drift.
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask, Narrow
from engine.radio.links.smoothing import Array
from engine.radio.table import ColumnSpec, TablePart, Which, among

Rows = npt.NDArray[np.intp]

BIN_NS = 250_000_000
BINS = 96
EVERY = 4  # bins between looks
WAVES = 5
COMPONENTS = WAVES + 1
FEWEST = 40  # bins with frames and without motion
FREQUENCIES_HZ = np.arange(0.06, 1.9, 0.02)
IN_BAND = np.flatnonzero(np.abs(FREQUENCIES_HZ - 0.34) <= 0.21)
BELOW_BAND = np.flatnonzero(FREQUENCIES_HZ <= 0.1)
DOUBTFUL, CERTAIN = 4.0, 12.0  # peak over the median of the spectrum: still 0 and 1
NEVER = -1

_PLACE = (np.arange(SUBCARRIERS) + 0.5) / SUBCARRIERS
_BASIS = np.stack([np.cos(np.pi * n * _PLACE) for n in range(1, WAVES + 1)], axis=1).astype(np.float32)
_ANGLES = 2.0 * np.pi * (np.arange(BINS) * BIN_NS / 1e9)[:, None] * FREQUENCIES_HZ
_COSINES, _SINES = np.cos(_ANGLES), np.sin(_ANGLES)
_FADE = np.hanning(BINS + 2)[1:-1]
_EACH = np.arange(BINS)

_SPECS = {
    "bin": ColumnSpec("int64", fill=NEVER),
    "looked": ColumnSpec("int64", fill=NEVER),
    "count": ColumnSpec("int64"),
    "moving": ColumnSpec("bool"),
    "sum": ColumnSpec("float32", (COMPONENTS,)),
    "ring": ColumnSpec("float32", (BINS, COMPONENTS)),
    "when": ColumnSpec("int64", (BINS,), NEVER),
    "still": ColumnSpec(),
}


class Stillness(TablePart):
    """Per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def still(self) -> Array:
        """(rows,) 0–1, evidence of breathing at the last look."""
        return self.table["still"]

    def forget(self, rows: Rows) -> None:
        self.table.reset(rows, *_SPECS)

    def step(self, rows: Which, arrival_ns: npt.NDArray[np.int64], shape: Narrow, level: Array, moving: Mask) -> None:
        """Take in one frame of each path.

        Args:
            level: (n,) relative to its quiet one. moving: (n,) frames that breathing cannot be seen in.
        """
        table = self.table
        now = arrival_ns // BIN_NS
        ended = among(rows, (now > table["bin"][rows]) & (table["count"][rows] > 0))
        if len(ended):
            self.close(ended)
        table["bin"][rows] = np.maximum(now, table["bin"][rows])
        table["sum"][rows] += np.concatenate([waves_of_shapes(shape), level[:, None].astype(np.float32)], axis=1)
        table["moving"][rows] |= moving
        table["count"][rows] += 1

    def close(self, rows: Rows) -> None:
        """The bins of these rows have ended."""
        table = self.table
        bins = table["bin"][rows]
        table["ring"][rows, bins % BINS] = table["sum"][rows] / table["count"][rows][:, None].astype(np.float32)
        table["when"][rows, bins % BINS] = np.where(table["moving"][rows], NEVER, bins)
        table.reset(rows, "sum", "count", "moving")
        fresh = table["looked"][rows] == NEVER
        table["looked"][rows] = np.where(fresh, bins - rows % EVERY, table["looked"][rows])  # not all paths in the same tick
        due = bins - table["looked"][rows] >= EVERY
        if due.any():
            table["looked"][rows[due]] = bins[due]
            table["still"][rows[due]] = self._look(rows[due], bins[due])

    def _look(self, rows: Rows, newest: npt.NDArray[np.int64]) -> Array:
        """(n,) evidence from the bins up to `newest` (n,)."""
        places = newest[:, None] - BINS + 1 + _EACH
        where = rows[:, None], places % BINS
        ring, there = self.table["ring"][where].astype(np.float64), self.table["when"][where] == places
        spectrum = _spectrum(ring, there)
        peak = np.maximum.reduce(spectrum[:, IN_BAND], axis=1)
        drift = np.maximum.reduce(spectrum[:, BELOW_BAND], axis=1)
        ratio = peak / np.maximum(medians(spectrum), 1e-12)
        seen = (np.add.reduce(there, axis=1) >= FEWEST) & (peak > drift)
        return np.where(seen, np.clip((ratio - DOUBTFUL) / (CERTAIN - DOUBTFUL), 0.0, 1.0), 0.0)


def waves_of_shapes(shape: Narrow) -> Narrow:
    """(n, WAVES) slow waves over subcarriers of shapes (n, 64)."""
    return shape @ _BASIS / np.float32(SUBCARRIERS)


def medians(spectrum: Array) -> Array:
    """(n,) of rows of even length."""
    half = spectrum.shape[1] // 2
    middle = np.partition(spectrum, (half - 1, half), axis=1)
    return (middle[:, half - 1] + middle[:, half]) / 2


def _spectrum(ring: Array, there: Mask) -> Array:
    """(n, F) power over `FREQUENCIES_HZ`, summed over components in units of each one's flicker. `ring` (n, BINS, C), `there` (n, BINS)."""
    weight = there * _FADE
    level = _without_line(ring, there.astype(np.float64))
    pairs = there[:, 1:] & there[:, :-1]
    steps, many = np.square(level[:, 1:] - level[:, :-1]) * pairs[..., None], np.add.reduce(pairs, axis=1)
    flicker = np.add.reduce(steps, axis=1) / (2.0 * np.maximum(many, 1))[:, None]
    spread = np.add.reduce(np.square(level) * there[..., None], axis=1) / np.maximum(np.add.reduce(there, axis=1), 1)[:, None]
    lonely = np.asarray(many <= 8)[:, None]
    noise = np.maximum(flicker + lonely * (spread - flicker), 1e-12)
    windowed: Array = np.swapaxes(level * weight[..., None] / np.sqrt(noise)[:, None], 1, 2).reshape(-1, BINS)
    along: Array = windowed @ _COSINES
    across: Array = windowed @ _SINES
    power = np.square(along) + np.square(across)
    return np.add.reduce(power.reshape(len(ring), COMPONENTS, -1), axis=1)


def _without_line(ring: Array, weight: Array) -> Array:
    """The components less their mean and trend over the bins that count, 0 where none is."""
    time = _EACH.astype(np.float64)
    total = np.maximum(np.add.reduce(weight, axis=1), 1.0)
    centred = (time - np.add.reduce(weight * time, axis=1, keepdims=True) / total[:, None]) * weight
    mean = np.einsum("nb,nbc->nc", weight, ring) / total[:, None]
    trend = np.einsum("nb,nbc->nc", centred, ring) / np.maximum(np.add.reduce(np.square(centred), axis=1), 1e-9)[:, None]
    return (ring - mean[:, None]) * weight[..., None] - centred[..., None] * trend[:, None]

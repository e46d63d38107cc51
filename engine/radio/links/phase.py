"""Phases freed of what the radios add: a common phase and a slope over subcarriers.

Carrier offset turns all subcarriers alike, sampling offset turns them in proportion to their frequency; both are new in every frame. The
slope is the argument of the sum of products of neighbours (S. Kay, IEEE Trans. ASSP 37(12), 1989), so nothing has to be unwrapped; what is
left gets an ordinary least-squares line. Its residuals have mean zero over the same subcarriers by construction: only their pattern
means something, never their mean.
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask, Narrow, mean_square
from engine.radio.links.smoothing import Array, blend, share
from engine.radio.table import ColumnSpec, TablePart, Which

Waves = npt.NDArray[np.complex64]

MEAN_S, SPREAD_S = 2.0, 10.0
EVERY_S = 0.2  # between frames of a path that are looked at: steadiness needs no more

_SPECS = {"known": ColumnSpec("bool"), "mean": ColumnSpec("float32", (SUBCARRIERS,)), "spread": ColumnSpec(), "since_s": ColumnSpec()}


def waves_of(iq: npt.NDArray[np.int8]) -> Waves:
    """I/Q (n, S, 2) as complex amplitudes (n, 64), cut or padded."""
    width = min(iq.shape[1], SUBCARRIERS)
    waves = np.zeros((len(iq), SUBCARRIERS), np.complex64)
    waves.real[:, :width] = iq[:, :width, 0]
    waves.imag[:, :width] = iq[:, :width, 1]
    return waves


def cleaned(waves: Waves, occupied: Mask) -> Narrow:
    """(n, 64) phase of each subcarrier in radians (−π to π) without offset and slope; 0 where there is none."""
    both = occupied[:, 1:] & occupied[:, :-1]
    slope = np.angle(np.add.reduce(waves[:, 1:] * np.conj(waves[:, :-1]) * both, axis=1))
    place = np.arange(SUBCARRIERS)
    turned = waves * np.exp(-1j * slope[:, None] * place).astype(np.complex64)
    turned *= np.conj(_direction(np.add.reduce(turned * occupied, axis=1)))[:, None]
    left = np.angle(turned) * occupied
    many = np.maximum(np.add.reduce(occupied, axis=1, keepdims=True), 1)
    centred = (place - np.add.reduce(place * occupied, axis=1, keepdims=True) / many) * occupied
    tilt = np.add.reduce(left * centred, axis=1, keepdims=True) / np.maximum(np.add.reduce(np.square(centred), axis=1, keepdims=True), 1e-9)
    return ((left - np.add.reduce(left, axis=1, keepdims=True) / many - tilt * centred) * occupied).astype(np.float32)


def _direction(waves: npt.NDArray[np.complexfloating]) -> npt.NDArray[np.complexfloating]:
    return np.where(np.abs(waves) > 0, waves / np.maximum(np.abs(waves), 1e-9), 1.0).astype(np.complex64)


class PhaseSteadiness(TablePart):
    """How much the cleaned phase of a path wanders, in rad² around its recent mean; part of a link's health."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def spread(self) -> Array:
        """(rows,) rad²."""
        return self.table["spread"]

    def due(self, rows: Which, dt_s: Array) -> Mask:
        """(n,) of which of these frames the phase is wanted: of the first, and then of one after each `EVERY_S`."""
        since = self.table["since_s"]
        since[rows] += dt_s
        return ~self.table["known"][rows] | (since[rows] >= EVERY_S)

    def step(self, rows: Which, phase: Narrow, occupied: Mask) -> None:
        """Take in one frame of each path that is due."""
        table = self.table
        known = table["known"][rows]
        off = (phase - table["mean"][rows]) * known[:, None]
        since_s = table["since_s"][rows]
        part = np.where(known, share(since_s, MEAN_S), 1.0).astype(np.float32)[:, None]
        blend(table["mean"], rows, part, phase)
        table["spread"][rows] += share(since_s, SPREAD_S) * (mean_square(off, occupied) - table["spread"][rows])
        table["known"][rows] = True
        table["since_s"][rows] = 0.0

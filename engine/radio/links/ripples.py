"""How fast the ways over bodies grow or shrink: the Doppler spectrum of what bodies add to a static wave.

Frames of nodes have no common phase, so a Doppler shift cannot be read from one tone. But the static wave is a reference that every
frame brings along: turned so that offset and slope agree with the slow mean of the path, a frame minus that mean is what bodies add, with
its phase, and that turns by one wave when the way over the body changes by one wavelength (Qian et al., "Widar", ACM MobiHoc 2017; Li et
al., "IndoTrack", ACM IMWUT 2017). The sign tells coming from going. Neighbouring tones are averaged, since the waves of one room differ
little over 2.5 MHz.
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask
from engine.radio.links.phase import Waves
from engine.radio.links.smoothing import Array, share
from engine.radio.table import ColumnSpec, TablePart

Single = npt.NDArray[np.float32]

RATES_HZ = np.arange(-19.0, 20.0)
"""(F,) Doppler shifts that are told apart: 2.3 m/s of change of a way. A negative one belongs to a way that grows."""
WINDOW_S = 0.8
MEAN_S = 1.5
LEAST_FRAMES = 7  # of a window, or nothing is told
_BANDS = 8
_FRAMES = 40
_APART_NS = 19_000_000  # frames of a path that come faster tell nothing new
SLOW_HZ = 1.5 / WINDOW_S  # a window cannot tell these from standing: they are never unlikely
_SLOW = np.abs(RATES_HZ) < SLOW_HZ
_ORDER = np.roll(np.arange(SUBCARRIERS), SUBCARRIERS // 2)  # tones by frequency: the chip tells 0 … 31, −32 … −1
_PLACE: Single = np.arange(SUBCARRIERS, dtype=np.float32) - SUBCARRIERS / 2
_ANGLES: Single = (2 * np.pi * RATES_HZ[RATES_HZ >= 0]).astype(np.float32)

_SPECS = {
    "known": ColumnSpec("bool"),
    "mean": ColumnSpec("complex64", (SUBCARRIERS,)),
    "at_ns": ColumnSpec("int64", (_FRAMES,), fill=-1e18),
    "ring": ColumnSpec("complex64", (_FRAMES, _BANDS)),
    "next": ColumnSpec("int64"),
}


def matched(waves: Waves, mean: Waves) -> Waves:
    """Frames (n, 64), tones by frequency, turned by the offset and slope that bring them closest to `mean`."""
    beside = waves * np.conj(mean)
    slope = np.angle(np.add.reduce(beside[:, 1:] * np.conj(beside[:, :-1]), axis=1))
    beside *= _turn(-slope[:, None] * _PLACE)
    offset = np.angle(np.add.reduce(beside, axis=1))
    beside *= _turn(-offset)[:, None]
    weight, left = np.abs(beside), np.angle(beside)
    tilted = weight * left
    tilt = tilted @ _PLACE / np.maximum(weight @ np.square(_PLACE), 1e-9)
    offset = offset + np.add.reduce(tilted, axis=1) / np.maximum(np.add.reduce(weight, axis=1), 1e-9)
    return waves * _turn(-offset[:, None] - (slope + tilt)[:, None] * _PLACE)


def _turn(angle: Single) -> Waves:
    """e^(j·angle); single precision, whose sines numpy computes many at a time."""
    turn = np.empty(angle.shape, np.complex64)
    turn.real, turn.imag = np.cos(angle), np.sin(angle)
    return turn


class Ripples(TablePart):
    """Per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def forget(self, rows: npt.NDArray[np.intp]) -> None:
        """These paths begin anew."""
        self.table.reset(rows, *_SPECS)

    def due(self, rows: npt.NDArray[np.intp], arrival_ns: npt.NDArray[np.int64]) -> Mask:
        """(n,) of which of these frames the waves are wanted."""
        table = self.table
        newest = table["at_ns"][rows, (table["next"][rows] - 1) % _FRAMES]
        return arrival_ns - newest >= _APART_NS

    def step(self, rows: npt.NDArray[np.intp], dt_s: Array, arrival_ns: npt.NDArray[np.int64], waves: Waves) -> None:
        """Take in one frame (64 tones as the chip orders them) of each path that is due."""
        table = self.table
        parts = waves.view(np.float32)
        size = np.sqrt(np.einsum("nx,nx->n", parts, parts) / SUBCARRIERS)[:, None]
        even = waves[:, _ORDER] / np.maximum(size, 1e-9)
        known, mean = table["known"][rows], table["mean"][rows]
        off = np.where(known[:, None], matched(even, mean) - mean, 0)
        part = share(np.maximum(dt_s, _APART_NS * 1e-9), MEAN_S).astype(np.float32)[:, None]
        table["mean"][rows] = np.where(known[:, None], mean + part * off, even)
        at = table["next"][rows]
        table["ring"][rows, at] = np.add.reduce(off.reshape(len(rows), _BANDS, -1), axis=2)
        table["at_ns"][rows, at] = arrival_ns
        table["next"][rows] = (at + 1) % _FRAMES
        table["known"][rows] = True

    def spectra(self, now_ns: int) -> Array:
        """(rows, F) power at each Doppler shift over the last window, 1 on the average; all 0 where nothing can be told."""
        age_s = (now_ns - self.table["at_ns"]) * 1e-9
        held = (age_s < WINDOW_S) & (age_s > -WINDOW_S)
        many = np.add.reduce(held, axis=1)
        told = np.flatnonzero(many >= LEAST_FRAMES)
        spectra = np.zeros((len(many), len(RATES_HZ)))
        if len(told):
            spectra[told] = _spectra(self.table["ring"][told], age_s[told], held[told])
        return spectra


def _spectra(ring: Waves, age_s: Array, held: Mask) -> Array:
    """(n, F) of frames (n, frames, bands); a raised cosine fades the window in and out. In single precision: to a ten-thousandth."""
    age = np.where(held, age_s, 0.0).astype(np.float32)
    part = np.minimum(np.maximum(age / WINDOW_S, 0.02), 0.98)
    fade = np.where(held, np.square(np.sin(np.pi * part)), 0.0).astype(np.float32)
    faded = ring.view(np.float32) * fade[..., None]
    faded -= fade[..., None] * (np.add.reduce(faded, axis=1) / np.maximum(np.add.reduce(fade, axis=1), 1e-9)[:, None])[:, None]
    power = _power(age, faded)
    mean = np.add.reduce(power, axis=1, keepdims=True) / power.shape[1]
    even = np.where(mean > 0, power / np.maximum(mean, 1e-30), 1.0)
    return np.where(_SLOW, np.maximum(even, 1.0), even)


def _power(age: Single, parts: Single) -> Single:
    """(n, F) power at `RATES_HZ` over all bands, of ages (n, frames) and real and imaginary parts in turn (n, frames, 2 · bands).

    Shifts f and −f need the same cosines c and sines s: with a = Σ c·x and b = Σ s·x they are a ± j·b, of power |a|² + |b|² ± 2 Im(a·b*).
    """
    angle = _ANGLES[:, None, None] * age
    turn = np.concatenate([np.cos(angle), np.sin(angle)]).swapaxes(0, 1)
    waves: Single = turn @ parts
    a, b = waves[:, : len(_ANGLES)], waves[:, len(_ANGLES) :]
    both = np.einsum("nfx,nfx->nf", a, a) + np.einsum("nfx,nfx->nf", b, b)
    apart = 2 * (np.einsum("nfx,nfx->nf", a[..., 1::2], b[..., ::2]) - np.einsum("nfx,nfx->nf", a[..., ::2], b[..., 1::2]))
    return np.maximum(np.concatenate([(both - apart)[:, :0:-1], both + apart], axis=1), 0.0)

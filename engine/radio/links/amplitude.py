"""From I/Q to amplitudes: how strong each subcarrier is, how strong the frame is, and how noisy it is by itself."""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.model.value_class import dataclass
from engine.radio import kernels

Array = npt.NDArray[np.float64]
Narrow = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

FIRST_WORD = 2  # subcarriers that an ESP32 may fill with garbage (`first_word_invalid`); guard or direct current in either order
PLAIN = 16  # frames with fewer subcarriers come from no ESP32: all of them count
_PLACE = np.arange(SUBCARRIERS)
_BEYOND_FIRST = _PLACE >= FIRST_WORD
WEAK = 1.0  # counts RMS, below which quantisation to int8 has eaten the shape of a frame


@dataclass(frozen=True, slots=True, eq=False)
class Amplitudes:
    """Of N frames: `values` (N, 64) in counts, zero where there is no subcarrier; `occupied` (N, 64); `rms` (N,) over the occupied."""

    values: Narrow
    occupied: Mask
    rms: Array

    @classmethod
    def of(cls, waves: npt.NDArray[np.complex64], n_sub: npt.NDArray[np.uint8]) -> "Amplitudes":
        """From complex amplitudes (N, 64) in whole counts; what lies beyond `n_sub` does not count."""
        values = np.square(waves.real)
        values += np.square(waves.imag)
        np.sqrt(values, out=values)
        counted = n_sub[:, None] > _PLACE
        counted &= _BEYOND_FIRST | (n_sub[:, None] < PLAIN)
        values *= counted
        occupied = values > 0
        many = np.maximum(how_many(occupied), 1)
        return cls(values, occupied, np.sqrt(np.einsum("nk,nk->n", values, values, dtype=np.float64) / many))

    def shapes(self) -> Narrow:
        """(N, 64) amplitudes relative to the frame's RMS: what is left when nobody knows the receiver's gain."""
        return self.values / np.maximum(self.rms, 1e-6).astype(np.float32)[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Triples:
    """Of N frames, which subcarriers are occupied on both sides too: `whole` (N, 62), `many` (N,) how many."""

    whole: Mask
    many: Array

    @classmethod
    def of(cls, occupied: Mask) -> "Triples":
        whole = occupied[:, 2:] & occupied[:, 1:-1] & occupied[:, :-2]
        return cls(whole, how_many(whole).astype(np.float64))

    def noise(self, values: Narrow) -> Array:
        """(N,) variance of the noise in amplitudes (N, 64), seen within single frames.

        A room's channel is smooth over neighbouring subcarriers (312.5 kHz apart, against a coherence bandwidth of megahertz), so the
        second difference of three neighbours is noise of six times a subcarrier's variance (von Neumann's difference estimator).
        """
        bend = values[:, 1:-1] * np.float32(-2)
        bend += values[:, 2:]
        bend += values[:, :-2]
        return kernels.squares(bend, self.whole) / (6.0 * np.maximum(self.many, 1))


def how_many(chosen: Mask) -> npt.NDArray[np.int8]:
    """(N,) of N times 64 at most, how many."""
    return np.add.reduce(chosen.view(np.int8), axis=1, dtype=np.int8)


def mean_square(off: Narrow, chosen: Mask) -> Array:
    """(N,) mean of the squares of `off` (N, 64) over the chosen subcarriers."""
    return kernels.squares(off, chosen) / np.maximum(how_many(chosen), 1)

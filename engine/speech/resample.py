"""Sound of any rate as 16 kHz mono, piece by piece."""

from math import gcd

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.model.errors import InputError
from engine.speech.voice import RATE_HZ, Samples

_TAPS_PER_PHASE = 16
_FEW_PHASES = 4  # of more, looking up each output's weights is cheaper than going through them
_SLOWEST_HZ, _FASTEST_HZ = 8_000, 192_000


def mono(samples: npt.NDArray[np.generic]) -> Samples:
    """(n,) or (n, channels), int16 or float −1 … 1, as (n,) float32; silence for what is not finite."""
    scale = 1.0 / 32768 if samples.dtype == np.int16 else 1.0
    plain = np.asarray(samples, np.float32) * np.float32(scale)
    return np.nan_to_num(plain if plain.ndim == 1 else plain.mean(axis=1), nan=0.0, posinf=0.0, neginf=0.0)


class Resampler:
    """Polyphase, with a windowed-sinc low pass; the same samples however the input is cut. Delays by `delay_s`. One thread."""

    def __init__(self, rate_hz: int) -> None:
        """
        Raises:
            InputError: `rate_hz` outside 8–192 kHz.
        """
        if not _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ:
            raise InputError("rate_hz", f"is {rate_hz}; sound has {_SLOWEST_HZ}–{_FASTEST_HZ}")
        self.rate_hz = rate_hz
        common = gcd(rate_hz, RATE_HZ)
        self._up, self._down = RATE_HZ // common, rate_hz // common
        longer = max(self._up, self._down)
        taps = 2 * _TAPS_PER_PHASE * longer + 1
        self.delay_s = 0.0 if longer == 1 else (taps - 1) / 2 / (rate_hz * self._up)
        self._reach = -(-taps // self._up)  # input samples that one output needs
        self._phases = _phases(_low_pass(taps, 0.92 / longer) * self._up, self._up)
        self._held = np.zeros(self._reach, np.float32)
        self._phase = 0  # in output steps of 1 / up of an input sample, where the next output lies after the held samples

    def feed(self, samples: Samples) -> Samples:
        """What these add, at 16 kHz."""
        if self._up == self._down:
            return samples
        work = np.concatenate([self._held, samples])
        first = self._reach * self._up + self._phase
        end = len(work) * self._up
        taken = self._filtered(work, np.arange(first, end, self._down))
        self._phase = (first + len(taken) * self._down) - end
        self._held = work[-self._reach :]
        return taken

    def _filtered(self, work: Samples, places: npt.NDArray[np.intp]) -> Samples:
        """(n,) at `places`, in steps of 1 / up of an input sample."""
        windows = sliding_window_view(work, self._reach)
        windows_at, phases = places // self._up - self._reach + 1, places % self._up
        if self._up > _FEW_PHASES:
            return np.einsum("ij,ij->i", windows[windows_at], self._phases[phases])
        found = np.empty(len(places), np.float32)
        for start in range(min(self._up, len(places))):  # each phase comes again after `up` outputs, `down` samples later
            part = found[start :: self._up]
            np.einsum("ij,j->i", windows[windows_at[start] :: self._down][: len(part)], self._phases[phases[start]], out=part)
        return found


def _low_pass(taps: int, cut_off: float) -> npt.NDArray[np.float64]:
    """(taps,) a sinc in Hamming's window, which leaves what does not change as it is. cut_off: of half the rate."""
    sinc = cut_off * np.sinc(cut_off * (np.arange(taps) - (taps - 1) / 2)) * np.hamming(taps)
    return sinc / sinc.sum()


def _phases(weights: npt.NDArray[np.float64], up: int) -> Samples:
    """(up, ceil(taps / up)) the weights of an output at each of `up` places between two input samples, for the oldest sample first."""
    whole = np.append(weights, np.zeros(-len(weights) % up))
    return np.ascontiguousarray(whole.reshape(-1, up).T[:, ::-1], np.float32)

"""The usual scores of motion from amplitudes: each takes times (N,) s and amplitudes (N, S), and gives (N,) from the frames so far."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WINDOW_S = 1.2
_BACK_S = 0.1


def moving_spread(t_s: Array, amplitude: Array) -> Array:
    """Standard deviation of each subcarrier in the window, relative to its mean; mean of them."""
    values = _used(amplitude)
    mean, variance = _moments(t_s, values)
    return (np.sqrt(variance) / np.maximum(mean, 1e-9)).mean(axis=1)


def turbulence(t_s: Array, amplitude: Array) -> Array:
    """Variance in the window of how unequal the subcarriers of a frame are, relative to their mean (the way of ESPectre)."""
    values = _used(amplitude)
    unequal = values.std(axis=1) / np.maximum(values.mean(axis=1), 1e-9)
    return _moments(t_s, unequal[:, None])[1][:, 0]


def unlikeness(t_s: Array, amplitude: Array) -> Array:
    """One less the correlation over subcarriers with the frame of a tenth of a second before; mean over the window."""
    values = _used(amplitude)
    centred = values - values.mean(axis=1, keepdims=True)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    before = np.maximum(np.minimum(np.searchsorted(t_s, t_s - _BACK_S), np.arange(len(t_s)) - 1), 0)
    return _moments(t_s, 1.0 - (unit * unit[before]).sum(axis=1, keepdims=True))[0][:, 0]


PEERS = {"moving spread": moving_spread, "turbulence": turbulence, "unlikeness": unlikeness}


def _used(amplitude: Array) -> Array:
    """Without guards, which carry nothing."""
    return amplitude[:, np.median(amplitude, axis=0) > 0].astype(np.float64)


def _moments(t_s: Array, values: Array) -> tuple[Array, Array]:
    """Means and variances in the window."""
    first, at = np.searchsorted(t_s, t_s - WINDOW_S), np.arange(len(t_s))
    count = (at - first + 1.0)[:, None]
    shifted = values - values[0]
    sums, squares = (np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(each, axis=0)]) for each in (shifted, shifted**2))
    mean = (sums[at + 1] - sums[first]) / count
    variance = np.maximum((squares[at + 1] - squares[first]) / count - mean**2, 0.0)
    return mean + values[0], variance

"""How far a path can be trusted, 0–1."""

import numpy as np

from engine.radio.links.amplitude import Mask
from engine.radio.links.smoothing import Array

WORST_DB, BEST_DB = 6.0, 30.0  # signal to noise
ENOUGH_HZ = 10.0
LOOSE_RAD2 = 0.5  # spread of the cleaned phase at which it says nothing
HEARSAY = 0.25  # of a path whose node tells RSSI only
SHARES = (0.45, 0.35, 0.20)  # noise, rate, phase


def health(noise: Array, rate_hz: Array, phase_rad2: Array, is_open: Mask, trusted: Mask) -> Array:
    """(n,) health of paths.

    Args:
        noise: variance of shapes seen within frames. is_open: paths without a static part, of which noise and phase tell nothing.
        trusted: whether the path's node has ever told I/Q.
    """
    clear = _unit((-10.0 * np.log10(np.maximum(noise, 1e-9)) - WORST_DB) / (BEST_DB - WORST_DB))
    steady = _unit(1.0 - phase_rad2 / LOOSE_RAD2)
    often = _unit(rate_hz / ENOUGH_HZ)
    whole = SHARES[0] * clear + SHARES[1] * often + SHARES[2] * steady
    return np.where(trusted, np.where(is_open, 0.5 + 0.5 * often, whole), HEARSAY * often)


def _unit(value: Array) -> Array:
    return np.minimum(np.maximum(value, 0.0), 1.0)

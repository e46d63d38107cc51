"""What a link's level says about a person at a place: a log-likelihood ratio that adds up over links.

The power that a body scatters into a link falls with the excess of the way over the body (Wilson & Patwari, "See-Through Walls", IEEE
TMC 2011); how steeply differs from site to site and is learned (`engine.radio.location.law`). The level of a link is taken for the
greatest of what each source makes of it: stray noise and every person. So distribution functions multiply:
P(level ≤ y) = C₀(y) · ΠC(y | depth).

Levels are counted in bins of 2 dB; bin 0 is "nothing seen". Depth is the excess on a logarithmic scale in units of half a wavelength.
"""

import numpy as np

from engine.radio.kernels import DEPTH_DB, DEPTHS, LEVELS, Array, Bins

LEVEL_DB = 2.0
LOWEST_DB = -150.0


def depths_db() -> Array:
    """(DEPTHS,) middles of the bins."""
    return (np.arange(DEPTHS, dtype=np.float64) + 0.5) * DEPTH_DB


def level_bins(scatter_db: Array) -> Bins:
    """(L,) bins of scattered power; 0 for nothing."""
    return np.minimum(np.maximum(np.ceil((scatter_db - LOWEST_DB) / LEVEL_DB), 0), LEVELS - 1).astype(np.intp)


def levels_db() -> Array:
    """(LEVELS,) middles of the bins."""
    return LOWEST_DB + (np.arange(LEVELS, dtype=np.float64) - 0.5) * LEVEL_DB


def steps_of(chances: Array) -> Array:
    """Distribution functions (LEVELS + 1, …) of chances (…, LEVELS): 0 first, so that bin y lies between y and y + 1."""
    steps = np.zeros((LEVELS + 1, *chances.shape[:-1]))
    np.cumsum(np.moveaxis(chances, -1, 0), axis=0, out=steps[1:])
    return steps

"""What a link's level says about a person at a place: a log-likelihood ratio that adds up over links.

The power that a body scatters into a link falls with the excess of the way over the body (Wilson & Patwari, "See-Through Walls", IEEE
TMC 2011); how steeply differs from site to site and is learned (`engine.radio.location.law`). The level of a link is taken for the
greatest of what each source makes of it: stray noise and every person. So distribution functions multiply:
P(level ≤ y) = C₀(y) · ΠC(y | depth).

Levels are counted in bins of 2 dB; bin 0 is "nothing seen". Depth is the excess on a logarithmic scale in units of half a wavelength.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Bins = npt.NDArray[np.intp]

DEPTHS = 64
DEPTH_DB = 0.4
LEVELS = 96
LEVEL_DB = 2.0
LOWEST_DB = -150.0
_LEAST = 1e-12
_BINS_PER_LOG = 10 / np.log(10) / DEPTH_DB
_EIGHT = 8  # links: numpy adds up a row of fewer in turn, and of more in pairs


def depth_bins(excess: Array, half_wave_m: Array) -> Bins:
    """Bin of 10·log10(1 + excess / (λ/2)) for excesses (L, V) and half waves (L, 1)."""
    depth = excess / half_wave_m
    depth += 1
    np.log(depth, out=depth)
    depth *= _BINS_PER_LOG
    return np.minimum(depth.astype(np.intp), DEPTHS - 1)


def over_links(values: Array) -> Array:
    """(V,) sums of values (L, V), to the last bit what numpy makes of the rows of (V, L): records of before run again as they were."""
    if len(values) < _EIGHT:
        return np.add.reduce(values, axis=0)
    return np.add.reduce(np.ascontiguousarray(values.T), axis=1)


def depths_db() -> Array:
    """(DEPTHS,) middles of the bins."""
    return (np.arange(DEPTHS, dtype=np.float64) + 0.5) * DEPTH_DB


def level_bins(scatter_db: Array) -> Bins:
    """(L,) bins of scattered power; 0 for nothing."""
    return np.minimum(np.maximum(np.ceil((scatter_db - LOWEST_DB) / LEVEL_DB), 0), LEVELS - 1).astype(np.intp)


def levels_db() -> Array:
    """(LEVELS,) middles of the bins."""
    return LOWEST_DB + (np.arange(LEVELS, dtype=np.float64) - 0.5) * LEVEL_DB


def steps_of(cdf: Array) -> Array:
    """Distribution functions (…, LEVELS) with a leading zero: (…, LEVELS + 1), so that bin y lies between y and y + 1."""
    return np.concatenate([np.zeros((*cdf.shape[:-1], 1)), cdf], axis=-1)


def chance_of(upper: Array, lower: Array) -> Array:
    """Of a bin, from the distribution function above and below it."""
    return np.maximum(upper - lower, _LEAST)


def ratios(above: Array, below: Array, others: tuple[Array, Array], weight: Array) -> Array:
    """(L, DEPTHS) what each link adds for a person at each depth, beyond what the others make of it.

    Args:
        above, below: (L, DEPTHS) distribution functions of one person above and below the level that the link shows.
        others: (L,) the same of everything else. weight: (L,) how much a link counts.
    """
    joined = above * others[0][:, None]
    joined -= below * others[1][:, None]
    np.maximum(joined, _LEAST, out=joined)
    joined /= chance_of(*others)[:, None]
    np.log(joined, out=joined)
    joined *= weight[:, None]
    return joined

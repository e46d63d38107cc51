"""What the Doppler shifts of links say about a person who moves: a log-likelihood ratio of place and velocity that adds up over links.

A link whose way over the person grows by v shows power at −v/λ. The spectrum of a link is power over its own mean, so that what is seen by
chance is 1 whatever the shift. Other bodies and echoes over walls put power elsewhere: power where a person should put it speaks for them
more than missing power speaks against them.
"""

from collections.abc import Sequence

import numpy as np

from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array
from engine.radio.links.ripples import RATES_HZ, SLOW_HZ, WINDOW_S

BEHIND_S = WINDOW_S / 2  # the middle of the window
_ELSEWHERE = 0.3  # of the mean power, from what is no straight way over the person
_TEMPER = 0.5  # windows of successive ticks overlap
_INDEPENDENT = 9.0  # links: more of them see one body through the same echoes
_STIRS = 3.0  # times the mean: noise reached 2.74 in two minutes of an empty simulated room, with four nodes
LOWEST_HZ = float(RATES_HZ[0])
_FAST = np.flatnonzero(np.abs(RATES_HZ) > SLOW_HZ)


def shifts(geometry: LinkGeometry, spots: Array, speeds: Array) -> Array:
    """(V, L) Hz of persons at `spots` (V, 3) with `speeds` (V, 3)."""
    return geometry.growth(spots, speeds) / (-2 * geometry.lines.half_wave_m)


def claimed(geometry: LinkGeometry, spots: Array, speeds: Array, share: Array) -> Array:
    """(L, F) chance that somebody who is followed, a cloud, shows within the resolution of each shift."""
    return kernels.shift_claims(geometry.lines, spots, speeds, share, len(RATES_HZ), LOWEST_HZ)


def left_over(spectra: Array, claims: Sequence[Array]) -> Array:
    """(L, F) the spectra where power that others claim counts as no more than the mean.

    The rest keeps its size: beside a strong body that is all there is, what limbs and echoes leave over is no evidence of another.
    """
    over = np.maximum(spectra - 1.0, 0.0)
    for claim in claims:
        over *= 1.0 - claim
    return np.minimum(spectra, 1.0) + over


def ratios(spectra: Array, weight: Array) -> Array:
    """(L, F) what each link adds in a tenth of a second for a person who shows at each shift; spectra with rows of 0 tell nothing."""
    tells = reporting_links(spectra)
    temper = _TEMPER * min(_INDEPENDENT / max(float(np.add.reduce(tells)), 1.0), 1.0)
    return (temper * weight * tells)[:, None] * np.log((_ELSEWHERE + spectra) / (_ELSEWHERE + 1))


def gain(geometry: LinkGeometry, ratios: Array, spots: Array, speeds: Array) -> Array:
    """(V,) log-likelihood ratios of a tenth of a second for persons at `spots` (V, 3) with `speeds` (V, 3)."""
    return kernels.shift_gain(geometry.lines, spots, speeds, ratios, LOWEST_HZ)


def reporting_links(spectra: Array) -> Array:
    """(L,) 1 where the link tells shifts, 0 elsewhere."""
    return np.where(np.logical_or.reduce(spectra > 0, axis=1), 1.0, 0.0)


def stirring(spectra: Array) -> Array:
    """(L,) 1 where one shift stands out so far that something moves. Relative to the link's own noise, so there is nothing to learn."""
    return (np.maximum.reduce(spectra[:, _FAST], axis=1, initial=0.0) > _STIRS).astype(np.float64)


def no_spectra(links: int) -> Array:
    return np.zeros((links, len(RATES_HZ)))

"""What the Doppler shifts of links say about a person who moves: a log-likelihood ratio of place and velocity that adds up over links.

A link whose way over the person grows by v shows power at −v/λ. The spectrum of a link is power over its own mean, so that what is seen by
chance is 1 whatever the shift. Other bodies and echoes over walls put power elsewhere: power where a person should put it speaks for them
more than missing power speaks against them.
"""

import numpy as np

from engine.radio.geometry import LinkGeometry
from engine.radio.likelihood import Array
from engine.radio.ripples import RATES_HZ, SLOW_HZ, WINDOW_S

BEHIND_S = WINDOW_S / 2  # the middle of the window
_ELSEWHERE = 0.3  # of the mean power, from what is no straight way over the person
_TEMPER = 0.3  # windows of successive ticks overlap
_INDEPENDENT = 16.0  # links: more of them see one body through the same echoes
_NEAR_HZ = 1.5  # resolution of the window
_STIRS = 3.0  # times the mean: noise reached 2.74 in two minutes of an empty simulated room, with four nodes
_VAGUE_HZ = 2.5  # whose shift is known no better takes no power from others

Explained = tuple[Array, Array]
"""Mean and spread (L,) Hz of the shifts that somebody makes."""


def shifts(geometry: LinkGeometry, spots: Array, speeds: Array) -> Array:
    """(V, L) Hz of persons at `spots` (V, 3) with `speeds` (V, 3)."""
    return -geometry.growth(spots, speeds) / (2 * geometry.half_wave_m)


def explained(geometry: LinkGeometry, spots: Array, speeds: Array, share: Array) -> Explained:
    """Of a cloud."""
    each = shifts(geometry, spots, speeds)
    mean: Array = np.einsum("v,vl->l", share, each)
    spread: Array = np.sqrt(np.einsum("v,vl->l", share, np.square(each - mean)))
    return mean, spread


def left_over(spectra: Array, others: list[Explained]) -> Array:
    """(L, F) the spectra without the power that others have already explained, again 1 on the average."""
    free = np.ones(spectra.shape, np.bool_)
    for mean, spread in others:
        free &= ~((np.abs(RATES_HZ - mean[:, None]) < _NEAR_HZ) & (spread < _VAGUE_HZ)[:, None])
    mean = (spectra * free).sum(axis=1) / np.maximum(free.sum(axis=1), 1)
    return np.where(free, spectra / np.maximum(mean, 1e-30)[:, None], np.minimum(spectra, 1.0)) if others else spectra


def gain(geometry: LinkGeometry, spectra: Array, weight: Array, spots: Array, speeds: Array) -> Array:
    """(V,) log-likelihood ratios of a tenth of a second. `spectra` (L, F): rows of 0 tell nothing. `weight`: (L,)."""
    column = np.clip(np.rint(shifts(geometry, spots, speeds) - RATES_HZ[0]), 0, len(RATES_HZ) - 1).astype(np.intp)
    temper = _TEMPER * min(_INDEPENDENT / max(float(told(spectra).sum()), 1.0), 1.0)
    value = temper * weight[:, None] * np.log((_ELSEWHERE + spectra) / (_ELSEWHERE + 1)) * told(spectra)[:, None]
    total: Array = value[np.arange(len(spectra)), column].sum(axis=1)
    return total


def told(spectra: Array) -> Array:
    """(L,) 1 where the link tells shifts, 0 elsewhere."""
    return np.where(np.any(spectra > 0, axis=1), 1.0, 0.0)


def stirring(spectra: Array) -> Array:
    """(L,) 1 where one shift stands out so far that something moves. Relative to the link's own noise, so there is nothing to learn."""
    return (spectra[:, np.abs(RATES_HZ) > SLOW_HZ].max(axis=1, initial=0.0) > _STIRS).astype(np.float64)


def no_spectra(links: int) -> Array:
    return np.zeros((links, len(RATES_HZ)))

"""Colours for a figure: which point of which ring is skin, hair, cloth; seams, folds and wear."""

import numpy as np
import numpy.typing as npt

from engine.sources.simulated.plan import Outfit

Array = npt.NDArray[np.float64]

_TRUNK, _HEAD = 6, 7
_ARMS = (4, 5)
_SILVER = (190, 192, 188)
_FOLDS = {"top": 0.07, "trousers": 0.09, "collar": 0.04, "hair": 0.10, "shoes": 0.05}


def dress(
    cloths: tuple[str, ...], places: tuple[tuple[int, int], ...], around: Array, outfit: Outfit, chance: np.random.Generator
) -> Array:
    """RGB 0–255 of every ring point (rings, segments, 3).

    `cloths` names each ring's material, `places` its (part, index within the part), `around` the angle of each segment (π/2 in front).
    """
    colours = np.zeros((len(cloths), len(around), 3))
    for row, (cloth, (part, index)) in enumerate(zip(cloths, places, strict=True)):
        colours[row] = _ring(cloth, part, index, around, outfit)
        colours[row] *= 1 + _FOLDS.get(cloth, 0.03) * _folds(around, chance)
    return np.clip(colours, 0, 255)


def _folds(around: Array, chance: np.random.Generator) -> Array:
    """Smooth unevenness around a ring, about ±1, (segments, 1)."""
    waves = [np.sin(k * around + chance.uniform(0, 6.3)) * chance.uniform(0.3, 1.0) / k**0.5 for k in (1, 2, 3, 5)]
    return np.sum(waves, axis=0)[:, None] + chance.normal(0, 0.3, (len(around), 1)) + chance.normal(0, 0.6)


def _ring(cloth: str, part: int, index: int, around: Array, outfit: Outfit) -> Array:
    if part == _HEAD:
        return _head_ring(cloth, index, around, outfit)
    if part == _TRUNK:
        return _trunk_ring(cloth, index, around, outfit)
    if part in _ARMS and cloth == "top":
        return _flat(outfit.under if outfit.vest else outfit.top, around) * (0.82 if index == 9 else 1.0)
    base = {"skin": outfit.skin, "trousers": outfit.trousers, "shoes": outfit.shoes}[cloth]
    return _flat(base, around) * (0.85 if cloth == "trousers" and index >= 9 else 1.0)


def _flat(colour: tuple[int, int, int], around: Array) -> Array:
    return np.tile(np.array(colour, float), (len(around), 1))


def _trunk_ring(cloth: str, index: int, around: Array, outfit: Outfit) -> Array:
    ring = _flat(outfit.top, around)
    front = np.sin(around)
    if outfit.vest and index in (3, 6):
        ring = _flat(_SILVER, around)
    if index == 0:
        ring *= 0.8
    if cloth == "collar":
        ring = ring * 0.9
    opening = {12: 0.60, 11: 0.65, 10: 0.80, 9: 0.93}.get(index)
    if opening is not None:
        ring[front > opening] = outfit.under
    elif not outfit.vest:
        ring[front > 0.98] *= 0.72  # the zip
    return ring


def _head_ring(cloth: str, index: int, around: Array, outfit: Outfit) -> Array:
    skin, hair = np.minimum(_flat(outfit.skin, around) * 1.15, 255), _flat(outfit.hair, around)
    front = np.sin(around)
    bob = outfit.hair_style == "bob"
    if cloth == "hair":
        return hair
    if cloth == "skin":
        return skin * 0.88
    hairline = {"brow": 0.35}.get(cloth, 0.30 if bob and index >= 3 else (-0.15 if index >= 4 else -0.9))
    ring = np.where((front < hairline)[:, None], hair, skin)
    _features(ring, index, front)
    return ring


def _features(ring: Array, index: int, front: Array) -> None:
    """Eyes under the brow, a darker mouth, a beard of shade under the jaw."""
    if index == 5:
        ring[(front > 0.85) & (front < 0.98)] *= 0.5
    if index == 3:
        ring[front > 0.95] *= (0.85, 0.65, 0.65)
    if index == 2:
        ring[front > 0] *= 0.86

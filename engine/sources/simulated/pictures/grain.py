"""The noise of a small sensor, as a few pictures that repeat."""

from functools import cache

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2

Bytes = npt.NDArray[np.uint8]

GRAIN_HZ = 15.0
GRAIN_TILES = 6
_LUMA = 4.0  # grey levels before the blur
_CHROMA = 0.8


@cache
def grain(height: int, width: int) -> tuple[tuple[Bytes, Bytes], ...]:
    """`GRAIN_TILES` pairs of pictures (H, W, 3) to add and to subtract; mostly brightness; the same in every run. Takes some 60 ms once."""
    chance = np.random.default_rng(11)
    return tuple(_tile(chance, (height, width)) for _ in range(GRAIN_TILES))


def _tile(chance: np.random.Generator, shape: tuple[int, int]) -> tuple[Bytes, Bytes]:
    luma = cv2.GaussianBlur(chance.standard_normal(shape, np.float32) * _LUMA, (3, 3), 0.7)
    chroma = chance.standard_normal(shape, np.float32) * _CHROMA
    noise = np.stack([luma + np.roll(chroma, 17 * channel, axis=channel % 2) for channel in range(3)], axis=2)
    more, less = np.clip(np.round(noise), 0, 255).astype(np.uint8), np.clip(np.round(-noise), 0, 255).astype(np.uint8)
    more.flags.writeable = less.flags.writeable = False
    return more, less

"""Smoke and what looks like it, drawn over real pictures: as functions of a picture (H, W, 3) and a time in seconds.

Drawn, not filmed: a veil of light over the scene, its shape and growth after what films of such things look like.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.time import SECOND
from engine.vision.still import StillFrame
from tests.fakes.smoke import NOW_NS

Drawn = Callable[[Bytes2D, float], Bytes2D]
_noise = np.random.default_rng(7).normal(size=(128, 128)).astype(np.float32)
NOISE = cv2.GaussianBlur(np.tile(_noise, (3, 3)), (0, 0), 3)[128:256, 128:256]
NOISE = (NOISE - NOISE.min()) / (NOISE.max() - NOISE.min())


class TimedFrame(StillFrame):
    def __init__(self, picture_bgr: Bytes2D, after_s: float) -> None:
        super().__init__(picture_bgr)
        self.captured_ns = NOW_NS + round(after_s * SECOND)


@dataclass(frozen=True)
class Column:
    """Smoke or steam that rises from a place (shares of the picture), by `speed` of its height a second at first, up to `tallest`."""

    x: float = 0.5
    y: float = 0.6
    begins_s: float = 20.0
    speed: float = 0.010
    tallest: float = 0.45
    thick: float = 0.6
    bright: float = 185.0
    wind: float = 0.25
    narrow: float = 0.012
    spread: float = 0.22

    def __call__(self, picture: Bytes2D, after_s: float) -> Bytes2D:
        rows, columns = picture.shape[:2]
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        age_s = max(0.0, after_s - self.begins_s)
        top = self.tallest * (1 - np.exp(-self.speed * age_s / self.tallest)) * rows
        up = self.y * rows - y
        across = (x - self.x * columns - self.wind * up) / (self.narrow * columns + self.spread * np.maximum(up, 0))
        texture = _texture(x, y + 0.03 * rows * after_s, rows)
        alpha = self.thick * np.exp(-(across**2)) * (0.55 + 0.45 * texture) * np.clip((top - up) / (0.25 * top + 1), 0, 1) * (up > 0)
        return _veiled(picture, alpha * (age_s > 0), self.bright)


def fog(picture: Bytes2D, after_s: float) -> Bytes2D:
    """From above, where it is far, within two minutes over all."""
    rows = picture.shape[0]
    y = np.mgrid[0:rows, 0 : picture.shape[1]][0].astype(np.float32) / rows
    return _veiled(picture, 0.8 * np.clip((after_s - 20) / 120 * 1.6 - 0.6 * y, 0, 1), 205.0)


def fog_bank(picture: Bytes2D, after_s: float) -> Bytes2D:
    """Low and wide, creeping in from the left."""
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    front = columns * (after_s - 20) / 150
    alpha = 0.6 * np.exp(-(((y / rows - 0.55) / 0.07) ** 2)) * np.clip((front - x) / (0.1 * columns), 0, 1)
    return _veiled(picture, alpha, 200.0)


def cloud(picture: Bytes2D, after_s: float) -> Bytes2D:
    """A bright one that drifts across the upper half."""
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    middle = columns * (0.05 + (after_s - 15) / 130)
    alpha = 0.75 * np.exp(-(((x - middle) / (0.12 * columns)) ** 2) - ((y / rows - 0.2) / 0.09) ** 2) * (after_s > 15)
    return _veiled(picture, alpha * (0.7 + 0.3 * _texture(x, y, rows)), 240.0)


def cloud_shadow(picture: Bytes2D, after_s: float) -> Bytes2D:
    """The light of a part of the scene goes down by half as it passes."""
    rows, columns = picture.shape[:2]
    x = np.mgrid[0:rows, 0:columns][1].astype(np.float32)
    gain = 1 - 0.5 * np.exp(-(((x - columns * (after_s - 20) / 80) / (0.2 * columns)) ** 2)) * (after_s > 20)
    return np.clip(picture * gain[..., None], 0, 255).astype(np.uint8)


def exposure(picture: Bytes2D, after_s: float) -> Bytes2D:
    """The camera makes everything brighter and darker."""
    return np.clip(picture * (1 + 0.3 * np.sin(after_s / 7)), 0, 255).astype(np.uint8)


def nothing(picture: Bytes2D, after_s: float) -> Bytes2D:
    del after_s
    return picture


STEAM = Column(speed=0.06, tallest=0.10, bright=238.0, thick=0.7, spread=0.35)


def grainy(picture: Bytes2D, draw: np.random.Generator) -> Bytes2D:
    """A sensor's noise."""
    return np.clip(picture + draw.normal(0, 2.5, picture.shape), 0, 255).astype(np.uint8)


def _texture(x: np.ndarray, y: np.ndarray, rows: int) -> np.ndarray:
    scale = 128 / (0.5 * rows)
    return NOISE[(y * scale).astype(int) % 128, (x * scale).astype(int) % 128]


def _veiled(picture: Bytes2D, alpha: np.ndarray, bright: float) -> Bytes2D:
    share = alpha[..., None]
    return np.clip((1 - share) * picture + share * bright, 0, 255).astype(np.uint8)

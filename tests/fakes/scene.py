"""A moving picture for fakes: a dim room in which people walk to and fro. Knows where they are at any time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Box


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` walkers in a picture of width × height; `hue` shifts the room's colour so that cameras differ."""

    width: int = 640
    height: int = 360
    people: int = 2
    hue: int = 0

    def boxes_at(self, seconds: float) -> tuple[Box, ...]:
        """Where the walkers are, as xyxy pixels."""
        return tuple(self._box(number, seconds) for number in range(self.people))

    def picture_at(self, seconds: float, width: int, height: int) -> npt.NDArray[np.uint8]:
        """(h, w, 4) BGRA, fitted into width × height with the aspect kept and never enlarged; read-only."""
        scale = min(width / self.width, height / self.height, 1.0)
        pixels = _room(max(2, round(self.width * scale)), max(2, round(self.height * scale)), self.hue % 4).copy()
        for number, box in enumerate(self.boxes_at(seconds)):
            _draw_person(pixels, [round(v * scale) for v in box], number)
        pixels.setflags(write=False)
        return pixels

    def _box(self, number: int, seconds: float) -> Box:
        period = 11.0 + 4.0 * number
        phase = (seconds / period + number * 0.37 + self.hue * 0.13) % 1.0
        across = 1 - abs(2 * phase - 1)
        tall = self.height * (0.36 + 0.12 * (number % 3))
        left = across * (self.width - tall * 0.4)
        foot = self.height * (0.72 + 0.12 * (number % 3))
        return left, foot - tall, left + tall * 0.4, foot


@lru_cache(maxsize=16)
def _room(width: int, height: int, hue: int) -> npt.NDArray[np.uint8]:
    """Nothing in it moves, and to paint it takes longer than all who walk there."""
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    light = np.where(rows < 0.45, 74 - 20 * rows, 46 + 40 * (rows - 0.45)) * (1 - 0.3 * columns**2)
    light = np.where((np.abs(columns - 0.35) < 0.13) & (rows > 0.12) & (rows < 0.45), light * 0.55, light)
    tint = np.array([(1.0, 0.98, 0.92), (0.9, 1.0, 0.95), (0.95, 0.95, 1.05), (1.1, 1.0, 0.9)][hue], np.float32)
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, :, :3] = np.clip(light[:, :, None] * tint, 0, 255)
    return pixels


def _draw_person(pixels: npt.NDArray[np.uint8], box: list[int], number: int) -> None:
    """Head, trunk and two legs, filled; enough to look like somebody."""
    left, top, right, bottom = box
    tall, middle = bottom - top, (left + right) / 2
    ys, xs = np.mgrid[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if not ys.size:
        return
    down, aside = (ys - top) / max(tall, 1), np.abs(xs - middle) / max(tall, 1)
    head = ((down - 0.08) / 0.08) ** 2 + (aside / 0.06) ** 2 < 1
    trunk = (down > 0.16) & (down < 0.55) & (aside < 0.13)
    legs = (down >= 0.55) & (aside > 0.015) & (aside < 0.10)
    view = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0), :3]
    coat = [(150, 110, 70), (80, 120, 150), (110, 140, 100)][number % 3]
    for part, colour in ((head, (150, 170, 200)), (trunk, coat), (legs, (50, 45, 40))):
        view[part[: view.shape[0], : view.shape[1]]] = colour

"""How much a path's frames differ from those just before: the part of the signal that only motion makes."""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask, Narrow
from engine.radio.links.channels import CHANNELS
from engine.radio.links.smoothing import Array, beside, blend, middle, share
from engine.radio.table import ColumnSpec, TablePart, Which

MEAN_S = 1.2  # the recent past that a frame is compared with
FAST_S = 0.2  # over which the differences are averaged: motion shows within half a second
GAP_S = 5.0  # after a longer silence there is no "just before"
CLOSE_S = 0.15  # frames closer than this can vouch for each other: a single wild one is dropped

_SPECS = {
    "frames": ColumnSpec("int64", (CHANNELS,)),
    "mean": ColumnSpec(shape=(CHANNELS,)),
    "shape": ColumnSpec("float32", (SUBCARRIERS,)),
    "newest": ColumnSpec(shape=(CHANNELS,)),
    "recent": ColumnSpec(shape=(CHANNELS, 2)),
    "power": ColumnSpec(shape=(CHANNELS,)),
}


class Fluctuation(TablePart):
    """Short-term variance per path and channel. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def power(self) -> Array:
        """(rows, 3) variance around the recent mean: relative for SHAPE (noise taken off, negative at times), else in squared level."""
        return self.table["power"]

    def means(self) -> Array:
        """(rows, 3) recent mean levels; that of SHAPE is not used."""
        return self.table["mean"]

    def newest(self) -> Array:
        """(rows, 3) levels of the newest frame; that of SHAPE is not used."""
        return self.table["newest"]

    def forget(self, rows: npt.NDArray[np.intp]) -> None:
        """These paths begin anew: their frames are of another kind than before."""
        self.table.reset(rows, *_SPECS)

    def deviation(self, rows: Which, shape: Narrow) -> Narrow:
        """(n, 64) how far these shapes are from their paths' recent means; nothing before there is a mean."""
        known = self.table["frames"][rows, 0] > 0
        return (shape - self.table["shape"][rows]) * known[:, None]

    def step(self, rows: Which, dt_s: Array, shape: Narrow, levels: Array, use: Mask, shape_power: Array) -> None:
        """Take in one frame of each path.

        Args:
            levels: (n, 2) norm and power. use: (n, 3) which channels of the frame mean something.
            shape_power: (n,) mean square of `deviation` over the chosen subcarriers, less the frame's own noise (so it may be negative).
        """
        table = self.table
        frames = table["frames"][rows]
        settled = share(dt_s, MEAN_S)[:, None]
        part = np.where(use, np.maximum(settled, 1.0 / (frames + 1.0)), 0.0)
        # A mean that is itself fluctuating adds its variance to the difference: var·α/(2−α). Taken out, or 2 Hz would seem livelier.
        own = np.where((frames > 0) & (dt_s < GAP_S)[:, None], 1.0 - part / 2.0, 0.0)
        mean = table["mean"][rows]
        off = levels - mean[:, 1:]
        square = np.empty_like(own)
        square[:, 0], square[:, 1:] = shape_power, np.square(off)
        square *= own
        table["newest"][rows, 1:] = levels
        mean[:, 1:] += part[:, 1:] * off
        table["mean"][rows] = mean
        blend(table["shape"], rows, part[:, :1].astype(np.float32), shape)
        self._average(rows, dt_s, square, use)
        table["frames"][rows] += use

    def _average(self, rows: Which, dt_s: Array, square: Array, use: Mask) -> None:
        recent, power = self.table["recent"][rows], self.table["power"][rows]
        calm = middle(square, recent[..., 0], recent[..., 1])
        taken = np.where((dt_s < CLOSE_S)[:, None], calm, square)
        part = np.where(use, share(dt_s, FAST_S)[:, None], 0.0)
        self.table["power"][rows] = power + part * (taken - power)
        self.table["recent"][rows] = np.where(use[..., None], beside(square, recent[..., 0]), recent)

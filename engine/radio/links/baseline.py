"""What a path looks like with nobody in it, and how far it is from that.

A baseline is a mean over time whose constant follows how lively the path is: frames as quiet as those the baseline was learnt from count
with `QUIET_S`, quieter ones more (whoever was there at the start has left), livelier ones less, as 1/variance would have it. A quiet
path that stays shifted is absorbed with `SHIFTED_S`: the couch was moved. Nothing is ever refused for good.
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask, Narrow, Triples, mean_square
from engine.radio.links.channels import CHANNELS
from engine.radio.links.smoothing import Array, beside, blend, middle, share
from engine.radio.table import ColumnSpec, TablePart, Which

QUIET_S = 30.0
SHIFTED_S = 240.0
FASTEST_S, SLOWEST_S = 1.5, 1800.0
SHIFT = 5.0  # times the quiet spread
AWAY_S = 0.15  # over which the distance is averaged
YOUNG = 20  # frames that make the first baseline

_SPECS = {
    "frames": ColumnSpec("int64", (CHANNELS,)),
    "level": ColumnSpec(shape=(CHANNELS,)),
    "shape": ColumnSpec("float32", (SUBCARRIERS,)),
    "liveliness": ColumnSpec(shape=(CHANNELS,)),
    "recent": ColumnSpec(shape=(CHANNELS, 2)),
    "away": ColumnSpec(shape=(CHANNELS,)),
}


class Baselines(TablePart):
    """Per path and channel. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def levels(self) -> Array:
        """(rows, 3) quiet levels; that of SHAPE is not used."""
        return self.table["level"]

    def away(self) -> Array:
        """(rows, 3) mean squared distance from the baseline over the last tenths of a second, in the units of `Fluctuation.power`."""
        return self.table["away"]

    def forget(self, rows: npt.NDArray[np.intp]) -> None:
        self.table.reset(rows, *_SPECS)

    def step(self, rows: Which, dt_s: Array, shape: Narrow, levels: Array, use: Mask, chosen: Mask, usable: Triples, power: Array) -> None:
        """Take in one frame of each path.

        Args:
            use: (n, 3) which channels of the frame mean something. chosen: (n, 64) subcarriers that count for the distance. usable: of
            those whose noise is taken off it. power: (n, 3) its variance just now, no less than what quantisation alone makes.
        """
        table = self.table
        frames, level, lively = table["frames"][rows], table["level"][rows], table["liveliness"][rows]
        known = frames > 0
        off = (shape - table["shape"][rows]) * known[:, :1]
        level_off = levels - level[:, 1:]
        square = np.empty_like(power)
        square[:, 0] = mean_square(off, chosen) - usable.noise(off)
        square[:, 1:] = np.square(level_off * known[:, 1:])
        self._measure(rows, dt_s, square, use)
        part = _part(frames, lively, dt_s, square, use, power)
        blend(table["shape"], rows, part[:, :1].astype(np.float32), shape)
        level[:, 1:] += part[:, 1:] * level_off
        table["level"][rows] = level
        table["liveliness"][rows] = np.where(known, lively + part * (power - lively), np.where(use, power, 0.0))
        table["frames"][rows] = frames + use

    def _measure(self, rows: Which, dt_s: Array, square: Array, use: Mask) -> None:
        recent, away = self.table["recent"][rows], self.table["away"][rows]
        taken = np.where((dt_s < AWAY_S)[:, None], middle(square, recent[..., 0], recent[..., 1]), square)
        self.table["away"][rows] = away + np.where(use, share(dt_s, AWAY_S)[:, None], 0.0) * (taken - away)
        self.table["recent"][rows] = np.where(use[..., None], beside(square, recent[..., 0]), recent)


def _part(frames: npt.NDArray[np.int64], lively: Array, dt_s: Array, square: Array, use: Mask, power: Array) -> Array:
    """(n, 3) how much of a frame goes into the baselines, after so many `frames` and with the liveliness that they were learnt from."""
    learnt_from = np.maximum(lively, 1e-30)
    tau = QUIET_S * power / learnt_from
    shifted = square > SHIFT**2 * np.maximum(power, learnt_from)
    tau = np.where(shifted, np.maximum(tau, SHIFTED_S), tau)
    tau = np.minimum(np.maximum(tau, FASTEST_S), SLOWEST_S)
    first = np.where(frames < YOUNG, 1.0 / (frames + 1.0), 0.0)
    return np.where(use, np.maximum(share(dt_s[:, None], tau), first), 0.0)

"""Which paths have no static part: nothing arrives on them but what bodies send.

Between real nodes a direct wave always stands, the receiver's gain fills I/Q with it, and a body changes it by a share. Other paths
(behind metal, or of a simulator that models bodies only) are empty until somebody comes. Two signs tell them apart, both from the data:
frames whose I/Q is empty although they were received; and power that varies more than a fading wave can. Of a Rayleigh channel, which has
no static part left, the squared coefficient of variation of power is 1, of a Rician one less; more means that somebody comes and goes.
On such a path the baseline is the weakest that is ever received.
"""

import numpy as np
import numpy.typing as npt

from engine.radio.links.amplitude import WEAK, Mask
from engine.radio.links.smoothing import Array, beside, share
from engine.radio.table import ColumnSpec, TablePart, Which

MEMORY_S = 300.0
EMPTY_SHARE = 0.02  # of recent frames
VARIED, STEADY = 1.2, 0.3  # squared coefficient of variation at which a path counts as open, and no longer
NEED_S = 5.0  # of frames before the variation means anything
FAST_S, FLOOR_S = 0.06, 900.0
FAINT_COUNTS = 0.1  # squared: what rounding leaves of an empty frame
FAINT_SHARE = 0.05  # of the floor: less is its own flicker

_SPECS = {
    "elapsed_s": ColumnSpec(),
    "empty": ColumnSpec(),
    "moments": ColumnSpec(shape=(2, 2)),
    "varied": ColumnSpec("bool"),
    "power": ColumnSpec(shape=(2,)),
    "floor": ColumnSpec(shape=(2,), fill=np.inf),
}


class Openness(TablePart):
    """Per path, for its two levels (norm, power). `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def open(self) -> Mask:
        """(rows,) whether a path has no static part."""
        table = self.table
        known = -np.expm1(-table["elapsed_s"] / MEMORY_S)
        return (table["empty"] > EMPTY_SHARE * known) | table["varied"]

    def scattered(self, rows: npt.NDArray[np.intp], column: npt.NDArray[np.intp]) -> Array:
        """(n,) power above the weakest of all open paths, in squared units of level `column` (0 norm, 1 power), over 0.06 s.

        One floor for all: an open path that has been busy since the start has not shown its own yet.
        """
        table = self.table
        floor = np.minimum.reduce(np.where(self.open()[:, None], table["floor"], np.inf), axis=0, initial=np.inf)
        own = np.minimum(table["floor"], floor)[rows, column]
        own = np.where(np.isfinite(own), own, 0.0)
        above = table["power"][rows, column] - own
        return np.where(above > np.where(column == 0, FAINT_COUNTS, FAINT_SHARE * own), above, 0.0)

    def step(self, rows: Which, dt_s: Array, rms: Array, levels: Array, use: Mask, column: npt.NDArray[np.intp]) -> None:
        """Take in one frame of each path.

        Args:
            levels: (n, 2). use: (n, 2) which of them mean something. column: (n,) which of them carries the power.
        """
        table = self.table
        elapsed_s, empty, moments = table["elapsed_s"][rows] + dt_s, table["empty"][rows], table["moments"][rows]
        part = share(np.maximum(dt_s, 1e-3), MEMORY_S)[:, None]
        power, recent = np.square(levels), table["power"][rows]
        moments += np.where(use, part, 0.0)[..., None] * (beside(power, np.square(power)) - moments)
        table["elapsed_s"][rows], table["moments"][rows] = elapsed_s, moments
        table["empty"][rows] = empty + np.where(use[:, 0], part[:, 0], 0.0) * ((rms < WEAK) - empty)
        table["varied"][rows] = _varied(table["varied"][rows], elapsed_s, moments[np.arange(len(dt_s)), column])
        table["power"][rows] = recent + np.where(use, share(dt_s, FAST_S)[:, None], 0.0) * (power - recent)
        self._sink(rows, dt_s, power, use)

    def _sink(self, rows: Which, dt_s: Array, power: Array, use: Mask) -> None:
        """The floor goes down at once and creeps up."""
        floor = self.table["floor"][rows]
        crept = floor + share(dt_s, FLOOR_S)[:, None] * np.where(np.isfinite(floor), power - floor, 0.0)
        self.table["floor"][rows] = np.where(use, np.minimum(crept, power), floor)


def _varied(before: Mask, elapsed_s: Array, moments: Array) -> Mask:
    """(n,) whether power varies more than a fading wave can, of first and second moments (n, 2).

    Moments start at zero and are all biased alike: E P²/(E P)² is freed of that by the share of memory that is filled.
    """
    filled = -np.expm1(-np.maximum(elapsed_s, 1e-3) / MEMORY_S)
    variation = filled * moments[:, 1] / np.maximum(np.square(moments[:, 0]), 1e-300) - 1.0
    return (elapsed_s >= NEED_S) & (variation > np.where(before, STEADY, VARIED))

"""How lively a quiet path is at each hour of the day: neighbours' traffic and heating have their hours.

Each of 24 slots (UTC) holds the mean of the logarithm of the path's learnt quiet fluctuation. Once a slot has seen half an hour, it says
what to expect at that hour, blended linearly with the slot nearest in time: an expected livelier hour raises the quiet level half the way
before the minutes themselves have shown it, and nobody's walking is learnt as quiet that is three times livelier than the hour ever was.
"""

import numpy as np
import numpy.typing as npt

from engine.radio.links.channels import CHANNELS
from engine.radio.links.smoothing import Array
from engine.radio.table import ColumnSpec, TablePart

HOURS = 24
HOUR_NS = 3_600_000_000_000
RIPE = 360.0  # blocks of five seconds
MEMORY = 5000.0  # blocks: about a week of one hour a day
MOST = 3.0

_SPECS = {"log": ColumnSpec("float32", (HOURS, CHANNELS)), "seen": ColumnSpec("float32", (HOURS,))}


class DiurnalSlots(TablePart):
    """Per path and channel."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def learn(self, rows: npt.NDArray[np.intp], at_ns: npt.NDArray[np.int64], quiet: Array) -> None:
        """A block ended at `at_ns` (n,) on these paths, whose quiet fluctuation is `quiet` (n, 3) since."""
        hour = at_ns // HOUR_NS % HOURS
        seen = np.minimum(self.table["seen"][rows, hour] + 1.0, MEMORY)
        known = self.table["log"][rows, hour]
        self.table["log"][rows, hour] = known + (np.log(np.maximum(quiet, 1e-12)) - known) / seen[:, None]
        self.table["seen"][rows, hour] = seen

    def applied(self, rows: npt.NDArray[np.intp], at_ns: npt.NDArray[np.int64], quiet: Array) -> Array:
        """(n, 3) `quiet` as the hour of `at_ns` (n,) would have it; unchanged where the hour is not known well enough."""
        hours = at_ns / HOUR_NS - 0.5
        before = np.floor(hours).astype(np.int64)
        slots = before % HOURS, (before + 1) % HOURS
        ripe = [self.table["seen"][rows, slot] >= RIPE for slot in slots]
        if not np.count_nonzero(ripe[0] | ripe[1]):
            return quiet  # of the first half hour, and on most sites of the first day
        later = (hours - before)[:, None]
        logs = [self.table["log"][rows, slot] for slot in slots]
        weights = [(1.0 - later) * ripe[0][:, None], later * ripe[1][:, None]]
        total = weights[0] + weights[1]
        expected = np.exp((weights[0] * logs[0] + weights[1] * logs[1]) / np.maximum(total, 1e-9))
        raised = np.sqrt(np.maximum(quiet, 1e-12) * expected)
        return np.where(total > 0.25, np.minimum(np.where(expected > quiet, raised, quiet), MOST * expected), quiet)

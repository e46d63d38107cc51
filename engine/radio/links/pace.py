"""When frames of a path came, how many a second, and how even."""

import numpy as np
import numpy.typing as npt

from engine.radio.links.smoothing import Array
from engine.radio.table import ColumnSpec, TablePart, Which

WINDOW_S = 3.0
NEVER = np.iinfo(np.int64).min
LONGEST_S = 1e6
SECOND = 1_000_000_000

_SPECS = {"first_ns": ColumnSpec("int64", fill=NEVER), "newest_ns": ColumnSpec("int64", fill=NEVER), "count": ColumnSpec()}


class Pace(TablePart):
    """Per path. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def step(self, rows: Which, arrival_ns: npt.NDArray[np.int64]) -> Array:
        """Count one frame of each path. Gives the seconds since its frame before: 0 for the first, and for one that came out of order."""
        newest, first, count = self.table["newest_ns"], self.table["first_ns"], self.table["count"]
        fresh = newest[rows] == NEVER
        dt_s = np.where(fresh, 0.0, np.maximum(arrival_ns - np.where(fresh, arrival_ns, newest[rows]), 0) / SECOND)
        first[rows] = np.where(fresh, arrival_ns, first[rows])
        newest[rows] = np.maximum(newest[rows], arrival_ns)
        count[rows] = np.where(fresh, 0.0, count[rows] * np.exp(-dt_s / WINDOW_S) + 1.0)
        return dt_s

    def newest_ns(self) -> npt.NDArray[np.int64]:
        return self.table["newest_ns"]

    def elapsed_s(self) -> Array:
        """(rows,) from the first frame to the newest."""
        return (self.table["newest_ns"] - self.table["first_ns"]) / SECOND

    def age_s(self, now_ns: int) -> Array:
        """(rows,) since the newest frame; never negative, `LONGEST_S` where there was none."""
        newest = self.table["newest_ns"]
        silent = newest == NEVER
        passed_s = (now_ns - np.where(silent, now_ns, newest)) / SECOND
        return np.where(silent, LONGEST_S, np.minimum(np.maximum(passed_s, 0.0), LONGEST_S))

    def rate_hz(self, now_ns: int) -> Array:
        """(rows,) frames a second over the last `WINDOW_S`, forgetting exponentially; unbiased from the second frame on."""
        weight = WINDOW_S * -np.expm1(-np.maximum(self.elapsed_s(), 1e-3) / WINDOW_S)
        silent = np.maximum(self.age_s(now_ns) - 1.0, 0.0)
        return self.table["count"] / weight * np.exp(-silent / WINDOW_S)

"""How lively a path is when nothing moves, and from when on it is livelier than that: learnt from the path's own quietest moments.

The root-mean-square fluctuation is collected in blocks of a few seconds. The quietest tenth of the blocks of the last minutes, and all that
differ from them no more than their own spread, are taken for quiet (after minimum statistics: R. Martin, IEEE Trans. Speech and Audio
Processing 9(5), 2001, for noise under speech), however long somebody walks about in between. Within those blocks the mean, the spread and
the highest value are the path's own scale and threshold.
"""

import numpy as np
import numpy.typing as npt

from engine.radio.links.channels import CHANNELS
from engine.radio.links.smoothing import Array
from engine.radio.table import ColumnSpec, TablePart, Which, among

BLOCK_S, FIRST_BLOCK_S = 5.0, 1.0
BLOCKS = 60
FIRST_BLOCKS = 6  # short ones, so that something is known soon
LONG_BLOCKS = 3  # after so many others the short ones do not count
FEWEST = 20  # frames in a block
QUIETEST, QUIETEST_BLOCKS = 0.1, 2
ALIKE, ALIKE_SHARE = 1.5, 1.3  # blocks within so many spreads of the quietest, or so many times as lively, are as quiet
STEADY = 0.12  # spread of the fluctuation of pure noise relative to its mean, at least
LOWEST, HIGHEST = 4.0, 12.0  # thresholds in spreads
MARGIN = 1.5  # over the highest value that quiet blocks typically reach

_SPECS = {
    "elapsed_s": ColumnSpec(),
    "frames": ColumnSpec("int64"),
    "sum": ColumnSpec(shape=(CHANNELS,)),
    "squares": ColumnSpec(shape=(CHANNELS,)),
    "highest": ColumnSpec(shape=(CHANNELS,)),
    "blocks": ColumnSpec("int64"),
    "ring": ColumnSpec("float32", (BLOCKS, CHANNELS, 3), np.inf),
    "quiet": ColumnSpec(shape=(CHANNELS,)),
    "spread": ColumnSpec(shape=(CHANNELS,)),
    "limit": ColumnSpec(shape=(CHANNELS,), fill=LOWEST),
}


class QuietLevels(TablePart):
    """Per path and channel. `step` takes at most one frame of each path."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def quiet(self) -> Array:
        """(rows, 3) RMS fluctuation when nothing moves; 0 while unknown."""
        return self.table["quiet"]

    def spread(self) -> Array:
        """(rows, 3) standard deviation of that."""
        return self.table["spread"]

    def limits(self) -> Array:
        """(rows, 3) from how many spreads above quiet on it is motion."""
        return self.table["limit"]

    def has_baseline(self) -> npt.NDArray[np.bool_]:
        """(rows,) whether at least one block is complete."""
        return self.table["blocks"] > 0

    def forget(self, rows: npt.NDArray[np.intp]) -> None:
        self.table.reset(rows, *_SPECS)

    def step(self, rows: Which, dt_s: Array, fluctuation: Array, turns: Array) -> npt.NDArray[np.intp]:
        """Count one frame of each path with its RMS fluctuation (n, 3). Returns the rows whose block is complete: for `close`.

        `turns` (n,) 0–1: so much longer is a path's first long block, so that paths heard together do not all close theirs at once.
        """
        table = self.table
        table["elapsed_s"][rows] += dt_s
        table["frames"][rows] += 1
        table["sum"][rows] += fluctuation
        table["squares"][rows] += np.square(fluctuation)
        table["highest"][rows] = np.maximum(table["highest"][rows], fluctuation)
        blocks = table["blocks"][rows]
        length = np.where(blocks < FIRST_BLOCKS, FIRST_BLOCK_S, BLOCK_S * np.where(blocks == FIRST_BLOCKS, 1.0 + turns, 1.0))
        enough = table["frames"][rows] >= np.where(blocks < FIRST_BLOCKS, 4, FEWEST)
        return among(rows, (table["elapsed_s"][rows] >= length) & enough)

    def close(self, rows: npt.NDArray[np.intp]) -> None:
        """The blocks of these rows are complete: learn from them."""
        table = self.table
        count = table["frames"][rows][:, None]
        mean = table["sum"][rows] / count
        variance = np.maximum(table["squares"][rows] / count - np.square(mean), 0.0)
        self._drop_early(rows)
        table["ring"][rows, table["blocks"][rows] % BLOCKS] = np.stack([mean, variance, table["highest"][rows]], axis=-1)
        table["blocks"][rows] += 1
        table.reset(rows, "elapsed_s", "frames", "sum", "squares", "highest")
        self._learn(rows)

    def _drop_early(self, rows: npt.NDArray[np.intp]) -> None:
        """The first block began with means that were not settled, and short blocks are low by chance: they count until there are others."""
        table = self.table
        table["ring"][rows[table["blocks"][rows] == 1], 0] = np.inf
        table["ring"][rows[table["blocks"][rows] == FIRST_BLOCKS + LONG_BLOCKS], :FIRST_BLOCKS] = np.inf

    def _learn(self, rows: npt.NDArray[np.intp]) -> None:
        table = self.table
        ring = table["ring"][rows].astype(np.float64)
        means = ring[..., 0]
        there = np.isfinite(means)
        order: npt.NDArray[np.intp] = np.argsort(means, axis=1, kind="stable")
        rank: npt.NDArray[np.intp] = np.argsort(order, axis=1, kind="stable")
        blocks: Array = there.sum(axis=1, dtype=np.float64)
        many = np.maximum(np.rint(blocks * QUIETEST), QUIETEST_BLOCKS)
        calm = there & (rank < many[:, None])
        lowest, narrow = (_mean_over(ring[..., n], calm) for n in range(2))
        most = np.maximum(lowest + ALIKE * np.sqrt(narrow), ALIKE_SHARE * lowest)
        calm |= there & (means <= most[:, None])
        quiet, within, highest = (_mean_over(ring[..., n], calm) for n in range(3))
        between = np.where(calm, np.square(np.where(there, means, 0.0) - quiet[:, None]), 0.0).sum(axis=1) / np.maximum(calm.sum(axis=1), 1)
        spread = np.maximum(np.sqrt(within + between), STEADY * quiet)
        table["quiet"][rows] = quiet
        table["spread"][rows] = spread
        table["limit"][rows] = np.clip(MARGIN * (highest - quiet) / np.maximum(spread, 1e-30), LOWEST, HIGHEST)


def _mean_over(values: Array, which: npt.NDArray[np.bool_]) -> Array:
    """Mean over axis 1 of those chosen; (n, B, C) gives (n, C)."""
    return np.where(which, values, 0.0).sum(axis=1) / np.maximum(which.sum(axis=1), 1)

"""Which subcarriers of a path are worth listening to, over a sliding window of time: all that carry something while nothing moves, and the
half that moves most, measured against its own noise, once something does. (Choosing by liveliness in quiet would choose noise.)
"""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS
from engine.radio.links.amplitude import Mask, Narrow
from engine.radio.links.smoothing import Array, blend, share
from engine.radio.table import ColumnSpec, TablePart, Which, among

WINDOW_S = 20.0
QUIET_S = 120.0  # over which a subcarrier's own noise is known
FEWEST = 8
LIVELY = 1.5  # times the quiet variance, on average: something moves
FAINT = 0.1  # of the frame's RMS: below this a subcarrier is guard or direct current

_SPECS = {
    "seen": ColumnSpec("float32", (SUBCARRIERS,), 0.5),
    "strength": ColumnSpec("float32", (SUBCARRIERS,)),
    "lively": ColumnSpec("float32", (SUBCARRIERS,), 1e-4),
    "quiet": ColumnSpec("float32", (SUBCARRIERS,), 1e-4),
    "since_s": ColumnSpec(),
    "chosen": ColumnSpec("bool", (SUBCARRIERS,), 1),
    "usable": ColumnSpec("bool", (SUBCARRIERS,), 1),
}


class SubcarrierChoice(TablePart):
    """Masks per path. The choice is made anew after each tenth of the window."""

    def __init__(self) -> None:
        super().__init__(_SPECS)

    def subcarrier_mask(self, rows: Which) -> Mask:
        """(n, 64) the subcarriers to use of these paths; before anything is known, all."""
        return self.table["chosen"][rows]

    def usable(self, rows: Which) -> Mask:
        """(n, 64) the subcarriers that carry anything."""
        return self.table["usable"][rows]

    def step(self, rows: Which, dt_s: Array, shape: Narrow, occupied: Mask, deviation: Narrow, calm: Mask) -> None:
        """Learn from one frame of each path: its shape, and how far that was from the path's short-term mean.

        `calm` (n,): nothing moves, so the deviation is the subcarrier's own noise.
        """
        table = self.table
        part = share(dt_s, WINDOW_S).astype(np.float32)[:, None]
        quiet_part = np.where(calm, share(dt_s, QUIET_S), 0.0).astype(np.float32)[:, None]
        square = np.square(deviation)
        blend(table["seen"], rows, part, occupied)
        blend(table["strength"], rows, part, shape)
        blend(table["lively"], rows, part, square)
        blend(table["quiet"], rows, quiet_part, square)
        table["since_s"][rows] += dt_s
        due = among(rows, table["since_s"][rows] >= WINDOW_S / 10)
        if len(due):
            self.choose(due)

    def choose(self, rows: npt.NDArray[np.intp]) -> None:
        """Anew, by what was learned."""
        table = self.table
        strength = table["strength"][rows]
        usable = (table["seen"][rows] > 0.4) & (strength > FAINT * np.maximum.reduce(strength, axis=1, keepdims=True))
        usable = np.where(usable.any(axis=1, keepdims=True), usable, True)
        gain = np.where(usable, table["lively"][rows] / (table["quiet"][rows] + 1e-6), 0.0)
        many: npt.NDArray[np.intp] = np.add.reduce(usable, axis=1, dtype=np.intp)
        lively = np.add.reduce(gain, axis=1) > LIVELY * many
        order: npt.NDArray[np.intp] = np.argsort(-gain, axis=1, kind="stable")
        ranked: npt.NDArray[np.intp] = np.argsort(order, axis=1, kind="stable")
        most = np.where(lively, np.maximum((many + 1) // 2, FEWEST), many)
        table["chosen"][rows] = usable & (ranked < np.asarray(most)[:, None])
        table["usable"][rows] = usable
        table["since_s"][rows] = 0.0

"""What tells impacts, frame after frame, in C (jolts.c): as `falls.jolts` says in numpy. Importing this raises as `compiled` does."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.radio.kernels.arrays import Bins
from engine.radio.kernels.bank import columns_of, pointer
from engine.radio.kernels.compiled import ffi, lib

_COLUMNS = columns_of("jolt_tables")
_BANDS, _SLOTS = 8, 64
_IN_COLUMNS = {**dict.fromkeys(("wave", "step"), 2 * _BANDS), **dict.fromkeys(("slot", "energy", "alike", "count"), _SLOTS)}


class JoltTables:
    """Where the tables of what tells impacts lie, until they grow."""

    def __init__(self, tables: Mapping[str, npt.NDArray[Any]], rows: int) -> None:
        """`tables`: every column (rows, …) by its name; ValueError where one is not as C reads it."""
        self._kept, self._tables = tables, ffi.new("jolt_tables *")
        self._tables.rows = rows
        for name, kind in _COLUMNS.items():
            setattr(self._tables, name, pointer(tables[name], kind, rows * _IN_COLUMNS.get(name, 1)))

    def take(self, rows: Bins, order: Bins, arrival_ns: npt.NDArray[np.int64], iq: npt.NDArray[np.int8]) -> None:
        """Frames of these paths (n,), in this order (m,): `iq` (n, S, 2).

        Raises:
            ValueError: arrays that do not fit together. IndexError: a path or a frame that is not there.
        """
        frames, width = len(rows), iq.shape[1]
        places = pointer(rows, np.int64, frames), pointer(order, np.int64, len(order)), pointer(arrival_ns, np.int64, frames)
        kept = np.ascontiguousarray(iq)
        waves = pointer(kept, np.int8, 2 * width * frames)
        if lib.kernel_jolts(self._tables, *places, waves, width, frames, len(order)) < 0:
            raise IndexError("a row that a kernel looks up by is outside its table")

"""Columns of numbers that grow by rows and can be written down exactly."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass

Column = npt.NDArray[Any]
Which = npt.NDArray[np.intp] | slice
"""Rows of a table, each once."""


def all_or(rows: npt.NDArray[np.intp], many: int) -> Which:
    """Rising rows as an index; all `many` as one that copies nothing, so that what is read is the table itself."""
    return slice(None) if len(rows) == many else rows


def among(rows: Which, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Those of the rows for which `mask` (n,) holds."""
    return np.flatnonzero(mask) if isinstance(rows, slice) else rows[mask]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: its dtype, the shape of one row's value, and what a new row holds."""

    dtype: str = "float64"
    shape: tuple[int, ...] = ()
    fill: float = 0.0


class Table:
    """Named columns with one row per path, in memory that doubles as it grows. Not for several threads.

    `table[name]` is a view (rows, …) that stays valid until the next `grow`.
    """

    def __init__(self, specs: Mapping[str, ColumnSpec]) -> None:
        self._specs = dict(specs)
        self._rows = 0
        self._room = 0
        self._columns: dict[str, Column] = {}
        self._views: dict[str, Column] = {}
        self._reserve(16)

    def __len__(self) -> int:
        return self._rows

    @property
    def specs(self) -> Mapping[str, ColumnSpec]:
        return self._specs

    def __getitem__(self, name: str) -> Column:
        return self._views[name]

    def grow(self, rows: int) -> None:
        """Have at least so many rows; new ones hold what their column says."""
        if rows > self._room:
            self._reserve(max(rows, 2 * self._room))
        if rows > self._rows:
            self._hold(rows)

    def keep(self, rows: npt.NDArray[np.intp]) -> None:
        """Forget all rows but these (rising), which close up."""
        for name, spec in self._specs.items():
            column = self._columns[name]
            column[: len(rows)] = column[rows]
            column[len(rows) : self._rows] = spec.fill
        self._hold(len(rows))

    def reset(self, rows: Column, *names: str) -> None:
        """Set the given rows of these columns back to what new rows hold."""
        for name in names:
            self._columns[name][: self._rows][rows] = self._specs[name].fill

    def state(self) -> dict[str, Any]:
        return {"rows": self._rows, "columns": {name: pack(self[name]) for name in self._specs}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from `state`. ValueError when it is of other columns."""
        if set(state["columns"]) != set(self._specs):
            raise ValueError("this state has other columns")
        self._rows = self._room = 0
        self._columns = {}
        self._reserve(max(16, int(state["rows"])))
        self._hold(int(state["rows"]))
        for name, spec in self._specs.items():
            values = unpack(state["columns"][name])
            if values.dtype != np.dtype(spec.dtype) or values.shape != (self._rows, *spec.shape):
                raise ValueError(f"column {name} has shape {values.shape}, expected {(self._rows, *spec.shape)}")
            self[name][...] = values

    def _hold(self, rows: int) -> None:
        """So many rows, and views of them: a column is asked for hundreds of times a tick."""
        self._rows = rows
        self._views = {name: column[:rows] for name, column in self._columns.items()}

    def _reserve(self, room: int) -> None:
        for name, spec in self._specs.items():
            wider = np.full((room, *spec.shape), spec.fill, np.dtype(spec.dtype))
            if name in self._columns:
                wider[: self._rows] = self[name]
            self._columns[name] = wider
        self._room = room
        self._hold(self._rows)


class TablePart:
    """What a part of the bank of links knows of each path: `table`, one row per path."""

    def __init__(self, specs: Mapping[str, ColumnSpec]) -> None:
        self.table = Table(specs)

    def grow(self, rows: int) -> None:
        self.table.grow(rows)

    def keep(self, rows: npt.NDArray[np.intp]) -> None:
        self.table.keep(rows)

    def state(self) -> dict[str, Any]:
        return self.table.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self.table.restore(state)


def pack(values: Column) -> dict[str, Any]:
    """An array as JSON: dtype, shape and its bytes (little-endian) in base64, so that reading it gives the same bits."""
    plain = np.ascontiguousarray(values)
    data = base64.b64encode(plain.astype(plain.dtype.newbyteorder("<")).tobytes()).decode("ascii")
    return {"dtype": plain.dtype.name, "shape": list(plain.shape), "data": data}


def unpack(packed: Mapping[str, Any]) -> Column:
    """The array that `pack` wrote. ValueError when the bytes do not fit the shape."""
    dtype = np.dtype(str(packed["dtype"]))
    flat = np.frombuffer(base64.b64decode(packed["data"]), dtype.newbyteorder("<"))
    return flat.astype(dtype).reshape(tuple(int(n) for n in packed["shape"]))

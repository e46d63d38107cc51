"""A table of values that follows the engine in place: only cells that look different are told to the view."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.layout.cells import CELL_ROLE, Cell, TitleCell, natural
from widgets.marks.plain_tip import plain_tip

Index = QModelIndex | QPersistentModelIndex
ORDER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_NOWHERE = QModelIndex()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """`right`: figures, aligned at the right. `width`: pixels at 100 % text; 0 takes what is left. `room`: hidden in tables narrower
    than this."""

    title: str
    right: bool = False
    width: int = 0
    room: int = 0
    tip: str = ""


class RowsModel(QAbstractTableModel, Generic[T]):
    """Rows are known by their key; `cells` says in one place how a row looks. UI thread."""

    def __init__(
        self, columns: tuple[Column, ...], key: Callable[[T], str], cells: Callable[[T], tuple[Cell, ...]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self._key, self._cells_of = key, cells
        self._keys: list[str] = []
        self._rows: dict[str, T] = {}
        self._cells: dict[str, tuple[Cell, ...]] = {}

    def set_rows(self, rows: Iterable[T]) -> bool:
        """Show these. Returns whether a row came or went. Rows stay where they are; new ones are added below."""
        new = {self._key(row): row for row in rows}
        gone = [key for key in self._keys if key not in new]
        for key in gone:
            self._remove_row(key)
        for key in self._keys:
            self._update_row(key, new[key])
        added = [key for key in new if key not in self._rows]
        if added:
            self._append(added, new)
        return bool(gone or added)

    def _remove_row(self, key: str) -> None:
        at = self._keys.index(key)
        self.beginRemoveRows(_NOWHERE, at, at)
        del self._keys[at], self._rows[key], self._cells[key]
        self.endRemoveRows()

    def _update_row(self, key: str, row: T) -> None:
        before, self._rows[key] = self._cells[key], row
        after = self._cells[key] = self._cells_of(row)
        changed = [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        if changed:
            number = self._keys.index(key)
            self.dataChanged.emit(self.index(number, changed[0]), self.index(number, changed[-1]))

    def _append(self, keys: list[str], rows: dict[str, T]) -> None:
        self.beginInsertRows(_NOWHERE, len(self._keys), len(self._keys) + len(keys) - 1)
        for key in keys:
            self._keys.append(key)
            self._rows[key] = rows[key]
            self._cells[key] = self._cells_of(rows[key])
        self.endInsertRows()

    def key_at(self, number: int) -> str:
        return self._keys[number]

    def number_of(self, key: str) -> int | None:
        return self._keys.index(key) if key in self._rows else None

    def row(self, key: str) -> T | None:
        return self._rows.get(key)

    def keys(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def cell(self, key: str, column: int) -> Cell:
        return self._cells[key][column]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        return column.title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self._cells[self._keys[index.row()]][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == CELL_ROLE:
            return cell
        if role == ORDER_ROLE:
            return cell.order if cell.order != "" else natural(cell.text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(cell.tip) or None
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(cell, TitleCell):
            return f"{cell.text} {cell.below}".strip()
        return _alignment(self.columns[index.column()]) if role == Qt.ItemDataRole.TextAlignmentRole else None


class TimedRowsModel(RowsModel[T]):
    """Of rows that look different as time goes on: `cells` is told what time it is."""

    def __init__(
        self, columns: tuple[Column, ...], key: Callable[[T], str], cells: Callable[[T, int], tuple[Cell, ...]], clock: Clock
    ) -> None:
        super().__init__(columns, key, self._cells_now)
        self._timed_cells, self._clock = cells, clock

    def _cells_now(self, row: T) -> tuple[Cell, ...]:
        return self._timed_cells(row, self._clock.now_ns())


class RowsOrder(QSortFilterProxyModel):
    """The rows that are wanted, in the order of a column. Sorts when asked to, so that rows do not jump with every figure."""

    def __init__(self, source: RowsModel[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._wanted: Callable[[Any], bool] | None = None
        self.setSortRole(ORDER_ROLE)
        self.setDynamicSortFilter(False)
        self.setSourceModel(source)

    def set_wanted(self, wanted: Callable[[Any], bool] | None) -> None:
        """Which rows are shown; None: all."""
        self._wanted = wanted
        self.renew()

    def renew(self) -> None:
        """Filter and sort again; selection and scroll position stay with their rows."""
        self.invalidate()

    def filterAcceptsRow(self, number: int, parent: Index) -> bool:
        row = self._source.row(self._source.key_at(number))
        return self._wanted is None or row is None or self._wanted(row)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter

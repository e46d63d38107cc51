"""A sortable table of rows that are known by a key, with one kind of behaviour for every list of devices."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHoverEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from engine.model.time import SECOND
from widgets.fields.first_focus import set_first_focus
from widgets.layout.cells import CellDelegate
from widgets.layout.rows_model import RowsModel, RowsOrder
from widgets.look import scaled

Index = QModelIndex | QPersistentModelIndex
_SORT_EVERY_NS = 3 * SECOND
_READABLE = 620
_REST = 150  # pixels at 100 % text of the column that takes what is left
_TIGHTEST = 0.55  # of the widths of the other columns


class _Table(QTableView):
    """Signals: menu_wanted(row, global position): by mouse or by the menu key."""

    menu_wanted = Signal(int, QPoint)

    def viewportEvent(self, event: QEvent) -> bool:
        """Whole rows are hovered; the style would hover single cells."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove, QEvent.Type.HoverLeave):
            left = event.type() == QEvent.Type.HoverLeave
            self._hover(self.indexAt(event.position().toPoint()).row() if isinstance(event, QHoverEvent) and not left else -1)
            return True
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        delegate = self.itemDelegate()
        if isinstance(delegate, CellDelegate) and delegate.hovered_row != row:
            delegate.hovered_row = row
            self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.currentIndex()
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            position = event.globalPos()
        else:
            position = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if index.isValid():
            self.menu_wanted.emit(index.row(), position)


E = TypeVar("E", bound=QWidget)  # what a table shows while it has no rows


class RowsTable(QWidget, Generic[E]):
    """One table; while it has no rows, `empty` says what belongs here.

    Signals:
        selected(key): another row has been chosen, "" when none is.
        activated(key): double click or Enter.
        menu_requested(key, global position).
    """

    selected = Signal(str)
    activated = Signal(str)
    menu_requested = Signal(str, QPoint)

    least_rest = 128
    """Pixels at 100 % text that the column keeps which takes what is left, where that means narrower columns beside it."""

    def __init__(self, model: RowsModel[Any], name: str, empty: E, row_height: int = 44, parent: QWidget | None = None) -> None:
        """`name`: what the table lists, for screen readers."""
        super().__init__(parent)
        self.model = model
        self.empty = empty
        model.setParent(self)
        self.order = RowsOrder(model, self)
        self.view = self._build_view(name, row_height)
        self._sorted_ns = 0
        self._share = 1.0  # of the widths of the columns, as they are set
        self._pages = QStackedWidget()
        self._pages.addWidget(_narrow(empty))
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        set_first_focus(self, self.view)
        self.view.selectionModel().selectionChanged.connect(self._tell_selection)
        self.view.activated.connect(self._emit_activated)
        self.view.menu_wanted.connect(self._tell_menu)

    def _emit_activated(self, index: QModelIndex) -> None:
        self.activated.emit(self._key_of(index))

    def _build_view(self, name: str, row_height: int) -> _Table:
        table = _Table(showGrid=False, wordWrap=False, cornerButtonEnabled=False)
        table.setAccessibleName(name)
        table.setModel(self.order)
        table.setItemDelegate(CellDelegate(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(row_height)
        table.setSortingEnabled(True)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(48)
        for number, column in enumerate(self.model.columns):
            mode = QHeaderView.ResizeMode.Interactive if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(number, mode)
            if column.width:
                table.setColumnWidth(number, column.width)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        return table

    def show_rows(self, rows: Iterable[Any], now_ns: int) -> None:
        """Follow the engine. Sorted at once where rows come or go, otherwise every few seconds."""
        came_or_went = self.model.set_rows(rows)
        if came_or_went or now_ns - self._sorted_ns >= _SORT_EVERY_NS:
            self._sorted_ns = now_ns
            self.order.renew()
        self._pages.setCurrentIndex(1 if self.model.rowCount() else 0)

    def sort_by(self, column: int, descending: bool = False) -> None:
        self.view.sortByColumn(column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    def set_wanted(self, wanted: Callable[[Any], bool] | None) -> None:
        self.order.set_wanted(wanted)

    def shown_keys(self) -> tuple[str, ...]:
        """In the order on screen."""
        return tuple(self._key_of(self.order.index(number, 0)) for number in range(self.order.rowCount()))

    def selected_key(self) -> str:
        rows = self.view.selectionModel().selectedRows()
        return self._key_of(rows[0]) if rows else ""

    def select_row(self, key: str) -> None:
        """Choose a row and scroll to it; a key that is not shown leaves everything as it is."""
        number = self.model.number_of(key)
        index = self.order.mapFromSource(self.model.index(number, 0)) if number is not None else QModelIndex()
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def _key_of(self, index: Index) -> str:
        return self.model.key_at(self.order.mapToSource(index).row())

    def _tell_selection(self, _chosen: QItemSelection, _left: QItemSelection) -> None:
        self.selected.emit(self.selected_key())

    def _tell_menu(self, number: int, position: QPoint) -> None:
        self.menu_requested.emit(self._key_of(self.order.index(number, 0)), position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width()
        for number, column in enumerate(self.model.columns):
            self.view.setColumnHidden(number, wide < scaled(column.room))
        self._widen(wide)

    def _widen(self, wide: int) -> None:
        """Columns grow with the text as far as what takes the rest keeps its room. What somebody made wider stays until that changes."""
        given = sum(column.width for column in self.model.columns if wide >= scaled(column.room))
        share = min(scaled(100) / 100, (wide - scaled(max(_REST, self.least_rest))) / max(1, given))
        if share < 1.0:  # names come first: the others give way to them
            share = max(_TIGHTEST, min(1.0, (wide - scaled(self.least_rest)) / max(1, given)))
        if share == self._share:
            return
        self._share = share
        for number, column in enumerate(self.model.columns):
            if column.width:
                self.view.setColumnWidth(number, round(share * column.width))


def _narrow(widget: QWidget) -> QWidget:
    """In the middle, no wider than its lines can be read."""
    widget.setMaximumWidth(_READABLE)
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(widget, 100)
    row.addStretch(1)
    return holder

"""A small table of texts that is typed into: rows are added and removed, and what is wrong with one stands below."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.theme import color, set_role

_KEY = Qt.ItemDataRole.UserRole
_NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # and what stands above them


@dataclass(frozen=True, slots=True)
class Column:
    """`field`: what an error names it. `width`: pixels, 0 takes what is left."""

    field: str
    title: str
    width: int = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class TextRow:
    """`key`: which thing it is; empty for one that was added here."""

    key: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row. `field`: the column it is about; empty for the whole row."""

    row: int
    field: str
    message: str


class RowEditor(QWidget):
    """Enter or typing edits a cell, Delete removes rows, Insert adds one. Signals: changed(); row_chosen(number or -1)."""

    changed = Signal()
    row_chosen = Signal(int)

    def __init__(self, name: str, columns: tuple[Column, ...], add: str, parent: QWidget | None = None) -> None:
        """`name`: of the table, for screen readers. `add`: text of the button."""
        super().__init__(parent)
        self._columns = columns
        self._filling = False
        self.table = QTableWidget(0, len(columns), self)
        self.table.setAccessibleName(name)
        self.table.setHorizontalHeaderLabels([column.title for column in columns])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(36)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self._set_widths()
        self.add_button = QPushButton(icon("plus"), add, self)
        self.remove_button = QPushButton(icon("trash-2"), self.tr("&Remove row"), self)
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        self._message = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self._message, "error")
        self._lay_out_editor()
        self.table.itemChanged.connect(self._item_changed)
        self.table.currentCellChanged.connect(self._choose_row)
        self.add_button.clicked.connect(partial(self.add_row, ("",) * len(columns)))
        self.remove_button.clicked.connect(self.remove_current)
        self._choose_row(-1)

    def _set_widths(self) -> None:
        header = self.table.horizontalHeader()
        header.setMinimumSectionSize(44)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(self._columns):
            mode = QHeaderView.ResizeMode.Interactive if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(number, mode)
            if column.width:
                self.table.setColumnWidth(number, column.width)
            item = self.table.horizontalHeaderItem(number)
            if item is None:
                continue
            if number:
                item.setTextAlignment(_NUMBERS)
            if column.tip:
                item.setToolTip(plain_tip(column.tip))

    def _lay_out_editor(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self._message)
        column.addLayout(buttons)

    # rows

    def set_rows(self, rows: tuple[TextRow, ...]) -> None:
        self._filling = True
        self.table.setRowCount(0)
        for row in rows:
            self._append(row)
        self._filling = False

    def text_rows(self) -> tuple[TextRow, ...]:
        return tuple(self._text_row(number) for number in range(self.table.rowCount()))

    def _text_row(self, number: int) -> TextRow:
        items = [self.table.item(number, column) for column in range(len(self._columns))]
        first = items[0]
        return TextRow(str(first.data(_KEY) or "") if first else "", tuple(item.text().strip() if item else "" for item in items))

    def add_row(self, texts: tuple[str, ...], edit: bool = True) -> None:
        """At the end, ready to be typed into."""
        self._filling = True
        self._append(TextRow("", texts))
        self._filling = False
        last = self.table.rowCount() - 1
        self.table.setCurrentCell(last, 0)
        self.changed.emit()
        if edit:
            self.table.setFocus()
            self.table.edit(self.table.model().index(last, 0))

    def _append(self, row: TextRow) -> None:
        number = self.table.rowCount()
        self.table.insertRow(number)
        for column, text in enumerate(row.texts):
            item = QTableWidgetItem(text)
            if column == 0:
                item.setData(_KEY, row.key)
            else:
                item.setTextAlignment(_NUMBERS)
            self.table.setItem(number, column, item)

    def remove_current(self) -> None:
        number = self.table.currentRow()
        if number >= 0:
            self.table.removeRow(number)
            self._choose_row(self.table.currentRow())
            self.changed.emit()

    def set_text(self, row: int, column: int, text: str) -> None:
        """As if it had been typed."""
        item = self.table.item(row, column)
        if item is not None:
            item.setText(text)

    def set_key(self, row: int, key: str) -> None:
        """Which thing a row is, of one that was added here."""
        item = self.table.item(row, 0)
        if item is not None:
            self._filling = True
            item.setData(_KEY, key)
            self._filling = False

    # what is wrong

    def show_problems(self, problems: tuple[RowProblem, ...]) -> None:
        """Mark the cells, and say the first in words."""
        self._filling = True
        names = [column.field for column in self._columns]
        wrong = {(p.row, names.index(p.field) if p.field in names else -1) for p in problems}
        for row in range(self.table.rowCount()):
            for column in range(len(names)):
                item = self.table.item(row, column)
                if item is not None:
                    bad = (row, column) in wrong or (row, -1) in wrong
                    item.setForeground(QBrush(color("critical")) if bad else QBrush(color("text")))
        self._filling = False
        first = problems[0] if problems else None
        self._message.setText(self.tr("Row {0}: {1}").format(first.row + 1, first.message) if first else "")
        self._message.setVisible(first is not None)

    def message(self) -> str:
        return self._message.text()

    def _item_changed(self) -> None:
        if not self._filling:
            self.changed.emit()

    def _choose_row(self, row: int) -> None:
        self.remove_button.setEnabled(row >= 0)
        self.row_chosen.emit(row)

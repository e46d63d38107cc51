"""Numbered spots as a table whose cells can be typed in."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from engine.model.geometry import Point
from engine.model.value_class import dataclass
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text

_ROWS = 5  # shown at least
_OFF = 4


@dataclass(frozen=True, slots=True)
class PointRow:
    """`image` in shares of the picture, `floor` in metres; `off` in words."""

    image: Point | None
    floor: Point | None
    off: str = ""


def unit_below(title: str) -> str:
    """The last word of a title in a line of its own, so that a narrow column does not lose it."""
    return "\n".join(title.rsplit(" ", 1))


class PointsTable(QTableWidget):
    """UI thread. Delete removes the chosen row; a cell is typed in after F2, a double click, or by just typing.

    Signals: spot_chosen(index); typed(index, column 0–3, text); removal_wanted(index).
    """

    spot_chosen = Signal(int)
    typed = Signal(int, int, str)
    removal_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, _OFF + 1, parent)
        titles = (self.tr("Left %"), self.tr("Top %"), self.tr("East m"), self.tr("North m"))
        self.setHorizontalHeaderLabels([*map(unit_below, titles), self.tr("Off by")])
        tips = (
            self.tr("From the left edge, % of the picture width"),
            self.tr("From the top edge, % of the picture height"),
            self.tr("On the plan, in metres"),
            self.tr("On the plan, in metres"),
            self.tr("Error: distance between click and computed position"),
        )
        for column, tip in enumerate(tips):
            if (item := self.horizontalHeaderItem(column)) is not None:
                item.setToolTip(plain_tip(tip))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(_OFF, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(self._widest_title())
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName(self.tr("Points"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Points"))
        self._filling = False
        self.currentCellChanged.connect(self._tell_chosen)
        self.cellChanged.connect(self._tell_typed)

    def _widest_title(self) -> int:
        """Of the figures; the last column is as wide as it needs."""
        return max(self.horizontalHeader().sectionSizeHint(column) for column in range(_OFF))

    def sizeHint(self) -> QSize:
        return QSize(
            480, self.horizontalHeader().sizeHint().height() + _ROWS * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth()
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height() // 2)

    def show_rows(self, rows: Sequence[PointRow], chosen: int) -> None:
        self._filling = True
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            self._show_row(number, row)
        if self.currentRow() != chosen:
            self.setCurrentCell(chosen, max(0, self.currentColumn()))
        self._filling = False

    def _show_row(self, number: int, row: PointRow) -> None:
        image = tuple(number_text(100 * share, ".2f") for share in row.image) if row.image is not None else ("", "")
        floor = tuple(number_text(metres, ".2f") for metres in row.floor) if row.floor is not None else ("", "")
        for column, text in enumerate((*image, *floor, row.off)):
            item = self.item(number, column)
            if item is None:
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if column == _OFF:
                    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.setItem(number, column, item)
            if item.text() != text:
                item.setText(text)

    def _tell_chosen(self, row: int) -> None:
        if not self._filling and row >= 0:
            self.spot_chosen.emit(row)

    def _tell_typed(self, row: int, column: int) -> None:
        item = self.item(row, column)
        if not self._filling and item is not None:
            self.typed.emit(row, column, item.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        removing = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if removing and self.state() is not QAbstractItemView.State.EditingState and self.currentRow() >= 0:
            self.removal_wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

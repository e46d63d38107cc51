"""What the tabs of the Devices page share: a row of tools, a table, and a card beside it."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.session.remembered import Remembered
from engine.model.snapshot import Snapshot
from widgets.fields.first_focus import set_first_focus
from widgets.layout.boxes import make_column, make_row
from widgets.layout.card_beside import CardBeside
from widgets.layout.head_row import HeadRow
from widgets.layout.rows_table import RowsTable

_CARD_WIDTHS = (392, 296)


class DevicesTab(QWidget):
    """Build with `add_tool`; `show_snapshot` follows the engine while the tab is on screen."""

    def __init__(
        self, name: str, table: RowsTable, card: QWidget | None, parent: QWidget | None = None, widths: tuple[int, int] = _CARD_WIDTHS
    ) -> None:
        """`name`: under which the width of the card is remembered; `widths`: that of the card, and its least."""
        super().__init__(parent)
        self._name, self.table = name, table
        self.beside = CardBeside(table, card, *widths) if card is not None else None
        self._left = make_row(spacing=8)
        self._tools = HeadRow(self._left, centred=True)
        self._all_left = True
        self.above = make_column(spacing=8)
        if card is not None:
            card.hide()
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.above)
        column.addLayout(self._tools)
        column.addWidget(self.beside or table, 1)
        set_first_focus(self, table)

    def add_tool(self, widget: QWidget, stretch: int = 0) -> None:
        if self._all_left:
            self._left.addWidget(widget, stretch)
        else:
            self._tools.addWidget(widget)

    def add_stretch(self) -> None:
        """What is added from then on stands at the right, or in a line of its own where there is no room."""
        self._left.addStretch()
        self._all_left = False

    def show_snapshot(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def selected_key(self) -> str:
        """The key of the row whose card is shown: the selected one, otherwise the first."""
        if not self.table.selected_key() and (shown := self.table.shown_keys()):
            self.table.select_row(shown[0])
        return self.table.selected_key()

    def restore(self, remembered: Remembered) -> None:
        if self.beside is not None:
            remembered.restore_splitter(f"devices-{self._name}", self.beside)

    def keep(self, remembered: Remembered) -> None:
        if self.beside is not None and self.beside.card.isVisible():
            remembered.keep_splitter(f"devices-{self._name}", self.beside)

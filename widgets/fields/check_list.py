"""A list of which some are checked."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from widgets.marks.plain_tip import plain_tip
from widgets.signals import on

_ID = Qt.ItemDataRole.UserRole


class CheckList(QListWidget):
    """`on_change` is called whenever a box is checked or cleared by the user."""

    def __init__(self, name: str, on_change: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSpacing(2)
        if on_change is not None:
            on(self.itemChanged, on_change)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.doItemsLayout()  # rows that were laid out before the style sheet held are too low

    def add_item(self, name: str, item_id: str, chosen: bool) -> None:
        item = QListWidgetItem(name)
        item.setData(_ID, item_id)
        item.setToolTip(plain_tip(name))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        self.addItem(item)

    def checked_ids(self) -> tuple[str, ...]:
        items = (self.item(number) for number in range(self.count()))
        return tuple(str(item.data(_ID)) for item in items if item.checkState() is Qt.CheckState.Checked)

    def all_chosen(self) -> bool:
        return len(self.checked_ids()) == self.count()

"""The rail on the left: one button per page."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QWidget

from console.pages.registry import PageEntry
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role


class Rail(QFrame):
    """Signals: chosen(page id)."""

    chosen = Signal(str)

    def __init__(self, pages: tuple[PageEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(92)
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        column = make_column(self, spacing=4, margins=(8, 8, 8, 8))
        for number, page in enumerate(pages, start=1):
            self._buttons[page.id] = self._button(page, number % 10)
            column.addWidget(self._buttons[page.id])
        column.addStretch()

    def _button(self, page: PageEntry, number: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(page.title)
        button.setIcon(icon(page.icon))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setFixedWidth(76)
        button.setToolTip(plain_tip(self.tr("{0} (Ctrl+{1})").format(page.title, number)))
        set_role(button, "quiet")
        button.setStyleSheet("QToolButton { padding: 4px 0; }")  # room for the longest titles
        on(button.clicked, self.chosen.emit, page.id)
        self._group.addButton(button)
        return button

    def select(self, page_id: str) -> None:
        self._buttons[page_id].setChecked(True)

    def buttons(self) -> dict[str, QToolButton]:
        return self._buttons

"""The window that lists all keys; `?` opens it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from console.pages.page import ShortcutNote
from widgets.theme import set_role


class ShortcutsDialog(QDialog):
    def __init__(self, sections: Mapping[str, tuple[ShortcutNote, ...]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        for title, notes in sections.items():
            column.addLayout(_section(title, notes))
        column.addStretch()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _section(title: str, notes: tuple[ShortcutNote, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(24)
    heading = QLabel(title)
    set_role(heading, "section")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, note in enumerate(notes, start=1):
        keys = QLabel(note.keys)
        keys.setObjectName("keys")
        grid.addWidget(keys, row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(QLabel(note.does), row, 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 120)
    return grid

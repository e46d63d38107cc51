"""The window that lists all keys; `?` opens it."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from console.dialogs.frame import FramedDialog
from console.pages.page import ShortcutNote
from widgets.theme import set_role

_KEYCAP = "#key { border: 1px solid palette(mid); border-radius: 4px; padding: 1px 7px; background: palette(button); }"


class ShortcutsDialog(FramedDialog):
    def __init__(self, sections: Mapping[str, tuple[ShortcutNote, ...]], parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ShortcutsDialog", "Keyboard shortcuts"), width=520, parent=parent)
        self.setStyleSheet(_KEYCAP)
        for title, notes in sections.items():
            self.body.addLayout(_section(title, notes))
        self.add_cancel(self.tr("&Close"))


def _section(title: str, notes: tuple[ShortcutNote, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(24)
    heading = QLabel(title)
    set_role(heading, "section")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, note in enumerate(notes, start=1):
        grid.addLayout(_keys(note.keys), row, 0)
        grid.addWidget(QLabel(note.does), row, 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 112)
    return grid


def _keys(keys: str) -> QHBoxLayout:
    """One cap for each of `Space K`."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for key in keys.split():
        cap = QLabel(key)
        cap.setObjectName("key")
        row.addWidget(cap, alignment=Qt.AlignmentFlag.AlignLeft)
    row.addStretch()
    return row

"""The window that lists all keys; `?` opens it."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.dialogs.frame import FramedDialog
from console.pages.page import ShortcutNote
from widgets.theme import set_role

_KEYCAP = "#key { border: 1px solid palette(mid); border-radius: 4px; padding: 1px 7px; background: palette(button); }"


_COLUMNS = 3


class ShortcutsDialog(FramedDialog):
    """In columns of about the same height, so that it fits any screen."""

    def __init__(self, sections: Mapping[str, tuple[ShortcutNote, ...]], parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ShortcutsDialog", "Keyboard shortcuts"), width=1120, parent=parent)
        self.setStyleSheet(_KEYCAP)
        row = QHBoxLayout()
        row.setSpacing(32)
        for titles in _columns({title: len(notes) + 2 for title, notes in sections.items()}):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title in titles:
                column.addLayout(_section(title, sections[title]))
            column.addStretch(1)
            row.addLayout(column, 1)
        self.body.addLayout(row)
        self.add_cancel(self.tr("&Close"))


def _columns(heights: Mapping[str, int]) -> list[list[str]]:
    """Titles in their order, in columns none of which is much higher than the others."""
    share = sum(heights.values()) / _COLUMNS
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    above = 0.0
    for title, height in heights.items():
        columns[min(_COLUMNS - 1, int((above + height / 2) / share))].append(title)
        above += height
    return columns


def _section(title: str, notes: tuple[ShortcutNote, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(16)
    heading = QLabel(title)
    set_role(heading, "section")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, note in enumerate(notes, start=1):
        grid.addLayout(_keys(note.keys), row, 0, Qt.AlignmentFlag.AlignTop)
        does = QLabel(note.does, wordWrap=True)
        does.setMinimumWidth(190)
        grid.addWidget(does, row, 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 100)
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

"""Caught faults of the engine, newest first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from engine.model.health import ErrorNote
from engine.model.time import Clock
from widgets.empty_state import EmptyState
from widgets.time_text import clock_text


class ErrorList(QWidget):
    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._errors: tuple[ErrorNote, ...] | None = None
        self._list = self._build_list()
        self._empty = EmptyState("circle-check", self.tr("No errors"), self.tr("Nothing has failed since the engine started."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _build_list(self) -> QTreeWidget:
        tree = QTreeWidget(rootIsDecorated=False, uniformRowHeights=False, wordWrap=True)
        tree.setAccessibleName(self.tr("Last errors"))
        tree.setHeaderLabels([self.tr("Time"), self.tr("Part"), self.tr("What happened"), self.tr("Times")])
        header = tree.header()
        header.setStretchLastSection(False)
        for section, mode in enumerate((QHeaderView.ResizeMode.ResizeToContents,) * 2 + (QHeaderView.ResizeMode.Stretch,)):
            header.setSectionResizeMode(section, mode)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)
        return tree

    def set_errors(self, errors: tuple[ErrorNote, ...]) -> None:
        if errors == self._errors:
            return
        self._errors = errors
        self._list.clear()
        now_ns = self._clock.now_ns()
        for note in sorted(errors, key=lambda each: each.at_ns, reverse=True):
            self._list.addTopLevelItem(_row(note, now_ns))
        self._pages.setCurrentWidget(self._list if errors else self._empty)


def _row(note: ErrorNote, now_ns: int) -> QTreeWidgetItem:
    item = QTreeWidgetItem([clock_text(note.at_ns, now_ns), note.component, note.message, f"× {note.count:,}" if note.count > 1 else ""])
    item.setToolTip(2, note.message)
    for column in range(4):
        item.setTextAlignment(
            column, Qt.AlignmentFlag.AlignTop | (Qt.AlignmentFlag.AlignRight if column == 3 else Qt.AlignmentFlag.AlignLeft)
        )
    return item

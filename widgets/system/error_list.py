"""Caught faults of the engine, newest first."""

from operator import attrgetter

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from engine.model.health import ErrorNote
from engine.model.time import Clock
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.shapes import draw_shape
from widgets.theme import color, set_role, shape_color
from widgets.time_text import clock_text

_SHOWN = 50


class ErrorList(QWidget):
    """The newest fifty; their text can be selected and copied."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._errors: tuple[ErrorNote, ...] | None = None
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Last errors"))
        self._empty = EmptyState("circle-check", self.tr("No errors"), self.tr("Nothing has failed since the engine started."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def set_errors(self, errors: tuple[ErrorNote, ...]) -> None:
        if errors == self._errors:
            return
        self._errors = errors
        newest = sorted(errors, key=attrgetter("at_ns"), reverse=True)[:_SHOWN]
        self._scroll.setWidget(self._build_rows(newest))
        self._pages.setCurrentWidget(self._scroll if errors else self._empty)

    def _build_rows(self, notes: list[ErrorNote]) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for note in notes:
            column.addWidget(_ErrorRow(note, self._error_facts(note)))
        column.addStretch(1)
        return body

    def _error_facts(self, note: ErrorNote) -> str:
        times = self.tr("{0} times").format(number_text(note.count)) if note.count > 1 else ""
        return " · ".join(part for part in (clock_text(note.at_ns, self._clock.now_ns()), note.component, times) if part)


class _ErrorRow(QFrame):
    def __init__(self, note: ErrorNote, facts: str) -> None:
        super().__init__()
        message = QLabel(note.message, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        below = QLabel(facts, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(below, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 10, 12, 10)
        column.setSpacing(2)
        column.addWidget(message)
        column.addWidget(below)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_shape(painter, "diamond", QRectF(8, 13, 10, 10), shape_color("high"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("line"))

"""What operators wrote about an alert, oldest first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.model.alerts.alert import Note
from widgets.theme import set_role
from widgets.time_text import clock_text


class NotesList(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notes: tuple[Note, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_notes(self, notes: tuple[Note, ...], now_ns: int) -> None:
        if notes == self._notes:
            return
        self._notes = notes
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for note in notes:
            self._add_note(note, now_ns)

    def texts(self) -> tuple[str, ...]:
        return tuple(note.text for note in self._notes)

    def _add_note(self, note: Note, now_ns: int) -> None:
        head = QLabel(f"{note.by}, {clock_text(note.at_ns, now_ns)}", textFormat=Qt.TextFormat.PlainText)
        set_role(head, "secondary")
        text = QLabel(note.text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column.addWidget(head)
        self._column.addWidget(text)

"""Three numbers that say where something is, checked as they are typed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.model.site import LARGEST_FLOOR_M, Position
from widgets.number_text import number_text, typed_number
from widgets.theme import set_role
from widgets.translation import tr


class PositionFields(QWidget):
    """East, north and up in metres; all three, or none.

    Signals: changed(): something was typed. submitted(): Enter.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, label: str, hint: str = "", parent: QWidget | None = None) -> None:
        """`hint`: what stands below while nothing is wrong."""
        super().__init__(parent)
        self._hint = hint
        names = (self.tr("East, X"), self.tr("North, Y"), self.tr("Up, Z"))
        self.edits = tuple(QLineEdit(maxLength=12) for _ in names)
        self._message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, edit in zip(names, self.edits, strict=True):
            row.addLayout(self._column(label, name, edit))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(QLabel(label, textFormat=Qt.TextFormat.PlainText))
        column.addLayout(row)
        column.addWidget(self._message)
        self._show_trouble()

    def _column(self, label: str, name: str, edit: QLineEdit) -> QVBoxLayout:
        edit.setAccessibleName(f"{label}, {name}")
        edit.textChanged.connect(self._on_position_typed)
        edit.returnPressed.connect(self.submitted)
        words = QLabel(self.tr("{0}, in m").format(name), textFormat=Qt.TextFormat.PlainText)
        set_role(words, "secondary")
        words.setBuddy(edit)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(words)
        column.addWidget(edit)
        return column

    def set_hint(self, hint: str) -> None:
        """What stands below from now on, while nothing is wrong."""
        self._hint = hint
        self._show_trouble()

    def set_value(self, position: Position | None) -> None:
        for edit, value in zip(self.edits, position or ("", "", ""), strict=True):
            edit.setText(number_text(value, "g") if isinstance(value, float | int) else value)

    def value(self) -> Position | None:
        """None while it is empty, or wrong (ask `is_valid`)."""
        if self._input_trouble() or not self._texts()[0]:
            return None
        x, y, z = (typed_number(text) for text in self._texts())
        return x, y, z

    def is_valid(self) -> bool:
        return not self._input_trouble()

    def message(self) -> str:
        return self._message.text()

    def _texts(self) -> tuple[str, ...]:
        return tuple(edit.text().strip() for edit in self.edits)

    def _input_trouble(self) -> str:
        texts = self._texts()
        if not any(texts):
            return ""
        if not all(texts):
            return tr("Enter all three, or none.")
        if wrong := next((text for text in texts if not _is_number(text)), ""):
            return tr("“{0}” is not a number.").format(wrong)
        if any(abs(typed_number(text)) > LARGEST_FLOOR_M for text in texts):
            return tr("Further than {0} m from the origin of the floor.").format(number_text(LARGEST_FLOOR_M, "g"))
        return ""

    def _on_position_typed(self) -> None:
        self._show_trouble()
        self.changed.emit()

    def _show_trouble(self) -> None:
        trouble = self._input_trouble()
        for edit, text in zip(self.edits, self._texts(), strict=True):
            _mark(edit, bool(trouble) and not _is_place(text))
        set_role(self._message, "error" if trouble else "secondary")
        self._message.setText(trouble or self._hint)
        self._message.setVisible(bool(trouble or self._hint))


def _mark(edit: QLineEdit, wrong: bool) -> None:
    """For the style sheet."""
    if bool(edit.property("wrong")) != wrong:
        edit.setProperty("wrong", wrong)
        edit.style().unpolish(edit)
        edit.style().polish(edit)


def _is_place(text: str) -> bool:
    return _is_number(text) and abs(typed_number(text)) <= LARGEST_FLOOR_M


def _is_number(text: str) -> bool:
    try:
        typed_number(text)
    except ValueError:
        return False
    return True

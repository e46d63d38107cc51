"""Fields that validate as you type: the message stands below the field it is about."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.model.value_class import dataclass
from widgets.fields.first_focus import set_first_focus
from widgets.theme import set_role

Validate: TypeAlias = Callable[[str], str]
"""Takes the text, returns what is wrong with it as a sentence, "" when it is fine."""


class Field(QWidget):
    """A label, a line edit and a message below it.

    Signals: changed(text); validity_changed(bool); submitted(): Enter was pressed.
    """

    changed = Signal(str)
    validity_changed = Signal(bool)
    submitted = Signal()

    def __init__(
        self, label: str, validate: Validate | None = None, hint: str = "", placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        """`hint`: shown below while there is nothing wrong. What is wrong shows once the user has typed or `reveal` was called."""
        super().__init__(parent)
        self._validate = validate or _nothing_wrong
        self._hint = hint
        self._given = self._noticed = ""
        self._touched = False
        self._label = QLabel(label, textFormat=Qt.TextFormat.PlainText)
        self._edit = QLineEdit(placeholderText=placeholder)
        self._message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out_field()
        self._wrong = self._validate("")
        self._edit.textChanged.connect(self._on_edited)
        self._edit.returnPressed.connect(self.submitted)
        set_first_focus(self, self._edit)
        self._show_message()

    def _lay_out_field(self) -> None:
        self._label.setBuddy(self._edit)
        self._edit.setAccessibleName(self._label.text())
        self._message.setMinimumHeight(self._message.fontMetrics().height())
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(8)
        self._beside.addWidget(self._edit, 1)
        column.addWidget(self._label)
        column.addLayout(self._beside)
        column.addWidget(self._message)

    def add_beside(self, widget: QWidget) -> None:
        """At the right of the line edit, for example another way to fill it in."""
        self._beside.addWidget(widget)

    def set_hint(self, hint: str) -> None:
        """What stands below while nothing is wrong."""
        self._hint = hint
        self._show_message()

    def hint_by(self, hint_of: Callable[[str], str]) -> None:
        """What stands below follows what is typed."""
        self.changed.connect(lambda text: self.set_hint(hint_of(text)))

    def edit(self) -> QLineEdit:
        return self._edit

    def value(self) -> str:
        return self._edit.text()

    def set_value(self, text: str) -> None:
        """Fill in; not counted as typed, so nothing is called wrong yet."""
        touched = self._touched
        self._edit.setText(text)
        self._touched = touched
        self._show_message()

    def is_valid(self) -> bool:
        return not self._wrong and not self._given

    def message(self) -> str:
        """What stands below the field."""
        return self._message.text()

    def reveal(self) -> None:
        """Show what is wrong also before anything was typed (on submit)."""
        self._touched = True
        self._show_message()

    def show_error(self, message: str) -> None:
        """Show what somebody else found wrong, until the text changes."""
        self._revalidate(given=message)

    def show_noticed(self, message: str) -> None:
        """Show what went wrong with what stands here, until the text changes. It may be used all the same."""
        self._noticed = message
        self._show_message()

    def revalidate(self) -> None:
        """Check again because something that `validate` looks at has changed."""
        self._revalidate(given=self._given)

    def _on_edited(self, text: str) -> None:
        self._touched = True
        self._noticed = ""
        self._revalidate(given="")
        self.changed.emit(text)

    def _revalidate(self, given: str) -> None:
        before = self.is_valid()
        self._given = given
        self._wrong = self._validate(self._edit.text())
        self._show_message()
        if self.is_valid() != before:
            self.validity_changed.emit(self.is_valid())

    def _show_message(self) -> None:
        wrong = self._given or (self._wrong if self._touched else "") or self._noticed
        set_role(self._message, "error" if wrong else "secondary")
        self._message.setText(wrong or self._hint)
        self._edit.setAccessibleDescription(wrong or self._hint)
        if self._edit.property("wrong") != bool(wrong):
            self._edit.setProperty("wrong", bool(wrong))
            self._edit.style().unpolish(self._edit)
            self._edit.style().polish(self._edit)


@dataclass(frozen=True, slots=True)
class Needed:
    """Wrong while nothing is typed: then `words` say so."""

    words: str

    def __call__(self, text: str) -> str:
        return "" if text.strip() else self.words


class FieldGroup(QWidget):
    """Fields below each other, valid when all are. Signals: validity_changed(bool); submitted(): Enter in a field while all are valid."""

    validity_changed = Signal(bool)
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._rows: dict[str, QHBoxLayout] = {}
        self._was_valid = True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def add_checked(self, name: str, label: str, trouble: Callable[[str, str], str], hint: str = "", placeholder: str = "") -> Field:
        """`trouble(name, text)` says what is wrong with what is typed."""
        return self.add_field(name, Field(label, lambda text: trouble(name, text), hint, placeholder))

    def add_field(self, name: str, field: Field, beside: str = "") -> Field:
        """Returns the field, for further wiring. `beside`: the name of one that is there, at whose right it stands."""
        self._fields[name] = field
        row = self._rows.get(beside) or QHBoxLayout()
        if not beside:
            row.setSpacing(12)
            self._column.addLayout(row)
        row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self._rows[name] = row
        field.validity_changed.connect(self._weigh)
        field.submitted.connect(self._submit)
        self._weigh()
        return field

    def field(self, name: str) -> Field:
        return self._fields[name]

    def values(self) -> dict[str, str]:
        return {name: field.value() for name, field in self._fields.items()}

    def is_valid(self) -> bool:
        return all(field.is_valid() for field in self._fields.values())

    def reveal(self) -> bool:
        """Show everything that is wrong, focus the first; True when nothing is."""
        for field in self._fields.values():
            field.reveal()
        wrong = next((field for field in self._fields.values() if not field.is_valid()), None)
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong is None

    def show_error(self, name: str, message: str) -> bool:
        """Put a message (for example of an `InputError`) below the field of that name; False when there is none."""
        field = self._fields.get(name)
        if field is not None:
            field.show_error(message)
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        return field is not None

    def _submit(self) -> None:
        if self.reveal():
            self.submitted.emit()

    def _weigh(self) -> None:
        valid = self.is_valid()
        if valid != self._was_valid:
            self._was_valid = valid
            self.validity_changed.emit(valid)


def _nothing_wrong(_text: str) -> str:
    return ""

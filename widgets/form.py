"""Fields that validate as you type: the message stands below the field it is about."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

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

    def edit(self) -> QLineEdit: ...
    def value(self) -> str: ...
    def set_value(self, text: str) -> None: ...
    def is_valid(self) -> bool: ...
    def reveal(self) -> None:
        """Show what is wrong also before anything was typed (on submit)."""

    def show_error(self, message: str) -> None:
        """Show what somebody else found wrong, until the text changes."""

    def revalidate(self) -> None:
        """Check again because something that `validate` looks at has changed."""


class FieldGroup(QWidget):
    """Fields below each other, valid when all are. Signals: validity_changed(bool); submitted(): Enter in a field while all are valid."""

    validity_changed = Signal(bool)
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None: ...
    def add(self, name: str, field: Field) -> Field: ...
    def field(self, name: str) -> Field: ...
    def values(self) -> dict[str, str]: ...
    def is_valid(self) -> bool: ...
    def reveal(self) -> bool:
        """Show everything that is wrong, focus the first; True when nothing is."""

    def show_error(self, name: str, message: str) -> bool:
        """Put a message (for example of an `InputError`) below the field of that name; False when there is none."""

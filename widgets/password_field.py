"""A field for a secret, with a button that shows it."""

from PySide6.QtWidgets import QWidget

from widgets.form import Field, Validate


class PasswordField(Field):
    def __init__(self, label: str, validate: Validate | None = None, hint: str = "", parent: QWidget | None = None) -> None: ...

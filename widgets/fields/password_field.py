"""A field for a secret, with a button that shows it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.fields.form import Field, Validate
from widgets.icons import icon


class PasswordField(Field):
    """Hidden until its eye (or Ctrl+Shift+H in the field) is pressed; hidden again when the field is cleared."""

    def __init__(self, label: str, validate: Validate | None = None, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, validate, hint, parent=parent)
        self._eye = QAction(self, checkable=True, shortcutContext=Qt.ShortcutContext.WidgetShortcut)
        self._eye.setShortcut(QKeySequence("Ctrl+Shift+H"))
        self._eye.toggled.connect(self._reveal_text)
        self.edit().addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)
        self.edit().setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.changed.connect(self._hide_when_empty)
        self._reveal_text(False)

    def is_shown(self) -> bool:
        return self._eye.isChecked()

    def _reveal_text(self, shown: bool) -> None:
        self.edit().setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye"))
        self._eye.setText(self.tr("Hide password") if shown else self.tr("Show password"))

    def _hide_when_empty(self, text: str) -> None:
        if not text:
            self._eye.setChecked(False)

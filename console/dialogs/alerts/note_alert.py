"""A note to an alert."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.dialogs.frame import FramedDialog
from widgets.fields.form import Field, FieldGroup

_LONGEST = 2_000


class NoteAlertDialog(FramedDialog):
    """Signals: decided(text)."""

    decided = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Note"), title, width=460, parent=parent)
        self.fields = FieldGroup(self)
        self.text = self.fields.add_field("text", Field(self.tr("&Note"), self._note_trouble))
        self.body.addWidget(self.text)
        self.add_cancel()
        self.keep = self.add_button(self.tr("&Add note"), "primary")
        self.keep.setDefault(True)
        self.keep.clicked.connect(self._emit_note)
        self.fields.submitted.connect(self._emit_note)
        self.text.setFocus()

    def _note_trouble(self, text: str) -> str:
        if not text.strip():
            return self.tr("Enter a note.")
        return self.tr("At most {0} characters are kept.").format(_LONGEST) if len(text) > _LONGEST else ""

    def _emit_note(self) -> None:
        if not self.fields.is_valid():
            self.fields.reveal()
            return
        self.decided.emit(self.text.value().strip())
        self.accept()

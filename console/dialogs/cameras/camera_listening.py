"""Whether people may listen to a camera, and what for: off until somebody says."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from widgets.fields.form import Field, FieldGroup
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.theme import set_role
from widgets.translation import tr

LEAST = 8  # characters of a purpose
MOST = 500


class ListeningChoice(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.allowed = QCheckBox(self.tr("Allow l&istening to its sound"), self)
        self.note = QLabel(
            self.tr("Users who may view it live may listen. Start and end are recorded in the audit log; sound is never recorded."), self
        )
        self.note.setWordWrap(True)
        set_role(self.note, "secondary")
        self.fields = FieldGroup(self)
        hint = self.tr("Visible to all users and recorded in the audit log.")
        self.fields.add_field(
            "listen_purpose", Field(self.tr("Purpose"), self._reason_trouble, hint, self.tr("For example hearing calls for help"))
        )
        column = make_column(self, spacing=6, margins=NO_MARGINS)
        for widget in (self.allowed, self.note, self.fields):
            column.addWidget(widget)
        self.allowed.toggled.connect(self._toggled)
        self.fields.field("listen_purpose").changed.connect(self.changed)
        self.fields.validity_changed.connect(self.changed)
        self._toggled(False)

    def show_choice(self, allowed: bool, purpose: str) -> None:
        self.fields.field("listen_purpose").set_value(purpose)
        self.allowed.setChecked(allowed)

    def set_possible(self, possible: bool) -> None:
        """Whether a camera of this kind can carry sound; one that is allowed can always be switched off again."""
        self.allowed.setEnabled(possible or self.allowed.isChecked())
        self.allowed.setToolTip("" if possible else tr("Available for RTSP cameras and video files."))

    def is_valid(self) -> bool:
        return not self.allowed.isChecked() or self.fields.is_valid()

    def listen(self) -> bool:
        return self.allowed.isChecked()

    def purpose(self) -> str:
        """Of before, where it is off now: it need not be typed again."""
        return self.fields.field("listen_purpose").value().strip()

    def _toggled(self, on: bool) -> None:
        self.fields.setVisible(on)
        self.fields.field("listen_purpose").revalidate()
        self.changed.emit()

    def _reason_trouble(self, text: str) -> str:
        if self.allowed.isChecked() and len(text.strip()) < LEAST:
            return tr("Enter the purpose of listening in a sentence.")
        return tr("Use at most {0} characters.").format(MOST) if len(text.strip()) > MOST else ""

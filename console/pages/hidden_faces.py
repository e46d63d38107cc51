"""The slim line above a clip in which faces are hidden, and the way to see them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from console.words import permit
from engine.model.accounts.access import Session, Verb
from widgets.icons import show_icon
from widgets.layout.boxes import make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.theme import set_role

_ICON = 16


class HiddenFaces(QFrame):
    """Signals: show_requested()."""

    show_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        mark = QLabel(textFormat=Qt.TextFormat.PlainText)
        show_icon(mark, "eye-off", _ICON)
        note = ElidedLabel(self.tr("Faces are hidden in this clip. The recording itself is unchanged."))
        set_role(note, "secondary")
        self.button = QPushButton(self.tr("Show &faces…"))
        set_role(self.button, "link")
        self.button.clicked.connect(self.show_requested)
        permit(self.button, session, Verb.UNMASK, self.tr("Show faces for a few minutes; the reason is recorded in the audit log"))
        row = make_row(self, spacing=8, margins=(12, 1, 4, 1))
        row.addWidget(mark)
        row.addWidget(note)
        row.addStretch(1)
        row.addWidget(self.button)
        self.hide()

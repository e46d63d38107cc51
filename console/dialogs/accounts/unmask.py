"""Why faces are to be shown that are blurred here, and for how long."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.people.commands import UnmaskFaces
from widgets.fields.form import Field
from widgets.layout.boxes import make_column
from widgets.translation import tr

_MINUTES = (2, 10, 30, 60)


class UnmaskDialog(SavingDialog):
    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Faces are blurred at this site. Unmasking is recorded in the audit log with user, time and reason.")
        super().__init__(bridge, tr("Show faces?"), lead, width=480, parent=parent)
        self.fields.add_field("reason", Field(tr("&Reason"), _reason_trouble, placeholder=tr("For example: looking for a lost child")))
        self.minutes = QComboBox()
        for minutes in _MINUTES:
            self.minutes.addItem(tr("{0} minutes").format(minutes), float(minutes))
        self.minutes.setCurrentIndex(1)
        label = QLabel(tr("&For"))
        label.setBuddy(self.minutes)
        column = make_column(spacing=4)
        column.addWidget(label)
        column.addWidget(self.minutes)
        self.body.addWidget(self.fields)
        self.body.addLayout(column)
        self.add_save(tr("&Show faces"))

    def command(self) -> UnmaskFaces:
        return UnmaskFaces(self.fields.field("reason").value().strip(), float(self.minutes.currentData()))


def _reason_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter a reason.")
    return tr("Use at most 500 characters.") if len(text) > 500 else ""

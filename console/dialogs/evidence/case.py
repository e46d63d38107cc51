"""What a case is called, and what is to be known of it."""

from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.history.evidence import LONGEST_NOTE, Case, PutCase
from widgets.fields.form import Field

_LONGEST_TITLE = 200
_LINES_PX = 96


class CaseDialog(SavingDialog):
    """Changes one case. For those who may export."""

    def __init__(self, bridge: EngineBridge, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "", width=460, parent=parent)
        title = self.tr("Rename case")
        self.setWindowTitle(title)
        self.heading.setText(title)
        self._case = case
        self.note = QPlainTextEdit(case.note)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(_LINES_PX)
        self.note.setAccessibleName(self.tr("Note"))
        self.name = self.fields.add_field("title", Field(self.tr("&Title"), self._title_trouble))
        label = QLabel(self.tr("&Note"))
        label.setBuddy(self.note)
        for part in (self.fields, label, self.note):
            self.body.addWidget(part)
        self.name.set_value(case.title)
        self.note.textChanged.connect(self.refresh)
        self.add_save(self.tr("&Save"))
        self.name.setFocus()

    def is_valid(self) -> bool:
        return super().is_valid() and len(self.note.toPlainText()) <= LONGEST_NOTE

    def refresh(self) -> None:
        super().refresh()
        long = len(self.note.toPlainText()) > LONGEST_NOTE
        self.show_trouble(self.tr("A note has at most {0} characters.").format(LONGEST_NOTE) if long else "")

    def command(self) -> PutCase:
        note = self.note.toPlainText().strip()
        return PutCase(self.name.value().strip(), note, self._case.id, self._case.closed)

    def _title_trouble(self, text: str) -> str:
        if not text.strip():
            return self.tr("Enter a name for the case.")
        return self.tr("At most {0} characters are kept.").format(_LONGEST_TITLE) if len(text) > _LONGEST_TITLE else ""

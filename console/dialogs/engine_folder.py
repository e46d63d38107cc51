"""A folder of the engine's computer, typed: where the engine runs elsewhere, this computer's file dialog shows the wrong disk."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from console.dialogs.frame import FramedDialog
from widgets.theme import set_role
from widgets.translation import tr

_COMMAND = "watchroom models install --from"


class EngineFolderDialog(FramedDialog):
    """Signals: chosen(path): as typed; the engine says whether it can read it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        lead = tr("The engine runs on another computer. Copy the model files to a folder there and enter its path.")
        super().__init__(tr("Install models from a folder of the engine"), lead, width=500, parent=parent)
        self.path = QLineEdit(placeholderText="/home/watchroom/models")
        self.add_labelled(tr("&Folder on the engine's computer"), self.path)
        note = tr("Each file is checked by its SHA-256 digest. Or run this on that computer, and restart the engine:")
        self.note = QLabel(note, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.note, "secondary")
        self.command = QLabel(
            wordWrap=True, textFormat=Qt.TextFormat.PlainText, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.command.setAccessibleName(tr("Command"))
        self.body.addWidget(self.note)
        self.body.addWidget(self.command)
        self.add_cancel()
        self.install = self.add_button(tr("&Install"), "primary")
        self.install.setDefault(True)
        self.install.clicked.connect(self.submit)
        self.path.textChanged.connect(self.refresh)
        self.refresh()
        self.path.setFocus()

    def refresh(self) -> None:
        typed = self.path.text().strip()
        self.install.setEnabled(bool(typed))
        self.command.setText(f'{_COMMAND} "{typed or self.path.placeholderText()}"')

    def submit(self) -> None:
        self.chosen.emit(self.path.text().strip())
        self.accept()

"""Asks once before something that cannot be taken back."""

from PySide6.QtWidgets import QWidget

from console.dialogs.frame import FramedDialog


class ConfirmDialog(FramedDialog):
    """`accepted` when the operator really wants it. The safe button has the focus."""

    def __init__(self, title: str, consequences: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(title, consequences, width=440, parent=parent)
        self.keep = self.add_cancel(self.tr("&Keep"))
        self.go = self.add_button(action, "danger")
        self.go.clicked.connect(self.accept)
        self.keep.setDefault(True)
        self.keep.setFocus()

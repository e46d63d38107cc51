"""Asks once before something that has consequences at once."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from console.dialogs.frame import FramedDialog


class ConfirmDialog(FramedDialog):
    """`accepted` when the operator really wants it. The safe button has the focus."""

    def __init__(
        self, title: str, consequences: str, action: str, parent: QWidget | None = None, *, can_undo: bool | None = None, keep: str = ""
    ) -> None:
        """`can_undo`: whether it can be taken back afterwards, which is said unless None. keep: text of the safe button."""
        super().__init__(title, " ".join(filter(None, (consequences, _undo_text(can_undo)))), width=440, parent=parent)
        self.keep = self.add_cancel(keep or self.tr("&Keep"))
        self.go = self.add_button(action, "danger")
        self.go.clicked.connect(self.accept)
        self.keep.setDefault(True)
        self.keep.setFocus()


def _undo_text(can_undo: bool | None) -> str:
    if can_undo is None:
        return ""
    if can_undo:
        return QCoreApplication.translate("ConfirmDialog", "For five minutes, Undo (Ctrl+Z) brings it back.")
    return QCoreApplication.translate("ConfirmDialog", "This cannot be undone.")

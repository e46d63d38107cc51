"""What shows before sign-in when the engine cannot be asked."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from console.dialogs.frame import FramedDialog


class UnreachableDialog(FramedDialog):
    """Signals: again(): try once more. Its owner closes it."""

    again = Signal()

    def __init__(self, why: str, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("UnreachableDialog", "The engine does not answer"), why, width=440, parent=parent)
        self.add_cancel(self.tr("&Quit"))
        self.retry = self.add_button(self.tr("&Try again"), "primary")
        self.retry.setDefault(True)
        self.retry.clicked.connect(self.again)

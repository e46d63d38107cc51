"""What shows when the record was found to be damaged while the engine of this machine runs."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from console.dialogs.frame import FramedDialog


class DamagedDialog(FramedDialog):
    """Signals: anew(): start the engine anew, which puts the record together again. Rejected: not now."""

    anew = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("DamagedDialog", "The database is damaged")
        told = QCoreApplication.translate(
            "DamagedDialog",
            "Pictures and alerts go on, but what happens is kept in memory only. When Watchroom starts anew, it puts the database together "
            "again from the newest sound backup and the log of what happened since. That may take some minutes, in which nothing is "
            "watched. Then sign in again; System says what was done.",
        )
        super().__init__(title, told, width=480, parent=parent)
        self.later = self.add_cancel(self.tr("&Later"))
        self.now = self.add_button(self.tr("Start &anew"), "primary")
        self.now.clicked.connect(self.anew)
        self.later.setFocus()

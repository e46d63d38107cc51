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
            "Live pictures and alerts continue, but new events are kept in memory only. At its next start "
            "Watchroom restores the database from the newest verified backup and the journal. This may take some "
            "minutes, during which nothing is monitored. Then sign in again; System shows the result.",
        )
        super().__init__(title, told, width=480, parent=parent)
        self.later = self.add_cancel(self.tr("&Later"))
        self.now = self.add_button(self.tr("&Restart now"), "primary")
        self.now.clicked.connect(self.anew)
        self.later.setFocus()

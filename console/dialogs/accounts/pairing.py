"""Open pairing for some minutes, knowing what that means."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.command import SetPairing
from widgets.marks.notice import Notice
from widgets.translation import tr

MINUTES = (5, 10, 30, 60)


class PairingDialog(SavingDialog):
    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Nodes without a token of this site may join for a limited time. Provisioning by cable is safer.")
        super().__init__(bridge, tr("Open pairing"), lead, width=460, parent=parent)
        self.body.addWidget(Notice(self.tr("While pairing is open, any node on this network can join and send data."), "high"))
        label = QLabel(self.tr("Open &for"))
        self.minutes = QComboBox()
        for minutes in MINUTES:
            self.minutes.addItem(self.tr("{0} minutes").format(minutes), minutes)
        self.minutes.setCurrentIndex(1)
        label.setBuddy(self.minutes)
        self.body.addWidget(label)
        self.body.addSpacing(-8)
        self.body.addWidget(self.minutes)
        self.add_save(self.tr("&Open pairing"))
        self.minutes.setFocus()

    def command(self) -> SetPairing:
        return SetPairing(True, float(self.minutes.currentData()))

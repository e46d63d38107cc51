"""What to try with one camera that gives no picture: the cards of System, where the camera is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.help.advice import Advice
from console.help.advice_cards import AdviceCards
from console.help.camera_advice import advice_about
from engine.model.accounts.access import Verb
from engine.model.snapshot import Snapshot
from widgets.theme import set_role

_WIDTH = 640


class WhatToTryDialog(FramedDialog):
    """Signals: edit_wanted(camera id)."""

    SCROLLS = True
    edit_wanted = Signal(str)

    def __init__(self, bridge: EngineBridge, found: tuple[Advice, ...], follows: str = "", parent: QWidget | None = None) -> None:
        """`follows`: id of a camera, which can be edited from here, and whose advice changes with what is wrong; without one the advice
        stays as it is."""
        super().__init__(self.tr("Troubleshooting"), width=_WIDTH, parent=parent)
        self._follows = follows
        self.cards = AdviceCards(bool(follows) and bridge.may(Verb.ADMINISTER), self)
        self.cards.edit_wanted.connect(self._edit)
        self.nothing = QLabel(self.tr("No further steps."), self)
        set_role(self.nothing, "secondary")
        self.body.addWidget(self.cards)
        self.body.addWidget(self.nothing)
        self.body.addStretch(1)
        self.add_cancel(self.tr("Cl&ose")).setDefault(True)
        self._show_advice(found)
        if follows:
            bridge.snapshot_changed.connect(self._show_advice_of)

    def _show_advice(self, found: tuple[Advice, ...]) -> None:
        self.cards.set_advice(found)
        self.cards.setVisible(bool(found))
        self.nothing.setVisible(not found)

    def _show_advice_of(self, snapshot: Snapshot) -> None:
        self._show_advice(advice_about(snapshot, self._follows))

    def _edit(self, camera_id: str) -> None:
        self.accept()
        self.edit_wanted.emit(camera_id)

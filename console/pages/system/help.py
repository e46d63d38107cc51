"""What to try, on the System page: a card for each fault that the rules find, the camera at hand."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from console.help.advice import Advice
from console.help.advice_cards import AdviceCards
from widgets.layout.boxes import make_column
from widgets.theme import set_role


class HelpSection(QWidget):
    """UI thread. Hidden while there is nothing to try.

    Signals:
        edit_wanted(camera id).
    """

    edit_wanted = Signal(str)

    def __init__(self, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(self.tr("Troubleshooting"))
        set_role(heading, "section")
        self._cards = AdviceCards(may_edit, self)
        self._cards.edit_wanted.connect(self.edit_wanted)
        column = make_column(self, spacing=12, margins=(0, 16, 0, 0))
        column.addWidget(heading)
        column.addWidget(self._cards)
        self.hide()

    def set_advice(self, found: tuple[Advice, ...]) -> None:
        self._cards.set_advice(found)
        self.setVisible(bool(found))

    def texts(self) -> list[str]:
        return self._cards.texts()

"""A table with the card of what is chosen beside it."""

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from widgets.look import scaled

_TABLE = 408  # pixels at 100 % text in which a picture, a name and the state of a row have room


class CardBeside(QSplitter):
    """The card is as wide as it was left. In a narrow window it gives way before the names in the table do, down to its least width."""

    def __init__(self, table: QWidget, card: QWidget, card_width: int, least_card: int) -> None:
        """`card_width`: until somebody moves the bar; `least_card`: pixels at 100 % text."""
        super().__init__(Qt.Orientation.Horizontal)
        self.card = card
        self._card_width, self._table_width = card_width, scaled(_TABLE)
        self._left: QByteArray | None = None
        self.setChildrenCollapsible(False)
        self.addWidget(table)
        self.addWidget(card)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        card.setMinimumWidth(scaled(least_card))
        self.splitterMoved.connect(self._keep_widths)

    def _keep_widths(self) -> None:
        self._left = super().saveState()
        table, self._card_width = self.sizes()
        self._table_width = min(scaled(_TABLE), table)

    def saveState(self) -> QByteArray:
        """As it was left by hand: what a narrow window does to the card is not remembered."""
        return super().saveState() if self._left is None else self._left

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:
        if not super().restoreState(state):
            return False
        self._left = QByteArray(state)
        self._card_width = self.sizes()[1] or self._card_width
        return True

    def event(self, event: QEvent) -> bool:
        """The card comes, or what is in it asks for more."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._share()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        if self.card.isHidden():
            return
        both = self.width() - self.handleWidth()
        least = max(self.card.minimumWidth(), self.card.minimumSizeHint().width())
        wide = max(least, min(self._card_width, both - self._table_width))
        if self.sizes()[1] != wide:
            self.setSizes([both - wide, wide])

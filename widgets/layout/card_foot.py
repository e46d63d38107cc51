"""The buttons at the foot of a card. In a low card they keep to one row: those without room are left to the menu behind the last one."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from widgets.icons import icon
from widgets.layout.flow_row import FlowRow
from widgets.layout.folding_row import fitting_beside, show_or_hide
from widgets.look import scaled
from widgets.translation import tr

_LOW = 420  # pixels at 100 % text
_SPACING, _SIDES = 8, 12


def is_low_card(height: int) -> bool:
    """A card with so little height that what is in it gets small."""
    return height < scaled(_LOW)


class CardFoot(QWidget):
    """Its parent is the card. Whoever owns it opens a menu with all that can be done when `more` is pressed."""

    def __init__(self, buttons: Iterable[QAbstractButton], parent: QWidget | None = None) -> None:
        """The first is the last to go; each has its entry in the menu."""
        super().__init__(parent)
        self._buttons = tuple(buttons)
        self._unwanted: set[QAbstractButton] = set()
        self.more = QPushButton(icon("chevron-down"), tr("More"))
        self.more.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the word
        row = FlowRow(self, spacing=_SPACING)
        row.setContentsMargins(_SIDES, 8, _SIDES, 12)
        for button in (*self._buttons, self.more):
            row.addWidget(button)

    def set_wanted(self, button: QAbstractButton, wanted: bool) -> None:
        """What cannot be done with what the card shows has no button."""
        (self._unwanted.discard if wanted else self._unwanted.add)(button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """The card is higher or lower."""
        super().moveEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Another text, another size of text."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        wanted = [button for button in self._buttons if button not in self._unwanted]
        card = self.parentWidget() or self
        shown = fitting_beside(wanted, self.more, self.width() - 2 * _SIDES, _SPACING) if is_low_card(card.height()) else wanted
        for button in self._buttons:
            show_or_hide(button, button in shown)

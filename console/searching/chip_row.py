"""The filters of a search as chips: a click, Enter, Delete or Backspace removes one; those that are offered are added so."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from engine.history.typed_search import FilterChip
from widgets.icons import icon
from widgets.layout.flow_row import FlowRow
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.translation import tr

_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_WIDEST = 240  # pixels: a row of chips must not widen the list that it stands over
_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Chip(QToolButton):
    """One filter. Signals: removed(): by a click or a key."""

    removed = Signal()

    def __init__(self, text: str, removable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, scaled(_WIDEST)))
        if self.text() != text:
            self.setToolTip(plain_tip(text))
        self.setIcon(icon("x" if removable else "plus"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Filter {0}, remove").format(text) if removable else tr("Add the filter {0}").format(text))
        self._removable = removable
        self.clicked.connect(self.removed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESS or (self._removable and event.key() in _REMOVE):
            self.removed.emit()
            return
        super().keyPressEvent(event)


class ChipRow(QWidget):
    """Main thread. Signals: removed(FilterChip); added(FilterChip, text that is left): an offered one was chosen."""

    removed = Signal(object)
    added = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowRow(self, 4)
        self._shown: tuple[object, ...] = ()
        self.chips: tuple[Chip, ...] = ()
        self.offers: tuple[Chip, ...] = ()
        self.setAccessibleName(tr("Filters of the search"))
        self.hide()

    def show_chips(self, chips: Sequence[tuple[FilterChip, str]], offers: Sequence[tuple[FilterChip, str, str]] = ()) -> None:
        """Chips with their words; offers with their words and the text that is left when they are taken."""
        if self._shown == (wanted := (tuple(chips), tuple(offers))):
            return
        self._shown = wanted
        for chip in (*self.chips, *self.offers):
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = tuple(self._chip(text, True) for _, text in chips)
        self.offers = tuple(self._chip(text, False) for _, text, _ in offers)
        for button, (chip, _) in zip(self.chips, chips, strict=True):
            button.removed.connect(partial(self.removed.emit, chip))
        for button, (chip, _, left) in zip(self.offers, offers, strict=True):
            button.removed.connect(partial(self.added.emit, chip, left))
        self.setVisible(bool(chips or offers))

    def _chip(self, text: str, removable: bool) -> Chip:
        chip = Chip(text, removable, self)
        self._row.addWidget(chip)
        chip.show()
        return chip

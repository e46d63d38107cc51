"""What a question is understood as, as chips: each names one part, and opens a menu of what else it could be."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from engine.model.value_class import dataclass
from widgets.layout.flow_row import FlowRow
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr

_LONGEST = 28


@dataclass(frozen=True, slots=True)
class QueryChip:
    """`part`: which part of the query it is. name: of that part; text: what it is now. choices: value and text of what else it could be;
    none: it can only be seen."""

    part: str
    name: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


class QueryChips(QWidget):
    """Main thread. Signals: chosen(part, value)."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QToolButton] = []
        self.unknown: list[QLabel] = []
        self._row = FlowRow(self, spacing=4)
        self.setAccessibleName(tr("Understood as"))
        self.hide()

    def show_chips(self, chips: Sequence[QueryChip], unknown: Sequence[str] = ()) -> None:
        """`unknown`: words that are in no chip; they stand there struck through. Nothing at all: it is put away."""
        for widget in (*self.buttons, *self.unknown):
            self._row.removeWidget(widget)
            widget.hide()  # at once, not when it is deleted
            widget.deleteLater()
        self.buttons = [self._button(chip) for chip in chips]
        self.unknown = [self._unknown_label(word) for word in unknown]
        for widget in (*self.buttons, *self.unknown):
            self._row.addWidget(widget)
        self.setVisible(bool(chips or unknown))
        self.updateGeometry()

    def _button(self, chip: QueryChip) -> QToolButton:
        text = chip.text if len(chip.text) <= _LONGEST else f"{chip.text[: _LONGEST - 1]}…"
        button = with_properties(QToolButton(), text=text.replace("&", "&&"), toolTip=plain_tip(f"{chip.name}: {chip.text}"))
        button.setAccessibleName(f"{chip.name}: {chip.text}")
        button.setEnabled(bool(chip.choices))
        set_role(button, "chip-menu" if chip.choices else "chip")
        if chip.choices:
            button.setMenu(self._menu(chip, button))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _menu(self, chip: QueryChip, button: QToolButton) -> QMenu:
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for value, text in chip.choices:
            action = QAction(text.replace("&", "&&"), menu, checkable=True, checked=text == chip.text)
            action.triggered.connect(partial(self._choose, chip.part, value))
            menu.addAction(action)
        return menu

    def _choose(self, part: str, value: str, _: bool = False) -> None:
        self.chosen.emit(part, value)

    def _unknown_label(self, word: str) -> QLabel:
        label = QLabel(word, textFormat=Qt.TextFormat.PlainText)
        font = label.font()
        font.setStrikeOut(True)
        label.setFont(font)
        tip = tr("Not understood: “{0}”").format(word)
        label.setToolTip(plain_tip(tip))
        label.setAccessibleName(tip)
        label.setContentsMargins(4, 3, 4, 3)
        set_role(label, "error")
        return label

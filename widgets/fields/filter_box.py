"""Boxes that add a filter to a list: what is chosen stands as a chip, and the box goes back to its name."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMenu, QSizePolicy, QToolButton

from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip, tip_words
from widgets.properties import with_properties
from widgets.signals import on
from widgets.translation import tr


class FilterBox(ElidedCombo):
    """Signals: chosen(value): one of its entries, as text."""

    chosen = Signal(str)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.addItem(name, "")
        self.setAccessibleName(tip)
        self.setToolTip(plain_tip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.currentIndexChanged.connect(self._choose)

    def offer(self, names: Mapping[str, str]) -> None:
        """Names by value, in place of those before."""
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for value, name in names.items():
                self.addItem(name, value)

    def offer_one(self, value: str, name: str, sign: QIcon | None = None) -> None:
        self.addItem(sign or QIcon(), name, value)

    def _choose(self, number: int) -> None:
        if number <= 0:
            return
        value = str(self.itemData(number))
        with QSignalBlocker(self):
            self.setCurrentIndex(0)
        self.chosen.emit(value)


OPTIONAL = "optional"  # property of a box that is left out of the menu while it has nothing to choose


def filter_button(boxes: Sequence[QComboBox], switches: Sequence[QAbstractButton] = ()) -> QToolButton:
    """The boxes as one menu, and switches below them, for where they have no room for their names."""
    button = with_properties(QToolButton(), icon=icon("list-filter"), toolTip=tr("Add filter"), accessibleName=tr("Add filter"))
    on(_menu_of(button).aboutToShow, _fill_menu, button.menu(), boxes, switches)
    return button


def choice_button(boxes: Sequence[QComboBox]) -> QToolButton:
    """Boxes that keep what is chosen as one menu, by their accessible names, for where they have no room for their words."""
    button = with_properties(QToolButton(), icon=icon("list-filter"), text=tr("Filters"), toolTip=tr("Filters of this list"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    on(_menu_of(button).aboutToShow, _fill_choices, button.menu(), boxes)
    return button


def _menu_of(button: QToolButton) -> QMenu:
    """A new one, which opens at a press."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    return button.menu()


def _fill_choices(menu: QMenu, boxes: Sequence[QComboBox]) -> None:
    menu.clear()
    for box in boxes:
        inner = menu.addMenu(box.accessibleName().replace("&", "&&"))
        inner.setToolTipsVisible(True)
        for number in range(box.count()):
            action = _add_choice(inner, box, number)
            action.setCheckable(True)
            action.setChecked(number == box.currentIndex())
            index = box.model().index(number, 0)
            action.setEnabled(bool(box.model().flags(index) & Qt.ItemFlag.ItemIsEnabled))
            action.setToolTip(plain_tip(tip_words(str(index.data(Qt.ItemDataRole.ToolTipRole) or ""))))


def _fill_menu(menu: QMenu, boxes: Sequence[QComboBox], switches: Sequence[QAbstractButton]) -> None:
    menu.clear()
    for box in boxes:
        if box.property(OPTIONAL) and box.count() == 1:
            continue
        inner = menu.addMenu(box.itemText(0))
        inner.setEnabled(box.isEnabled() and box.count() > 1)
        for number in range(1, box.count()):
            _add_choice(inner, box, number)
    if switches:
        menu.addSeparator()
    for switch in switches:
        action = menu.addAction(switch.text().replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(switch.isChecked())
        on(action.triggered, switch.toggle)


def _add_choice(menu: QMenu, box: QComboBox, number: int) -> QAction:
    action = menu.addAction(box.itemIcon(number), box.itemText(number).replace("&", "&&"))
    on(action.triggered, _pick, box, number)
    return action


def _pick(box: QComboBox, number: int) -> None:
    """As if it had been chosen in the box."""
    box.setCurrentIndex(number)
    box.activated.emit(number)

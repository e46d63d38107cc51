"""A row of buttons with words: those that have no room stand in a menu behind the last one, with their words too."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.plain_tip import plain_tip, tip_words
from widgets.signals import on
from widgets.translation import tr

_SPACING = 6
Button: TypeAlias = QToolButton | QPushButton
B = TypeVar("B", bound=QAbstractButton)


class FoldingRow(QWidget):
    """The first buttons are the last to go into the menu. A button that its owner hides is in neither."""

    def __init__(self, buttons: Iterable[Button], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = tuple(buttons)
        self._unwanted: set[Button] = set()
        self._fitting = False
        self.more = QToolButton()
        self.more.setText(tr("More"))
        self.more.setIcon(icon("chevron-down"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setToolTip(tr("More tools of this row"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_menu)
        row = make_row(self, spacing=_SPACING, margins=NO_MARGINS)
        for button in (*self._buttons, self.more):
            row.addWidget(button)
        row.addStretch(1)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def folded_buttons(self) -> tuple[Button, ...]:
        """Those that stand in the menu now."""
        return tuple(button for button in self._wanted_buttons() if button.isHidden())

    def set_wanted(self, button: Button, wanted: bool) -> None:
        (self._unwanted.discard if wanted else self._unwanted.add)(button)
        self._fit()

    def _wanted_buttons(self) -> list[Button]:
        return [button for button in self._buttons if button not in self._unwanted]

    def sizeHint(self) -> QSize:
        return QSize(_width_of(self._wanted_buttons()), max(button.sizeHint().height() for button in (*self._buttons, self.more)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Another text, another size of text."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        if self._fitting:
            return
        self._fitting = True
        wanted = self._wanted_buttons()
        shown = wanted if _width_of(wanted) <= self.width() else fitting_beside(wanted, self.more, self.width(), _SPACING)
        for button in self._buttons:
            show_or_hide(button, button in shown)
        show_or_hide(self.more, len(shown) < len(wanted))
        if not self.more.menu().isVisible():
            self._fill_menu()  # also for whoever looks for its entries by name
        self._fitting = False

    def _fill_menu(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for button in self.folded_buttons():
            menu.addAction(self._action_of(button, menu))

    def _action_of(self, button: Button, menu: QMenu) -> QAction:
        action = QAction(button.icon(), button.text(), menu)
        action.setToolTip(plain_tip(tip_words(button.toolTip())))
        action.setEnabled(button.isEnabled())
        action.setCheckable(button.isCheckable())
        action.setChecked(button.isChecked())
        if (below := button.menu()) is not None:
            action.setMenu(below)
        else:
            on(action.triggered, button.click)
        menu.setToolTipsVisible(True)
        return action


def fitting_beside(buttons: Sequence[B], more: QAbstractButton, room: int, spacing: int) -> Sequence[B]:
    """The first of them, as many as fit into `room` pixels before `more`."""
    count = len(buttons)
    while count and _width_of([*buttons[:count], more], spacing) > room:
        count -= 1
    return buttons[:count]


def show_or_hide(button: QAbstractButton, shown: bool) -> None:
    """Touched only where that changes: each change asks for a layout."""
    if button.isHidden() == shown:
        button.setVisible(shown)


def _width_of(buttons: Sequence[QAbstractButton], spacing: int = _SPACING) -> int:
    return sum(button.sizeHint().width() for button in buttons) + spacing * max(0, len(buttons) - 1)

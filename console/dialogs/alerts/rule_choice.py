"""Several of a list, or any: a button that says which, and opens the list."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from widgets.icons import icon_pixmap
from widgets.marks.plain_tip import plain_tip
from widgets.theme import color, set_role
from widgets.translation import tr

_NAMED, _WIDTH = 3, 260
_ARROW = 16


class SomeOf(QPushButton):
    """Looks like a box to choose from, with its arrow. Nothing chosen means: any. What is chosen and no longer there stays, by its id.

    Signals: changed().
    """

    changed = Signal()

    def __init__(self, name: str, anything: str, choices: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`choices`: (id, name)."""
        super().__init__(parent)
        self._name, self._anything = name, anything
        self._choices = tuple(choices)
        self._actions: dict[str, QAction] = {}
        self._given: tuple[str, ...] = ()
        self._whole = ""
        self._menu: QMenu | None = None
        self.clicked.connect(self._pop)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(self, "choice")
        self.set_chosen(())

    def set_chosen(self, ids: Iterable[str]) -> None:
        chosen = self._given = tuple(ids)
        known = {choice_id for choice_id, _ in self._choices}
        menu = _StayOpenMenu(self)
        self._actions = {}
        for choice_id, name in (*self._choices, *((each, each) for each in chosen if each not in known)):
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(choice_id in chosen)
            action.toggled.connect(self._toggled)
            self._actions[choice_id] = action
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu
        self._show_names()

    def checked_ids(self) -> tuple[str, ...]:
        """Those that were chosen before stay in their order."""
        on = {choice_id for choice_id, action in self._actions.items() if action.isChecked()}
        return (*(each for each in self._given if each in on), *(each for each in self._actions if each in on and each not in self._given))

    def choose(self, choice_id: str, on: bool = True) -> None:
        self._actions[choice_id].setChecked(on)

    def _toggled(self) -> None:
        self._show_names()
        self.changed.emit()

    def _show_names(self) -> None:
        names = [action.text().replace("&&", "&") for action in self._actions.values() if action.isChecked()]
        more = tr(" and {0} more").format(len(names) - _NAMED) if len(names) > _NAMED else ""
        text = (", ".join(names[:_NAMED]) + more) if names else self._anything
        self._whole = text
        self._fit()
        self.setAccessibleName(f"{self._name}: {text}")
        self.setToolTip(plain_tip(", ".join(names)))

    def _pop(self) -> None:
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width() - 24 - _ARROW)
        self.setText(shown.replace("&", "&&"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tint = color("secondary" if self.isEnabled() else "disabled")
        arrow = icon_pixmap("chevron-down", tint, _ARROW, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - _ARROW - 5, (self.height() - _ARROW) // 2, arrow)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class _StayOpenMenu(QMenu):
    """Choosing several takes several clicks, and only one opening."""

    def mouseReleaseEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.toggle()
        else:
            super().mouseReleaseEvent(event)

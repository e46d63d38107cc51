"""Buttons and menus of a page as actions: whatever is on screen to be clicked can be found by its name as well."""

import re
from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QCalendarWidget,
    QLineEdit,
    QMenu,
    QScrollBar,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from console.palette.commands_catalogue import Action
from widgets.translation import tr

_PARTS = (QLineEdit, QTabBar, QCalendarWidget, QScrollBar)  # have buttons of their own that are not the page's


def button_actions(page: QWidget, page_id: str, section: str, show_page: Callable[[], object]) -> tuple[Action, ...]:
    """What the page's buttons and menus do, each once. Running one brings its page on screen first."""
    found: dict[str, Action] = {}
    for button in page.findChildren(QAbstractButton):
        if _is_offered(button, page):
            for action in _of_button(button, page_id, section, show_page):
                found.setdefault(action.title, action)
    return tuple(found.values())


def plain_title(text: str) -> str:
    """Without the mark of its access key, and on one line."""
    return " ".join(text.replace("&&", "\0").replace("&", "").replace("\0", "&").split())


def _of_button(button: QAbstractButton, page_id: str, section: str, show_page: Callable[[], object]) -> Iterator[Action]:
    title = _title(button)
    if not title:
        return

    def run() -> None:
        show_page()
        _uncover(button)
        button.click()

    menu = button.menu() if isinstance(button, QToolButton) else None
    if menu is None or button.popupMode() is QToolButton.ToolButtonPopupMode.MenuButtonPopup:  # type: ignore[attr-defined]
        yield Action(f"{page_id}.button.{title}", title, section, run, why_not=lambda: why_not(button))
    if menu is not None:
        yield from _of_menu(menu, title, page_id, section, show_page)


def _of_menu(menu: QMenu, title: str, page_id: str, section: str, show_page: Callable[[], object]) -> Iterator[Action]:
    for entry in menu.actions():
        if entry.isSeparator() or not entry.isVisible() or not (name := plain_title(entry.text())):
            continue

        def run(entry: QAction = entry) -> None:
            show_page()
            entry.trigger()

        def why(entry: QAction = entry) -> str:
            return "" if entry.isEnabled() else _reason(entry.toolTip(), name)

        yield Action(f"{page_id}.menu.{title}.{name}", name, section, run, words=title, why_not=why)


def why_not(button: QAbstractButton) -> str:
    """What a disabled button says about why; "" while it can be pressed."""
    return "" if button.isEnabled() else _reason(button.toolTip(), _title(button))


def _reason(tip: str, title: str) -> str:
    return tip if tip and plain_title(tip) != title else tr("Not possible just now: choose something on the page first.")


def _title(button: QAbstractButton) -> str:
    """Without the key or the count that some say behind it."""
    return re.sub(r"\s*\([^)]*\)$", "", plain_title(button.accessibleName() or button.text() or button.toolTip()))


def _is_offered(button: QAbstractButton, page: QWidget) -> bool:
    """Not hidden; what lies on a tab that is not in front is offered as well."""
    widget: QWidget | None = button
    while widget is not None and widget is not page:
        parent = widget.parentWidget()
        if isinstance(parent, _PARTS) or (widget.isHidden() and not isinstance(parent, QStackedWidget)):
            return False
        widget = parent
    return True


def _uncover(button: QWidget) -> None:
    """Bring the tabs that it lies on to the front."""
    widget: QWidget | None = button
    while widget is not None:
        stack = widget.parentWidget()
        tabs = stack.parentWidget() if isinstance(stack, QStackedWidget) else None
        if isinstance(tabs, QTabWidget):
            tabs.setCurrentWidget(widget)
        widget = widget.parentWidget()

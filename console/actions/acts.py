"""What the actions about one kind of thing have in common: dialogs, commands, menus and messages."""

from collections.abc import Callable, Iterable
from typing import TypeVar, TypeVarTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from console.bridge import EngineBridge
from console.dialogs.at_site import open_at_site
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import Command
from engine.model.errors import WatchroomError
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.signals import on

A = TypeVarTuple("A")
D = TypeVar("D", bound=QDialog)
Entry = tuple[str, str, bool, Callable[[str], object]]  # text, icon, whether it can be done now, what it does to the thing


class Acts(QObject):
    """Dialogs, commands and messages. UI thread. What the session may not do does nothing here; buttons say why."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, over: QWidget) -> None:
        super().__init__(over)
        self._bridge, self._toasts, self._over = bridge, toasts, over

    def open(self, make: Callable[[EngineBridge, *A, QWidget], D], *about: *A, verb: Verb = Verb.ADMINISTER) -> D | None:
        """A dialog about something, over the page; None where the session may not."""
        return open_dialog(make(self._bridge, *about, self._over)) if self._bridge.may(verb) else None

    def open_at_site(
        self,
        make: Callable[[EngineBridge, *A, QWidget], D | None],
        *about: *A,
        verb: Verb = Verb.ADMINISTER,
        opened: Callable[[D, EngineBridge], object] | None = None,
    ) -> D | None:
        """One that is its site's matter, over the page; see `open_at_site`."""
        return open_at_site(self._bridge, make, self._over, *about, verb=verb, opened=opened)

    def confirm(self, title: str, text: str, action: str, act: Callable[[*A], object], *about: *A, can_undo: bool | None = None) -> None:
        """Do it once the operator really wants it."""
        if self._bridge.may(Verb.ADMINISTER):
            dialog = ConfirmDialog(title, text, action, self._over, can_undo=can_undo)
            on(dialog.accepted, act, *about)
            open_dialog(dialog)

    def tell(self, command: Command, said: str = "") -> None:
        """Send a command, and say so once it is done."""
        self._bridge.tell(command, self.say, self.complain, said, owner=self)

    def say(self, text: str) -> None:
        if text:
            self._toasts.show_message(text)

    def complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)

    def menu_of(self, parent: QWidget, key: str = "", entries: Iterable[Entry] = ()) -> QMenu:
        """Everything for one thing; what cannot be done is disabled, and says why where it is forbidden."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        self.add_entries(menu, key, entries)
        return menu

    def add_entries(self, menu: QMenu, key: str, entries: Iterable[Entry]) -> None:
        for text, icon_name, possible, act in entries:
            self.add_entry(menu, text, icon_name, possible, act, key)

    def add_entry(
        self, menu: QMenu, text: str, icon_name: str, possible: bool, act: Callable[[*A], object], *about: *A, verb: Verb = Verb.ADMINISTER
    ) -> QAction:
        action = QAction(icon(icon_name), text, menu)
        on(action.triggered, act, *about)
        if permit(action, self._bridge.session, verb):
            action.setEnabled(possible)
        menu.addAction(action)
        return action

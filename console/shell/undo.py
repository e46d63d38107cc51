"""Undo of removals: a message with Undo for each, and one key for the newest.

What can be undone is what the engine says (`Snapshot.undoable`), so that it is the same whichever page or dialog removed it. A dialog that
is open over the window has the message, and the key, over itself.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from console.bridge import EngineBridge
from console.shell.undo_words import back_text, gone_text
from console.words import error_text
from engine.model.accounts.undo import Undoable, UndoRemoval
from engine.model.errors import WatchroomError
from engine.model.snapshot import Snapshot
from widgets.marks.toast import Toast, ToastArea
from widgets.translation import tr

SHOWN_S = 20.0
KEY = "Ctrl+Z"


class UndoDesk(QObject):
    """UI thread. Of one window."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._toasts, self._window = bridge, toasts, window
        self._known: dict[str, Undoable] | None = None  # None: nothing was shown yet
        self._shown: dict[str, Toast] = {}
        self._asked: set[str] = set()

    @property
    def newest(self) -> Undoable | None:
        return next((each for each in (self._known or {}).values() if each.id not in self._asked), None)

    def why_not(self) -> str:
        return "" if self.newest is not None else tr("Nothing to undo from the last five minutes.")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        now = {each.id: each for each in snapshot.undoable}
        if self._known is None:  # from before this window: for the key, without messages
            self._known = now
        if now.keys() == self._known.keys():
            return
        fresh = [each for each in snapshot.undoable if each.id not in self._known]
        self._known = now
        for removal_id in [each for each in self._shown if each not in now]:
            self._shown.pop(removal_id).dismiss()
        for each in reversed(fresh):
            self._report_undo(each)

    def undo_newest(self) -> None:
        newest = self.newest
        if newest is None:
            self._toasts.show_message(self.why_not())
        else:
            self.undo(newest)

    def undo(self, gone: Undoable) -> None:
        if gone.id in self._asked:
            return
        self._asked.add(gone.id)
        self._bridge.command(
            UndoRemoval(gone.id), lambda _: self._announce_undone(gone), lambda error: self._show_undo_error(gone, error), owner=self
        )

    def _announce_undone(self, gone: Undoable) -> None:
        if gone.id in self._shown:
            self._shown.pop(gone.id).dismiss()
        self._area().show_message(back_text(gone), "good")
        self._bridge.undone.emit(gone)

    def _show_undo_error(self, gone: Undoable, error: WatchroomError) -> None:
        self._asked.discard(gone.id)
        self._area().show_message(error_text(error), "critical", seconds=0)

    def _report_undo(self, gone: Undoable) -> None:
        dialog = self._dialog()
        self._show_undo(gone, self._area())
        if dialog is not None:
            dialog.finished.connect(lambda _: self._move(gone))

    def _show_undo(self, gone: Undoable, area: ToastArea) -> None:
        toast = area.show_message(gone_text(gone), action=tr("Undo"), seconds=SHOWN_S)
        toast.action_requested.connect(lambda: self.undo(gone))
        toast.dismissed.connect(lambda: self._shown.pop(gone.id, None) if self._shown.get(gone.id) is toast else None)
        self._shown[gone.id] = toast

    def _move(self, gone: Undoable) -> None:
        """The dialog that had the message is closed."""
        if self._shown.pop(gone.id, None) is not None and gone.id in (self._known or {}) and gone.id not in self._asked:
            self._show_undo(gone, self._toasts)

    def _dialog(self) -> QDialog | None:
        """What is open over the window, if anything is."""
        over = QApplication.activeModalWidget()
        return over if isinstance(over, QDialog) and over.isVisible() else None

    def _area(self) -> ToastArea:
        dialog = self._dialog()
        if dialog is None:
            return self._toasts
        known = dialog.findChild(ToastArea, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if known is None:
            known = ToastArea(dialog)
            _bind(dialog, self.undo_newest)
        return known


def _bind(dialog: QDialog, undo: Callable[[], None]) -> None:
    """Unless the dialog undoes by that key itself."""
    key = QKeySequence(KEY)
    taken = any(each.key() == key for each in dialog.findChildren(QShortcut)) or any(
        each.shortcut() == key for each in dialog.findChildren(QAction)
    )
    if not taken:
        QShortcut(key, dialog).activated.connect(undo)

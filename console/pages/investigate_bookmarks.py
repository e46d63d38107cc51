"""The bookmarks of the record: list, go there, change, remove."""

from collections.abc import Mapping
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.bookmark import BookmarkDialog
from console.pages.investigate_words import bookmark_row, tr
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.time import Clock
from engine.model.timeline import Bookmark, ListBookmarks, PutBookmark, RemoveBookmark
from widgets.empty_state import EmptyState
from widgets.moment_list import MomentList
from widgets.time_text import clock_text
from widgets.toast import ToastArea


class BookmarkPanel(QWidget):
    """UI thread. Signals: chosen(Bookmark): go there. changed(): one was added, changed or removed."""

    chosen = Signal(object)
    changed = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, toasts: ToastArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone, self._toasts = bridge, clock, zone, toasts
        self._names: Mapping[str, str] = {}
        self._bookmarks: tuple[Bookmark, ...] = ()
        self.list = MomentList(tr("Bookmarks"))
        text = tr("Press B, and the moment that is shown gets a note. Everybody who may see the past sees it, as a flag on the timeline.")
        self.empty = EmptyState("tag", tr("No bookmarks yet"), text)
        self.add_button = QPushButton(tr("&Add…"))
        self.edit_button = QPushButton(tr("&Change…"))
        self.remove_button = QPushButton(tr("&Remove"))
        self.shown = QStackedWidget()
        self.shown.addWidget(self.empty)
        self.shown.addWidget(self.list)
        buttons = QHBoxLayout()
        for button in (self.add_button, self.edit_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.shown, 1)
        column.addLayout(buttons)
        self.list.chosen.connect(lambda row: self._go(row.id))
        self.edit_button.clicked.connect(self.edit)
        self.remove_button.clicked.connect(self.remove)
        self._enable()

    def set_names(self, names: Mapping[str, str]) -> None:
        self._names = names

    def load(self) -> None:
        self._bridge.ask(ListBookmarks(), lambda answer: self._show(answer.bookmarks), self._failed, owner=self)

    def add(self, at_ns: int, stretch: tuple[int, int] | None) -> BookmarkDialog:
        dialog = BookmarkDialog(self._bridge, at_ns, clock_text(at_ns, self._clock.now_ns(), self._zone), self._zone, None, stretch, self)
        return self._open(dialog)

    def edit(self) -> None:
        bookmark = self.current()
        if bookmark is not None:
            when = clock_text(bookmark.at_ns, self._clock.now_ns(), self._zone)
            self._open(BookmarkDialog(self._bridge, bookmark.at_ns, when, self._zone, bookmark, None, self))

    def _open(self, dialog: BookmarkDialog) -> BookmarkDialog:
        dialog.finished.connect(lambda code: self._saved() if code == QDialog.DialogCode.Accepted else None)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def remove(self) -> None:
        bookmark = self.current()
        if bookmark is not None:
            self._bridge.command(RemoveBookmark(bookmark.id), lambda _: self._removed(bookmark), self._failed, owner=self)

    def _removed(self, bookmark: Bookmark) -> None:
        self._saved()
        toast = self._toasts.show_message(tr("The bookmark is removed."), action=tr("Undo"))
        again = PutBookmark(bookmark.at_ns, bookmark.note, bookmark.until_ns, bookmark.camera_id)
        toast.action_requested.connect(lambda: self._bridge.command(again, lambda _: self._saved(), self._failed, owner=self))

    def _saved(self) -> None:
        self.load()
        self.changed.emit()

    def current(self) -> Bookmark | None:
        row = self.list.current()
        return next((each for each in self._bookmarks if row is not None and each.id == row.id), None)

    def choose(self, bookmark_id: str) -> None:
        self.list.select(bookmark_id)
        self._go(bookmark_id)

    def _go(self, bookmark_id: str) -> None:
        self._enable()
        found = next((each for each in self._bookmarks if each.id == bookmark_id), None)
        if found is not None:
            self.chosen.emit(found)

    def _show(self, bookmarks: tuple[Bookmark, ...]) -> None:
        self._bookmarks = bookmarks
        now_ns = self._clock.now_ns()
        self.list.set_rows(tuple(bookmark_row(each, self._names, now_ns, self._zone) for each in bookmarks))
        self.shown.setCurrentWidget(self.list if bookmarks else self.empty)
        self._enable()

    def _enable(self) -> None:
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(self.list.current() is not None)

    def _failed(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")

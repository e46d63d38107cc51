"""The bookmarks of the record: list, go there, change, remove."""

from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.bookmark import BookmarkDialog
from console.pages.investigate.moments import MomentPanel
from console.pages.investigate.words import bookmark_row
from engine.model.history.timeline import Bookmark, ListBookmarks, RemoveBookmark
from engine.model.time import Clock
from widgets.marks.empty_state import EmptyState
from widgets.marks.toast import ToastArea
from widgets.time_text import clock_text
from widgets.timeline.moment_list import MomentRow
from widgets.translation import tr


class BookmarkPanel(MomentPanel[Bookmark]):
    """Signals: changed(): one was added, changed or removed."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, toasts: ToastArea, parent: QWidget | None = None) -> None:
        self.add_button = QPushButton(tr("&Add…"))
        self.edit_button = QPushButton(tr("&Change…"))
        self.remove_button = QPushButton(tr("&Remove"))
        text = tr("Press B to bookmark the moment on screen. Everyone with access to recordings sees it as a flag on the timeline.")
        empty = EmptyState("tag", tr("No bookmarks yet"), text)
        buttons = (self.add_button, self.edit_button, self.remove_button)
        super().__init__(bridge, clock, zone, toasts, tr("Bookmarks"), empty, buttons, parent)
        self.edit_button.clicked.connect(self.edit)
        self.remove_button.clicked.connect(self.remove)
        bridge.undone.connect(self.changed)
        self.enable()

    def load(self) -> None:
        self._bridge.ask(ListBookmarks(), self.show_moments, self._toast_moment_error, owner=self)

    def row(self, moment: Bookmark, now_ns: int) -> MomentRow:
        return bookmark_row(moment, self._names, now_ns, self._zone)

    def enable(self) -> None:
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(self.list.current() is not None)

    def add(self, at_ns: int, stretch: tuple[int, int] | None) -> BookmarkDialog:
        dialog = BookmarkDialog(
            self._bridge, at_ns, clock_text(at_ns, self._clock.now_ns(), self._zone), self._zone, None, stretch, parent=self
        )
        return self._open_dialog(dialog)

    def edit(self) -> None:
        bookmark = self.current()
        if bookmark is not None:
            when = clock_text(bookmark.at_ns, self._clock.now_ns(), self._zone)
            self._open_dialog(BookmarkDialog(self._bridge, bookmark.at_ns, when, self._zone, bookmark, None, parent=self))

    def remove(self) -> None:
        bookmark = self.current()
        if bookmark is not None:
            self._bridge.tell(RemoveBookmark(bookmark.id), self._saved, self._toast_moment_error, owner=self)

    def _open_dialog(self, dialog: BookmarkDialog) -> BookmarkDialog:
        dialog.accepted.connect(self._saved)
        return self.open_over(dialog)

    def _saved(self) -> None:
        self.load()
        self.changed.emit()

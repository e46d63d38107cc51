"""The main window: rail, pages, status bar, keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QMainWindow, QStackedWidget, QWidget

from console.alarm import Alarm, DesktopMessages, QtTone
from console.alarm_button import AlarmButton
from console.bridge import EngineBridge
from console.chat_beside import ChatBeside
from console.pages.investigate import InvestigatePage
from console.pages.page import Page, PageContext, ShortcutNote
from console.pages.registry import PAGES, PageEntry
from console.rail import Rail
from console.remembered import Remembered
from console.shortcuts import ShortcutsDialog
from console.site_mode import ask_for_mode
from console.status_bar import StatusBar
from engine.model.alert_settings import SiteMode
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.toast import ToastArea

_CHROME = """
#rail, #status { background: palette(base); }
#rail { border: none; border-right: 1px solid palette(mid); }
#status { border: none; border-top: 1px solid palette(mid); }
#divider { background: palette(mid); border: none; }
#chat { background: palette(base); border: none; }
"""


class MainWindow(QMainWindow):
    """One signed-in session on screen.

    Signals:
        signed_out(str): the user signed out (empty) or the engine ended the session (why). The window stays until it is closed.
        closed(): the window was closed, and its bridge with it.
    """

    signed_out = Signal(str)
    closed = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        remembered: Remembered,
        pages: tuple[PageEntry, ...] = PAGES,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._entries = bridge, remembered, pages
        self.setWindowTitle("Watchroom")
        self.setMinimumSize(1024, 640)
        self._body = QWidget(self)
        self.setCentralWidget(self._body)
        self._stack = QStackedWidget(self)
        self.toasts = ToastArea(self._stack)
        self._build(PageContext(bridge, clock, remembered, self.toasts), clock)
        self._add_alarm()
        self._bind_keys()
        if not remembered.restore_window(self):
            self.resize(1440, 900)
        self.show_page(remembered.text("page", pages[0].id))
        bridge.snapshot_changed.connect(self.show_snapshot)
        bridge.signed_out.connect(self.signed_out)

    def _build(self, context: PageContext, clock: Clock) -> None:
        self.rail = Rail(self._entries, self)
        self.status = StatusBar(context.bridge.session, clock, self)
        self._pages: dict[str, Page] = {entry.id: entry.make(context) for entry in self._entries}
        for page in self._pages.values():
            self._stack.addWidget(page)
            page.visit_requested.connect(self.visit)
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.rail, 0, 0)
        self.chat = ChatBeside(self._stack, context, self)
        self.chat.visit_requested.connect(self.visit)
        self.chat.play_requested.connect(self._play)
        grid.addWidget(self.chat, 0, 1)
        grid.addWidget(self.status, 1, 0, 1, 2)
        self._body.setStyleSheet(_CHROME)
        self.toasts.raise_()
        self.rail.chosen.connect(self.show_page)
        self.status.sign_out_requested.connect(lambda: self.signed_out.emit(""))
        self.status.shortcuts_requested.connect(self.show_shortcuts)
        self.status.troubles_requested.connect(lambda: self.show_page("system"))
        self.status.alerts_requested.connect(lambda: self.show_page("alerts"))
        self.status.mode_requested.connect(self.ask_for_mode)

    def _add_alarm(self) -> None:
        self._tone, self._messages = QtTone(), DesktopMessages(self)
        self.alarm = Alarm(self._bridge.session.user.id, self._remembered, self._tone, self._messages, self)
        self.status.put_before_counts(AlarmButton(self.alarm, self.status))
        self.status.put_before_counts(self.chat.button)
        self._messages.clicked.connect(self._come_forward)

    def _come_forward(self) -> None:
        """A message on the desktop was clicked."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.show_page("alerts")

    def _bind_keys(self) -> None:
        for number, entry in enumerate(self._entries, start=1):
            key = QShortcut(QKeySequence(f"Ctrl+{number % 10}"), self)
            key.activated.connect(lambda page_id=entry.id: self.show_page(page_id))
        shortcuts = QShortcut(QKeySequence("?"), self)
        shortcuts.activated.connect(self.show_shortcuts)
        QShortcut(QKeySequence("Ctrl+/"), self).activated.connect(self.chat.toggle_question)
        self._slash = QShortcut(QKeySequence("/"), self)
        self._slash.activated.connect(self.chat.focus_question)

    def page(self, page_id: str) -> Page:
        return self._pages[page_id]

    def page_ids(self) -> tuple[str, ...]:
        return tuple(self._pages)

    def current_page_id(self) -> str:
        return next(page_id for page_id, page in self._pages.items() if page is self._stack.currentWidget())

    def show_page(self, page_id: str) -> None:
        """Bring a page on screen; one that does not exist (any more) means the first."""
        known = page_id if page_id in self._pages else self._entries[0].id
        if self._pages[known] is not self._stack.currentWidget():
            current = self._stack.currentWidget()
            if isinstance(current, Page):
                current.leave()
            self._stack.setCurrentWidget(self._pages[known])
            self._pages[known].setFocus()
        self.rail.select(known)
        self._slash.setEnabled(all(note.keys != "/" for note in self._pages[known].shortcut_notes()))  # a page's own search goes first
        if self._bridge.snapshot is not None:
            self._pages[known].show_snapshot(self._bridge.snapshot)

    def visit(self, page_id: str, what: str) -> None:
        """Bring a page on screen with something of it chosen; `chat`: ask that, beside the page that is on screen."""
        if page_id == "chat":
            self.chat.focus_question()
            self.chat.dock.ask(what)
            return
        self.show_page(page_id)
        if page_id in self._pages:
            self._pages[page_id].visit(what)

    def _play(self) -> None:
        """What is shown on the timeline, moving."""
        page = self._pages.get("investigate")
        if isinstance(page, InvestigatePage):
            page.playback.play()

    def ask_for_mode(self, mode: SiteMode) -> None:
        if self._bridge.snapshot is not None:
            ask_for_mode(self._bridge, self.toasts, self._bridge.snapshot, mode, self)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.status.show_snapshot(snapshot)
        self.alarm.show_snapshot(snapshot)
        title = snapshot.settings.site_name
        if self.windowTitle() != f"{title} – Watchroom":
            self.setWindowTitle(f"{title} – Watchroom")
        self.chat.show_snapshot(snapshot)
        self._pages[self.current_page_id()].show_snapshot(snapshot)

    def show_shortcuts(self) -> None:
        pages = tuple(ShortcutNote(f"Ctrl+{n % 10}", entry.title) for n, entry in enumerate(self._entries, start=1))
        ask = ShortcutNote("/ Ctrl+/", self.tr("Ask the record; / where the page has no search of its own"))
        sections = {self.tr("Everywhere"): (*pages, ask, ShortcutNote("?", self.tr("Show these shortcuts")))}
        sections |= {entry.title: notes for entry in self._entries if (notes := self._pages[entry.id].shortcut_notes())}
        dialog = ShortcutsDialog(sections, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.alarm.stop()
        self._tone.close()
        self._messages.close()
        self._remembered.keep_window(self)
        self._remembered.put("page", self.current_page_id())
        for page in self._pages.values():
            page.shutdown()
        self.chat.keep()
        self._remembered.flush()
        self._bridge.close()
        self.closed.emit()
        super().closeEvent(event)

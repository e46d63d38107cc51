"""Every page with the chat at its right: put away or on screen, as wide as it was left."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSplitter, QToolButton, QWidget

from console.chat.dock import ChatDock
from console.pages.page import PageContext
from console.shell.jump_links import Jump, link_of
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.icons import icon
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_WIDTH = 400
_SPLITTER = "chat"
_BEFORE_NS = 2 * SECOND  # of a moment that is played, so that it is seen to begin


class ChatBeside(QSplitter):
    """UI thread. `button` belongs into the status bar.

    Signals: visit_requested(page id, what); play_requested(): what was visited, moving.
    """

    visit_requested = Signal(str, str)
    play_requested = Signal()

    def __init__(self, pages: QWidget, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._remembered = context.remembered
        self._open_key = f"chat-{context.bridge.session.kept_as}/open"
        self._snapshot: Snapshot | None = None
        self.dock = ChatDock(context.bridge, context.clock, context.toasts)
        self.button = self._make_button()
        self.setChildrenCollapsible(False)
        self.addWidget(pages)
        self.addWidget(self.dock)
        self.setStretchFactor(0, 1)
        self.setSizes([10 * _WIDTH, _WIDTH])
        self._remembered.restore_splitter(_SPLITTER, self)
        on(self.dock.closed, self.button.setChecked, False)
        self.dock.jump_wanted.connect(self._jump)
        self.dock.person_wanted.connect(lambda person_id: self.visit_requested.emit("investigate", f"person:{person_id}"))
        self.button.toggled.connect(self._show_dock)
        self.button.clicked.connect(self._focus_opened)
        allowed = permit(self.button, context.bridge.session, Verb.SEE_PAST, tr("Ask the record (Ctrl+/)"))
        self.dock.hide()
        self.button.setChecked(allowed and self._remembered.flag(self._open_key, False))

    def _make_button(self) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon("message-square"), iconSize=QSize(16, 16), text=tr("Ask"), checkable=True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(tr("Ask the record"))
        set_role(button, "quiet")
        return button

    def focus_question(self) -> None:
        if self.button.isEnabled():
            self.button.setChecked(True)
            self.dock.focus_question()

    def show_saved_questions(self) -> None:
        """Their menu: by arrows and Enter one is asked."""
        if self.button.isEnabled():
            self.button.setChecked(True)
            self.dock.show_saved()

    def toggle_question(self) -> None:
        """To the question; from there the dock is put away."""
        if self.dock.isVisible() and self.dock.isAncestorOf(self.focusWidget() or self):
            self.button.setChecked(False)
        else:
            self.focus_question()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Nothing is worked out for a dock that is not on screen."""
        self._snapshot = snapshot
        if self.dock.isVisible():
            self.dock.show_snapshot(snapshot)

    def keep(self) -> None:
        self._remembered.put(self._open_key, self.button.isChecked())
        self._remembered.keep_splitter(_SPLITTER, self)

    def _focus_opened(self, shown: bool) -> None:
        """Opened by the mouse, too: what is typed next is the question."""
        if shown:
            self.dock.focus_question()

    def _show_dock(self, shown: bool) -> None:
        self.dock.setVisible(shown)
        if shown and self._snapshot is not None:
            self.dock.show_snapshot(self._snapshot)
        if not shown:
            pages = self.widget(0)
            if pages is not None:
                pages.setFocus()

    def _jump(self, jump: Jump, play: bool) -> None:
        at_ns = max(0, jump.at_ns - _BEFORE_NS) if play else jump.at_ns
        self.visit_requested.emit("investigate", link_of(Jump(at_ns, jump.camera_id, jump.event_id)))
        if play:
            self.play_requested.emit()

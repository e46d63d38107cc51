"""The buttons of the Investigate page: what stands on top, and what is done with the timeline and a stretch of it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget

from console.words import permit
from engine.model.accounts.access import Session, Verb
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.layout.folding_row import FoldingRow
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr

_BESIDE_WORDS = 76  # pixels of the question box: its icon, its clear button, its rim


class HeadRow(QWidget):
    """The question box, and beside it what is shown and where to go: what has no room is in a menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = QLineEdit(placeholderText=tr("Search, ask, or enter a time or link"))
        self.question.setAccessibleName(tr("Search the record"))
        self.question.setToolTip(plain_tip(tr("Words, a question, a time such as 21:04 or 2026-01-02 21:04, or a link")))
        self.question.setClearButtonEnabled(True)
        self.question.addAction(QAction(icon("search"), "", self.question), QLineEdit.ActionPosition.LeadingPosition)
        self.form = _tool("list-filter", tr("Form"), tr("Choose who, what, where and when"))
        self.cameras = _tool("cctv", tr("Cameras"), tr("Cameras shown, up to nine"))
        self.cameras.setMenu(QMenu(self.cameras))
        self.cameras.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.area = _tool("square-dashed", tr("Area"), tr("Search a part of the picture (X)"))
        self.day = _tool("clock", tr("Go to day"), tr("Calendar of the recorded days (G)"))
        self.link = _tool("link", tr("Copy link"), tr("Copy a link to this moment (Ctrl+Shift+C)"))
        self.floor = _tool("box", tr("Floor, map"), tr("Floor and map at this moment, beside the cameras"))
        self.panel = _tool("panel-right", tr("Panel"), tr("Search results, bookmarks, evidence locks, trial of settings"))
        self.tools = FoldingRow((self.panel, self.form, self.cameras, self.floor, self.day, self.area, self.link))
        row = make_row(self, spacing=6, margins=NO_MARGINS)
        row.addWidget(self.question, 1)
        row.addWidget(self.tools)
        for toggle in (self.floor, self.panel, self.form):
            toggle.setCheckable(True)
        self.floor.setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whatever the size of the text: the box holds what it asks for."""
        words = self.question.fontMetrics().horizontalAdvance(self.question.placeholderText())
        self.question.setMinimumWidth(min(words + scaled(_BESIDE_WORDS), self.width() // 2))
        super().resizeEvent(event)


class StretchTools:
    """`steps` belong among the tools of the timeline, `acts` beside the transport bar."""

    def __init__(self, session: Session) -> None:
        self.now = with_properties(QToolButton(), text=tr("Now"), toolTip=tr("Last hour (End)"))
        self.previous = _step_button("chevron-left", tr("Previous event (Shift+N)"))
        self.next = _step_button("chevron-right", tr("Next event (N)"))
        self.mark = _tool("tag", tr("Bookmark…"), tr("Bookmark this moment (B)"))
        self.replay = _tool("rotate-ccw", tr("Replay"), tr("Replay the selection through the engine and show the floor as it was"))
        self.tries = _tool("flask-conical", tr("Try other settings"), tr("Re-run the selection with other settings"))
        self.pack = _tool("download", tr("Evidence pack…"), "")
        permit(self.pack, session, Verb.EXPORT, tr("Export signed evidence for the selection"))
        self.packs = _tool("folder-open", tr("Packs and cases…"), "")
        permit(self.packs, session, Verb.EXPORT, tr("Evidence packs and their cases"))
        self.lock = _tool("lock", tr("Lock…"), "")
        permit(self.lock, session, Verb.EXPORT, tr("Lock evidence of the visible range"))
        for button in self.steps():
            set_role(button, "quiet")

    def steps(self) -> tuple[QToolButton, ...]:
        return (self.now, self.previous, self.next)

    def acts(self) -> tuple[QToolButton, ...]:
        return (self.mark, self.pack, self.replay, self.tries, self.lock, self.packs)

    def show_replaying(self, on: bool) -> None:
        self.replay.setText(tr("End replay") if on else tr("Replay"))

    def show_stretch(self, text: str) -> None:
        """What a pack would be of, and what would be locked; who may do neither is still told so."""
        for button in (self.pack, self.lock):
            if button.isEnabled():
                button.setToolTip(plain_tip(text))


def _tool(name: str, text: str, tip: str) -> QToolButton:
    button = with_properties(QToolButton(), icon=icon(name), text=text, toolTip=plain_tip(tip))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def _step_button(name: str, tip: str) -> QToolButton:
    return with_properties(QToolButton(), icon=icon(name), toolTip=plain_tip(tip), accessibleName=tip)

"""The buttons of the Investigate page: what stands on top, and what is done with the timeline and a stretch of it."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget

from console.words import permit
from engine.model.accounts.access import Session, Verb
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr


class HeadRow(QWidget):
    """The question box, and beside it what is shown and where to go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = QLineEdit(placeholderText=tr("Words to look for, a question?, a time (21:04, 2026-01-02 21:04), or a link"))
        self.question.setAccessibleName(tr("Search the record, or jump to a time"))
        self.question.setToolTip(plain_tip(self.question.placeholderText()))
        self.question.setClearButtonEnabled(True)
        self.question.addAction(QAction(icon("search"), "", self.question), QLineEdit.ActionPosition.LeadingPosition)
        self.cameras = _tool("cctv", tr("Cameras"), tr("Which cameras are shown, nine at most"))
        self.cameras.setMenu(QMenu(self.cameras))
        self.cameras.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.area = _tool("square-dashed", tr("Area"), tr("Draw a part of a picture: what was there, who looks like the one in it (X)"))
        self.day = _tool("clock", tr("Go to day"), tr("A calendar of what is in the record (G)"))
        self.link = _tool("link", tr("Copy link"), tr("A link that leads to this moment (Ctrl+Shift+C)"))
        self.floor = _tool("box", tr("Floor, map"), tr("The floor and the map as they were, beside the cameras"))
        self.panel = _tool("panel-right", tr("Panel"), tr("What was found, bookmarks, other settings"))
        row = make_row(self, spacing=6, margins=NO_MARGINS)
        row.addWidget(self.question, 1)
        for button in self.buttons():
            row.addWidget(button)
        for toggle in (self.floor, self.panel):
            toggle.setCheckable(True)
            toggle.setChecked(True)

    def buttons(self) -> tuple[QToolButton, ...]:
        return (self.cameras, self.area, self.day, self.link, self.floor, self.panel)


class StretchTools:
    """`steps` belong among the tools of the timeline, `acts` beside the transport bar."""

    def __init__(self, session: Session) -> None:
        self.now = with_properties(QToolButton(), text=tr("Now"), toolTip=tr("The last hour (End)"))
        self.previous = _step_button("chevron-left", tr("The event before (Shift+N)"))
        self.next = _step_button("chevron-right", tr("The next event (N)"))
        self.mark = _tool("tag", tr("Bookmark…"), tr("A note on the moment that is shown (B)"))
        self.replay = _tool("rotate-ccw", tr("Replay"), tr("Runs the stretch through the engine again: the floor as it was"))
        self.tries = _tool("flask-conical", tr("Try other settings"), tr("What other settings would have made of the stretch"))
        self.pack = _tool("download", tr("Evidence pack…"), "")
        permit(self.pack, session, Verb.EXPORT, tr("Everything of the stretch, signed, to hand on"))
        self.packs = _tool("folder-open", tr("Evidence packs…"), "")
        self.packs.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)  # beside the one that makes them
        permit(self.packs, session, Verb.EXPORT, tr("Evidence packs: those that were made, and their cases"))
        self.lock = _tool("lock", tr("Lock…"), "")
        permit(self.lock, session, Verb.EXPORT, tr("Of what the timeline shows"))
        for button in self.steps():
            set_role(button, "quiet")

    def steps(self) -> tuple[QToolButton, ...]:
        return (self.now, self.previous, self.next)

    def acts(self) -> tuple[QToolButton, ...]:
        return (self.mark, self.replay, self.tries, self.pack, self.packs, self.lock)

    def worded(self) -> tuple[QToolButton, ...]:
        """Those that have words where there is room for them."""
        return tuple(button for button in self.acts() if button is not self.packs)

    def show_replaying(self, on: bool) -> None:
        self.replay.setText(tr("End replay") if on else tr("Replay"))

    def show_stretch(self, text: str) -> None:
        """What a pack would be of, and what would be locked; who may do neither is still told so."""
        for button in (self.pack, self.lock):
            if button.isEnabled():
                button.setToolTip(plain_tip(text))


def show_words(buttons: Iterable[QToolButton], words: bool) -> None:
    """Where there is no room for words, icons with their tooltips are enough."""
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
    for button in buttons:
        button.setToolButtonStyle(style)


def _tool(name: str, text: str, tip: str) -> QToolButton:
    button = with_properties(QToolButton(), icon=icon(name), text=text, toolTip=plain_tip(tip))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def _step_button(name: str, tip: str) -> QToolButton:
    return with_properties(QToolButton(), icon=icon(name), toolTip=plain_tip(tip), accessibleName=tip)

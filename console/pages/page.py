"""What the main window knows about a page."""

from collections.abc import Set
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.palette.commands_catalogue import Action
from console.session.remembered import Remembered
from engine.model.capability import Capability
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.layout.boxes import Margins
from widgets.marks.toast import ToastArea

MARGINS: Margins = (24, 20, 24, 16)
LOW_MARGINS: Margins = (16, 10, 16, 8)
LOW = 560  # pixels of a page with little height


@dataclass(frozen=True, slots=True)
class PageContext:
    """What every page is given. left_out: what the engine does without."""

    bridge: EngineBridge
    clock: Clock
    remembered: Remembered
    toasts: ToastArea
    left_out: Set[Capability] = frozenset()


@dataclass(frozen=True, slots=True)
class ShortcutNote:
    """One line of the shortcuts window. `keys` as a person writes them, for example `Ctrl+1`."""

    keys: str
    does: str


class Page(QWidget):
    """Base of all pages. A page builds, connects, and then shows snapshots; the UI thread only.

    Signals: visit_requested(page id, what): the operator wants to see this on another page, such as a camera on Live.
    plan_asked(question, QuestionPlan): Ask is to answer it as it was filled in here.
    """

    visit_requested = Signal(str, str)
    plan_asked = Signal(str, object)
    moves: ClassVar[bool] = False  # what it shows is watched move: every snapshot is wanted, not a few a second

    def visit(self, what: str) -> None:
        """Show this: an id of what the page shows, asked for from another page."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """A newer picture of now; called for the page on screen, and once when it comes on screen."""
        raise NotImplementedError

    def actions(self) -> tuple[Action, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]  # the page's own, never given to Qt
        """What the page does by name and key; asked for again whenever the palette opens. The page binds their keys itself, once."""
        return ()

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        """Keys that widgets of the page answer themselves, and that cannot be changed."""
        return ()

    def has_content(self) -> bool:
        """Whether everything that is to come soon (pictures, thumbnails) is there, for screenshots."""
        return True

    def leave(self) -> None:
        """Another page comes on screen."""

    def shutdown(self) -> None:
        """The window closes: end dialogs with what they run; override also to remember the arrangement and to end workers.

        Not by `close`, which would reject only a dialog that is seen: a lock hides them.
        """
        for dialog in self.findChildren(QDialog):
            dialog.done(QDialog.DialogCode.Rejected)

"""The keys of the Alerts page. They work in the list and on the card, not while something is typed, and not in the player."""

from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.pages.page import ShortcutNote
from widgets.alert_list import AlertList


class Triage(Protocol):
    """Who does what the keys say."""

    list: AlertList

    def do(self, what: str) -> None: ...

    def back(self) -> None: ...


class TriageKeys:
    def __init__(self, list_side: QWidget, card_side: QWidget, page: Triage) -> None:
        for host in (list_side, card_side):
            for key, what in _ACTS:
                _bind(host, key, lambda what=what: page.do(what))
            for key, by, extend in (("J", 1, False), ("K", -1, False), ("Shift+J", 1, True), ("Shift+K", -1, True)):
                _bind(host, key, lambda by=by, extend=extend: page.list.step(by, extend))
            _bind(host, "Esc", page.back)

    def notes(self) -> tuple[ShortcutNote, ...]:
        return (
            ShortcutNote("J K", _tr("Next alert, the one before; with Shift mark several")),
            ShortcutNote("Enter", _tr("Open the alert: its steps, Space ticks one off")),
            *(note for note, _ in self.offered()),
            ShortcutNote("H", _tr("Open or close what is held")),
            ShortcutNote("R", _tr("Raise what is held after all")),
            ShortcutNote("P", _tr("Play the clip")),
            ShortcutNote("/", _tr("Search alerts")),
            ShortcutNote("Esc", _tr("Back to the list")),
        )

    def offered(self) -> tuple[tuple[ShortcutNote, str], ...]:
        """What is done about an alert, for menus."""
        return (
            (ShortcutNote("A", _tr("Acknowledge")), "acknowledge"),
            (ShortcutNote("I", _tr("In progress")), "begin"),
            (ShortcutNote("C", _tr("Close, then 1 true, 2 benign, 3 false, 4 unknown")), "close"),
            (ShortcutNote("M", _tr("Assign to me")), "take"),
            (ShortcutNote("N", _tr("Note")), "note"),
            (ShortcutNote("S", _tr("Shelve, with a reason and an end")), "shelve"),
            (ShortcutNote("U", _tr("Unshelve")), "unshelve"),
        )


_ACTS = (
    ("A", "acknowledge"), ("I", "begin"), ("C", "close"), ("M", "take"), ("N", "note"), ("S", "shelve"), ("U", "unshelve"),
    ("H", "held"), ("R", "promote"), ("P", "play"), ("/", "search"),
)  # fmt: skip


def _bind(host: QWidget, key: str, act: object) -> None:
    shortcut = QShortcut(QKeySequence(key), host, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(act)  # type: ignore[arg-type]


def _tr(text: str) -> str:
    return QCoreApplication.translate("AlertsPage", text)

"""The keys of the Alerts page. They work in the list and on the card, not while something is typed, and not in the player."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from console.pages.page import ShortcutNote
from console.palette.commands_catalogue import Action, bind, keyed
from widgets.alerts.alert_list import AlertList
from widgets.translation import tr


class Triage(Protocol):
    """Who does what the keys say."""

    list: AlertList

    def do(self, what: str) -> None: ...

    def back(self) -> None: ...


class TriageKeys:
    def __init__(self, list_side: QWidget, card_side: QWidget, page: Triage) -> None:
        self._hosts, self._page = (list_side, card_side), page
        bind(self.actions())

    def actions(self) -> tuple[Action, ...]:
        page = self._page
        listed = (
            ("next", tr("Next alert"), "J", page.list.step, 1, False),
            ("before", tr("Previous alert"), "K", page.list.step, -1, False),
            ("mark-next", tr("Extend the selection to the next alert"), "Shift+J", page.list.step, 1, True),
            ("mark-before", tr("Extend the selection to the previous alert"), "Shift+K", page.list.step, -1, True),
            *((what, note.does, note.keys, page.do, what) for note, what in self.offered()),
            ("held", tr("Show or hide held candidates"), "H", page.do, "held"),
            ("promote", tr("Raise the held candidate as alert"), "R", page.do, "promote"),
            ("play", tr("Play the clip of the alert"), "P", page.do, "play"),
            ("search", tr("Search alerts"), "Ctrl+F", page.do, "search"),
            ("back", tr("Back to the alert list"), "Esc", page.back),
        )
        return keyed("alerts", tr("Alerts"), listed, self._hosts)

    def notes(self) -> tuple[ShortcutNote, ...]:
        return (ShortcutNote("Enter", tr("Open the alert's procedure; Space ticks a step off")),)

    def menu_texts(self) -> tuple[tuple[str, str, str], ...]:
        """Text, key and what it does, as short as on the buttons of the card."""
        opening = {"close": tr("Close…"), "note": tr("Note…"), "shelve": tr("Shelve…")}
        return tuple((opening.get(what, note.does), note.keys, what) for note, what in self.offered())

    def offered(self) -> tuple[tuple[ShortcutNote, str], ...]:
        """What is done about an alert."""
        return (
            (ShortcutNote("A", tr("Acknowledge")), "acknowledge"),
            (ShortcutNote("I", tr("In progress")), "begin"),
            (ShortcutNote("C", tr("Close, then 1 true alarm, 2 genuine, no threat, 3 false alarm, 4 undetermined")), "close"),
            (ShortcutNote("M", tr("Assign to me")), "take"),
            (ShortcutNote("N", tr("Note")), "note"),
            (ShortcutNote("S", tr("Shelve: suppress temporarily, with a reason")), "shelve"),
            (ShortcutNote("U", tr("Unshelve")), "unshelve"),
        )

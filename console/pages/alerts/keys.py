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
            ("next", tr("The next alert"), "J", page.list.step, 1, False),
            ("before", tr("The alert before"), "K", page.list.step, -1, False),
            ("mark-next", tr("Mark the next alert as well"), "Shift+J", page.list.step, 1, True),
            ("mark-before", tr("Mark the alert before as well"), "Shift+K", page.list.step, -1, True),
            *((what, note.does, note.keys, page.do, what) for note, what in self.offered()),
            ("held", tr("Open or close what is held"), "H", page.do, "held"),
            ("promote", tr("Raise what is held after all"), "R", page.do, "promote"),
            ("play", tr("Play the clip of the alert"), "P", page.do, "play"),
            ("search", tr("Search alerts"), "/", page.do, "search"),
            ("back", tr("Back to the list of alerts"), "Esc", page.back),
        )
        return keyed("alerts", tr("Alerts"), listed, self._hosts)

    def notes(self) -> tuple[ShortcutNote, ...]:
        return (ShortcutNote("Enter", tr("Open the alert: its steps, Space ticks one off")),)

    def offered(self) -> tuple[tuple[ShortcutNote, str], ...]:
        """What is done about an alert, for menus."""
        return (
            (ShortcutNote("A", tr("Acknowledge")), "acknowledge"),
            (ShortcutNote("I", tr("In progress")), "begin"),
            (ShortcutNote("C", tr("Close, then 1 true, 2 benign, 3 false, 4 unknown")), "close"),
            (ShortcutNote("M", tr("Assign to me")), "take"),
            (ShortcutNote("N", tr("Note")), "note"),
            (ShortcutNote("S", tr("Shelve, with a reason and an end")), "shelve"),
            (ShortcutNote("U", tr("Unshelve")), "unshelve"),
        )

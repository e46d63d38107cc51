"""What can be done about an alert, as buttons that name their keys."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.words import permit
from engine.model.accounts.access import Session, Verb
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState
from widgets.layout.flow_row import FlowRow
from widgets.signals import on
from widgets.theme import set_role


class TriageButtons(QWidget):
    """The next step is the one in colour.

    Signals: wanted(str): one of `acknowledge`, `begin`, `close`, `shelve`, `unshelve`, `take`, `note`.
    """

    wanted = Signal(str)

    def __init__(self, session: Session, user: UserRef, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._user = session, user
        tr = self.tr
        self.buttons = {
            what: self._button(what, text, tip)
            for what, text, tip in (
                ("acknowledge", tr("Acknowledge"), tr("Confirm that you have seen it (A)")),
                ("begin", tr("In progress"), tr("Mark as being handled (I)")),
                ("close", tr("Close…"), tr("Close with an outcome (C)")),
                ("take", tr("Assign to me"), tr("Assign the alert to yourself (M)")),
                ("note", tr("Note…"), tr("Add a note (N)")),
                ("shelve", tr("Shelve…"), tr("Suppress temporarily; reason required (S)")),
                ("unshelve", tr("Unshelve"), tr("End the suppression (U)")),
            )
        }
        row = FlowRow(self)
        for button in self.buttons.values():
            row.addWidget(button)
        self._lead = ""

    def _button(self, what: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setStyleSheet("QPushButton { padding-left: 10px; padding-right: 10px; }")
        permit(button, self._session, Verb.ACKNOWLEDGE, tip)
        on(button.clicked, self.wanted.emit, what)
        return button

    def show_alert(self, alert: Alert, now_ns: int) -> None:
        may, possible = self._session.may(Verb.ACKNOWLEDGE), possible_acts(alert, self._user, now_ns)
        for what, button in self.buttons.items():
            button.setEnabled(may and what in possible)
        self.buttons["shelve"].setVisible("unshelve" not in possible)
        self.buttons["unshelve"].setVisible("unshelve" in possible)
        leads = {AlertState.NEW: "acknowledge", AlertState.ACKNOWLEDGED: "begin", AlertState.IN_PROGRESS: "close"}
        self._highlight(leads.get(alert.state, ""))

    def _highlight(self, lead: str) -> None:
        if lead != self._lead:
            self._lead = lead
            for what, button in self.buttons.items():
                set_role(button, "primary" if what == lead else "")


def possible_acts(alert: Alert, user: UserRef, now_ns: int) -> frozenset[str]:
    """What this user can do about it, by the keys of `TriageButtons`, where the account may."""
    shelved = alert.shelved(now_ns)
    possible = {
        "acknowledge": alert.state is AlertState.NEW,
        "begin": alert.state in (AlertState.NEW, AlertState.ACKNOWLEDGED),
        "close": alert.open,
        "take": alert.open and not alert.is_with(user),
        "note": alert.open,
        "shelve": alert.open and not shelved,
        "unshelve": alert.open and shelved,
    }
    return frozenset(what for what, allowed in possible.items() if allowed)

"""What operators can do about alerts, wherever they are shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.alerts.close_alert import CloseAlertDialog
from console.dialogs.alerts.note_alert import NoteAlertDialog
from console.dialogs.alerts.shelve_alert import ShelveAlertDialog
from console.dialogs.frame import open_dialog
from console.words import denied_text, error_text
from engine.alerts.life import alert_ids
from engine.model.accounts.access import Verb
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import AlertEdit, AssignAlert, ChangeAlert, DoStep, NoteAlert, PromoteHeld, SeeAlert, ShelveAlert
from engine.model.command_terms import NO_TERMS, CommandTerms, terms_from
from engine.model.errors import WatchroomError
from engine.model.time import Clock
from widgets.alerts.alert_words import alert_title
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text
from widgets.signals import on, on_told
from widgets.time_text import duration_text
from widgets.translation import tr

_ORDER = (AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.IN_PROGRESS, AlertState.CLOSED)


class AlertActions(Acts):
    """Dialogs, commands, messages, and undo where the engine takes something back (alerts themselves go forward only). UI thread.

    Signals: promoted(alert id): what was held is an alert now; done(): a dialog is closed, and the list wants the keyboard again.
    """

    promoted = Signal(str)
    done = Signal()

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, over: QWidget) -> None:
        super().__init__(bridge, toasts, over)
        self._clock = clock

    @property
    def user(self) -> UserRef:
        return self._bridge.user

    def may(self) -> bool:
        return self._bridge.may(Verb.ACKNOWLEDGE)

    # Forward

    def acknowledge(self, alerts: tuple[Alert, ...]) -> None:
        self._forward(alerts, AlertState.ACKNOWLEDGED, tr("Acknowledged"), tr("Already acknowledged."))

    def begin(self, alerts: tuple[Alert, ...]) -> None:
        self._forward(alerts, AlertState.IN_PROGRESS, tr("In progress"), tr("Already in progress."))

    def close(self, alerts: tuple[Alert, ...]) -> None:
        """Asks what it was."""
        open_ones = tuple(alert for alert in alerts if alert.open)
        if not self._allowed() or not open_ones:
            return
        dialog = CloseAlertDialog(alerts_label(open_ones), self._over)
        on_told(dialog.decided, self._close, open_ones)
        self._open_alert_dialog(dialog)

    def _close(self, alerts: tuple[Alert, ...], what: Disposition, note: str) -> None:
        closed = ChangeAlert(_ids(alerts), AlertState.CLOSED, what, note)
        self._send_change(closed, alerts, tr("Closed: {0}").format(alerts_label(alerts)))

    def _forward(self, alerts: tuple[Alert, ...], state: AlertState, done: str, already: str) -> None:
        if not self._allowed() or not alerts:
            return
        behind = tuple(alert for alert in alerts if _ORDER.index(alert.state) < _ORDER.index(state))
        if behind:
            self._send_change(ChangeAlert(_ids(behind), state), behind, tr("{0}: {1}").format(done, alerts_label(behind)))
        else:
            self._toasts.show_message(already)

    # Shelf

    def shelve(self, alerts: tuple[Alert, ...]) -> None:
        """Asks why, and until when."""
        open_ones = tuple(alert for alert in alerts if alert.open)
        if not self._allowed() or not open_ones:
            return
        dialog = ShelveAlertDialog(alerts_label(open_ones), self._clock, self._over)
        on_told(dialog.decided, self._shelve, open_ones)
        self._open_alert_dialog(dialog)

    def _shelve(self, alerts: tuple[Alert, ...], seconds: float, reason: str) -> None:
        length = duration_text(round(seconds) * 1_000_000_000)
        self._send_command(
            ShelveAlert(_ids(alerts), seconds, reason),
            tr("Shelved for {0}: {1}").format(length, alerts_label(alerts)),
            undo=ShelveAlert(_ids(alerts), 0.0),
        )

    def unshelve(self, alerts: tuple[Alert, ...]) -> None:
        shelved = tuple(alert for alert in alerts if alert.shelved_until_ns is not None)
        if not self._allowed():
            return
        if shelved:
            self._send_command(ShelveAlert(_ids(shelved), 0.0), tr("Unshelved: {0}").format(alerts_label(shelved)))
        else:
            self._toasts.show_message(tr("Not shelved."))

    # Who, notes, steps

    def take(self, alerts: tuple[Alert, ...]) -> None:
        """They are the user's now; undone where all belonged to one person, or nobody, before."""
        if not self._allowed() or not alerts:
            return
        before = {(alert.assignee, alert.assignee_id) for alert in alerts}
        was_theirs = all(alert.is_with(self.user) for alert in alerts)
        undo = AssignAlert(_ids(alerts), *before.pop()) if len(before) == 1 and not was_theirs else None
        shown = AssignAlert(_ids(alerts), alerts[0].assignee)
        terms = terms_from(shown) if len(alerts) == 1 else NO_TERMS
        taken = AssignAlert(shown.alert_ids, self.user.name)  # which nobody else has now; engines of before know no ids here
        self._send_command(taken, tr("Assigned to you: {0}").format(alerts_label(alerts)), undo, terms)

    def note(self, alert: Alert | None) -> None:
        if alert is None or not self._allowed():
            return
        dialog = NoteAlertDialog(alert_title(alert), self._over)
        dialog.decided.connect(lambda text: self._send_command(NoteAlert(alert.id, text), tr("Note added.")))
        self._open_alert_dialog(dialog)

    def tick(self, alert: Alert | None, step: int, done: bool) -> None:
        if alert is not None and self._allowed():
            self._send_command(DoStep(alert.id, step, done), "")

    def see(self, alert: Alert) -> None:
        """Told once; what goes wrong with it is nobody's trouble."""
        if self._bridge.may(Verb.SEE_PAST):
            self._bridge.command(SeeAlert(alert.id), ignore_answer, ignore_answer, owner=self)

    def promote(self, decision_id: str) -> None:
        if not self._allowed():
            return

        def promoted(alert_id: str) -> None:
            self._toasts.show_message(tr("Raised as alert. The promotion is counted for its rule."), "good")
            self.promoted.emit(alert_id)

        self._bridge.command(PromoteHeld(decision_id), promoted, self._show_alert_error, owner=self)

    # Telling

    def _send_change(self, change: ChangeAlert, alerts: tuple[Alert, ...], said: str) -> None:
        """Of one alert from the state that it is shown in; of several each that it is not too late for."""
        terms = terms_from(ChangeAlert(change.alert_ids, alerts[0].state)) if len(alerts) == 1 else NO_TERMS
        self._send_command(change, said, terms=terms)

    def _send_command(self, command: AlertEdit, said: str, undo: AlertEdit | None = None, terms: CommandTerms = NO_TERMS) -> None:
        self._bridge.tell(command, self._announce_change, self._show_alert_error, said, undo, command, owner=self, terms=terms)

    def _announce_change(self, said: str, undo: AlertEdit | None, command: AlertEdit) -> None:
        if not said:
            return
        if self._bridge.waits_at_hub(alert_ids(command)):
            self._toasts.show_message(tr("Kept at the hub. The site has not been told yet: {0}").format(said), "good", seconds=12)
            return
        toast = self._toasts.show_message(said, "good", tr("Undo") if undo is not None else "")
        if undo is not None:
            on(toast.action_requested, self._send_command, undo, tr("Undone."), None)

    def _show_alert_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=12)

    def _allowed(self) -> bool:
        if not self.may():
            self._toasts.show_message(denied_text(Verb.ACKNOWLEDGE), "critical")
        return self.may()

    def _open_alert_dialog(self, dialog: QDialog) -> None:
        dialog.finished.connect(self.done)
        open_dialog(dialog)


def alerts_label(alerts: tuple[Alert, ...]) -> str:
    """What they are: one by its name, several by their number."""
    return alert_title(alerts[0]) if len(alerts) == 1 else tr("{0} alerts").format(number_text(len(alerts)))


def _ids(alerts: tuple[Alert, ...]) -> tuple[str, ...]:
    return tuple(alert.id for alert in alerts)

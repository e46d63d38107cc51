"""The alert side of the engine: what is shown of alerts, and where operators' acts enter the pipeline."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from engine.alerts.candidate import supersedes
from engine.alerts.life import with_user_ids
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import AlarmLoad, Alert, AlertState
from engine.model.alerts.commands import AlertEdit
from engine.model.alerts.decision import Decision, Outcome, Stage
from engine.model.alerts.intent import Intent
from engine.model.alerts.settings import SiteMode
from engine.model.errors import EnvironmentFault
from engine.model.observation import AlertsEdited, AlertsLoaded, IntentBrought, Observation
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import AlertView, Snapshot
from engine.pipeline.alerts.book import HELD
from engine.runtime.ports import Inbox
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor

WAIT_S = 10.0
SHADOWS = 100
ON_TRIAL = "on trial"


class AlertRecord(Protocol):
    """What the record keeps of alerts (engine.store)."""

    def open_alerts(self) -> tuple[Alert, ...]: ...


class KnownAlerts(Protocol):
    """What the pipeline knew when it was recovered (engine.pipeline)."""

    @property
    def alerts(self) -> Sequence[Alert]: ...

    @property
    def held_decisions(self) -> Sequence[Decision]: ...

    @property
    def load(self) -> AlarmLoad: ...


class AlertSide(Side):
    """`on_step` on the engine thread, the rest on any other. What is shown is made when somebody looks: steps come by the hundred a second.

    Args:
        known: of the pipeline before it runs; it is the truth, and what the record has besides is entered at the start.
    """

    def __init__(self, known: KnownAlerts, record: AlertRecord, inbox: Inbox, wait_s: float = WAIT_S) -> None:
        self._inbox = inbox
        self._wait_s = wait_s
        self._alerts = {alert.id: alert for alert in known.alerts}
        self._held: deque[Decision] = deque(known.held_decisions, HELD)
        self._shadows: deque[Decision] = deque(maxlen=SHADOWS)
        self._load = known.load
        self._to_load = tuple(alert for alert in record.open_alerts() if _is_to_load(alert, self._alerts.get(alert.id)))
        self._alerts.update((alert.id, alert) for alert in self._to_load if alert.id not in self._alerts)
        self._new = {alert.id for alert in self._alerts.values() if alert.state is AlertState.NEW}
        self._lock = threading.Lock()  # guards what is kept above, and _shown
        self._shown: AlertView | None = None
        self._entered = threading.Condition()
        self._waiting: dict[int, tuple[Alert, ...] | None] = {}

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        """Before any observation about alerts."""
        if self._to_load:
            self._inbox.post(AlertsLoaded(now_ns, self._to_load))

    def on_step(self, result: StepResult, observation: Observation) -> None:
        decisions = [decision for decision in result.decisions if decision.stage is Stage.ALERT]
        if result.alerts or decisions or result.load is not None:
            self._take_alerts(result.alerts, decisions, result.load)
        if isinstance(observation, AlertsEdited | IntentBrought):
            self._finish_edit(observation, result.alerts)

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, alerts=self.view(shown.settings))

    def view(self, settings: Settings) -> AlertView:
        """The same value until something changes."""
        with self._lock:
            shown = self._shown
            if shown is None or shown.mode is not settings.alerts.mode:
                self._shown = shown = self._alert_view(settings.alerts.mode)
            return shown

    def counts(self) -> tuple[int, int]:
        """How many alerts are open, and how many of them nobody has acknowledged."""
        with self._lock:
            return len(self._alerts), len(self._new)

    def alert(self, alert_id: str) -> Alert | None:
        """An open one."""
        with self._lock:
            return self._alerts.get(alert_id)

    def held_decision(self, decision_id: str) -> Decision | None:
        with self._lock:
            return next((decision for decision in self._held if decision.id == decision_id), None)

    def enter(self, edit: AlertEdit, by: UserRef, now_ns: int) -> tuple[Alert, ...]:
        """Do it, and give the alerts that are new or changed by it. Raises EnvironmentFault where the engine thread does not come to it."""
        return self._enter(AlertsEdited(now_ns, edit, by.name, by.id))

    def bring(self, intent: Intent, closed: tuple[Alert, ...], now_ns: int) -> tuple[Alert, ...]:
        """As `enter`, of what was said at the hub. `closed`: those of its alerts that are closed."""
        return self._enter(IntentBrought(now_ns, intent, closed))

    def _enter(self, edited: AlertsEdited | IntentBrought) -> tuple[Alert, ...]:
        with self._entered:
            self._waiting[id(edited)] = None
            self._inbox.post(edited)
            done = self._entered.wait_for(lambda: self._waiting[id(edited)] is not None, self._wait_s)
            changed = self._waiting.pop(id(edited))
        if not done or changed is None:
            raise EnvironmentFault("busy", "The engine is busy, so that the change may come late or not at all. Look again in a moment.")
        return changed

    def _finish_edit(self, edited: AlertsEdited | IntentBrought, changed: tuple[Alert, ...]) -> None:
        with self._entered:
            if id(edited) in self._waiting:
                self._waiting[id(edited)] = changed
                self._entered.notify_all()

    def _take_alerts(self, alerts: Sequence[Alert], decisions: Sequence[Decision], load: AlarmLoad | None) -> None:
        with self._lock:
            self._shown = None
            for alert in alerts:
                self._note_alert(alert)
            for decision in decisions:
                self._decided(decision)
            self._load = load or self._load

    def _note_alert(self, alert: Alert) -> None:
        if alert.open:
            self._alerts[alert.id] = alert
        else:
            self._alerts.pop(alert.id, None)
        if alert.state is AlertState.NEW:
            self._new.add(alert.id)
        else:
            self._new.discard(alert.id)

    def _decided(self, decision: Decision) -> None:
        if any(reading.gate == ON_TRIAL for reading in decision.gates):
            self._shadows.append(decision)
        if decision.outcome is not Outcome.HELD:
            return
        for known in [held for held in self._held if held.id == decision.id or supersedes(decision, held)]:
            self._held.remove(known)  # it was promoted, somebody in it erased, or it was decided again
        if not decision.alert_id:
            self._held.append(decision)

    def _alert_view(self, mode: SiteMode) -> AlertView:
        newest = sorted(self._alerts.values(), key=lambda alert: (alert.raised_ns, alert.id), reverse=True)
        return AlertView(tuple(newest), tuple(reversed(self._held)), self._load, mode, tuple(reversed(self._shadows)))


def _is_to_load(recorded: Alert, known: Alert | None) -> bool:
    """The pipeline does not know it, or not whose it is: checkpoints of before hold names only."""
    return known is None or with_user_ids(known, recorded) != known

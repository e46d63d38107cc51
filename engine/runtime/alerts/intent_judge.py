"""What somebody said at the hub while this site was away, when the site hears of it: judged as if they had said it here, and done once."""

from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Protocol

from engine.alerts import life
from engine.model.accounts.access import ROLE_VERBS, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.alert import Alert, HubAct, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert
from engine.model.alerts.intent import AlertIntent, Intent, IntentEnd
from engine.model.errors import EnvironmentFault, NotFound, WatchroomError
from engine.model.plain_text import check_texts
from engine.model.question import ListAlerts
from engine.model.time import to_iso
from engine.runtime.access.scopes import ScopesHost, check_verb, scope_of
from engine.runtime.alerts.alert_commands import AlertHost, user_meant
from engine.runtime.operations.command_keys import CommandKeys
from engine.runtime.recorder.durability import DurabilityBarrier

LOOKED_THROUGH = 300  # newest rows of the audit, for what is there already
TRIES = 2  # more: an alert may be closed between the look at it and the change


class IntentHost(AlertHost, ScopesHost, Protocol):
    """What this needs of the engine."""

    @property
    def command_keys(self) -> CommandKeys: ...

    @property
    def durability(self) -> DurabilityBarrier: ...


class IntentJudge:
    """Any thread but the engine's; it waits for the record. An alert keeps the ids of what was brought: what comes again changes nothing,
    also after a kill at any moment."""

    def __init__(self, host: IntentHost) -> None:
        self._host = host

    def take(self, intent: Intent, command: AlertIntent, user: User) -> IntentEnd:
        """`user`: who said it, as far as the site believes its hub. Raises EnvironmentFault: it has to be brought again."""
        try:
            return self._take(intent, command, user)
        except EnvironmentFault:
            raise
        except WatchroomError as error:
            return IntentEnd(intent.id, IntentState.REFUSED, str(error))

    def _take(self, intent: Intent, command: AlertIntent, user: User) -> IntentEnd:
        check_texts(command)
        life.alert_ids(command)
        check_verb(Session("intent", user, ROLE_VERBS[user.role]), command.verb)
        account = self._host.accounts.admit_vouched(user)
        if self._host.command_keys.is_done(account.id, intent.id):
            return IntentEnd(intent.id, IntentState.DONE, "The site had heard of it directly.")
        if isinstance(command, AssignAlert):
            own = command.assignee == intent.by and not command.assignee_id
            command = user_meant(self._host, replace(command, assignee_id=account.id) if own else command)
        said = replace(intent, command=command, by=account.name, by_id=account.id)
        return self._bring(said, Session("intent", account, ROLE_VERBS[account.role], cameras=account.cameras))

    def _bring(self, intent: Intent, session: Session) -> IntentEnd:
        found = self._visible(intent, session)
        acts = self._acts_after(intent, found)
        for _ in range(TRIES):
            if len(acts) == len(found):
                break
            acts = self._acts_after(intent, self._alerts(intent))
        if not acts:
            return IntentEnd(intent.id, IntentState.REFUSED, "The alert has as many entries as are kept.")
        self._audit(intent, session, acts)
        return _end(intent, acts)

    def _acts_after(self, intent: Intent, alerts: Several[Alert]) -> Several[tuple[Alert, HubAct]]:
        """What the alerts keep of it once the pipeline has heard it and the record has that."""
        closed = tuple(alert for alert in alerts if not alert.open)
        self._host.alerts.bring(intent, closed, self._host.clock.now_ns())
        self._host.durability.wait()
        return [(alert, act) for alert in self._alerts(intent) if (act := _act(alert, intent)) is not None]

    def _visible(self, intent: Intent, session: Session) -> tuple[Alert, ...]:
        """Raises NotFound: none of them is there, or one is none of theirs."""
        found, scope = self._alerts(intent), scope_of(self._host, session)
        hidden = [alert for alert in found if scope is not None and alert.camera_id not in scope]
        if not found or hidden:
            raise NotFound(f"There is no alert {intent.alert_ids[0][:80]!r} at this site.")
        return found

    def _alerts(self, intent: Intent) -> tuple[Alert, ...]:
        """Open or closed, as far as they are kept."""
        if any(self._host.alerts.alert(alert_id) is None for alert_id in intent.alert_ids):
            self._host.durability.wait()  # what was closed a moment ago is in the record then
        return tuple(alert for alert_id in intent.alert_ids if (alert := self._alert(alert_id)) is not None)

    def _alert(self, alert_id: str) -> Alert | None:
        now = self._host.alerts.alert(alert_id)
        return now or next(iter(self._host.record.store.answer(ListAlerts(1, alert_id=alert_id)).alerts), None)

    def _audit(self, intent: Intent, session: Session, acts: Several[tuple[Alert, HubAct]]) -> None:
        """A row for each alert; those of before a kill are not written again."""
        now_ns = self._host.clock.now_ns()
        there = {(row.verb, row.subject, row.detail) for row in self._host.record.store.audit(LOOKED_THROUGH)}
        for alert, act in acts:
            row = AuditRow.of(now_ns, session.user, _verb(intent), alert.id, _audit_detail(intent, act))
            if (row.verb, row.subject, row.detail) not in there:
                self._host.audit.keep(row)


def _act(alert: Alert, intent: Intent) -> HubAct | None:
    return next((act for act in alert.hub_acts if act.intent_id == intent.id), None)


def _end(intent: Intent, acts: Several[tuple[Alert, HubAct]]) -> IntentEnd:
    if any(act.outcome is IntentState.DONE for _, act in acts):
        return IntentEnd(intent.id, IntentState.DONE)
    alert, _ = acts[0]
    if not alert.open:
        return IntentEnd(intent.id, IntentState.BESIDE, "The alert was closed at the site before.")
    return IntentEnd(intent.id, IntentState.BESIDE, f"{alert.assignee or 'Somebody at the site'} had it before.")


def _verb(intent: Intent) -> AuditVerb:
    match intent.command:
        case ChangeAlert():
            return AuditVerb.CHANGE_ALERT
        case AssignAlert():
            return AuditVerb.ASSIGN_ALERT
        case _:
            return AuditVerb.NOTE_ALERT


def _audit_detail(intent: Intent, act: HubAct) -> str:
    what = ", ".join(each.value for each in (act.state, act.disposition) if each is not None)
    beside = "" if act.outcome is IntentState.DONE else ", after somebody else"
    said = f"said at the hub {to_iso(intent.said_ns)} while this site was away{beside}; intent {intent.id}"
    return f"{what}; {said}" if what else said

"""Commands: alerts, the site mode, and the rules."""

from dataclasses import replace
from typing import Protocol

from engine.alerts import life
from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert
from engine.model.alerts.commands import (
    AlertEdit,
    AssignAlert,
    ChangeAlert,
    ChangeAlerting,
    DoStep,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    SetSiteMode,
    ShelveAlert,
)
from engine.model.errors import Conflict, InputError, NotFound
from engine.model.question import ListAlerts
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.scopes import require_found
from engine.runtime.alerts.alert_side import AlertSide
from engine.runtime.alerts.rule_questions import check_places
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import (
    OUTCOME,
    AuditEntry,
    Commands,
    CommandSpec,
    NotUndoable,
    Pseudonym,
    audited,
    audited_as,
    not_audited,
    site_wide,
    within_scope,
)
from engine.runtime.ports import AuditLog
from engine.runtime.recorder.record import Record
from engine.runtime.settings.settings_undo import settings_undo

NO_LONGER_HELD = "It is no longer held: somebody promoted it, or too much came after it."


class AlertHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def alerts(self) -> AlertSide: ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...


def _set_mode(engine: AlertHost, command: SetSiteMode, session: Session) -> str:
    engine.update_settings(lambda now: replace(now, alerts=replace(now.alerts, mode=command.mode)), session.user.name)
    return command.mode.value


def _change_rules(engine: AlertHost, command: ChangeAlerting, session: Session) -> str:
    """Rules and arming; the mode is `SetSiteMode`'s, and an operator may have changed it while the rules were edited."""
    alerts = command.alerts

    def changed(now: Settings) -> Settings:
        if alerts.version != now.alerts.version:
            raise Conflict(
                "version",
                f"The rules were changed meanwhile: they are version {now.alerts.version} now, and yours are made from version "
                f"{alerts.version}. Load them again and repeat your change.",
            )
        check_places(alerts, now)
        return replace(now, alerts=replace(alerts, version=alerts.version + 1, mode=now.alerts.mode))

    engine.update_settings(changed, session.user.name)
    return str(alerts.version + 1)


def _promote(engine: AlertHost, command: PromoteHeld, session: Session) -> str:
    if engine.alerts.held_decision(command.decision_id) is None:
        raise NotFound(NO_LONGER_HELD)
    raised = [a for a in engine.alerts.enter(command, session.user, engine.clock.now_ns()) if a.decision_id == command.decision_id]
    if not raised:
        raise NotFound("It is no longer held: it was raised a moment ago.")
    return raised[0].id


def _may_promote(engine: AlertHost, command: PromoteHeld, _: Session, scope: Scope) -> bool:
    held = engine.alerts.held_decision(command.decision_id)
    return require_found(held is not None and held.camera_id in scope, NO_LONGER_HELD)


def _edit(engine: AlertHost, edit: AlertEdit, session: Session) -> str:
    """Of several alerts those are left out for which it is too late; refused where it is for all."""
    by = session.user
    if isinstance(edit, AssignAlert):
        edit = user_meant(engine, edit)
    ids, now_ns = life.alert_ids(edit), engine.clock.now_ns()
    known = [_open_alert(engine, alert_id, edit, by) for alert_id in ids]
    if isinstance(edit, SeeAlert) and known[0].is_seen_by(by):
        return ids[0]
    refused = [error for alert in known if (error := _refusal(alert, edit, by, now_ns)) is not None]
    if len(refused) == len(known):
        if isinstance(refused[0], Conflict) and isinstance(edit, ChangeAlert):
            _audit_second(engine, edit, known[0], by)
        raise refused[0]
    engine.alerts.enter(edit, by, now_ns)
    return ids[0]


def _refusal(alert: Alert, edit: AlertEdit, by: UserRef, now_ns: int) -> InputError | None:
    try:
        life.edited(alert, edit, by, now_ns)
    except InputError as error:
        taken = isinstance(edit, ChangeAlert) and life.is_behind(edit.state, alert) and alert.assignee and not alert.is_with(by)
        return _conflict(alert) if taken else error
    return None


def _open_alert(engine: AlertHost, alert_id: str, edit: AlertEdit, by: UserRef) -> Alert:
    """Raises NotFound; Conflict where somebody closes what was closed a moment ago: what they said of it is in the audit then."""
    alert = engine.alerts.alert(alert_id)
    if alert is not None:
        return alert
    if isinstance(edit, ChangeAlert) and edit.disposition is not None and len(edit.alert_ids) == 1:
        closed = next(iter(engine.record.store.answer(ListAlerts(1, alert_id=alert_id)).alerts), None)
        if closed is not None and not closed.open:
            _audit_second(engine, edit, closed, by)
            raise _conflict(closed)
    raise NotFound(_not_open(alert_id))


def _conflict(alert: Alert) -> Conflict:
    """For whoever comes second."""
    said = life.state_word(alert.state) if alert.disposition is None else f"{life.state_word(alert.state)} ({alert.disposition.value})"
    message = f"{alert.assignee or 'Somebody else'} was first: the alert is {said}. Nothing was changed."
    return Conflict("state", message, ("state",), alert.assignee, alert.changed_ns)


def _audit_second(engine: AlertHost, change: ChangeAlert, alert: Alert, by: UserRef) -> None:
    """That somebody else did it at the same time, and what they said it was."""
    said = ", ".join(each.value for each in (change.state, change.disposition) if each is not None)
    row = AuditRow.of(engine.clock.now_ns(), by, AuditVerb.CHANGE_ALERT, alert.id, f"{said}; not done, after somebody else")
    engine.audit.note(row)


def _not_open(alert_id: str) -> str:
    return f"There is no open alert {alert_id[:80]!r}. Somebody may have closed it."


def _state_now(engine: AlertHost, command: ChangeAlert) -> ChangeAlert | None:
    first = _first_alert(engine, command)
    return None if first is None else replace(command, state=first.state)


def _assignee_now(engine: AlertHost, command: AssignAlert) -> AssignAlert | None:
    first = _first_alert(engine, command)
    return None if first is None else replace(command, assignee=first.assignee)


def _first_alert(engine: AlertHost, command: ChangeAlert | AssignAlert) -> Alert | None:
    """None where it is not open any more, which the handler says."""
    return engine.alerts.alert(command.alert_ids[0]) if command.alert_ids else None


def _may_edit(engine: AlertHost, edit: AlertEdit, _: Session, scope: Scope) -> bool:
    return all(_is_shown(engine, alert_id, scope) for alert_id in life.alert_ids(edit))


def _is_shown(engine: AlertHost, alert_id: str, scope: Scope) -> bool:
    alert = engine.alerts.alert(alert_id)
    return require_found(alert is not None and alert.camera_id in scope, _not_open(alert_id))


def user_meant(engine: AlertHost, edit: AssignAlert) -> AssignAlert:
    """With the id and the name of now. Raises InputError: no such user."""
    name = edit.assignee.strip()
    if not name and not edit.assignee_id:
        return edit
    users = engine.accounts.users()
    found = next((user for user in users if (user.id == edit.assignee_id if edit.assignee_id else user.name == name)), None)
    if found is None:
        raise InputError("assignee", f"There is no user {(name or edit.assignee_id)[:80]!r}.")
    return replace(edit, assignee=found.name, assignee_id=found.id)


def _changed(command: ChangeAlert, _: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    detail = command.state.value if command.disposition is None else f"{command.state.value}, {command.disposition.value}"
    return tuple((AuditVerb.CHANGE_ALERT, alert_id, detail) for alert_id in command.alert_ids)


def _shelved(command: ShelveAlert, _: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    return tuple((AuditVerb.SHELVE_ALERT, alert_id, f"{command.seconds:g} s") for alert_id in command.alert_ids)


def _assigned(command: AssignAlert, _: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    return tuple((AuditVerb.ASSIGN_ALERT, alert_id, "") for alert_id in command.alert_ids)


def _step_in_words(command: DoStep, _: str) -> str:
    return f"step {command.step} {'done' if command.done else 'not done'}"


def _rules_in_words(command: ChangeAlerting, _: str) -> str:
    return f"after version {command.alerts.version}: {len(command.alerts.rules)} rules"


_ALERT_HISTORY = NotUndoable("the history of an alert is only added to")
CHANGE_ALERTING = CommandSpec(
    ChangeAlerting,
    handler=_change_rules,
    scope=site_wide,
    audit=audited(AuditVerb.CHANGE_ALERTING, detail=_rules_in_words),
    undo=settings_undo(),
    durable=True,
)
COMMANDS: Commands[AlertHost] = (
    CHANGE_ALERTING,
    CommandSpec(
        SetSiteMode,
        handler=_set_mode,
        scope=site_wide,
        audit=audited(AuditVerb.SET_MODE, detail="mode.value"),
        undo=NotUndoable("the mode is set back"),
        durable=True,
    ),
    CommandSpec(
        ChangeAlert,
        handler=_edit,
        scope=within_scope(_may_edit),
        audit=audited_as(_changed),
        undo=_ALERT_HISTORY,
        durable=True,
        current=_state_now,
    ),
    CommandSpec(ShelveAlert, handler=_edit, scope=within_scope(_may_edit), audit=audited_as(_shelved), undo=_ALERT_HISTORY, durable=True),
    CommandSpec(
        AssignAlert,
        handler=_edit,
        scope=within_scope(_may_edit),
        audit=audited_as(_assigned),
        undo=_ALERT_HISTORY,
        durable=True,
        current=_assignee_now,
    ),
    CommandSpec(
        NoteAlert,
        handler=_edit,
        scope=within_scope(_may_edit),
        audit=audited(AuditVerb.NOTE_ALERT, "alert_id"),
        undo=_ALERT_HISTORY,
        durable=True,
    ),
    CommandSpec(
        DoStep,
        handler=_edit,
        scope=within_scope(_may_edit),
        audit=audited(AuditVerb.DO_STEP, "alert_id", _step_in_words),
        undo=_ALERT_HISTORY,
        durable=True,
    ),
    CommandSpec(
        SeeAlert,
        handler=_edit,
        scope=within_scope(_may_edit),
        audit=not_audited("the alert itself keeps who has seen it"),
        undo=_ALERT_HISTORY,
        durable=True,
    ),
    CommandSpec(
        PromoteHeld,
        handler=_promote,
        scope=within_scope(_may_promote),
        audit=audited(AuditVerb.PROMOTE_HELD, "decision_id", OUTCOME),
        undo=_ALERT_HISTORY,
        durable=True,
    ),
)

"""What sessions tell the engine to do about alerts, carried out on the caller's thread."""

from dataclasses import replace

from engine.alerts import life
from engine.model.alert import Alert
from engine.model.alert_command import AlertCommand, AlertEdit, AssignAlert, ChangeAlerting, PromoteHeld, SeeAlert, SetSiteMode
from engine.model.alert_settings import AlertSettings, SiteMode
from engine.model.errors import InputError, NotFound
from engine.model.settings import Settings
from engine.runtime.alerts.rule_questions import check_places
from engine.runtime.engine import Engine


def execute_alert(engine: Engine, command: AlertCommand, by: str) -> str:
    """The id that the command made or concerned. The caller has checked the verb."""
    match command:
        case SetSiteMode(mode):
            return _set_mode(engine, mode, by)
        case ChangeAlerting(alerts):
            return _change(engine, alerts, by)
        case PromoteHeld():
            return _promote(engine, command, by)
        case _:
            return _edit(engine, command, by)


def _set_mode(engine: Engine, mode: SiteMode, by: str) -> str:
    engine.update_settings(lambda now: replace(now, alerts=replace(now.alerts, mode=mode)), by)
    return mode.value


def _change(engine: Engine, alerts: AlertSettings, by: str) -> str:
    """Rules and arming; the mode is `SetSiteMode`'s, and an operator may have changed it while the rules were edited."""

    def changed(now: Settings) -> Settings:
        if alerts.version != now.alerts.version:
            raise InputError(
                "version",
                f"The rules were changed meanwhile: they are version {now.alerts.version} now, and yours are made from version "
                f"{alerts.version}. Load them again and repeat your change.",
            )
        check_places(alerts, now)
        return replace(now, alerts=replace(alerts, version=alerts.version + 1, mode=now.alerts.mode))

    engine.update_settings(changed, by)
    return str(alerts.version + 1)


def _promote(engine: Engine, command: PromoteHeld, by: str) -> str:
    if engine.alerts.held(command.decision_id) is None:
        raise NotFound("It is no longer held: somebody promoted it, or too much came after it.")
    raised = [a for a in engine.alerts.enter(command, by, engine.clock.now_ns()) if a.decision_id == command.decision_id]
    if not raised:
        raise NotFound("It is no longer held: somebody promoted it a moment ago.")
    return raised[0].id


def _edit(engine: Engine, edit: AlertEdit, by: str) -> str:
    """Of several alerts those are left out for which it is too late; refused where it is for all."""
    if isinstance(edit, AssignAlert):
        _check_user(engine, edit.assignee.strip())
    ids, now_ns = life.alert_ids(edit), engine.clock.now_ns()
    known = [_known(engine, alert_id) for alert_id in ids]
    if isinstance(edit, SeeAlert) and by in known[0].seen_by:
        return ids[0]
    refused = [error for alert in known if (error := _refusal(alert, edit, by, now_ns)) is not None]
    if len(refused) == len(known):
        raise refused[0]
    engine.alerts.enter(edit, by, now_ns)
    return ids[0]


def _refusal(alert: Alert, edit: AlertEdit, by: str, now_ns: int) -> InputError | None:
    try:
        life.edited(alert, edit, by, now_ns)
    except InputError as error:
        return error
    return None


def _known(engine: Engine, alert_id: str) -> Alert:
    alert = engine.alerts.alert(alert_id)
    if alert is None:
        raise NotFound(f"There is no open alert {alert_id[:80]!r}. Somebody may have closed it.")
    return alert


def _check_user(engine: Engine, name: str) -> None:
    if name and name not in {user.name for user in engine.accounts.users()}:
        raise InputError("assignee", f"There is no user {name[:80]!r}.")

"""The life of an alert: new, acknowledged, in progress, closed. What an operator may do with it, and what it becomes.

Alerts go forward only; steps may be left out. Each function gives the alert as it is afterwards, or raises InputError with a sentence.
"""

from dataclasses import replace

from engine.model.accounts.user_ref import NamedUser, UserRef
from engine.model.alerts.alert import Alert, AlertState, IntentState, Note
from engine.model.alerts.commands import (
    LONGEST_SHELF_S,
    AlertEdit,
    AssignAlert,
    ChangeAlert,
    DoStep,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    ShelveAlert,
)
from engine.model.alerts.intent import Intent, act_of
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.people.commands import ErasePerson
from engine.model.time import seconds_to_ns

MOST_LEVEL = 10  # escalated so often, nobody is there
MOST_EVENTS = 200
MOST_NOTES, LONGEST_NOTE, LONGEST_NAME = 100, 2_000, 120
MOST_AT_ONCE = 500
MOST_HUB_ACTS = 100
_ORDER = (AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.IN_PROGRESS, AlertState.CLOSED)
_WORDS = {
    AlertState.NEW: "new",
    AlertState.ACKNOWLEDGED: "acknowledged",
    AlertState.IN_PROGRESS: "in progress",
    AlertState.CLOSED: "closed",
}


def alert_ids(edit: AlertEdit) -> tuple[str, ...]:
    """Of the alerts that it is about. Raises InputError: none, or too many."""
    match edit:
        case ChangeAlert() | ShelveAlert() | AssignAlert():
            if not 1 <= len(edit.alert_ids) <= MOST_AT_ONCE:
                raise InputError("alert_ids", f"are {len(edit.alert_ids)}; 1 to {MOST_AT_ONCE} are taken at once")
            return edit.alert_ids
        case PromoteHeld():
            return ()
        case NoteAlert() | DoStep() | SeeAlert():
            return (edit.alert_id,)


def edited(alert: Alert, edit: AlertEdit, by: UserRef, at_ns: int) -> Alert:
    """The alert after what an operator did. Raises InputError."""
    match edit:
        case ChangeAlert():
            return _change_state(alert, edit, by, at_ns)
        case ShelveAlert(_, seconds, reason):
            return _shelved(alert, seconds, reason.strip(), at_ns)
        case AssignAlert(_, assignee, assignee_id):
            name = _checked_text("assignee", assignee, LONGEST_NAME, needed=False)
            return _touched(_require_open(alert), at_ns, assignee=name, assignee_id=assignee_id)
        case NoteAlert(_, text):
            return _with_note(_require_open(alert), by, text, at_ns)
        case DoStep(_, step, done):
            return _stepped(_require_open(alert), step, done, at_ns)
        case SeeAlert():
            return alert if alert.is_seen_by(by) else _with_viewer(alert, by)
        case PromoteHeld():
            raise InputError("decision_id", "is of what was held, not of an alert")


def join_intent(alert: Alert, intent: Intent, anew_ns: int, at_ns: int) -> Alert:
    """The alert once its site hears what was said at the hub: it goes forward only, who had it first keeps it, and what was said is kept
    beside that. The same alert where it has heard it before. `anew_ns`: since when it asks for somebody anew; 0: it does
    not. Raises InputError."""
    by, command = NamedUser(intent.by, intent.by_id), intent.command
    if isinstance(command, ErasePerson) or any(act.intent_id == intent.id for act in alert.hub_acts):
        return alert
    if len(alert.hub_acts) >= MOST_HUB_ACTS:
        raise InputError("alert_id", f"The alert has {MOST_HUB_ACTS} entries of the hub already, which is as many as are kept.")
    if isinstance(command, NoteAlert):
        after, done = _with_note(alert, by, command.text, intent.said_ns), True
    elif done := _goes_forward(alert, intent, command, anew_ns):
        after = edited(alert, command, by, at_ns)
    elif isinstance(command, ChangeAlert) and command.note.strip():
        after = _with_note(alert, by, command.note, intent.said_ns)
    else:
        after = alert
    act = act_of(intent, IntentState.DONE if done else IntentState.BESIDE)
    return _touched(after, at_ns, hub_acts=(*alert.hub_acts, act))


def _goes_forward(alert: Alert, intent: Intent, command: ChangeAlert | AssignAlert, anew_ns: int) -> bool:
    """Not where it became graver since: nobody at the hub knew that."""
    if not alert.open:
        return False
    match command:
        case ChangeAlert(_, state):
            return not is_behind(state, alert) and (alert.state is not AlertState.NEW or anew_ns <= intent.said_ns)
        case AssignAlert():
            return not alert.assignee or alert.assignee == intent.seen_assignee


def with_user_ids(alert: Alert, other: Alert) -> Alert:
    """With the ids of users that the other has of the same alert, where they are not known here."""
    assignee_id = alert.assignee_id or (other.assignee_id if alert.assignee == other.assignee else "")
    notes = {(note.at_ns, note.by, note.text): note for note in other.notes}
    return replace(
        alert,
        assignee_id=assignee_id,
        seen_by_ids=other.seen_by_ids if alert.seen_by == other.seen_by and not any(alert.seen_by_ids) else alert.seen_by_ids,
        notes=tuple(note if note.by_id else notes.get((note.at_ns, note.by, note.text), note) for note in alert.notes),
    )


def is_behind(state: AlertState, alert: Alert) -> bool:
    """Whether the alert is as far already."""
    return _ORDER.index(state) <= _ORDER.index(alert.state)


def state_word(state: AlertState) -> str:
    return _WORDS[state]


def with_event(alert: Alert, event_id: str, at_ns: int) -> Alert:
    """It came again: another event of the same. The first and the newest are kept."""
    ids = (*(each for each in alert.event_ids if each != event_id), event_id)
    kept = ids if len(ids) <= MOST_EVENTS else (ids[0], *ids[-MOST_EVENTS + 1 :])
    return replace(alert, event_ids=kept, changed_ns=max(at_ns, alert.changed_ns), ended=False)


def worsened(alert: Alert, severity: Severity, at_ns: int) -> Alert:
    """What it is about became graver. Who acknowledged something less is told again (ISA-18.2: re-alarming)."""
    if severity <= alert.severity:
        return alert
    again = alert.state is AlertState.ACKNOWLEDGED and severity >= Severity.HIGH
    return _touched(alert, at_ns, severity=severity, state=AlertState.NEW if again else alert.state)


def escalated(alert: Alert, since_ns: int, escalate_s: float, now_ns: int) -> Alert:
    """With one level for each time that nobody answered; not while it is shelved. `since_ns`: from when on somebody could."""
    if alert.state is not AlertState.NEW or alert.shelved(now_ns):
        return alert
    level = min(max(now_ns - since_ns, 0) // seconds_to_ns(escalate_s), MOST_LEVEL)
    return _touched(alert, now_ns, level=int(level)) if level > alert.level else alert


def _change_state(alert: Alert, change: ChangeAlert, by: UserRef, at_ns: int) -> Alert:
    if alert.state is AlertState.CLOSED:
        raise InputError("state", "The alert is closed; what is closed stays so. If it happens again, there is a new alert.")
    if is_behind(change.state, alert):
        raise InputError("state", f"The alert is {_WORDS[alert.state]} and cannot become {_WORDS[change.state]}: alerts go forward only.")
    if change.state is AlertState.CLOSED and change.disposition is None:
        raise InputError("disposition", "is needed to close an alert: say whether it was true, benign, false, or unknown.")
    if change.state is not AlertState.CLOSED and change.disposition is not None:
        raise InputError("disposition", "is said when the alert is closed.")
    noted = _with_note(alert, by, change.note, at_ns) if change.note.strip() else alert
    owner = NamedUser(alert.assignee, alert.assignee_id) if alert.assignee else by
    return _touched(noted, at_ns, state=change.state, disposition=change.disposition, assignee=owner.name, assignee_id=owner.id)


def _shelved(alert: Alert, seconds: float, reason: str, at_ns: int) -> Alert:
    _require_open(alert)
    if seconds == 0:
        if alert.shelved_until_ns is None:
            raise InputError("seconds", "The alert is not shelved.")
        return _touched(alert, at_ns, shelved_until_ns=None, shelved_reason="")
    if not 1 <= seconds <= LONGEST_SHELF_S:
        raise InputError(
            "seconds", f"{seconds:g} is outside 1–{LONGEST_SHELF_S:.0f}: what is shelved comes back, after seven days at most."
        )
    kept = _checked_text("reason", reason, LONGEST_NOTE, needed=True)
    return _touched(alert, at_ns, shelved_until_ns=at_ns + seconds_to_ns(seconds), shelved_reason=kept)


def _with_viewer(alert: Alert, by: UserRef) -> Alert:
    known = (*alert.seen_by_ids, *("" for _ in alert.seen_by[len(alert.seen_by_ids) :]))
    return replace(alert, seen_by=(*alert.seen_by, by.name), seen_by_ids=(*known, by.id))


def _with_note(alert: Alert, by: UserRef, text: str, at_ns: int) -> Alert:
    if len(alert.notes) >= MOST_NOTES:
        raise InputError("text", f"The alert has {MOST_NOTES} notes already, which is as many as are kept.")
    note = Note(at_ns, by.name, _checked_text("text", text, LONGEST_NOTE, needed=True), by.id)
    return _touched(alert, at_ns, notes=(*alert.notes, note))


def _stepped(alert: Alert, step: int, done: bool, at_ns: int) -> Alert:
    if not 0 <= step < len(alert.procedure):
        raise InputError("step", f"There is no step {step + 1}: the procedure has {len(alert.procedure)}.")
    others = {each for each in alert.steps_done if each != step}
    return _touched(alert, at_ns, steps_done=tuple(sorted(others | {step} if done else others)))


def _require_open(alert: Alert) -> Alert:
    if not alert.open:
        raise InputError("alert_id", "The alert is closed, and is not changed any more.")
    return alert


def _checked_text(field: str, text: str, longest: int, needed: bool) -> str:
    kept = text.strip()
    if (needed and not kept) or len(kept) > longest:
        raise InputError(field, f"needs {1 if needed else 0} to {longest} characters; it has {len(kept)}.")
    return kept


def _touched(alert: Alert, at_ns: int, **changes: object) -> Alert:
    return replace(alert, changed_ns=max(at_ns, alert.changed_ns), **changes)  # type: ignore[arg-type]

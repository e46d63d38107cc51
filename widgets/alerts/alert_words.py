"""Words for alerts and decisions, ready for translation."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.model.alerts.alert import Alert, AlertState, Disposition, HubAct, IntentState
from engine.model.alerts.decision import CandidateKind, Decision, Outcome
from engine.model.alerts.intent import taker
from engine.model.alerts.settings import RuleMode, SiteMode
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from widgets.theme import severity_word
from widgets.time_text import clock_text, duration_text
from widgets.translation import tr
from widgets.words import kind_word

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def alert_title(alert: Alert) -> str:
    """What it is, short enough for a row."""
    return kind_word(alert.kind)


def alert_place(alert: Alert, cameras: Mapping[str, str] = NO_NAMES, places: Mapping[str, str] = NO_NAMES) -> str:
    """Zone and camera, by their names where they have one."""
    if alert.kind is EventKind.NODE_LOST:
        return places.get(alert.subject_id, alert.subject_id)
    if alert.kind is EventKind.INCIDENT and not alert.zone_id and not alert.camera_id:
        return places.get(alert.incident_id, "")
    return _zone_and_camera(alert.zone_id, alert.camera_id, cameras, places)


def decision_place(decision: Decision, cameras: Mapping[str, str] = NO_NAMES, places: Mapping[str, str] = NO_NAMES) -> str:
    return _zone_and_camera(decision.zone_id, decision.camera_id, cameras, places)


def _zone_and_camera(zone_id: str, camera_id: str, cameras: Mapping[str, str], places: Mapping[str, str]) -> str:
    zone, camera = places.get(zone_id, zone_id), cameras.get(camera_id, camera_id)
    return " · ".join(dict.fromkeys(part for part in (zone, camera) if part))  # a camera is often called after what it looks at


def decision_title(decision: Decision) -> str:
    if decision.facts is not None:
        return kind_word(decision.facts.kind)
    return candidate_word(decision.candidate)


def candidate_word(kind: CandidateKind) -> str:
    """A candidate of which no event has come."""
    return {
        CandidateKind.SEQUENCE: tr("Possible person"),
        CandidateKind.MOTION: tr("Possible motion"),
        CandidateKind.SENSOR_FAULT: tr("Possible sensor fault"),
        CandidateKind.BLOB: tr("Possible presence"),
        CandidateKind.FALL: tr("Possible fall"),
        CandidateKind.ZONE: tr("Possible zone entry or crossing"),
        CandidateKind.ACTIVITY: tr("Possible activity"),
        CandidateKind.GESTURE: tr("Possible gesture"),
        CandidateKind.IDENTITY: tr("Possible identity"),
        CandidateKind.INCIDENT: tr("Possible incident"),
        CandidateKind.SMOKE: tr("Possible smoke"),
        CandidateKind.ENGINE_FAULT: tr("Possible engine fault"),
    }[kind]


def state_word(state: AlertState) -> str:
    return {
        AlertState.NEW: tr("New"),
        AlertState.ACKNOWLEDGED: tr("Acknowledged"),
        AlertState.IN_PROGRESS: tr("In progress"),
        AlertState.CLOSED: tr("Closed"),
    }[state]


def disposition_word(disposition: Disposition) -> str:
    return {
        Disposition.TRUE: tr("True alarm"),
        Disposition.BENIGN: tr("Genuine, no threat"),
        Disposition.FALSE: tr("False alarm"),
        Disposition.UNKNOWN: tr("Undetermined"),
    }[disposition]


def disposition_hint(disposition: Disposition) -> str:
    return {
        Disposition.TRUE: tr("It happened and needed a response"),
        Disposition.BENIGN: tr("It happened and was harmless"),
        Disposition.FALSE: tr("It did not happen"),
        Disposition.UNKNOWN: tr("The evidence does not show which"),
    }[disposition]


def mode_word(mode: SiteMode) -> str:
    return {SiteMode.HOME: tr("Home"), SiteMode.AWAY: tr("Away"), SiteMode.NIGHT: tr("Night")}[mode]


def rule_mode_word(mode: RuleMode) -> str:
    return {RuleMode.ARMED: tr("Armed"), RuleMode.SHADOW: tr("On trial"), RuleMode.OFF: tr("Off")}[mode]


def is_on_trial(decision: Decision) -> bool:
    """A rule on trial would have raised it."""
    return any(reading.gate == "on trial" for reading in decision.gates)


def outcome_word(outcome: Outcome) -> str:
    return {Outcome.RAISED: tr("Raised"), Outcome.HELD: tr("Held"), Outcome.REJECTED: tr("Rejected")}[outcome]


def shelf_text(alert: Alert, now_ns: int) -> str:
    """`for another 12 min 05 s`, empty where it is not shelved."""
    if alert.shelved_until_ns is None or not alert.shelved(now_ns):
        return ""
    return tr("Shelved for another {0}").format(duration_text(alert.shelved_until_ns - now_ns))


def hub_text(alert: Alert, now_ns: int) -> str:
    """What was said at the hub while its site was away, a line each; empty where nothing was."""
    return "\n".join(_act_text(act, alert, now_ns) for act in alert.hub_acts)


def _act_text(act: HubAct, alert: Alert, now_ns: int) -> str:
    match act.outcome:
        case IntentState.WAITING:
            return _waiting_text(act)
        case IntentState.REFUSED:
            return tr("The site refused what {0} did here at {1}.").format(act.by, clock_text(act.said_ns, now_ns))
        case IntentState.EXPIRED:
            return tr("The site could not be told for seven days what {0} did here at {1}.").format(act.by, clock_text(act.said_ns, now_ns))
        case _:
            return _told_text(act, alert, now_ns)


def taker_text(alert: Alert) -> str:
    """Who took it at the hub, for a row; empty where nobody did, or the site knows."""
    act = taker(alert)
    return "" if act is None else tr("{0}, site not told yet").format(act.by)


def _waiting_text(act: HubAct) -> str:
    if act.disposition is not None:
        said = tr("Closed here by {0}: {1}.").format(act.by, disposition_word(act.disposition))
    elif act.state is not None:
        said = tr("Taken here by {0}.").format(act.by)
    elif act.assignee:
        said = tr("Assigned here to {1} by {0}.").format(act.by, act.assignee)
    else:
        said = tr("Note by {0}.").format(act.by)
    return tr("{0} The site has not been told yet.").format(said)


def _told_text(act: HubAct, alert: Alert, now_ns: int) -> str:
    """Of a verdict that is another than the site's both are said."""
    when = clock_text(act.said_ns, now_ns)
    if act.disposition is not None and alert.disposition not in (None, act.disposition):
        verdicts = disposition_word(act.disposition), disposition_word(alert.disposition)
        return tr("Closed by {0} at the hub at {1}: {2}. The site had closed it: {3}.").format(act.by, when, *verdicts)
    if act.disposition is not None:
        return tr("Closed by {0} at the hub at {1}: {2}.").format(act.by, when, disposition_word(act.disposition))
    return _told_words(act).format(act.by, when, act.assignee)


def _told_words(act: HubAct) -> str:
    """{0}: who, {1}: when, {2}: to whom."""
    beside = act.outcome is IntentState.BESIDE
    if act.state is not None:
        return tr("Also taken by {0} at the hub at {1}; somebody was first.") if beside else tr("Taken by {0} at the hub at {1}.")
    if act.assignee and beside:
        return tr("{0} assigned it to {2} at the hub at {1}; somebody had it.")
    return tr("Assigned to {2} by {0} at the hub at {1}.") if act.assignee else tr("Note by {0} at the hub at {1}.")


def spoken_alert(alert: Alert, place: str, seen: bool) -> str:
    """All that a row shows, for a screen reader."""
    parts = (
        severity_word(alert.severity),
        alert_title(alert),
        place,
        alert.person,
        state_word(alert.state),
        tr("for {0}").format(alert.assignee) if alert.assignee else "",
        taker_text(alert),
        "" if seen else tr("unread"),
        tr("shelved") if alert.shelved_until_ns is not None else "",
        tr("simulated") if alert.simulated else "",
    )
    return ", ".join(part for part in parts if part)


def severity_number(severity: Severity) -> str:
    return tr("{0} ({1} of 5)").format(severity_word(severity), int(severity))


def minutes_text(seconds: float) -> str:
    return duration_text(round(abs(seconds) * SECOND))

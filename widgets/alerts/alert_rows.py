"""Which alerts are shown, in which order, and which belong together. Pure."""

from collections.abc import Mapping, Sequence

from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.timeline import SearchFilter
from engine.model.value_class import dataclass
from widgets.alerts.alert_words import NO_NAMES, alert_place, alert_title, disposition_word, state_word
from widgets.row_limits import NO_LIMITS, alert_fits
from widgets.row_words import row_has
from widgets.theme import severity_word
from widgets.translation import tr


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What the operator asks to see. `state` None: all that are open. `text`: every word has to be found. `limits`: filters that were
    typed or chosen.
    """

    state: AlertState | None = None
    mine: bool = False
    shelved: bool = False
    text: str = ""
    limits: SearchFilter = NO_LIMITS

    def is_open(self) -> bool:
        return self == AlertFilter()

    def lets_through(self, alert: Alert, place: str, user: UserRef, now_ns: int) -> bool:
        if alert.open and alert.shelved(now_ns) != self.shelved:
            return False
        if self.state is not None and alert.state is not self.state:
            return False
        if (self.mine and not alert.is_with(user)) or not alert_fits(self.limits, alert):
            return False
        told = (alert_title(alert), EVENT_NAMES[alert.kind], place, alert.person, alert.reason, alert.assignee, alert.rule_id)
        found = disposition_word(alert.disposition) if alert.disposition is not None else ""
        marks = (state_word(alert.state), found, tr("simulated") if alert.simulated else "")
        return row_has(self.text, (*told, *marks, severity_word(alert.severity), alert.severity.name))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The head of several alerts of one cause."""

    key: str
    title: str
    count: int
    new: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`in_group`: stands below a head."""

    alert: Alert
    in_group: bool = False


Row = GroupRow | AlertRow


def alert_rows(alerts: Sequence[Alert], cameras: Mapping[str, str] = NO_NAMES, places: Mapping[str, str] = NO_NAMES) -> tuple[Row, ...]:
    """Groups by their gravest alert, then the newest; within one the same. What an operator does to an alert does not move it."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(alert.group or alert.id, []).append(alert)
    ordered = [(key, sorted(group, key=_rank)) for key, group in groups.items()]
    ordered.sort(key=lambda pair: _rank(pair[1][0]))
    return tuple(row for key, group in ordered for row in _group_rows(key, group, cameras, places))


def _rank(alert: Alert) -> tuple[int, int, str]:
    return -int(alert.severity), -alert.raised_ns, alert.id


def _group_rows(key: str, group: list[Alert], cameras: Mapping[str, str], places: Mapping[str, str]) -> list[Row]:
    if len(group) == 1:
        return [AlertRow(group[0])]
    new = sum(1 for alert in group if alert.state is AlertState.NEW)
    head = GroupRow(key, _group_title(group[0], cameras, places), len(group), new, group[0].severity)
    return [head, *(AlertRow(alert, True) for alert in group)]


def _group_title(first: Alert, cameras: Mapping[str, str], places: Mapping[str, str]) -> str:
    place = alert_place(first, cameras, places)
    if first.incident_id:
        return tr("Same incident, {0}").format(place) if place else tr("Same incident")
    return tr("Same cause, {0}").format(place) if place else tr("Same cause")

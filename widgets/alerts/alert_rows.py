"""Which alerts are shown, in which order, and which belong together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import Severity
from widgets.alerts.alert_words import NO_NAMES, alert_place, alert_title
from widgets.translation import tr


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What the operator asks to see. `state` None: all that are open. `text`: every word has to be found."""

    state: AlertState | None = None
    severity: Severity = Severity.MINIMAL
    mine: bool = False
    zone_id: str = ""
    shelved: bool = False
    text: str = ""

    def is_open(self) -> bool:
        return self == AlertFilter()

    def lets_through(self, alert: Alert, place: str, user: str, now_ns: int) -> bool:
        if alert.open and alert.shelved(now_ns) != self.shelved:
            return False
        if self.state is not None and alert.state is not self.state:
            return False
        if alert.severity < self.severity or (self.mine and alert.assignee != user):
            return False
        if self.zone_id and alert.zone_id != self.zone_id:
            return False
        words = " ".join((alert_title(alert), place, alert.person, alert.reason, alert.assignee, alert.rule_id)).casefold()
        return all(word in words for word in self.text.casefold().split())


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
        return tr("One incident, {0}").format(place) if place else tr("One incident")
    return tr("One cause, {0}").format(place) if place else tr("One cause")

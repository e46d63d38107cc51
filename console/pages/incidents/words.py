"""What the Incidents page says: headline, counts, empty states, offers, links."""

from collections.abc import Mapping

from engine._geodesic import distance_m
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import EventKind
from engine.model.incidents.incident import Incident, IncidentState, IncidentStatus, Report
from engine.model.question import ListIncidents
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.incidents.incident_card import LinkedItem
from widgets.incidents.incident_filter_bar import IncidentFilter
from widgets.incidents.incident_table import SEVERITY_LEVELS, status_text
from widgets.incidents.incident_words import category_word, distance_text, gap_text, one_line
from widgets.incidents.related_list import Offer, offer_reason
from widgets.maps.incident_layer import MapMark
from widgets.number_text import number_text
from widgets.theme import severity_word
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.words import event_title

_EVERY_NS = 60 * SECOND
_TIP = 70


def incidents_question(chosen: IncidentFilter, settings: Settings, around: tuple[float, float] | None, now_ns: int) -> ListIncidents:
    """The question that a filter is. Times move on by the minute, so that it stays the same question meanwhile."""
    anchor = settings.anchor
    middle = around if chosen.around_chosen else (anchor.latitude, anchor.longitude) if anchor is not None else None
    near = (*middle, chosen.near_km) if chosen.near_km and middle is not None else None
    since_ns = now_ns // _EVERY_NS * _EVERY_NS - chosen.span_s * SECOND if chosen.span_s else None
    text = " ".join(chosen.text.split())
    return ListIncidents(near=near, category=chosen.category, status=chosen.status, state=chosen.state, since_ns=since_ns, text=text)


def headline(snapshot: Snapshot) -> str:
    open_ones = snapshot.incidents.incidents
    if not open_ones:
        return tr("No open incidents")
    if len(open_ones) >= 200:
        return tr("200 or more open incidents")
    return tr("1 open incident") if len(open_ones) == 1 else tr("{0} open incidents").format(number_text(len(open_ones)))


def summary(snapshot: Snapshot) -> str:
    open_ones = snapshot.incidents.incidents
    review = sum(1 for it in open_ones if it.status is IncidentStatus.PENDING_REVIEW)
    offered = sum(1 for it in open_ones if it.related_ids)
    degraded = sum(1 for it in open_ones if it.degraded_reason)
    parts = ((review, tr("{0} pending review")), (offered, tr("{0} possible duplicates")), (degraded, tr("{0} classified locally")))
    return " · ".join(text.format(number_text(count)) for count, text in parts if count)


def count_text(shown: int, more: bool, searched: bool) -> str:
    """How many there are, or how many were read or found so far."""
    if searched:
        return (tr("{0} match so far") if more else tr("{0} match")).format(number_text(shown))
    return (tr("Newest {0}") if more else tr("{0} shown")).format(number_text(shown))


def older_text(searched: bool) -> str:
    return tr("Search &older") if searched else tr("Show &older")


def empty_words(chosen: IncidentFilter, asked: bool, trouble: str) -> tuple[str, str, str]:
    """Title, text and what can be done."""
    if trouble:
        return tr("The record cannot be read"), trouble, tr("Try again")
    if not asked:
        return tr("Reading the record…"), "", ""
    if chosen.narrows:
        return tr("No matches"), tr("No recorded incident matches these filters."), tr("Clear filters")
    text = tr("Reports from people, other systems and files (CSV, GeoJSON) appear here. Reports of one occurrence form one incident.")
    return tr("No open incidents"), text, tr("Import reports…")


class Marks:
    """Marks of incidents on the map; each is made once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Incident, MapMark]] = {}

    def of(self, incidents: tuple[Incident, ...], now_ns: int) -> tuple[MapMark, ...]:
        self._known = {it.id: self._mark(it, now_ns) for it in incidents}
        return tuple(mark for _, mark in self._known.values())

    def _mark(self, it: Incident, now_ns: int) -> tuple[Incident, MapMark]:
        known = self._known.get(it.id)
        if known is not None and known[0] is it:
            return known
        return it, MapMark(it.id, it.latitude, it.longitude, it.severity, _tip(it, now_ns), it.simulated)


def _tip(it: Incident, now_ns: int) -> str:
    words = one_line(it.description[: 2 * _TIP])
    short = words if len(words) <= _TIP else f"{words[:_TIP]}…"
    return f"{clock_text(it.occurred_ns, now_ns)}  {category_word(it.category)}, {severity_word(it.severity).lower()}: {short}"


def report_distances(incident: Incident, reports: tuple[Report, ...]) -> dict[str, float]:
    """From the anchor, metres."""
    return {each.id: distance_m(incident.latitude, incident.longitude, each.latitude, each.longitude) for each in reports}


def reports_note(incident: Incident, reports: tuple[Report, ...] | None, trouble: str, now_ns: int) -> str:
    if trouble:
        return trouble
    if reports is None:
        return tr("Reading the reports…")
    if not reports:
        return tr("No reports: created from sensor data.")
    if len(reports) == 1:
        return tr("One report.")
    first = clock_text(min(each.occurred_ns for each in reports), now_ns)
    if incident.reporter_count == 1:
        return tr("{0} reports from one reporter, first at {1}.").format(number_text(len(reports)), first)
    return tr("{0} reports from {1} reporters, first at {2}.").format(
        number_text(len(reports)), number_text(incident.reporter_count), first
    )


def offers(incident: Incident, others: Mapping[str, Incident]) -> tuple[Offer, ...]:
    """Those that wait for a word first, then those that may be the same."""
    if incident.state is IncidentState.MERGED:
        return ()
    ids = tuple(dict.fromkeys((*incident.review_ids, *incident.related_ids)))
    return tuple(made for each in ids if (made := _offer(incident, each, others.get(each))) is not None)


def _offer(incident: Incident, other_id: str, other: Incident | None) -> Offer | None:
    why = offer_reason(other_id in incident.review_ids)
    if other is None:
        return Offer(other_id, other_id, "neutral", tr("Loading…"), why, "", known=False)
    if other.state is IncidentState.MERGED:
        return None
    away = distance_m(incident.latitude, incident.longitude, other.latitude, other.longitude)
    gap_s = abs(other.occurred_ns - incident.occurred_ns) / SECOND
    title = f"{category_word(other.category)}, {severity_word(other.severity).lower()}"
    where = tr("{0} away, {1} apart. {2}.").format(distance_text(away), gap_text(gap_s), status_text(other))
    return Offer(other_id, title, SEVERITY_LEVELS[other.severity], where, why, other.description)


def links(incident: Incident, snapshot: Snapshot, has_alerts: bool) -> tuple[LinkedItem, ...]:
    """Its alerts, then its events. `has_alerts`: there is a page of alerts."""
    alerts = [each for each in snapshot.alerts.alerts if each.incident_id == incident.id]
    events = [each for each in snapshot.events if each.kind is EventKind.INCIDENT and each.subject_id == incident.id]
    return (
        *(LinkedItem(_alert(each), SEVERITY_LEVELS[each.severity], "alerts" if has_alerts else "", each.id) for each in alerts),
        *(LinkedItem(f"{event_title(each)}, {clock_text(each.started_ns, snapshot.at_ns)}", "neutral") for each in events),
    )


def _alert(alert: Alert) -> str:
    state = {
        AlertState.NEW: tr("new"),
        AlertState.ACKNOWLEDGED: tr("acknowledged"),
        AlertState.IN_PROGRESS: tr("in progress"),
        AlertState.CLOSED: tr("closed"),
    }[alert.state]
    return tr("Alert, {0}, {1}").format(severity_word(alert.severity).lower(), state)

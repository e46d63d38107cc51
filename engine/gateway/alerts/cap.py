"""An alert or incident as a message of the Common Alerting Protocol (OASIS CAP 1.2), for control rooms and warning systems.

Messages are made when they are asked for: the first version of something is an `Alert` under its own id, a later one an `Update` and what
is over a `Cancel`, each under an id of its own that refers to the first. Their scope is `Restricted`: what a site's sensors say is for who
runs it. Whatever is simulated says `Test`. Nobody's name is in them.
"""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine._geodesic import destination
from engine.alerts.words import alert_sentence
from engine.model.alerts.alert import Alert, Disposition
from engine.model.alerts.cap import cap_category, cap_certainty, cap_severity
from engine.model.alerts.decision import Decision
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.settings import Settings
from engine.model.site import Position, SiteAnchor
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.notify.message import nameless, one_line, place_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
_LONGEST_HEADLINE = 160  # characters, as CAP advises
_INCIDENT_KM, _ALERT_KM = 0.05, 0.005  # within these is what people report as one; whoever a sensor places
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _CapContent:
    """What a message says, whatever it is about. `circle`: latitude, longitude, radius in km."""

    id: str
    first_ns: int
    changed_ns: int
    version: str
    over: bool
    note: str
    simulated: bool
    incidents: tuple[str, ...]
    category: str
    event: str
    severity: Severity
    certainty: str
    description: str
    instruction: str
    parameters: tuple[tuple[str, str], ...]
    area: str
    circle: tuple[float, float, float] | None


def of_alert(alert: Alert, decision: Decision | None, settings: Settings, names: Iterable[str]) -> bytes:
    """`decision`: why it was raised, where that is still on record. `names`: of everybody known, who are called “somebody”."""
    place, known = place_of(alert, settings), (alert.person, *names)
    facts = (("kind", alert.kind.value), ("zone", place), ("state", alert.state.value), ("rule", alert.rule_id))
    told = _CapContent(
        id=alert.id,
        first_ns=alert.raised_ns,
        changed_ns=alert.changed_ns,
        version="" if alert.changed_ns == alert.raised_ns else str(alert.changed_ns),
        over=not alert.open,
        note=f"Closed as {alert.disposition.value}." if alert.disposition is not None and not alert.open else "",
        simulated=alert.simulated,
        incidents=(alert.incident_id,) if alert.incident_id else (),
        category=cap_category(alert.kind, decision.facts.label if decision is not None and decision.facts is not None else ""),
        event=alert_sentence(alert.kind).rstrip("."),
        severity=alert.severity,
        certainty=cap_certainty(_confidence(decision), alert.disposition is Disposition.TRUE or _sensors(decision) > 1),
        description=nameless(one_line(alert.reason), known),
        instruction=nameless("\n".join(alert.procedure), known),
        parameters=(*facts, *_severity_level(alert.severity)),
        area=place or _site(settings),
        circle=_circle(alert.position, settings.anchor),
    )
    return _document(told, _site(settings), past=alert.ended or not alert.open)


def of_incident(incident: Incident, settings: Settings, names: Iterable[str]) -> bytes:
    confirmed = bool(incident.validated_by) or incident.reporter_count > 1
    facts = (("category", incident.category.value), ("status", incident.status.value), ("state", incident.state.value))
    degraded = (("degraded_reason", incident.degraded_reason),) if incident.degraded_reason else ()
    recommended = incident.classification.recommendations if incident.classification is not None else ()
    told = _CapContent(
        id=incident.id,
        first_ns=incident.received_ns,
        changed_ns=incident.updated_ns,
        version="" if incident.revision == 1 else str(incident.revision),
        over=incident.state is not IncidentState.OPEN,
        note=f"Merged into {incident.merged_into}." if incident.merged_into else "",
        simulated=incident.simulated,
        incidents=(),
        category=cap_category(EventKind.INCIDENT, incident.category.value),
        event=incident.category.value.replace("_", " ").capitalize(),
        severity=incident.severity,
        certainty=cap_certainty(incident.confidence, confirmed),
        description=nameless(incident.description, names),
        instruction=nameless("\n".join(recommended), names),
        parameters=(*facts, ("reporters", str(incident.reporter_count)), *degraded, *_severity_level(incident.severity)),
        area=f"{incident.latitude:.5f}, {incident.longitude:.5f}",
        circle=(incident.latitude, incident.longitude, _INCIDENT_KM),
    )
    return _document(told, _site(settings), past=told.over)


def _document(told: _CapContent, site: str, past: bool) -> bytes:
    sender = f"watchroom:{quote(site, safe='')}"
    alert = Element("alert", xmlns=NAMESPACE)
    _add(alert, "identifier", f"{told.id}.{told.version}" if told.version else told.id)
    _add(alert, "sender", sender)
    _add(alert, "sent", _moment(told.changed_ns if told.version else told.first_ns))
    _add(alert, "status", "Test" if told.simulated else "Actual")
    _add(alert, "msgType", ("Cancel" if told.over else "Update") if told.version else "Alert")
    _add(alert, "scope", "Restricted")
    _add(alert, "restriction", f"For who runs {site}")
    _add(alert, "note", told.note)
    _add(alert, "references", f"{sender},{told.id},{_moment(told.first_ns)}" if told.version else "")
    _add(alert, "incidents", " ".join(told.incidents))
    _info(alert, told, site, past)
    indent(alert)
    return tostring(alert, "utf-8", xml_declaration=True)


def _info(alert: Element, told: _CapContent, site: str, past: bool) -> None:
    info = SubElement(alert, "info")
    urgent = "Immediate" if told.severity >= Severity.HIGH else "Expected"
    headline = f"{'SIMULATED: ' if told.simulated else ''}{told.event}, {told.area}"
    _add(info, "language", "en")
    _add(info, "category", told.category)
    _add(info, "event", told.event)
    _add(info, "urgency", "Past" if past else urgent)
    _add(info, "severity", cap_severity(told.severity))
    _add(info, "certainty", told.certainty)
    _add(info, "onset", _moment(told.first_ns))
    _add(info, "senderName", site)
    _add(info, "headline", one_line(headline)[:_LONGEST_HEADLINE])
    _add(info, "description", told.description)
    _add(info, "instruction", told.instruction)
    for name, value in told.parameters:
        if value:
            parameter = SubElement(info, "parameter")
            _add(parameter, "valueName", name)
            _add(parameter, "value", value)
    area = SubElement(info, "area")
    _add(area, "areaDesc", told.area)
    if told.circle is not None:
        latitude, longitude, km = told.circle
        _add(area, "circle", f"{latitude:.6f},{longitude:.6f} {km:g}")


def _add(parent: Element, name: str, text: str) -> None:
    """Nothing for an empty text: CAP wants optional elements left out."""
    clean = _NO_XML.sub(" ", text).strip()
    if clean:
        SubElement(parent, name).text = clean


def _site(settings: Settings) -> str:
    return one_line(settings.site_name) or "Watchroom"


def _moment(at_ns: int) -> str:
    """CAP's `dateTime`: whole seconds, and UTC as `-00:00`, never `Z` (3.3.2)."""
    return f"{datetime.fromtimestamp(at_ns // SECOND, UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _severity_level(severity: Severity) -> tuple[tuple[str, str], ...]:
    return (("severity_level", str(int(severity))),)


def _confidence(decision: Decision | None) -> float | None:
    """The probability that its evidence comes to; None where only thresholds decided."""
    if decision is None or not decision.evidence:
        return None
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, sum(part.log_odds for part in decision.evidence)))))


def _sensors(decision: Decision | None) -> int:
    return len({part.sensor_id for part in decision.evidence if part.sensor_id}) if decision is not None else 0


def _circle(position: Position | None, anchor: SiteAnchor | None) -> tuple[float, float, float] | None:
    """Where on Earth a place of the floor is, if anybody said where the floor lies."""
    if position is None or anchor is None:
        return None
    heading, (x, y, _) = math.radians(anchor.heading_deg), position
    east, north = x * math.cos(heading) + y * math.sin(heading), y * math.cos(heading) - x * math.sin(heading)
    return (*destination(anchor.latitude, anchor.longitude, east, north), _ALERT_KM)

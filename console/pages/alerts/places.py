"""Where an alert is about, in words and as a place on plan or map."""

from collections.abc import Mapping

from console.maps.from_site import from_site
from console.maps.on_map import cameras_on_map, plumes_on_map
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Incident
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.snapshot import Snapshot
from engine.pipeline.reports.incident_events import place as floor_place
from widgets.alerts.alert_words import alert_place, decision_place
from widgets.alerts.place_view import AlertPlace
from widgets.incidents.incident_words import coordinates_text


def places_without_camera(settings: Settings) -> dict[str, str]:
    """Names of nodes and of zones of the floor, by id: no camera's name stands beside these."""
    zones = {zone.id: zone.name for zone in settings.floor.zones}
    nodes = {node.mac: node.name or node.mac for node in settings.nodes}
    return zones | nodes


def incident_place(incident: Incident, settings: Settings) -> str:
    """The zone that it lies in, else how far and in what direction from the site; coordinates where the site's place is not known."""
    anchor = settings.anchor
    if anchor is None:
        return coordinates_text(incident.latitude, incident.longitude)
    return zone_at(floor_place(incident, anchor), settings) or from_site(incident.latitude, incident.longitude, anchor)


def zone_at(position: Position | None, settings: Settings) -> str:
    """The name of the zone of the floor that a position lies in; empty for none."""
    if position is None:
        return ""
    x, y = position[:2]
    return next((zone.name for zone in settings.floor.zones if zone.x0 <= x <= zone.x1 and zone.y0 <= y <= zone.y1), "")


def place_of_alert(
    alert: Alert, incident: Incident | None, snapshot: Snapshot, cameras: Mapping[str, str], places: Mapping[str, str]
) -> AlertPlace:
    settings = snapshot.settings
    words = alert_place(alert, cameras, places) or zone_at(alert.position, settings)
    if alert.kind is EventKind.SMOKE:
        return _place_of_smoke(alert, snapshot, words)
    earth = None if incident is None or alert.position is not None else (incident.latitude, incident.longitude)
    node = next((node.position for node in settings.nodes if node.mac == alert.subject_id), None)
    return AlertPlace(alert.severity, alert.position or node, alert.camera_id, earth, words, alert.simulated)


def _place_of_smoke(alert: Alert, snapshot: Snapshot, words: str) -> AlertPlace:
    """The lookouts that see it, each with its bearing; where these cross, the mark."""
    listed = tuple(each for each in snapshot.smoke.plumes if each.plume.id == alert.subject_id)
    seen_by = {alert.camera_id, *(sequence.camera_id for each in listed for sequence in each.sequences)}
    lookouts = tuple(camera for camera in cameras_on_map(snapshot) if camera.id in seen_by)
    plumes = tuple(plume for plume in plumes_on_map(snapshot) if plume.id == alert.subject_id)
    crossing = next((plume.place for plume in plumes if plume.place is not None), None)
    earth = None if crossing is None else (crossing.latitude, crossing.longitude)
    return AlertPlace(alert.severity, None, alert.camera_id, earth, words, alert.simulated, lookouts, plumes)


def place_of_decision(decision: Decision, settings: Settings, cameras: Mapping[str, str], places: Mapping[str, str]) -> AlertPlace:
    severity = decision.facts.severity if decision.facts is not None else Severity.MINIMAL
    words = decision_place(decision, cameras, places) or zone_at(decision.position, settings)
    return AlertPlace(severity, decision.position, decision.camera_id, None, words)

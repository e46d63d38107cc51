"""Incidents that people report, as events: open from the first report until somebody closes them, at their place on the floor."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine._geodesic import distance_m
from engine.alerts import evidence
from engine.alerts.gates import at_least
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, EvidencePart
from engine.model.event import Event, EventKind
from engine.model.incidents.incident import EvidenceKind, Incident, IncidentCategory, IncidentState
from engine.model.observation import IncidentChanged, Observation
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.site import Position, SiteAnchor
from engine.model.value_class import dataclass
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import raised

MOST_OPEN = 5_000  # those beyond are followed no more, the oldest first; the record keeps them
_WORDS = {
    IncidentCategory.VEHICLE_CRIME: "vehicle crime",
    IncidentCategory.DRUG_RELATED: "drugs",
    IncidentCategory.SUSPICIOUS_ACTIVITY: "suspicious activity",
    IncidentCategory.OTHER: "something",
}


@dataclass(frozen=True, slots=True)
class OpenIncident:
    event: Event
    evidence: tuple[EvidencePart, ...]
    revision: int


class IncidentLane(Lane):
    """Its events go on over restarts of the engine, as the incidents do."""

    name = "incidents"
    subjects = (IncidentChanged,)

    def __init__(self) -> None:
        self._settings = Settings()
        self._open: dict[str, OpenIncident] = {}

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        self._settings = settings

    def take(self, seen: Observation, out: StepOutput) -> None:
        if isinstance(seen, IncidentChanged):
            self.changed(seen, out)

    def leave(self, at_ns: int, out: StepOutput) -> None:
        for incident_id in tuple(self._open):
            self._end_incident(incident_id, at_ns, out)

    def changed(self, change: IncidentChanged, out: StepOutput) -> None:
        """An incident is new or another. An older revision than the one that is known changes nothing."""
        incident = change.incident
        known = self._open.get(incident.id)
        if known is not None and incident.revision < known.revision:
            return
        if incident.state is not IncidentState.OPEN:
            self._end_incident(incident.id, change.occurred_ns, out)
            return
        if known is None and not incident.reporter_count and any(each.kind is EvidenceKind.SEQUENCE for each in incident.corroborations):
            return  # cameras alone: the plume's own event tells of it, past the gate of fire weather
        event = self._event(incident, change.occurred_ns, out) if known is None else self._now(known.event, incident)
        self._open[incident.id] = OpenIncident(event, evidence.of_incident(incident), incident.revision)
        if known is None or event != known.event:
            out.event(event)
        if len(self._open) > MOST_OPEN:
            self._end_incident(next(iter(self._open)), change.occurred_ns, out)

    def evidence(self, incident_id: str) -> tuple[EvidencePart, ...]:
        """What speaks for it; empty where it is not open."""
        known = self._open.get(incident_id)
        return () if known is None else known.evidence

    def open_event_ids(self) -> frozenset[str]:
        return frozenset(known.event.id for known in self._open.values())

    def erase(self, traces: Traces, out: StepOutput) -> None:
        for incident_id, known in tuple(self._open.items()):
            event = traces.event(known.event)
            if event != known.event:
                self._open[incident_id] = replace(known, event=event)
                out.event(event)

    def state(self) -> Mapping[str, Any]:
        return {"open": [wire.to_plain(known) for known in self._open.values()]}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        known = [wire.read_record(OpenIncident, plain, "incidents") for plain in state["open"]]
        self._open = {each.event.subject_id: each for each in known}

    def _event(self, incident: Incident, at_ns: int, out: StepOutput) -> Event:
        event = raised(
            EventKind.INCIDENT,
            CandidateKind.INCIDENT,
            incident.id,
            (at_least("reports", max(incident.reporter_count, 1), 1),),
            incident.occurred_ns,
            at_ns,
            out,
            simulated=incident.simulated,
        )
        return self._now(event, incident)

    def _now(self, event: Event, incident: Incident) -> Event:
        anchor = self._settings.anchor
        at = place(incident, anchor) if anchor is not None else None
        return replace(
            event,
            severity=incident.severity,
            confidence=incident.confidence,
            reason=reason(incident, anchor),
            position=at if at is not None and _on_floor(at, self._settings) else None,
            label=incident.category.value,
        )

    def _end_incident(self, incident_id: str, at_ns: int, out: StepOutput) -> None:
        known = self._open.pop(incident_id, None)
        if known is not None:
            out.event(replace(known.event, ended_ns=max(at_ns, known.event.started_ns)))


def place(incident: Incident, anchor: SiteAnchor) -> Position:
    """Metres of the floor frame: along the parallel and the meridian of its origin, which on a floor is as good as any projection."""
    latitude, longitude = anchor.latitude, anchor.longitude
    east = math.copysign(distance_m(latitude, longitude, latitude, incident.longitude), _turn(incident.longitude - longitude))
    north = math.copysign(distance_m(latitude, longitude, incident.latitude, longitude), incident.latitude - latitude)
    heading = math.radians(anchor.heading_deg)
    return east * math.cos(heading) - north * math.sin(heading), east * math.sin(heading) + north * math.cos(heading), 0.0


def reason(incident: Incident, anchor: SiteAnchor | None) -> str:
    """Such as “3 people report theft, 40 m away.”"""
    count = max(incident.reporter_count, 1)
    who = "One person reports" if count == 1 else f"{count} people report"
    what = _WORDS.get(incident.category, incident.category.value)
    return f"{who} {what}{_away(incident, anchor)}."


def _away(incident: Incident, anchor: SiteAnchor | None) -> str:
    if anchor is None:
        return ""
    metres = distance_m(anchor.latitude, anchor.longitude, incident.latitude, incident.longitude)
    return f", {metres:.0f} m away" if metres < 1000 else f", {metres / 1000:.1f} km away"


def _turn(degrees: float) -> float:
    """Within ±180°."""
    return (degrees + 180.0) % 360.0 - 180.0


def _on_floor(at: Position, settings: Settings) -> bool:
    extent = settings.floor.extent
    return extent is not None and extent[0] <= at[0] <= extent[2] and extent[1] <= at[1] <= extent[3]

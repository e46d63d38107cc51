"""A record in memory that does with reports what the store does, for tests of the rules alone."""

from dataclasses import replace

from engine.incidents.correlation import correlate
from engine.model.errors import NotFound
from engine.model.incidents.incident import (
    Correlation,
    Corroboration,
    EditIncidents,
    Incident,
    IncidentEdit,
    IncidentState,
    IncidentStatus,
    Nearby,
    Report,
)


class Record:
    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = {}
        self.reports: dict[str, Report] = {}
        self.links: dict[str, tuple[str, Corroboration]] = {}

    def file(self, report: Report) -> Correlation:
        done = correlate(report, tuple(self._nearby(each, report) for each in self.incidents.values()))
        self.reports[report.id] = report
        self.links[report.id] = done.incident.id, done.link
        if done.status is not IncidentStatus.DUPLICATE:
            self.incidents |= {each.id: each for each in (done.incident, *done.others)}
        return done

    def change(self, edit: EditIncidents) -> IncidentEdit:
        done = edit(self.load)
        self.incidents |= {each.id: each for each in done.incidents}
        self.links |= {link.id: (incident_id, link) for incident_id, link in done.moved}
        return done

    def load(self, incident_id: str) -> Incident:
        if incident_id not in self.incidents:
            raise NotFound(incident_id)
        incident = self.incidents[incident_id]
        if incident.state is IncidentState.MERGED:
            return incident
        return replace(incident, corroborations=tuple(link for owner, link in self.links.values() if owner == incident_id), unlisted=())

    def _nearby(self, incident: Incident, report: Report) -> Nearby:
        within = [self.reports[report_id] for report_id, (owner, _) in self.links.items() if owner == incident.id]
        known = bool(report.reporter) and any(each.reporter == report.reporter for each in within)
        return Nearby(incident, tuple(each for each in within if each.has_media), known)

"""Incidents of alerts that are no longer among the open ones: fetched from the record when their alert is looked at."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.incidents.incident import Incident
from engine.model.question import GetIncident, IncidentReports

_MOST = 200  # kept


class PastIncidents(QObject):
    """UI thread. Signals: came(): one more is known."""

    came = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._known: dict[str, Incident] = {}
        self._asked: set[str] = set()

    def incidents(self) -> tuple[Incident, ...]:
        return tuple(self._known.values())

    def incident(self, incident_id: str) -> Incident | None:
        """None until it has come, and where it is not in the record any more."""
        if incident_id and incident_id not in self._asked and self._bridge.may(GetIncident.verb):
            self._asked.add(incident_id)
            self._bridge.ask(GetIncident(incident_id), self._take_incident, ignore_answer, owner=self)
        return self._known.get(incident_id)

    def _take_incident(self, found: IncidentReports) -> None:
        while len(self._known) >= _MOST:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._asked.discard(oldest)
        self._known[found.incident.id] = found.incident
        self.came.emit()

"""The incident that is looked at: its reports whole, those it may be the same as, and patterns near it."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.incidents.atlas_call import PatternAnswer
from engine.model.incidents.incident import Incident, Report
from engine.model.question import AskPatterns, GetIncident, IncidentReports

_REST_MS = 350  # the selection has to rest before Atlas is asked


class IncidentLooks(QObject):
    """UI thread. Signals: changed(): there is more to show; refused(WatchroomError): its reports could not be read."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown: tuple[str, int] = ("", 0)
        self._asked_patterns: tuple[str, float, float] | None = None  # key of the site that it is of, and its place
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._ask_patterns)
        self.incident: Incident | None = None
        self.reports: tuple[Report, ...] | None = None
        self.others: dict[str, Incident] = {}
        self.patterns: PatternAnswer | None = None
        self.pattern_trouble = ""

    def show(self, incident: Incident | None) -> None:
        """Asks again where it has changed. Nothing is asked for a session that may not see the past."""
        key = (incident.id, incident.revision) if incident is not None else ("", 0)
        if key == self._shown:
            return
        if key[0] != self._shown[0]:
            self.reports, self.others = None, {}
        self._shown, self.incident = key, incident
        if incident is None:
            self._rest.stop()
            return
        self._look_nearby(incident)
        if not self._bridge.may(Verb.SEE_PAST):
            return
        self._bridge.ask(GetIncident(incident.id), self._receive_looks, self._report_lookup_error, key, owner=self)
        for other_id in (*incident.review_ids, *incident.related_ids):
            self._bridge.ask(GetIncident(other_id), self._take_other, ignore_answer, key, owner=self)

    def _look_nearby(self, incident: Incident) -> None:
        place = (self._bridge.key_of(incident.id), incident.latitude, incident.longitude)
        if place != self._asked_patterns:
            self._asked_patterns, self.patterns, self.pattern_trouble = place, None, ""
            self._rest.start()

    def _ask_patterns(self) -> None:
        place = self._asked_patterns
        if place is None:
            return
        if not self._bridge.may(Verb.SEE_PAST):
            self._take_patterns(place, None, self.tr("Your account may not see recorded data."))
            return
        self._bridge.ask_at(
            place[0],
            AskPatterns(*place[1:]),
            lambda answer: self._take_patterns(place, answer, ""),
            lambda error: self._take_patterns(place, None, error_text(error)),
            owner=self,
        )

    def _take_patterns(self, place: tuple[str, float, float], answer: PatternAnswer | None, trouble: str) -> None:
        if place == self._asked_patterns:
            self.patterns = answer
            self.pattern_trouble = trouble or ("" if answer is not None else self.tr("There was no answer."))
            self.changed.emit()

    def _receive_looks(self, key: tuple[str, int], found: IncidentReports) -> None:
        if key == self._shown:
            self.incident, self.reports = found.incident, found.reports
            self.changed.emit()

    def _take_other(self, key: tuple[str, int], found: IncidentReports) -> None:
        if key == self._shown:
            self.others[found.incident.id] = found.incident
            self.changed.emit()

    def _report_lookup_error(self, error: WatchroomError) -> None:
        self.refused.emit(error)

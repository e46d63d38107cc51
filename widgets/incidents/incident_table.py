"""Incidents as a table."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from engine.model.event import Severity
from engine.model.incidents.incident import Incident, IncidentState, IncidentStatus
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from widgets.incidents.incident_words import category_text, distance_text, one_line, state_word, status_word
from widgets.layout.cells import Cell, StatusCell, TextCell, TitleCell
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.theme import severity_word
from widgets.time_text import clock_text, relative_text, short_clock_text
from widgets.translation import tr

_TIP = 400
_MOST_KNOWN = 20_000
_NO_SITES: Mapping[str, str] = MappingProxyType({})
SEVERITY_LEVELS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.MODERATE: "moderate",
    Severity.LOW: "low",
    Severity.MINIMAL: "neutral",
}


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """`distance_m`: from the site, None where nobody said where it lies. `ago`: when it occurred, beside the time. site: its name, where
    several are shown."""

    incident: Incident
    distance_m: float | None
    at: str
    ago: str
    site: str = ""


def status_level(incident: Incident) -> str:
    if incident.state is not IncidentState.OPEN:
        return "neutral"
    return {IncidentStatus.PENDING_REVIEW: "moderate", IncidentStatus.CORROBORATED: "good"}.get(incident.status, "neutral")


def status_text(incident: Incident) -> str:
    """How it stands: closed and merged ones say so instead."""
    return status_word(incident.status) if incident.state is IncidentState.OPEN else state_word(incident.state)


class _Looks:
    """The cells of rows; made once for each row."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[IncidentRow, tuple[Cell, ...]]] = {}

    def __call__(self, row: IncidentRow) -> tuple[Cell, ...]:
        known = self._known.get(row.incident.id)
        if known is None or known[0] is not row:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[row.incident.id] = (row, _cells(row))
        return known[1]


class IncidentTable(RowsTable[EmptyState]):
    """Newest first. UI thread."""

    def __init__(self, clock: Clock, action: str, parent: QWidget | None = None) -> None:
        """`action`: what can be done while there is none."""
        empty = EmptyState("map", tr("No incidents"), "", action)
        super().__init__(RowsModel[IncidentRow](_incident_columns(), _incident_key, _Looks()), tr("Incidents"), empty, parent=parent)
        self._clock = clock
        self._rows: dict[str, IncidentRow] = {}
        self.sort_by(0, descending=True)

    def set_incidents(self, incidents: Iterable[Incident], distances: dict[str, float], sites: Mapping[str, str] = _NO_SITES) -> None:
        """`sites`: whose an incident is, by its id, where several are shown."""
        now_ns = self._clock.now_ns()
        rows = (self._incident_row(each, distances.get(each.id), now_ns, sites.get(each.id, "")) for each in incidents)
        self._rows = {row.incident.id: row for row in rows}
        self.show_rows(self._rows.values(), now_ns)

    def _incident_row(self, incident: Incident, distance_m: float | None, now_ns: int, site: str) -> IncidentRow:
        """The same as before where it would look the same: a thousand rows are followed many times a second."""
        known = self._rows.get(incident.id)
        ago = relative_text(min(incident.occurred_ns, now_ns), now_ns)
        if known is not None and known.incident is incident and (known.ago, known.distance_m, known.site) == (ago, distance_m, site):
            return known
        return IncidentRow(incident, distance_m, short_clock_text(incident.occurred_ns, now_ns), ago, site)


def _incident_key(row: IncidentRow) -> str:
    return row.incident.id


def _cells(row: IncidentRow) -> tuple[Cell, ...]:
    it = row.incident
    words = one_line(it.description)
    short = words if len(words) <= _TIP else f"{words[:_TIP]}…"
    return (
        TitleCell(row.at, row.ago, order=it.occurred_ns / SECOND, tip=clock_text(it.occurred_ns)),
        TitleCell(category_text(it), words, tip=short, mark=tr("SIMULATED") if it.simulated else ""),
        StatusCell(severity_word(it.severity), SEVERITY_LEVELS[it.severity], order=float(it.severity)),
        StatusCell(status_text(it), status_level(it), tip=it.category_reason),
        TextCell(str(it.reporter_count), order=float(it.reporter_count)),
        TextCell(f"{number_text(100 * it.confidence, '.0f')} %", order=it.confidence),
        _distance(row),
        _classified(it),
    )


def _distance(row: IncidentRow) -> Cell:
    text, order = distance_text(row.distance_m) or "–", row.distance_m if row.distance_m is not None else 1e12
    return TitleCell(text, row.site, order=order) if row.site else TextCell(text, order=order, quiet=row.distance_m is None)


def _classified(incident: Incident) -> Cell:
    said = incident.classification
    if said is None:
        return TextCell(tr("Not yet"), quiet=True)
    if said.degraded_reason:
        return StatusCell(tr("Degraded"), "moderate", tip=said.degraded_reason)
    return TextCell(tr("Atlas") if said.by == "atlas" else tr("Local"))


def _incident_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Occurred"), width=142),
        Column(tr("Incident")),
        Column(tr("Severity"), width=106, room=380),
        Column(tr("Status"), width=140, room=560, tip=tr("Corroborated: more than one independent source")),
        Column(tr("Reporters"), right=True, width=84, room=640, tip=tr("Distinct people or devices")),
        Column(tr("Confidence"), right=True, width=92, room=1060, tip=tr("Increases with every independent source")),
        Column(tr("From site"), right=True, width=110, room=760),
        Column(tr("Classified"), width=132, room=920, tip=tr("By Atlas, or locally by keywords while Atlas is unavailable")),
    )

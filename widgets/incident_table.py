"""Incidents as a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.model.event import Severity
from engine.model.incident import Incident, IncidentState, IncidentStatus
from engine.model.time import SECOND, Clock
from widgets.cells import Cell, StatusCell, TextCell, TitleCell
from widgets.empty_state import EmptyState
from widgets.incident_words import category_word, distance_text, one_line, state_word, status_word
from widgets.rows_model import Column, RowsModel
from widgets.rows_table import RowsTable
from widgets.theme import severity_word
from widgets.time_text import clock_text, relative_text

_TIP = 400
SEVERITY_LEVELS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.MODERATE: "moderate",
    Severity.LOW: "low",
    Severity.MINIMAL: "neutral",
}


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """`distance_m`: from the site, None where nobody said where it lies. `ago`: when it occurred, beside the time."""

    incident: Incident
    distance_m: float | None
    at: str
    ago: str


def incident_rows(incidents: Iterable[Incident], distances: dict[str, float], now_ns: int) -> tuple[IncidentRow, ...]:
    return tuple(
        IncidentRow(
            each, distances.get(each.id), clock_text(each.occurred_ns, now_ns), relative_text(min(each.occurred_ns, now_ns), now_ns)
        )
        for each in incidents
    )


def status_level(incident: Incident) -> str:
    if incident.state is not IncidentState.OPEN:
        return "neutral"
    return {IncidentStatus.PENDING_REVIEW: "moderate", IncidentStatus.CORROBORATED: "good"}.get(incident.status, "neutral")


def status_text(incident: Incident) -> str:
    """How it stands: closed and merged ones say so instead."""
    return status_word(incident.status) if incident.state is IncidentState.OPEN else state_word(incident.state)


class IncidentTable(RowsTable):
    """Newest first. UI thread."""

    def __init__(self, clock: Clock, action: str, parent: QWidget | None = None) -> None:
        """`action`: what can be done while there is none."""
        empty = EmptyState("map", _tr("No incidents"), "", action)
        super().__init__(RowsModel[IncidentRow](_columns(), _key, _cells), _tr("Incidents"), empty, parent=parent)
        self._clock = clock
        self.sort_by(0, descending=True)

    def set_incidents(self, incidents: Iterable[Incident], distances: dict[str, float]) -> None:
        now_ns = self._clock.now_ns()
        self.show_rows(incident_rows(incidents, distances, now_ns), now_ns)


def _key(row: IncidentRow) -> str:
    return row.incident.id


def _cells(row: IncidentRow) -> tuple[Cell, ...]:
    it = row.incident
    words = one_line(it.description)
    short = words if len(words) <= _TIP else f"{words[:_TIP]}…"
    return (
        TitleCell(row.at, row.ago, order=it.occurred_ns / SECOND),
        TitleCell(category_word(it.category), words, tip=short),
        StatusCell(severity_word(it.severity), SEVERITY_LEVELS[it.severity], order=float(it.severity)),
        StatusCell(status_text(it), status_level(it), tip=it.category_reason),
        TextCell(str(it.reporter_count), order=float(it.reporter_count)),
        TextCell(f"{100 * it.confidence:.0f} %", order=it.confidence),
        TextCell(
            distance_text(row.distance_m) or "–", order=row.distance_m if row.distance_m is not None else 1e12, quiet=row.distance_m is None
        ),
        _classified(it),
    )


def _classified(incident: Incident) -> Cell:
    said = incident.classification
    if said is None:
        return TextCell(_tr("Not yet"), quiet=True)
    if said.degraded_reason:
        return StatusCell(_tr("Degraded"), "moderate", tip=said.degraded_reason)
    return TextCell(_tr("Atlas") if said.by == "atlas" else _tr("Here"))


def _columns() -> tuple[Column, ...]:
    return (
        Column(_tr("Occurred"), width=114),
        Column(_tr("What")),
        Column(_tr("Severity"), width=106, room=380),
        Column(_tr("Status"), width=140, room=560, tip=_tr("Corroborated: more than one independent source")),
        Column(_tr("Reporters"), right=True, width=84, room=640, tip=_tr("Different people or devices that reported it")),
        Column(_tr("Confidence"), right=True, width=92, room=1000, tip=_tr("Rises with every independent source")),
        Column(_tr("From site"), right=True, width=82, room=720),
        Column(_tr("Classified"), width=106, room=860, tip=_tr("By Atlas, or here by key words while Atlas cannot be asked")),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("IncidentTable", text)

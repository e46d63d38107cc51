"""The incidents of a record: reports filed, and what operators do with them, each act as one transaction.

The same class works on SQLite and on PostgreSQL with PostGIS. Who writes comes one after the other (SQLite: `BEGIN IMMEDIATE`;
PostgreSQL: an advisory lock), so what a report is held against cannot change before it is kept: twenty reports of one occurrence that come
at once are one incident.
"""

from collections.abc import Callable, Generator, Iterable
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, func, select

from engine.model.errors import InputError
from engine.model.incident import CorrelateReport, Correlation, EditIncidents, Filed, Incident, IncidentEdit, IncidentStatus, Nearby, Report
from engine.model.question import Answer, CountIncidents, GetIncident, ListIncidents
from engine.store import incident_questions, incident_rows
from engine.store.incident_places import Around

_LOCK = 0x5752_0001
REACH_M, REACH_NS = 51.0, 301_000_000_000  # what is looked through for a report; the rules are exact


@dataclass(frozen=True, slots=True)
class FiledTogether:
    """What became of each report, in their order; and the incidents that are new or changed, as they are now."""

    filed: tuple[Filed | InputError, ...]
    changed: tuple[Incident, ...]


def _always(incident: Incident) -> bool:
    del incident
    return True


class IncidentTable:
    """Any thread. `faults` turns what the database says when the world fails into EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    def file(self, several: Several[Report], correlate: CorrelateReport, is_news: Callable[[Incident], bool] = _always) -> FiledTogether:
        """Keep reports, one after the other, all in one transaction; durable on return. What a report is refused for stands in its place.

        `correlate` is given the incidents near a report as those before it left them. `is_news`: whether the pipeline is to hear of one.

        Raises EnvironmentFault; then nothing was kept.
        """
        with self._write() as connection:
            filing = _Filing(connection, correlate)
            done = tuple(map(filing.file, several))
            changed = filing.finish()
            incident_rows.put_news(connection, filter(is_news, changed))
            return FiledTogether(done, changed)

    def change(self, edit: EditIncidents, is_news: Callable[[Incident], bool] = _always) -> IncidentEdit:
        """Carry out an operator's act; durable on return. Raises what `edit` raises, EnvironmentFault; then nothing was changed."""
        with self._write() as connection:
            done = edit(lambda incident_id: incident_rows.whole_incident(connection, incident_id))
            incident_rows.put_incidents(connection, done.incidents)
            incident_rows.move_links(connection, done.moved)
            incident_rows.put_news(connection, filter(is_news, done.incidents))
            return done

    def get(self, incident_id: str) -> Incident:
        """Raises NotFound."""
        with self._read() as connection:
            return incident_rows.incident_by_id(connection, incident_id)

    def reports(self, ids: Iterable[str]) -> tuple[Report, ...]:
        """Those of the ids (at most some hundred) that are kept, in the order they came."""
        with self._read() as connection:
            return incident_rows.reports_by_ids(connection, ids)

    def near(self, report: Report) -> tuple[Nearby, ...]:
        """What `report` would be held against."""
        with self._read() as connection:
            return incident_rows.nearby(connection, _around(report), report, {})

    def answer(self, question: ListIncidents | GetIncident | CountIncidents) -> Answer:
        """Raises InputError, NotFound."""
        with self._read() as connection:
            return incident_questions.answer(connection, question)

    def news(self) -> tuple[Incident, ...]:
        """Changes that the pipeline has not got in its journal, in their order."""
        with self._read() as connection:
            return incident_rows.read_news(connection)

    def told(self, several: Iterable[tuple[str, int]]) -> None:
        """The pipeline has these revisions of incidents in its journal."""
        with self._write() as connection:
            incident_rows.remove_news(connection, several)

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._faults(), self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            yield connection


def _around(report: Report) -> Around:
    return Around(report.latitude, report.longitude, REACH_M, report.occurred_ns - REACH_NS, report.occurred_ns + REACH_NS)


class _Filing:
    """Reports of one transaction. What they make of an incident is written once, at the end, however many are of it."""

    def __init__(self, connection: Connection, correlate: CorrelateReport) -> None:
        self._connection = connection
        self._correlate = correlate
        self._now: dict[str, Incident] = {}
        self._written: dict[str, int] = {}  # revisions

    def file(self, report: Report) -> Filed | InputError:
        """Nothing is written before it is clear that the report is taken."""
        connection = self._connection
        try:
            before = incident_rows.filed_before(connection, report)
            if before is not None:
                return replace(before, incident=self._now.get(before.incident.id, before.incident))
            done = self._correlate(report, incident_rows.nearby(connection, _around(report), report, self._now))
        except InputError as error:
            return error
        if done.status is IncidentStatus.DUPLICATE:
            said = incident_rows.repeated_before(connection, report, done.incident.id)
            if said is not None:
                return replace(said, incident=done.incident)
        else:
            self._take(done)
        incident_rows.put_report(connection, report, done)
        return Filed(done.incident, report, done.status, done.reason)

    def finish(self) -> tuple[Incident, ...]:
        """Write what is not written yet; gives all that is new or changed."""
        later = [each for each in self._now.values() if self._written.get(each.id) != each.revision]
        incident_rows.put_incidents(self._connection, later)
        return tuple(self._now.values())

    def _take(self, done: Correlation) -> None:
        self._now |= {each.id: each for each in (done.incident, *done.others)}
        if done.status is not IncidentStatus.CORROBORATED:  # it is new, and the next report has to find it
            incident_rows.add_incident(self._connection, done.incident)
            self._written[done.incident.id] = done.incident.revision

"""The incidents of a record: reports filed, and what operators do with them, each act as one transaction.

The same class works on SQLite and on PostgreSQL with PostGIS. Who writes comes one after the other (SQLite: `BEGIN IMMEDIATE`;
PostgreSQL: an advisory lock), so what a report is held against cannot change before it is kept: twenty reports of one occurrence that come
at once are one incident.
"""

from collections.abc import Callable, Collection, Generator, Iterable
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select

from engine.model.errors import InputError
from engine.model.fire.smoke import Plume
from engine.model.incidents.incident import (
    CorrelatePlume,
    CorrelateReport,
    Correlation,
    EditIncidents,
    Filed,
    Incident,
    IncidentCategory,
    IncidentEdit,
    IncidentStatus,
    Nearby,
    Report,
)
from engine.model.incidents.settings import IncidentSettings
from engine.model.question_type import RecordQuestion
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.store import questions
from engine.store.changes import enter_changes
from engine.store.incidents import keeping as incident_keeping
from engine.store.incidents import rows as incident_rows
from engine.store.incidents import smoke as incident_smoke
from engine.store.incidents.keeping import Place, Protected, Swept
from engine.store.incidents.places import Around

T = TypeVar("T")

_LOCK = 0x5752_0001
USUAL = IncidentSettings()
_MORE_M, _MORE_NS = 1.0, SECOND  # what is looked through for a report; the rules are exact


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

    def file(
        self,
        several: Several[Report],
        correlate: CorrelateReport,
        is_news: Callable[[Incident], bool] = _always,
        rules: IncidentSettings = USUAL,
    ) -> FiledTogether:
        """Keep reports, one after the other, all in one transaction; durable on return. What a report is refused for stands in its place.

        `correlate` is given the incidents near a report as those before it left them. `is_news`: whether the pipeline is to hear of one.
        rules: say how far around a report is looked.

        Raises EnvironmentFault; then nothing was kept.
        """
        with self._write() as connection:
            filing = _Filing(connection, correlate, several, rules)
            done = tuple(map(filing.file, several))
            changed = filing.finish()
            incident_rows.put_news(connection, filter(is_news, changed))
            return FiledTogether(done, changed)

    def file_plume(
        self, plume: Plume, join: CorrelatePlume, is_news: Callable[[Incident], bool] = _always
    ) -> tuple[Plume, Correlation | None]:
        """Keep which incident a plume is of; durable on return. Filing it again changes what is linked, never the incident it is of.

        Returns the plume with its incident, and what it changed; None: nothing, also where its incident is no longer kept. Raises what
        `join` raises, EnvironmentFault.
        """
        with self._write() as connection:
            if plume.incident_id and incident_keeping.gone_ids(connection, [plume.incident_id]):
                return plume, None
            near = incident_smoke.near_plume(connection, plume)
            done = join(near)
            incident = near[0].incident if done is None else done.incident
            filed = replace(plume, incident_id=incident.id)
            if done is not None:
                incident_rows.put_incidents(connection, (done.incident, *done.others))
                incident_rows.put_news(connection, filter(is_news, (done.incident, *done.others)))
            incident_smoke.put(connection, filed, incident.id)
            return filed, done

    def change(self, edit: EditIncidents, is_news: Callable[[Incident], bool] = _always) -> IncidentEdit:
        """Carry out an operator's act; durable on return. Raises what `edit` raises, EnvironmentFault; then nothing was changed."""
        with self._write() as connection:
            done = edit(lambda incident_id: incident_rows.whole_incident(connection, incident_id))
            incident_rows.put_incidents(connection, done.incidents)
            incident_rows.move_links(connection, done.moved)
            incident_rows.put_news(connection, filter(is_news, done.incidents))
            return done

    def sweep(self, before_ns: int, after: Place | None, most: int, protected: Protected) -> Swept:
        """Remove what has long been over, see `incident_keeping`."""
        with self._write() as connection:
            return incident_keeping.sweep(connection, before_ns, after, most, protected)

    def get(self, incident_id: str) -> Incident:
        """Raises NotFound."""
        with self._read() as connection:
            return incident_rows.incident_by_id(connection, incident_id)

    def newest(self, simulated: bool) -> Incident | None:
        """The one that occurred last of those that are simulated, or of those that are real."""
        with self._read() as connection:
            return incident_rows.outermost(connection, simulated, newest=True)

    def oldest(self, simulated: bool) -> Incident | None:
        """As `newest`, the one that occurred first."""
        with self._read() as connection:
            return incident_rows.outermost(connection, simulated, newest=False)

    def reports(self, ids: Iterable[str]) -> tuple[Report, ...]:
        """Those of the ids (at most some hundred) that are kept, in the order they came."""
        with self._read() as connection:
            return incident_rows.reports_by_ids(connection, ids)

    def media_of(self, senders: Collection[str]) -> frozenset[str]:
        """Ids of media that reports of these name, and nobody else's do. Reads all reports with media."""
        with self._read() as connection:
            return incident_rows.media_of(connection, senders)

    def near(self, report: Report, rules: IncidentSettings = USUAL) -> tuple[Nearby, ...]:
        """What `report` would be held against."""
        with self._read() as connection:
            near = incident_rows.nearby(connection, around(report, rules), report, {})
            seen = incident_smoke.plumes_at(connection, report.occurred_ns, report.occurred_ns)
            return incident_smoke.with_smoke(connection, near, seen, report, {})

    def answer(self, question: RecordQuestion[T]) -> T:
        """Raises InputError, NotFound."""
        with self._read() as connection:
            return questions.answer(connection, question)

    def news(self) -> tuple[Incident, ...]:
        """Changes that the pipeline has not got in its journal, in their order."""
        with self._read() as connection:
            return incident_rows.read_news(connection)

    def confirm_revisions(self, several: Iterable[tuple[str, int]]) -> None:
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
            if connection.dialect.name == "sqlite":
                enter_changes(connection)


def around(report: Report, rules: IncidentSettings = USUAL) -> Around:
    """What is looked through for a report: a little more than the rules take."""
    radius_m, window_ns = rules.radius_m + _MORE_M, rules.window_ns + _MORE_NS
    return Around(report.latitude, report.longitude, radius_m, report.occurred_ns - window_ns, report.occurred_ns + window_ns)


def _smoke_of(connection: Connection, several: Several[Report]) -> tuple[incident_smoke.Seen, ...]:
    """What reports of fire among them could be of."""
    times = [each.occurred_ns for each in several if each.category is IncidentCategory.FIRE]
    return incident_smoke.plumes_at(connection, min(times), max(times)) if times else ()


class _Filing:
    """Reports of one transaction. Reports, and what they make of an incident, are written once, at the end, however many are of it:
    each statement costs a report more than what is asked of the database with it."""

    def __init__(self, connection: Connection, correlate: CorrelateReport, several: Several[Report], rules: IncidentSettings) -> None:
        self._connection, self._rules = connection, rules
        self._correlate = correlate
        self._now: dict[str, Incident] = {}
        self._written: dict[str, int] = {}  # revisions
        self._unwritten: list[tuple[Report, Correlation]] = []
        self._reported: set[tuple[str, str]] = set()  # an incident, and who reported in it
        self._before: dict[str, Filed] = {}  # by id of the report
        self._keyed: dict[tuple[str, str], Filed] = {}  # by sender and key
        self._gone = incident_rows.gone_before(connection, several)
        self._seen = _smoke_of(connection, several)
        for filed in incident_rows.filed_before(connection, several):
            self._note(filed)

    def file(self, report: Report) -> Filed | InputError:
        """Nothing is noted before it is clear that the report is taken."""
        before = self._before.get(report.id) or (self._keyed.get((report.reporter, report.key)) if report.key else None)
        if before is not None:
            return self._again(before, report)
        if report.id in self._gone:
            return InputError(
                "key", "is of a report that was kept once and is no longer. It is not kept again; use a new one for something new"
            )
        if report.has_media:
            self._write_reports()  # their pictures are looked for
        try:
            near = incident_rows.nearby(self._connection, around(report, self._rules), report, self._now, self._reported)
            done = self._correlate(report, incident_smoke.with_smoke(self._connection, near, self._seen, report, self._now, self._reported))
        except InputError as error:
            return error
        if done.status is IncidentStatus.DUPLICATE:
            self._write_reports()
            said = incident_rows.repeated_before(self._connection, report, done.incident.id)
            if said is not None:
                return replace(said, incident=done.incident)
        else:
            self._take_filed(done)
        self._unwritten.append((report, done))
        self._reported.add((done.incident.id, report.reporter))
        return self._note(Filed(done.incident, report, done.status, done.reason))

    def finish(self) -> tuple[Incident, ...]:
        """Write what is not written yet; gives all that is new or changed."""
        self._write_reports()
        later = [each for each in self._now.values() if self._written.get(each.id) != each.revision]
        incident_rows.change_incidents(self._connection, later)
        return tuple(self._now.values())

    def _note(self, filed: Filed) -> Filed:
        self._before[filed.report.id] = filed
        if filed.report.key:
            self._keyed[filed.report.reporter, filed.report.key] = filed
        return filed

    def _again(self, before: Filed, report: Report) -> Filed | InputError:
        if not incident_rows.says_the_same(before.report, report):
            return InputError("key", "was used before for a report that says something else. Use a new one for every report")
        incident = self._now.get(before.incident.id, before.incident)
        return replace(before, incident=incident, reason=incident_rows.AGAIN, again=True)

    def _take_filed(self, done: Correlation) -> None:
        self._now |= {each.id: each for each in (done.incident, *done.others)}
        if done.status is not IncidentStatus.CORROBORATED:  # it is new, and the next report has to find it
            incident_rows.add_incident(self._connection, done.incident)
            self._written[done.incident.id] = done.incident.revision

    def _write_reports(self) -> None:
        incident_rows.put_reports(self._connection, self._unwritten)
        self._unwritten.clear()

"""Questions about incidents as SQL, the same for SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, RowMapping, Select, and_, func, or_, select, tuple_

from engine._geodesic import is_within
from engine.model.errors import InputError
from engine.model.incidents.filing import number_digits
from engine.model.incidents.incident import Incident, IncidentCounts, IncidentState
from engine.model.question import CountIncidents, IncidentPage, IncidentReports, ListIncidents
from engine.model.wire import read_as
from engine.store.incidents.places import Around, places_of
from engine.store.incidents.rows import bodies_of, incident_by_id, reports_of
from engine.store.paging import Page, between, equal
from engine.store.search.searching import each_found, holds, reach, search
from engine.store.tables import incidents, reports

LARGEST_RADIUS_KM = 1_000.0
MOST_REPORTS = 10_000
_AT_ONCE = 500
_SCANNED = 3_000
_Conditions = list[ColumnElement[bool]]


def page(connection: Connection, question: ListIncidents) -> IncidentPage:
    """Raises InputError."""
    return _newest(connection, question) if question.near is None else _near(connection, question, _around(question, *question.near))


def with_reports(connection: Connection, incident_id: str) -> IncidentReports:
    """Raises NotFound."""
    incident = incident_by_id(connection, incident_id)
    return IncidentReports(incident, reports_of(connection, incident, MOST_REPORTS))


def _newest(connection: Connection, ask: ListIncidents) -> IncidentPage:
    conditions = [*_incident_conditions(ask), *between(incidents.c.occurred_ns, ask.since_ns, ask.until_ns)]
    found = search(connection, _page(ask), conditions, _sought(ask))
    return IncidentPage(tuple(_read_incident(row) for row in found.rows), found.next_id)


def _near(connection: Connection, ask: ListIncidents, around: Around) -> IncidentPage:
    """First the newest ones wherever they are, which is all that a wide circle needs; then those that the spatial index has there, which
    are few in a narrow one. Whether they are within the circle is looked at one by one, newest first, until there are enough."""
    page, sought = _page(ask), _sought(ask)
    times = between(incidents.c.occurred_ns, ask.since_ns, ask.until_ns)
    within, last_id = reach(connection, page, [*times, *_incident_conditions(ask)]) if sought else ([], None)
    wanted = [*_incident_conditions(ask), *page.after(connection), *within, *sought]
    newest = connection.execute(_newest_first(*times, *wanted).limit(_SCANNED)).all()
    ids = list(islice(_within(around, newest), ask.limit))
    if len(ids) < ask.limit and len(newest) == _SCANNED:
        beyond = tuple_(incidents.c.occurred_ns, incidents.c.id) < tuple_(newest[-1].occurred_ns, newest[-1].id)
        indexed = _newest_first(*places_of(connection).near(around), *wanted, beyond)
        with connection.execute(indexed) as rows:
            ids += islice(_within(around, rows), ask.limit - len(ids))
    return IncidentPage(_in_order(connection, ids), last_id if len(ids) < ask.limit else None)


def _sought(ask: ListIncidents) -> _Conditions:
    description = incidents.c.body["description"].as_string()
    worded = each_found(ask.text, lambda word: holds(description, word))
    digits = number_digits(ask.text)
    return [_numbered(digits) | and_(*worded)] if digits else worded


def _numbered(digits: str) -> ColumnElement[bool]:
    """Those in which a report is that is quoted so, whether its id carries an engine or is from before."""
    before = and_(reports.c.id.like(f"rp-{digits}%"), reports.c.id.not_like(f"rp-{digits}-%"))
    numbered = or_(before, reports.c.id.like(f"rp-________-{digits}%"))
    return incidents.c.id.in_(select(reports.c.incident_id).where(numbered))


def _newest_first(*conditions: ColumnElement[bool]) -> Select[Any, Any, Any, Any]:
    place = select(incidents.c.id, incidents.c.latitude, incidents.c.longitude, incidents.c.occurred_ns)
    return place.where(*conditions).order_by(incidents.c.occurred_ns.desc(), incidents.c.id.desc())


def _within(around: Around, rows: Iterable[Row[Any, Any, Any, Any]]) -> Iterator[str]:
    for row in rows:
        if is_within(around.latitude, around.longitude, row.latitude, row.longitude, around.radius_m):
            yield row.id


def _in_order(connection: Connection, ids: list[str]) -> tuple[Incident, ...]:
    bodies: dict[str, object] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        bodies |= bodies_of(connection, ids[begin : begin + _AT_ONCE])
    return tuple(read_as(Incident, bodies[each]) for each in ids)


def _around(ask: ListIncidents, latitude: float, longitude: float, radius_km: float) -> Around:
    if not abs(latitude) <= 90:
        raise InputError("near", f"latitude {latitude} is outside ±90")
    if not abs(longitude) <= 180:
        raise InputError("near", f"longitude {longitude} is outside ±180")
    if not 0 < radius_km <= LARGEST_RADIUS_KM:
        raise InputError("near", f"a radius of {radius_km} km is outside 0–{LARGEST_RADIUS_KM:g}")
    return Around(latitude, longitude, 1_000 * radius_km, ask.since_ns, ask.until_ns)


def _incident_conditions(ask: ListIncidents) -> _Conditions:
    conditions = equal(incidents, category=ask.category, status=ask.status, state=ask.state, threat_id=ask.threat_id)
    return conditions if ask.state is not None else [*conditions, _OWN]


def _page(ask: ListIncidents) -> Page:
    return Page(incidents, incidents.c.occurred_ns, ask.limit, ask.before_id)


def counts(connection: Connection, ask: CountIncidents) -> IncidentCounts:
    conditions = [_OWN, *between(incidents.c.occurred_ns, ask.since_ns, ask.until_ns)]

    def by(column: Column[object]) -> tuple[tuple[object, int], ...]:
        query = select(column, func.count()).where(*conditions).group_by(column).order_by(column)
        return tuple((value, int(count)) for value, count in connection.execute(query))

    of_them = select(func.count()).select_from(reports.join(incidents, incidents.c.id == reports.c.incident_id)).where(*conditions)
    return IncidentCounts(
        incidents=connection.scalar(select(func.count()).select_from(incidents).where(*conditions)) or 0,
        reports=connection.scalar(of_them) or 0,
        by_category=tuple((str(value), count) for value, count in by(incidents.c.category)),
        by_severity=tuple((int(str(value)), count) for value, count in by(incidents.c.severity)),
        by_status=tuple((str(value), count) for value, count in by(incidents.c.status)),
        by_state=tuple((str(value), count) for value, count in by(incidents.c.state)),
    )


def _read_incident(row: RowMapping) -> Incident:
    return read_as(Incident, row["body"])


_OWN = incidents.c.state != IncidentState.MERGED.value

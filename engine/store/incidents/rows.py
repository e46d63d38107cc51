"""Incidents, reports and the links between them as rows: what one transaction of `incidents` reads and writes."""

import math
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, exists, insert, select, tuple_, update

from engine.model.errors import NotFound, Removed
from engine.model.ids import without_engine
from engine.model.incidents.incident import (
    Correlation,
    Corroboration,
    EvidenceKind,
    Filed,
    Incident,
    IncidentState,
    IncidentStatus,
    Nearby,
    Report,
)
from engine.model.wire import read_as, to_plain
from engine.store.incidents.keeping import gone_ids
from engine.store.incidents.places import NEAREST, Around, nearest, places_of
from engine.store.tables import incident_news, incidents, reports
from engine.store.upsert import upsert

MOST_NEAR = 24  # incidents that a report is held against, the nearest ones
MOST_PICTURED = 8  # reports of each of them
MOST_REPEATED = 50
AGAIN = "It was filed before and counts once."
_SAID = ("category", "description", "latitude", "longitude", "severity", "source", "video_id", "media", "simulated")


# Made once: building a statement takes longer than the database does to answer it.
_BODIES = select(incidents.c.id, incidents.c.body).where(incidents.c.id.in_(bindparam("ids", expanding=True)))
_BY_IDS = select(reports).where(reports.c.id.in_(bindparam("ids", expanding=True)))
_KEYED = tuple_(reports.c.sender, reports.c.key).in_(bindparam("keys", expanding=True))
_BY_KEYS = select(reports).where(reports.c.key != "", _KEYED)
_NAMED = select(reports.c.sender, reports.c.body["media"], reports.c.body["video_id"].as_string()).where(reports.c.pictured)
_KEEP = insert(reports)
_ADD = insert(incidents).returning(incidents.c.key)
_CHANGE = update(incidents).where(incidents.c.id == bindparam("known_id"))
_TOLD = delete(incident_news).where(
    incident_news.c.incident_id == bindparam("told_id"), incident_news.c.revision <= bindparam("told_revision")
)


def _nearby(keys: Select[Any]) -> Select[Any, Any, Any]:
    """Id, body, and whether the reporter has reported in it."""
    theirs = exists().where(reports.c.incident_id == incidents.c.id, reports.c.sender == bindparam("reporter"))
    return select(incidents.c.id, incidents.c.body, theirs).where(incidents.c.key.in_(keys))


_NEARBY = {dialect: _nearby(keys) for dialect, keys in NEAREST.items()}


def incident_by_id(connection: Connection, incident_id: str) -> Incident:
    """Raises NotFound; Removed, where there was one."""
    body = connection.scalar(select(incidents.c.body).where(incidents.c.id == incident_id))
    if body is not None:
        return read_as(Incident, body)
    if gone_ids(connection, [incident_id]):
        raise Removed(f"The incident {incident_id[:80]!r} was over for so long that it is no longer kept.")
    raise NotFound(f"There is no incident {incident_id[:80]!r}.")


def outermost(connection: Connection, simulated: bool, newest: bool) -> Incident | None:
    """The one that occurred last, or first."""
    query = select(incidents.c.body).where(incidents.c.simulated == simulated)
    at = incidents.c.occurred_ns
    body = connection.scalar(query.order_by(at.desc() if newest else at, incidents.c.id).limit(1))
    return None if body is None else read_as(Incident, body)


def whole_incident(connection: Connection, incident_id: str) -> Incident:
    """With all its reports listed; one that was merged into another as it was then. Raises NotFound."""
    incident = incident_by_id(connection, incident_id)
    if incident.state is IncidentState.MERGED:
        return incident
    plain = connection.scalars(select(reports.c.link).where(reports.c.incident_id == incident_id).order_by(reports.c.seq))
    sensed = [link for link in incident.corroborations if link.kind is not EvidenceKind.REPORT]
    links = sorted([*(read_as(Corroboration, link) for link in plain), *sensed], key=lambda link: link.linked_ns)
    return replace(incident, corroborations=tuple(links), unlisted=())


def nearby(
    connection: Connection, around: Around, report: Report, known: Mapping[str, Incident], reported: Container[tuple[str, str]] = ()
) -> tuple[Nearby, ...]:
    """Incidents of themselves, the nearest `MOST_NEAR`, and what of them `report` is held against. `known`: some as they are now;
    `reported`: incidents and who has reported in them. Of both the record need not know yet."""
    places = places_of(connection)
    parameters = places.parameters(around)
    statement = _NEARBY[connection.dialect.name] if parameters is not None else _nearby(nearest(*places.near(around)))
    place = {"latitude": around.latitude, "longitude": around.longitude, "narrow": math.cos(math.radians(around.latitude))}
    of = {"most": MOST_NEAR, "reporter": report.reporter, "simulated": report.simulated}
    rows = connection.execute(statement, {**place, **of, **(parameters or {})})
    return tuple(
        Nearby(
            known.get(incident_id) or read_as(Incident, body),
            _pictured(connection, incident_id) if report.has_media else (),
            bool(report.reporter and (has_reporter or (incident_id, report.reporter) in reported)),
        )
        for incident_id, body, has_reporter in rows.all()
    )


def bodies_of(connection: Connection, ids: list[str]) -> dict[str, Any]:
    """By id, of at most some hundred."""
    return {row[0]: row[1] for row in connection.execute(_BODIES, {"ids": ids})} if ids else {}


def _pictured(connection: Connection, incident_id: str) -> tuple[Report, ...]:
    query = select(reports.c.body).where(reports.c.incident_id == incident_id, reports.c.pictured).order_by(reports.c.seq)
    return tuple(read_as(Report, body) for body in connection.scalars(query.limit(MOST_PICTURED)))


def reports_of(connection: Connection, incident: Incident, limit: int) -> tuple[Report, ...]:
    """In the order they came; of one that was merged into another those it had listed."""
    query = select(reports.c.body).order_by(reports.c.seq).limit(limit)
    if incident.state is IncidentState.MERGED:
        query = query.where(reports.c.id.in_([link.id for link in incident.corroborations]))
    else:
        query = query.where(reports.c.incident_id == incident.id)
    return tuple(read_as(Report, body) for body in connection.scalars(query))


def reports_by_ids(connection: Connection, ids: Iterable[str]) -> tuple[Report, ...]:
    """Those that are there."""
    query = select(reports.c.body).where(reports.c.id.in_(tuple(ids))).order_by(reports.c.seq)
    return tuple(read_as(Report, body) for body in connection.scalars(query))


def filed_before(connection: Connection, several: Collection[Report]) -> list[Filed]:
    """What became of the same requests before: of the same ids, or of the same keys from the same senders."""
    rows = [*connection.execute(_BY_IDS, {"ids": [each.id for each in several]}).mappings()]
    keys = [(each.reporter, each.key) for each in several if each.key]
    if keys:
        rows += connection.execute(_BY_KEYS, {"keys": keys}).mappings()
    return [_told_again(connection, row) for row in rows]


def gone_before(connection: Connection, several: Collection[Report]) -> frozenset[str]:
    """Ids of the same requests that were filed once and are no longer kept."""
    names = {name: each.id for each in several if each.key for name in (each.id, without_engine(each.id))}
    return frozenset(names[name] for name in gone_ids(connection, [*names]))


def repeated_before(connection: Connection, report: Report, incident_id: str) -> Filed | None:
    """The same words by the same reporter, of the same occurrence."""
    theirs = (reports.c.incident_id == incident_id) & (reports.c.sender == report.reporter)
    rows = connection.execute(select(reports).where(theirs).order_by(reports.c.seq).limit(MOST_REPEATED)).mappings()
    same = next((row for row in rows if says_the_same(read_as(Report, row["body"]), report)), None)
    return None if same is None else replace(_told_again(connection, same), status=IncidentStatus.DUPLICATE)


def _told_again(connection: Connection, row: RowMapping) -> Filed:
    incident = incident_by_id(connection, row["incident_id"])
    return Filed(incident, read_as(Report, row["body"]), IncidentStatus(row["status"]), AGAIN, True)


def says_the_same(one: Report, other: Report) -> bool:
    return _same_time(one, other) and all(getattr(one, name) == getattr(other, name) for name in _SAID)


def _same_time(one: Report, other: Report) -> bool:
    """Where nobody said when it was, it was when the report came, which is later when it is sent again."""
    return one.occurred_ns == other.occurred_ns or all(each.occurred_ns == each.received_ns for each in (one, other))


def put_reports(connection: Connection, several: Collection[tuple[Report, Correlation]]) -> None:
    """In their order."""
    if several:
        connection.execute(_KEEP, [_report_row(report, done) for report, done in several])


def media_of(connection: Connection, senders: Collection[str]) -> frozenset[str]:
    """What reports of these, and of nobody else, name. Looks through every report that names something."""
    theirs, others = set[str](), set[str]()
    for sender, media, video_id in connection.execute(_NAMED):
        (theirs if sender in senders else others).update((*media, video_id))
    return frozenset(theirs - others - {""})


def _report_row(report: Report, done: Correlation) -> dict[str, Any]:
    return {
        "id": report.id,
        "incident_id": done.incident.id,
        "sender": report.reporter,
        "key": report.key,
        "occurred_ns": report.occurred_ns,
        "status": done.status.value,
        "pictured": report.has_media,
        "link": to_plain(done.link),
        "body": to_plain(report),
    }


def add_incident(connection: Connection, incident: Incident) -> None:
    key = connection.execute(_ADD, _row(incident)).scalar_one()
    places_of(connection).put(connection, key, incident.latitude, incident.longitude, incident.occurred_ns)


def put_incidents(connection: Connection, changed: Iterable[Incident]) -> None:
    """Insert, or replace by id; the anchor of one that is there stays where it is."""
    for incident in changed:
        row = _row(incident)
        if not connection.execute(_CHANGE, row | {"known_id": incident.id}).rowcount:
            add_incident(connection, incident)


def change_incidents(connection: Connection, changed: Collection[Incident]) -> None:
    """Replace by id; all of them are there."""
    if changed:
        connection.execute(_CHANGE, [_row(incident) | {"known_id": incident.id} for incident in changed])


def move_links(connection: Connection, moved: Iterable[tuple[str, Corroboration]]) -> None:
    for incident_id, link in moved:
        if link.kind is EvidenceKind.REPORT:
            values = {"incident_id": incident_id, "link": to_plain(link)}
            connection.execute(update(reports).where(reports.c.id == link.id).values(values))


def put_news(connection: Connection, changed: Iterable[Incident]) -> None:
    upsert(connection, incident_news, [{"incident_id": each.id, "revision": each.revision} for each in changed])


def remove_news(connection: Connection, told: Iterable[tuple[str, int]]) -> None:
    """Unless they changed again since."""
    rows = [{"told_id": incident_id, "told_revision": revision} for incident_id, revision in told]
    if rows:
        connection.execute(_TOLD, rows)


def read_news(connection: Connection) -> tuple[Incident, ...]:
    """In the order in which they changed."""
    query = select(incidents.c.body).join(incident_news, incident_news.c.incident_id == incidents.c.id)
    bodies = connection.scalars(query.order_by(incidents.c.updated_ns, incidents.c.id))
    return tuple(read_as(Incident, body) for body in bodies)


def _row(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "category": incident.category.value,
        "severity": int(incident.severity),
        "status": incident.status.value,
        "state": incident.state.value,
        "latitude": incident.latitude,
        "longitude": incident.longitude,
        "occurred_ns": incident.occurred_ns,
        "updated_ns": incident.updated_ns,
        "body": to_plain(incident),
        "simulated": incident.simulated,
        "threat_id": incident.classification.threat_id if incident.classification is not None else "",
    }

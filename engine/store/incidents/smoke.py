"""Incidents that cameras see smoke of: which plume is of which, and what of them a report of fire could belong to."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, bindparam, exists, select

from engine._geodesic import rough_distance_m
from engine.model.fire.smoke import Crossing, Plume
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentState, Nearby, Report
from engine.model.time import SECOND
from engine.model.wire import read_as, to_plain
from engine.store.fire.smoke_tables import incident_smoke
from engine.store.incidents.places import Around, nearest, places_of
from engine.store.tables import incidents, reports
from engine.store.upsert import upsert

REACH_NS, LEAST_M = 1_801 * SECOND, 51.0  # what is looked through; the rules are exact
MOST_PLUMES, MOST_NEAR = 1_000, 200
_MOST_MERGES = 100
_ROUGH = 1.01

Seen = tuple[str, Plume]
"""A plume, and the incident it is of."""


def plumes_at(connection: Connection, since_ns: int, until_ns: int) -> tuple[Seen, ...]:
    """Of incidents, seen in these times or half an hour before or after; the newest ones."""
    in_time = incident_smoke.c.until_ns >= since_ns - REACH_NS, incident_smoke.c.since_ns <= until_ns + REACH_NS
    query = select(incident_smoke.c.incident_id, incident_smoke.c.body).where(*in_time)
    rows = connection.execute(query.order_by(incident_smoke.c.until_ns.desc()).limit(MOST_PLUMES))
    return tuple((incident_id, read_as(Plume, body)) for incident_id, body in rows)


def with_smoke(
    connection: Connection,
    near: tuple[Nearby, ...],
    seen: Iterable[Seen],
    report: Report,
    known: Mapping[str, Incident],
    reported: Collection[tuple[str, str]] = (),
) -> tuple[Nearby, ...]:
    """Of a report of fire: what it is held against by place alone, and incidents whose smoke is where it is."""
    if report.category is not IncidentCategory.FIRE:
        return near
    found = {each.incident.id: each for each in near}
    for incident_id, plume in seen:
        if plume.place is None or not _may_reach(plume.place, report):
            continue
        incident = living(connection, incident_id, known)
        if incident is None:
            continue
        has_reporter = (incident.id, report.reporter) in reported or _has_reported(connection, incident.id, report.reporter)
        before = found.get(incident.id, Nearby(incident, (), bool(report.reporter) and has_reporter))
        found[incident.id] = Nearby(before.incident, before.pictured, before.has_reporter, plume)
    return tuple(found.values())


def near_plume(connection: Connection, plume: Plume) -> tuple[Nearby, ...]:
    """The incident it is of; or else those around where it is."""
    of = connection.scalar(select(incident_smoke.c.incident_id).where(incident_smoke.c.plume_id == plume.id)) or plume.incident_id
    own = living(connection, of) if of else None
    if own is not None:
        return (Nearby(own, plume=plume),)
    if plume.place is None:
        return ()
    radius_m = min(max(plume.place.major_m, LEAST_M) * _ROUGH, 1e6)
    times = plume.started_ns - REACH_NS, plume.last_seen_ns + REACH_NS
    around = Around(plume.place.latitude, plume.place.longitude, radius_m, *times)
    keys = nearest(*places_of(connection).near(around))
    place = {"latitude": around.latitude, "longitude": around.longitude, "narrow": 1.0, "most": MOST_NEAR, "simulated": plume.simulated}
    bodies = connection.scalars(select(incidents.c.body).where(incidents.c.key.in_(keys)), place)
    return tuple(Nearby(read_as(Incident, body)) for body in bodies)


def put(connection: Connection, plume: Plume, incident_id: str) -> None:
    body = to_plain(plume)
    times = {"since_ns": plume.started_ns, "until_ns": plume.last_seen_ns}
    upsert(connection, incident_smoke, [{"plume_id": plume.id, "incident_id": incident_id, "body": body, **times}])


def living(connection: Connection, incident_id: str, known: Mapping[str, Incident] | None = None) -> Incident | None:
    """The incident, or the one that it lives on in; None: it is long over, and was removed."""
    for _ in range(_MOST_MERGES):
        incident = (known or {}).get(incident_id) or _incident(connection, incident_id)
        if incident is None or incident.state is not IncidentState.MERGED:
            return incident
        incident_id = incident.merged_into
    return None


def _incident(connection: Connection, incident_id: str) -> Incident | None:
    body = connection.scalar(select(incidents.c.body).where(incidents.c.id == incident_id))
    return None if body is None else read_as(Incident, body)


def _may_reach(place: Crossing, report: Report) -> bool:
    away_m = rough_distance_m(place.latitude, place.longitude, report.latitude, report.longitude)
    return away_m <= _ROUGH * max(place.major_m, LEAST_M)


_REPORTED = select(exists().where(reports.c.incident_id == bindparam("incident_id"), reports.c.sender == bindparam("sender")))


def _has_reported(connection: Connection, incident_id: str, reporter: str) -> bool:
    return bool(reporter) and bool(connection.scalar(_REPORTED, {"incident_id": incident_id, "sender": reporter}))

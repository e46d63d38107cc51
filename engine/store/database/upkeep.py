"""What deleting what is old needs to know of the record, and does to it."""

from collections.abc import Sequence as Several

from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, Text, and_, cast, delete, func, literal_column, or_, select

from engine.model.cameras.clip import Clip
from engine.model.ids import number_of
from engine.store.fire.risk_tables import risk_bumps
from engine.store.id_families import newest_ids
from engine.store.questions import read_clip
from engine.store.review.review_items import remove_old_reviews
from engine.store.segments.segments import held_between, is_locked
from engine.store.tables import alerts, atlas_calls, clips, decisions, events, persons, sequences
from engine.store.timeline.tables import event_verdicts

# Written into statements as they are: SQLite takes an index of some rows only where it sees which.
_INCIDENT, _NOTHING = literal_column("'incident'", Text), literal_column("''", Text)


def clips_size_bytes(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.sum(clips.c.size_bytes), 0))) or 0


def oldest_clips(connection: Connection, limit: int) -> tuple[Clip, ...]:
    """Of those that may be removed: neither of persons who are locked, nor locked as evidence."""
    query = (
        select(clips)
        .where(clips.c.event_id.not_in(_locked_events()), ~is_locked(clips))
        .order_by(clips.c.started_ns, clips.c.id)
        .limit(limit)
    )
    return tuple(read_clip(row) for row in connection.execute(query).mappings())


def clip_ids(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(clips.c.id)))


def remove_clips(connection: Connection, ids: Several[str]) -> None:
    connection.execute(delete(clips).where(clips.c.id.in_(ids)))


def clip_files(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """Of all clips: id, event and file."""
    return tuple((row.id, row.event_id, row.file) for row in connection.execute(select(clips.c.id, clips.c.event_id, clips.c.file)))


def count_old_events(connection: Connection, before_ns: int) -> int:
    """How many `remove_events` would remove in the end, were no clip theirs any more."""
    old = select(func.count()).select_from(events).where(_over_before(before_ns), events.c.id.not_in(_locked_events()), ~is_locked(events))
    return connection.scalar(old) or 0


def event_counts(connection: Connection, day_ns: int, week_ns: int) -> tuple[tuple[str, int, int, int], ...]:
    """By kind: how many began since `day_ns`, since `week_ns`, and ever."""
    day, week = (func.coalesce(func.sum(cast(events.c.started_ns >= bound, Integer)), 0) for bound in (day_ns, week_ns))
    query = select(events.c.kind, day.label("day"), week.label("week"), func.count().label("ever")).group_by(events.c.kind)
    return tuple((row.kind, row.day, row.week, row.ever) for row in connection.execute(query.order_by(events.c.kind)))


def last_number(connection: Connection) -> int:
    """The newest observation that an event or a decision was made by, at least nearly; 0 where there are none."""
    newest = (*newest_ids(connection, events.c.id, "ev"), *newest_ids(connection, decisions.c.id, "de"))
    return max(map(number_of, newest), default=0)


def _over_before(before_ns: int) -> ColumnElement[bool]:
    return and_(func.coalesce(events.c.ended_ns, events.c.started_ns) < before_ns, events.c.started_ns < before_ns)


def remove_events(connection: Connection, before_ns: int, limit: int) -> tuple[str, ...]:
    """Remove the oldest events that ended before a time, at most so many; their ids. Those with a clip stay until it is gone."""
    old = (
        select(events.c.id)
        .where(_over_before(before_ns))
        .where(events.c.id.not_in(_locked_events()), events.c.id.not_in(select(clips.c.event_id)), ~is_locked(events))
        .order_by(events.c.started_ns, events.c.id)
        .limit(limit)
    )
    ids = tuple(connection.scalars(old))
    connection.execute(delete(events).where(events.c.id.in_(ids)))
    connection.execute(delete(event_verdicts).where(event_verdicts.c.event_id.in_(ids)))
    return ids


def remove_past(connection: Connection, before_ns: int) -> None:
    """Decisions, sequences and review items older than a time, but not what led to an event that is kept."""
    remove_old_reviews(connection, before_ns)
    kept = select(events.c.id)
    loose: ColumnElement[bool] = or_(decisions.c.event_id.is_(None), decisions.c.event_id.not_in(kept))
    evidence = held_between(decisions, decisions.c.decided_ns, decisions.c.decided_ns)
    connection.execute(delete(decisions).where(decisions.c.decided_ns < before_ns, loose, ~evidence))
    subjects = select(events.c.subject_id)
    ended_ns = func.coalesce(sequences.c.ended_ns, sequences.c.last_seen_ns)
    old = (ended_ns < before_ns, sequences.c.started_ns < before_ns)
    connection.execute(delete(sequences).where(*old, sequences.c.id.not_in(subjects), ~is_locked(sequences)))


def needed_incidents(connection: Connection, ids: Several[str], before_ns: int) -> frozenset[str]:
    """Those of some hundred incidents that are named by an alert that is open or was changed since, by an event or alert of a person who is
    locked, or by the risk map. Alerts stay as long as their incident, and go with it (`forget_incidents`)."""
    of_alerts = select(alerts.c.incident_id).where(_about(ids), or_(~_long_closed(before_ns), _locked(alerts)))
    of_events = select(events.c.subject_id).where(events.c.kind == _INCIDENT, events.c.subject_id.in_(ids), _locked(events))
    of_map = select(risk_bumps.c.incident_id).where(risk_bumps.c.incident_id.in_(ids))
    return frozenset(connection.scalars(of_alerts.union(of_events, of_map)))


def forget_incidents(connection: Connection, ids: Several[str], before_ns: int) -> None:
    """What else the record has about incidents that were removed: calls to Atlas that wait, and alerts that were closed before a time."""
    connection.execute(delete(atlas_calls).where(atlas_calls.c.incident_id.in_(ids)))
    connection.execute(delete(alerts).where(_about(ids), _long_closed(before_ns), ~_locked(alerts)))


def _about(ids: Several[str]) -> ColumnElement[bool]:
    return and_(alerts.c.incident_id != _NOTHING, alerts.c.incident_id.in_(ids))


def _long_closed(before_ns: int) -> ColumnElement[bool]:
    return and_(alerts.c.state == "closed", alerts.c.changed_ns < before_ns)


def _locked(table: Table) -> ColumnElement[bool]:
    """Events or alerts of persons of whom nothing may be removed; the radio knows names only."""
    locked = select(persons.c.id).where(persons.c.locked)
    names = select(persons.c.name).where(persons.c.locked)
    return or_(table.c.person_id.in_(locked), table.c.person.in_(names))


def _locked_events() -> Select[tuple[str]]:
    return select(events.c.id).where(_locked(events))

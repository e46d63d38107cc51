"""What deleting old clips needs to know of the record, and does to it."""

from collections.abc import Sequence as Several

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select

from engine.model.clip import Clip
from engine.store.questions import read_clip
from engine.store.tables import clips, decisions, events, persons, sequences


def clips_size_bytes(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.sum(clips.c.size_bytes), 0))) or 0


def oldest_clips(connection: Connection, limit: int) -> tuple[Clip, ...]:
    """Of those that may be removed."""
    query = select(clips).where(clips.c.event_id.not_in(_locked_events())).order_by(clips.c.started_ns, clips.c.id).limit(limit)
    return tuple(read_clip(row) for row in connection.execute(query).mappings())


def clip_ids(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(clips.c.id)))


def remove_clips(connection: Connection, ids: Several[str]) -> None:
    connection.execute(delete(clips).where(clips.c.id.in_(ids)))


def remove_events(connection: Connection, before_ns: int, limit: int) -> tuple[str, ...]:
    """Remove the oldest events that ended before a time, at most so many; their ids. Those with a clip stay until it is gone."""
    old = (
        select(events.c.id)
        .where(func.coalesce(events.c.ended_ns, events.c.started_ns) < before_ns, events.c.started_ns < before_ns)
        .where(events.c.id.not_in(_locked_events()), events.c.id.not_in(select(clips.c.event_id)))
        .order_by(events.c.started_ns, events.c.id)
        .limit(limit)
    )
    ids = tuple(connection.scalars(old))
    connection.execute(delete(events).where(events.c.id.in_(ids)))
    return ids


def remove_past(connection: Connection, before_ns: int) -> None:
    """Decisions and sequences older than a time, but not what led to an event that is kept."""
    kept = select(events.c.id)
    loose: ColumnElement[bool] = or_(decisions.c.event_id.is_(None), decisions.c.event_id.not_in(kept))
    connection.execute(delete(decisions).where(decisions.c.decided_ns < before_ns, loose))
    subjects = select(events.c.subject_id)
    ended_ns = func.coalesce(sequences.c.ended_ns, sequences.c.last_seen_ns)
    connection.execute(delete(sequences).where(ended_ns < before_ns, sequences.c.started_ns < before_ns, sequences.c.id.not_in(subjects)))


def _locked_events() -> Select[tuple[str]]:
    """Of persons of whom nothing may be removed; the radio knows names only."""
    locked = select(persons.c.id).where(persons.c.locked)
    names = select(persons.c.name).where(persons.c.locked)
    return select(events.c.id).where(or_(events.c.person_id.in_(locked), events.c.person.in_(names)))

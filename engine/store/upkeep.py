"""What deleting old clips needs to know of the record, and does to it."""

from collections.abc import Sequence as Several

from sqlalchemy import Connection, delete, func, select

from engine.model.clip import Clip
from engine.store.questions import read_clip
from engine.store.tables import clips


def clips_size_bytes(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.sum(clips.c.size_bytes), 0))) or 0


def oldest_clips(connection: Connection, limit: int) -> tuple[Clip, ...]:
    query = select(clips).order_by(clips.c.started_ns, clips.c.id).limit(limit)
    return tuple(read_clip(row) for row in connection.execute(query).mappings())


def clip_ids(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(clips.c.id)))


def remove_clips(connection: Connection, ids: Several[str]) -> None:
    connection.execute(delete(clips).where(clips.c.id.in_(ids)))

"""Rejected decisions come by the thousand. Of each camera and UTC day the newest are kept as rows, and all are counted.

The newest, because "why did nothing fire?" is asked about what just happened. A replay after a crash saves the same ids again; those
still there are not counted twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Several

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_

from engine.model.alerts.decision import Decision, Outcome
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.store.tables import decisions, rejected_counts
from engine.store.upsert import insert_into

DAY_NS = 86_400 * SECOND
_NO_CAMERA = ":"
_CHUNK = 500  # ids per query; SQLite takes at most 999 parameters in old builds


@dataclass(frozen=True, slots=True, order=True)
class CameraDay:
    """`day` counts UTC days from 1970-01-01. What no camera saw is counted by its kind: `camera_id` is then ":" and the kind."""

    camera_id: str
    day: int

    @classmethod
    def of(cls, decision: Decision) -> "CameraDay":
        return cls(decision.camera_id or f"{_NO_CAMERA}{decision.candidate.value}", decision.decided_ns // DAY_NS)

    def rows(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions for its rejected decisions."""
        row, start_ns = decisions.c, self.day * DAY_NS
        rejected = row.outcome == Outcome.REJECTED.value
        return (*self._source(), rejected, row.decided_ns >= start_ns, row.decided_ns < start_ns + DAY_NS)

    def _source(self) -> tuple[ColumnElement[bool], ...]:
        row = decisions.c
        if not self.camera_id.startswith(_NO_CAMERA):
            return (row.camera_id == self.camera_id,)
        return (row.camera_id == "", row.candidate == self.camera_id.removeprefix(_NO_CAMERA))


@dataclass(frozen=True, slots=True)
class RejectedCount:
    """Decisions rejected on one camera and UTC day: how many there were, how many rows of them are kept."""

    camera_id: str
    day: int
    rejected: int
    kept: int


def count_rejected(connection: Connection, values: Several[Decision]) -> frozenset[CameraDay]:
    """Count those of `values` that were not rejected before, and say which days they are of. Call before they are written."""
    rejected = {value.id: CameraDay.of(value) for value in values if value.outcome is Outcome.REJECTED}
    for known in list(_already_rejected(connection, list(rejected))):
        del rejected[known]
    counts = Counter(rejected.values())
    if counts:
        _add(connection, counts)
    return frozenset(counts)


def trim_rejected(connection: Connection, days: Iterable[CameraDay], per_day: int) -> None:
    """Remove the oldest rows beyond the cap. Call after the values are written."""
    for day in sorted(days):
        _trim_day(connection, day, per_day)


def read_counts(connection: Connection) -> tuple[RejectedCount, ...]:
    """All counts, newest day first."""
    query = select(rejected_counts).order_by(rejected_counts.c.day.desc(), rejected_counts.c.camera_id)
    rows = connection.execute(query).all()
    return tuple(
        RejectedCount(row.camera_id, row.day, row.rejected, _stored_rows(connection, CameraDay(row.camera_id, row.day))) for row in rows
    )


def _trim_day(connection: Connection, day: CameraDay, per_day: int) -> None:
    key = (decisions.c.decided_ns, decisions.c.id)
    newest_first = select(*key).where(*day.rows()).order_by(key[0].desc(), key[1].desc())
    first_beyond = connection.execute(newest_first.offset(per_day).limit(1)).first()
    if first_beyond is not None:
        connection.execute(delete(decisions).where(*day.rows(), tuple_(*key) <= tuple_(*first_beyond)))


def _already_rejected(connection: Connection, ids: list[str]) -> Iterator[str]:
    for start in range(0, len(ids), _CHUNK):
        among = decisions.c.id.in_(ids[start : start + _CHUNK])
        yield from connection.scalars(select(decisions.c.id).where(among, decisions.c.outcome == Outcome.REJECTED.value))


def _add(connection: Connection, counts: Counter[CameraDay]) -> None:
    statement = insert_into(connection, rejected_counts)
    summed = {"rejected": rejected_counts.c.rejected + statement.excluded.rejected}
    rows = [{"camera_id": day.camera_id, "day": day.day, "rejected": count} for day, count in counts.items()]
    connection.execute(statement.on_conflict_do_update(index_elements=list(rejected_counts.primary_key), set_=summed), rows)


def _stored_rows(connection: Connection, day: CameraDay) -> int:
    return connection.scalar(select(func.count()).select_from(decisions).where(*day.rows())) or 0

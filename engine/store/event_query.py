"""Events by many properties at once, for questions in words. Beside a running engine too: nothing is written."""

from collections import Counter
from collections.abc import Callable, Generator
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, false, func, inspect, or_, select, text, true

from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault
from engine.model.event import Event, EventKind
from engine.model.history.event_query import QUARTER_NS, EventTime, EventWant, Tally, TallyBy
from engine.model.history.timeline import LaneSpan
from engine.model.people.person import Person
from engine.model.question_type import RecordQuestion
from engine.model.wire import read_as
from engine.store import questions
from engine.store.database.connection import looking_engine
from engine.store.database.faults import faults_named
from engine.store.paging import between
from engine.store.people.watching import observed
from engine.store.schema import NEWEST
from engine.store.tables import clips, events, gestures, meta, persons
from engine.store.timeline.tables import watched

T = TypeVar("T")

LONGEST_STAY_NS = 3 * 86_400 * 10**9  # an event that ended began no longer before that
_MOST_IDS = 900
_OPEN = events.c.ended_ns.is_(None)


class Connecting(Protocol):
    """An engine of SQLAlchemy, or what limits one."""

    def connect(self) -> AbstractContextManager[Connection]: ...


class AskedTables:
    """`AskedRecord` over a database that is open for reading. Any thread."""

    def __init__(self, reading: Connecting, faults: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._reading = reading
        self._faults = faults

    def answer(self, question: RecordQuestion[T]) -> T:
        with self._read() as connection:
            return questions.answer(connection, question)

    def events(self, want: EventWant, limit: int, *, newest_first: bool = True, skip: int = 0) -> tuple[Event, ...]:
        order = (events.c.started_ns.desc(), events.c.id.desc()) if newest_first else (events.c.started_ns, events.c.id)
        with self._read() as connection:
            rows: list[RowMapping] = []
            for conditions in _each(connection, want):
                query = select(events).where(*conditions).order_by(*order).limit(limit + skip)
                rows += connection.execute(query).mappings().all()
        rows.sort(key=lambda row: (row["started_ns"], row["id"]), reverse=newest_first)
        return tuple(read_as(Event, dict(row)) for row in rows[skip : skip + limit])

    def times(self, want: EventWant, limit: int) -> tuple[EventTime, ...]:
        columns = (events.c.id, events.c.person_id, events.c.started_ns, events.c.ended_ns, events.c.camera_id, events.c.zone_id)
        with self._read() as connection:
            rows = [row for each in _each(connection, want) for row in connection.execute(select(*columns).where(*each).limit(limit))]
        return tuple(EventTime(*row) for row in rows[:limit])

    def count(self, want: EventWant) -> int:
        with self._read() as connection:
            rest = sum(_number(connection, each) for each in _shadows(connection, want))
            return sum(_number(connection, each) for each in _each(connection, want, shadows=True)) - rest

    def tally(self, want: EventWant, by: TallyBy) -> tuple[Tally, ...]:
        column: ColumnElement[Any] = events.c.started_ns // QUARTER_NS if by == "quarter" else events.c[by]
        last = func.max(func.coalesce(events.c.ended_ns, events.c.started_ns))
        found: dict[str, Tally] = {}
        with self._read() as connection:
            for conditions in _each(connection, want):
                query = select(column, func.count(), func.min(events.c.started_ns), last).where(*conditions).group_by(column)
                for row in connection.execute(query):
                    _add(found, Tally(str(row[0]), int(row[1]), int(row[2]), int(row[3])))
        return tuple(found[key] for key in sorted(found))

    def counts(self, want: EventWant, by: TallyBy) -> dict[str, int]:
        column: ColumnElement[Any] = events.c.started_ns // QUARTER_NS if by == "quarter" else events.c[by]
        found: Counter[str] = Counter()
        with self._read() as connection:
            for turn, several in ((1, _each(connection, want, shadows=True)), (-1, _shadows(connection, want))):
                for conditions in several:
                    for row in connection.execute(select(column, func.count()).where(*conditions).group_by(column)):
                        found[str(row[0])] += turn * int(row[1])
        return {key: number for key, number in sorted(found.items()) if number}

    def event(self, event_id: str) -> Event | None:
        with self._read() as connection:
            return questions.event_by_id(connection, event_id)

    def clip(self, clip_id: str) -> Clip | None:
        with self._read() as connection:
            return questions.clip_by_id(connection, clip_id)

    def clips_of(self, event_ids: Several[str]) -> tuple[Clip, ...]:
        with self._read() as connection:
            rows = connection.execute(select(clips).where(clips.c.event_id.in_(event_ids[:_MOST_IDS]))).mappings()
            return tuple(questions.read_clip(row) for row in rows)

    def people(self) -> tuple[Person, ...]:
        with self._read() as connection:
            rows = connection.execute(select(persons).order_by(persons.c.name, persons.c.id)).mappings()
            return tuple(read_as(Person, dict(row)) for row in rows)

    def labels(self) -> tuple[str, ...]:
        with self._read() as connection:
            return tuple(connection.scalars(select(gestures.c.label).distinct().order_by(gestures.c.label)))

    def observed(self, sensor_ids: Several[str], since_ns: int, until_ns: int) -> dict[str, tuple[LaneSpan, ...]]:
        with self._read() as connection:
            return observed(connection, sensor_ids, since_ns, until_ns)

    def watched_since_ns(self, sensor_id: str) -> int | None:
        with self._read() as connection:
            return connection.scalar(select(func.min(watched.c.since_ns)).where(watched.c.sensor_id == sensor_id))

    def began_ns(self) -> int | None:
        with self._read() as connection:
            value = connection.scalar(select(meta.c.value).where(meta.c.key == "created_ns"))
        return None if value is None else int(value)

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._reading.connect() as connection:
            yield connection


def look_at(path: Path) -> AskedTables:
    """A record beside an engine that may be writing it: makes and changes no file.

    Raises EnvironmentFault: as `open_store`, and `database_older` where it was not brought up to date yet.
    """
    asked = AskedTables(looking_engine(path), lambda: faults_named(path))
    with faults_named(path), looking_engine(path).connect() as connection:
        tables = inspect(connection).get_table_names()
        found = connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    if found is None:
        raise EnvironmentFault("database_foreign", f"The database {path} belongs to another program. Choose another folder.")
    if found > NEWEST:
        raise EnvironmentFault("database_newer", f"The database {path} was written by a newer version of Watchroom. Use that one.")
    if found < NEWEST:
        raise EnvironmentFault("database_older", f"{path} is of an older version. Start its engine once, then ask.")
    return asked


def _add(found: dict[str, Tally], more: Tally) -> None:
    had = found.get(more.key, more)
    count = more.count if had is more else had.count + more.count
    found[more.key] = Tally(more.key, count, min(had.first_ns, more.first_ns), max(had.last_ns, more.last_ns))


def _number(connection: Connection, conditions: Several[ColumnElement[bool]]) -> int:
    return connection.scalar(select(func.count()).select_from(events).where(*conditions)) or 0


def _shadows(connection: Connection, want: EventWant) -> list[list[ColumnElement[bool]]]:
    """Those of gestures in shadow mode that would fit, to be taken off: an index has the rest of them without looking at the rows."""
    if want.kinds and EventKind.GESTURE not in want.kinds:
        return []
    return [[*each, events.c.label != "", events.c.shadow == true()] for each in _each(connection, want, shadows=True)]


def _each(connection: Connection, want: EventWant, *, shadows: bool = False) -> list[list[ColumnElement[bool]]]:
    """Conditions of one query or two, apart from each other: what is going on still may have begun long ago."""
    conditions = _conditions(want) + ([] if shadows else [events.c.shadow == false()])
    if not want.touching:
        return [conditions + between(events.c.started_ns, want.since_ns, want.until_ns) + ([_OPEN] if want.going_on else [])]
    begun = between(events.c.started_ns, None, None if want.until_ns is None else want.until_ns + 1)
    since = want.since_ns
    lasted = [] if since is None else [events.c.ended_ns >= since, events.c.started_ns >= since - LONGEST_STAY_NS]
    ended = [] if want.going_on else [[*conditions, *begun, events.c.ended_ns.is_not(None), *lasted]]
    open_ids = connection.scalars(select(events.c.id).where(_OPEN).limit(_MOST_IDS)).all()  # few, and an index of their own has them
    return [*ended, *([[*conditions, *begun, events.c.id.in_(open_ids)]] if open_ids else [])]


def _conditions(want: EventWant) -> list[ColumnElement[bool]]:
    columns = events.c
    found = [*_event_conditions(want), *_left_out(want)]
    if want.min_severity > 1:
        found.append(columns.severity >= want.min_severity)
    if want.shortest_ns is not None:
        found.append(columns.ended_ns - columns.started_ns >= want.shortest_ns)
    if want.longest_ns is not None:
        found.append(columns.ended_ns - columns.started_ns <= want.longest_ns)
    return found


def _event_conditions(want: EventWant) -> list[ColumnElement[bool]]:
    columns = events.c
    found: list[ColumnElement[bool]] = []
    if want.kinds:
        found.append(_one_of(columns.kind, [kind.value for kind in want.kinds]))
    if want.person_ids or want.known is True:
        found.append(columns.person_id != "")  # said for the index, which holds only these
    if want.person_ids:
        found.append(_one_of(columns.person_id, want.person_ids))
    if want.known is False:
        found += [columns.person_id == "", columns.person == ""]  # a name that no person has now is somebody's all the same
    if want.zone_ids and not want.camera_ids:
        found.append(columns.zone_id != "")
    if want.camera_ids or want.zone_ids:
        at = [(columns.camera_id, want.camera_ids), (columns.zone_id, want.zone_ids)]
        found.append(or_(*(_one_of(column, ids) for column, ids in at if ids)))
    if want.only_camera_ids is not None:
        found.append(columns.camera_id.in_(want.only_camera_ids))
    for column, wanted in ((columns.severity, want.severities), (columns.label, want.labels), (columns.subject_id, want.subject_ids)):
        if wanted:
            found.append(_one_of(column, wanted))
    return found


def _left_out(want: EventWant) -> list[ColumnElement[bool]]:
    columns = events.c
    pairs = ((columns.person_id, want.not_person_ids), (columns.camera_id, want.not_camera_ids), (columns.zone_id, want.not_zone_ids))
    return [column.not_in(ids) for column, ids in pairs if ids]


def _one_of(column: Column[Any], values: Several[Any]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)

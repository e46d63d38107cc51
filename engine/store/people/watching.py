"""Whether sensors would have seen anything: what tells “nothing happened” from “nobody looked”."""

from collections.abc import Callable, Generator, Iterator
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, delete, func, select

from engine.model.history.timeline import LaneSpan, SpanState, Watched
from engine.model.wire import to_plain
from engine.store.timeline.tables import watched
from engine.store.upsert import upsert

MOST_SPANS = 4_096  # of one sensor in an answer: more than a screen has columns
_WORST = (SpanState.BLIND, SpanState.UNLOOKED, SpanState.PARTLY, SpanState.OBSERVED)


class WatchTable:
    """Any thread may ask; the writer's thread puts. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    def put(self, spans: Several[Watched]) -> None:
        """Insert, or carry on by sensor and beginning."""
        with self._write() as connection:
            upsert(connection, watched, [to_plain(span) for span in spans])

    def observed(self, sensor_ids: Several[str], since_ns: int, until_ns: int) -> dict[str, tuple[LaneSpan, ...]]:
        """See the function `observed`. Every sensor that was asked for has an entry, empty where nothing is known of it."""
        with self._faults(), self._reading.connect() as connection:
            return observed(connection, sensor_ids, since_ns, until_ns)

    def forget(self, before_ns: int) -> None:
        """Remove what was over before then."""
        with self._write() as connection:
            connection.execute(delete(watched).where(watched.c.until_ns < before_ns))

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield connection


def observed(connection: Connection, sensor_ids: Several[str], since_ns: int, until_ns: int) -> dict[str, tuple[LaneSpan, ...]]:
    """How well each of some sensors (cameras by id, nodes by MAC; none named: all that are known) watched between two times.

    Spans rise and do not overlap; OBSERVED: what happened there would be in the record; PARTLY: `reason` says what would not; UNLOOKED:
    motion would, but not what moved; BLIND: nothing would. Where no span lies the engine did not run, or did not know the sensor: then
    nothing is known, and an empty record does not say that nothing happened. Spans that reach beyond the times are not cut.
    """
    sensors = sensor_ids or tuple(_sensors(connection))
    return {sensor: _coarser(_spans(connection, sensor, since_ns, until_ns), (until_ns - since_ns) // MOST_SPANS) for sensor in sensors}


def _sensors(connection: Connection) -> Iterator[str]:
    """One step into the index for each, however many spans there are."""
    last = connection.scalar(select(func.min(watched.c.sensor_id)))
    while last is not None:
        yield last
        last = connection.scalar(select(func.min(watched.c.sensor_id)).where(watched.c.sensor_id > last))


def _spans(connection: Connection, sensor_id: str, since_ns: int, until_ns: int) -> list[LaneSpan]:
    of_sensor = watched.c.sensor_id == sensor_id
    first = connection.scalar(select(func.max(watched.c.since_ns)).where(of_sensor, watched.c.since_ns <= since_ns))
    from_ns = since_ns if first is None else first
    rows = connection.execute(
        select(watched.c.since_ns, watched.c.until_ns, watched.c.state, watched.c.reason)
        .where(of_sensor, watched.c.since_ns >= from_ns, watched.c.since_ns < until_ns, watched.c.until_ns > since_ns)
        .order_by(watched.c.since_ns)
    )
    return [LaneSpan(begin, end, SpanState(state), reason) for begin, end, state, reason in rows]


def _coarser(spans: list[LaneSpan], shortest_ns: int) -> tuple[LaneSpan, ...]:
    """Neighbours that are too short to be drawn become one, as bad as the worst of them: a moment of blindness is not drawn over."""
    if len(spans) <= MOST_SPANS:
        return tuple(spans)
    found = [spans[0]]
    for span in spans[1:]:
        last = found[-1]
        if span.until_ns - last.since_ns > shortest_ns or span.since_ns > last.until_ns:
            found.append(span)
            continue
        worst = min(last, span, key=lambda each: _WORST.index(each.state))
        found[-1] = LaneSpan(last.since_ns, span.until_ns, worst.state, worst.reason)
    return tuple(found)

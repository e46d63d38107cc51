"""The lanes of a timeline, counted from the rows themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.sql.elements import KeyedColumnElement

from engine.model.event import EventKind
from engine.model.timeline import GetTimeline, LaneKind, LaneMarks, LaneSpan, SpanState, TimelineLane
from engine.store.tables import alerts, audit, clips, decisions, events
from engine.store.watching import observed

_BLE = (EventKind.BADGE_WITHOUT_OWNER, EventKind.PHONE_LEFT)
_WORDS = (EventKind.INCIDENT, EventKind.SMOKE)  # of occurrences, where no camera is named


@dataclass(frozen=True, slots=True)
class Count:
    """`n` of a kind fell into a column of a lane; the worst of them was so severe."""

    lane: LaneKind
    id: str
    kind: str
    column: int
    n: int
    worst: int


def lanes_of(connection: Connection, ask: GetTimeline) -> tuple[tuple[TimelineLane, ...], int]:
    """The lanes that hold anything, and those of cameras that were asked for; and how coarse they are."""
    marks: defaultdict[tuple[LaneKind, str], list[Count]] = defaultdict(list)
    for count in _counts(connection, ask):
        marks[count.lane, count.id].append(count)
    spans = _clips(connection, ask) if _wanted(ask, LaneKind.CAMERA) else {}
    if _wanted(ask, LaneKind.OBSERVED):
        watched = observed(connection, ask.camera_ids, ask.since_ns, ask.until_ns)
        spans.update({(LaneKind.OBSERVED, sensor_id): found for sensor_id, found in watched.items()})
    asked = [(LaneKind.CAMERA, camera_id) for camera_id in ask.camera_ids if _wanted(ask, LaneKind.CAMERA)]
    order = list(LaneKind)
    keys = sorted({*marks, *spans, *asked}, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(TimelineLane(*key, _marks(marks[key], ask.columns), spans.get(key, ())) for key in keys), 0


def _wanted(ask: GetTimeline, lane: LaneKind) -> bool:
    return not ask.lanes or lane in ask.lanes


def _marks(counts: Iterable[Count], columns: int) -> tuple[LaneMarks, ...]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    for count in counts:
        ns, worst = found.setdefault(count.kind, ([0] * columns, [0] * columns))
        ns[count.column] += count.n
        worst[count.column] = max(worst[count.column], count.worst)
    return tuple(LaneMarks(kind, tuple(ns), tuple(worst)) for kind, (ns, worst) in sorted(found.items()))


def _counts(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    if any(_wanted(ask, lane) for lane in (LaneKind.CAMERA, LaneKind.RADIO, LaneKind.BLE, LaneKind.INCIDENTS)):
        yield from _events(connection, ask)
    if _wanted(ask, LaneKind.CAMERA):
        yield from _alerts(connection, ask)
    if _wanted(ask, LaneKind.PEOPLE):
        yield from _people(connection, ask)
    if _wanted(ask, LaneKind.DECISIONS):
        yield from _decisions(connection, ask)
    if _wanted(ask, LaneKind.ACTS):
        yield from _acts(connection, ask)


def _column(at: ColumnElement[int], ask: GetTimeline) -> ColumnElement[int]:
    """The part of the stretch that a time is in, as an integer."""
    share = literal(ask.columns / (ask.until_ns - ask.since_ns))
    return func.min(cast((at - ask.since_ns) * share, Integer), ask.columns - 1)


def _within(at: ColumnElement[int], ask: GetTimeline) -> ColumnElement[bool]:
    return and_(at >= ask.since_ns, at < ask.until_ns)


def _of_cameras(camera: ColumnElement[str], ask: GetTimeline, also: str | None = None) -> ColumnElement[bool]:
    if not ask.camera_ids:
        return true()
    return camera.in_([*ask.camera_ids, *([] if also is None else [also])])


def _grouped(
    connection: Connection,
    what: tuple[ColumnElement[str], ...],
    at: KeyedColumnElement[int],
    worst: ColumnElement[int],
    ask: GetTimeline,
    *conditions: ColumnElement[bool],
) -> Iterator[tuple[tuple[str, ...], int, int, int]]:
    column = _column(at, ask).label("column")
    query = select(column, func.count(), func.max(worst), *what).where(_within(at, ask), *conditions).group_by(*what, column)
    for row in connection.execute(query):
        number, n, most, *words = row
        yield tuple(map(str, words)), number, n, most


def _events(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    known = and_(events.c.shadow.is_(False), _of_cameras(events.c.camera_id, ask, ""))
    rows = _grouped(connection, (events.c.camera_id, events.c.kind), events.c.started_ns, events.c.severity, ask, known)
    for (camera_id, kind), column, n, worst in rows:
        lane = lane_of(camera_id, kind)
        if _wanted(ask, lane):
            yield Count(lane, camera_id, kind, column, n, worst)


def lane_of(camera_id: str, kind: str) -> LaneKind:
    """Where an event is drawn."""
    if camera_id:
        return LaneKind.CAMERA
    if kind in _WORDS:
        return LaneKind.INCIDENTS
    return LaneKind.BLE if kind in _BLE else LaneKind.RADIO


def _alerts(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    known = and_(alerts.c.camera_id != "", _of_cameras(alerts.c.camera_id, ask))
    for (camera_id,), column, n, worst in _grouped(connection, (alerts.c.camera_id,), alerts.c.raised_ns, alerts.c.severity, ask, known):
        yield Count(LaneKind.CAMERA, camera_id, "raised", column, n, worst)


def _people(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    whose = case((events.c.person_id != "", events.c.person_id), else_=events.c.person)
    known = and_(whose != "", events.c.shadow.is_(False), _of_cameras(events.c.camera_id, ask))
    for (person, kind), column, n, worst in _grouped(
        connection, (whose, events.c.kind), events.c.started_ns, events.c.severity, ask, known
    ):
        yield Count(LaneKind.PEOPLE, person, kind, column, n, worst)


def _decisions(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    """Those of events that were raised are told by the events."""
    told = or_(decisions.c.stage == "alert", decisions.c.outcome != "raised")
    known = and_(told, _of_cameras(decisions.c.camera_id, ask, ""))
    for (outcome,), column, n, worst in _grouped(connection, (decisions.c.outcome,), decisions.c.decided_ns, literal(0), ask, known):
        yield Count(LaneKind.DECISIONS, "", outcome, column, n, worst)


def _acts(connection: Connection, ask: GetTimeline) -> Iterator[Count]:
    for _, column, n, _worst in _grouped(connection, (), audit.c.at_ns, literal(0), ask):
        yield Count(LaneKind.ACTS, "", "act", column, n, 0)


def _clips(connection: Connection, ask: GetTimeline) -> dict[tuple[LaneKind, str], tuple[LaneSpan, ...]]:
    known = and_(clips.c.started_ns < ask.until_ns, clips.c.ended_ns > ask.since_ns, _of_cameras(clips.c.camera_id, ask))
    query = select(clips.c.camera_id, clips.c.started_ns, clips.c.ended_ns).where(known).order_by(clips.c.started_ns)
    found: defaultdict[tuple[LaneKind, str], list[LaneSpan]] = defaultdict(list)
    for camera_id, since_ns, until_ns in connection.execute(query):
        found[LaneKind.CAMERA, camera_id].append(LaneSpan(since_ns, until_ns, SpanState.CLIP))
    return {key: tuple(spans) for key, spans in found.items()}

"""Stays: rows of cameras, radio and zones that overlap are one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from engine.history.queries.findings import row_of_event
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Row
from engine.history.queries.spans import cut_spans
from engine.model.event import Event, EventKind
from engine.model.history.event_query import EventTime
from engine.model.history.query import SEEN_KINDS, Ask, GroupSelection, Of, Query, Scope, Span, Who
from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass

MOST_EVENTS = 5_000
_AT_ONCE_NS = 60 * SECOND  # a place that is known so soon is the one where a stay began
STAY_KINDS = (EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.PRESENCE)


class PlacedEvent(Protocol):
    """An event, or as much of it as says when and where it was."""

    @property
    def id(self) -> str: ...
    @property
    def started_ns(self) -> int: ...
    @property
    def ended_ns(self) -> int | None: ...
    @property
    def camera_id(self) -> str: ...
    @property
    def zone_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stay:
    """Events that overlap, in the order in which they began."""

    events: tuple[PlacedEvent, ...]

    def places(self) -> tuple[PlacedEvent | None, PlacedEvent | None]:
        """What tells where it began, and where it ended or goes on, if elsewhere: sensors that overlap do not tell that somebody moved."""
        placed = [each for each in self.events if each.camera_id or each.zone_id]
        entry = next((each for each in placed if each.started_ns - self.events[0].started_ns <= _AT_ONCE_NS), None)
        end = _ended_last(placed) if placed else None
        if entry is None or end is None or (entry.ended_ns is not None and (end.ended_ns is None or end.started_ns >= entry.ended_ns)):
            return entry, end
        return entry, None


def _ended_last(events: Sequence[PlacedEvent]) -> PlacedEvent:
    return max(events, key=lambda event: EVER_NS if event.ended_ns is None else event.ended_ns)


def row_of_stay(stay: Stay, event_of: Callable[[str], Event | None]) -> Row | None:
    """Of the event that it began with, to the end of the one that ended last; None where one is erased meanwhile."""
    first, last, (entry, end) = stay.events[0], _ended_last(stay.events), stay.places()
    told = {each.id: event_of(each.id) for each in (first, last, entry, end) if each is not None}
    rows = {id_: row_of_event(event) for id_, event in told.items() if event is not None}
    event = told[first.id]
    if event is None or len(rows) < len(told):
        return None
    row = row_of_event(replace(event, ended_ns=last.ended_ns))
    place = row if entry is None else rows[entry.id]
    others = tuple(each.citation for each in rows.values() if each.citation.id != first.id)
    return replace(row, rows=others, camera_id=place.camera_id, zone_id=place.zone_id, end=None if end is None else rows[end.id])


def stays_query(scope: Scope) -> Query:
    """How many stays there were; of several people: how often at least one of them was there."""
    return Query(Ask.AT_ONCE, scope=replace(scope, kinds=scope.kinds or SEEN_KINDS), least=1)


def counts_stays(query: Query) -> bool:
    return query.ask is Ask.AT_ONCE and query.wanted is GroupSelection.ALL and query.least == 1 and query.most is None


def folds_stays(query: Query) -> bool:
    """Whether one line tells what camera, radio and zone tell of one stay: of a place. Elsewhere each row is of another place."""
    scope = query.scope
    is_listed = query.ask is Ask.HOW_LONG or (query.ask is Ask.STAYS and (query.of is Of.EVENTS or bool(scope.person_ids)))
    return is_listed and bool(scope.camera_ids or scope.zone_ids) and not scope.kinds


def folded_rows(reach: Reach, events: Sequence[Event], scope: Scope) -> list[Row]:
    """In order. What somebody did there is a row of its own, and so is each sighting of somebody unknown."""
    theirs: dict[str, list[Event]] = {}
    for event in events:
        theirs.setdefault(event.person_id if event.kind in STAY_KINDS else "", []).append(event)
    rows = [row_of_event(event) for event in theirs.pop("", [])]
    of_id = {event.id: event for event in events}
    for stay in (stay for person in theirs.values() for stay in stays_of(reach, person, scope)):
        row = row_of_stay(stay, of_id.get)
        others = tuple(row_of_event(of_id[each.id]).citation for each in stay.events[1:])
        rows += [] if row is None else [replace(row, rows=others)]
    return sorted(rows, key=lambda row: (row.at_ns, row.citation.id))


def stays_by_person(reach: Reach, scope: Scope) -> dict[str, list[Stay]]:
    """Of those who are known; empty where there is too much to look at."""
    scope = stays_query(replace(scope, who=Who.KNOWN)).scope
    theirs: dict[str, list[EventTime]] = {}
    for each in _times(reach, scope) or ():
        theirs.setdefault(each.person_id, []).append(each)
    return {person: stays_of(reach, times, scope) for person, times in theirs.items()}


def count_stays(reach: Reach, query: Query) -> int | None:
    """Of a query that counts them. None: too much to look at."""
    scope = stay_scope(query.scope)
    times = _times(reach, scope)
    return None if times is None else len(stays_of(reach, times, scope))


def stay_scope(scope: Scope) -> Scope:
    """Of AT_ONCE."""
    return scope if scope.kinds else replace(scope, kinds=STAY_KINDS)


def _times(reach: Reach, scope: Scope) -> list[EventTime] | None:
    """None: more than `MOST_EVENTS`."""
    found: dict[str, EventTime] = {}
    for span in reach.spans(scope):
        want = reach.want(scope, span, touching=True)
        found |= {each.id: each for each in reach.record.times(want, MOST_EVENTS + 1 - len(found))}
        if len(found) > MOST_EVENTS:
            return None
    return list(found.values())


def stays_of(reach: Reach, times: Iterable[PlacedEvent], scope: Scope) -> list[Stay]:
    """In order."""
    found: list[list[PlacedEvent]] = []
    until_ns = 0  # of the last one, within the spans
    for part, each in sorted(((part, event) for event in times for part in presence_parts(reach, event, scope)), key=_begin):
        if not found or part.since_ns > until_ns:
            found.append([])
        found[-1].append(each)
        until_ns = max(until_ns, part.until_ns)
    return [Stay(tuple(events)) for events in found]


def _begin(part: tuple[Span, PlacedEvent]) -> tuple[int, int, str]:
    span, event = part
    return span.since_ns, event.started_ns, event.id


def presence_parts(reach: Reach, event: PlacedEvent, scope: Scope) -> tuple[Span, ...]:
    """Cut to the spans of the scope. A moment lasts for a nanosecond."""
    ended = reach.now_ns if event.ended_ns is None else max(event.ended_ns, event.started_ns + 1)
    return cut_spans(reach.spans(scope), event.started_ns, ended)

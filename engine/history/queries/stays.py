"""Stays: rows of cameras, radio and zones that overlap are one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from engine.history.queries.reach import Reach
from engine.model.event import EventKind
from engine.model.history.event_query import EventTime
from engine.model.history.query import SEEN_KINDS, Ask, GroupSelection, Query, Scope, Span, Who
from engine.model.value_class import dataclass

MOST_EVENTS = 5_000
STAY_KINDS = (EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.PRESENCE)


class Timed(Protocol):
    """An event, or as much of it as says when it was."""

    @property
    def started_ns(self) -> int: ...
    @property
    def ended_ns(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Stay:
    """Events that overlap: the one that began first, the one that ended last and when; `ended_ns` None: it goes on."""

    first_id: str
    last_id: str
    ended_ns: int | None


def stays_query(scope: Scope) -> Query:
    """How many stays there were; of several people: how often at least one of them was there."""
    return Query(Ask.AT_ONCE, scope=replace(scope, kinds=scope.kinds or SEEN_KINDS), least=1)


def counts_stays(query: Query) -> bool:
    return query.ask is Ask.AT_ONCE and query.wanted is GroupSelection.ALL and query.least == 1 and query.most is None


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


def stays_of(reach: Reach, times: Iterable[EventTime], scope: Scope) -> list[Stay]:
    """In order."""
    found: list[Stay] = []
    until_ns = 0  # of the last one, within the spans
    for part, each in sorted(((part, event) for event in times for part in presence_parts(reach, event, scope)), key=_begin):
        if not found or part.since_ns > until_ns:
            found.append(Stay(each.id, each.id, each.ended_ns))
        elif part.until_ns > until_ns:
            found[-1] = replace(found[-1], last_id=each.id, ended_ns=each.ended_ns)
        until_ns = max(until_ns, part.until_ns)
    return found


def _begin(part: tuple[Span, EventTime]) -> tuple[int, int, str]:
    span, event = part
    return span.since_ns, event.started_ns, event.id


def presence_parts(reach: Reach, event: Timed, scope: Scope) -> list[Span]:
    """Cut to the spans of the scope. A moment lasts for a nanosecond."""
    ended = reach.now_ns if event.ended_ns is None else max(event.ended_ns, event.started_ns + 1)
    cut = [(max(event.started_ns, span.since_ns), min(ended, span.until_ns)) for span in reach.spans(scope)]
    return [Span(since, until) for since, until in cut if since < until]

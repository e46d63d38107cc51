"""Queries about people over several times and places: who was there on every day, who here and not there, how many at once."""

from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from engine.history.queries import counts as queries_counts
from engine.history.queries import events as queries_events
from engine.history.queries.findings import count_citation, row_of_event
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result, Row
from engine.history.queries.stays import MOST_EVENTS, counts_stays, presence_parts, stay_scope
from engine.history.queries.typical import days_of, with_days
from engine.model.errors import InputError
from engine.model.event import Event, EventKind
from engine.model.history.query import Ask, By, GroupSelection, Query, Scope, Span, Who
from engine.model.value_class import dataclass


def regular(reach: Reach, query: Query) -> Result:
    """Of DAYS by person: on how many of the days each known person was seen, within `least` and `most`, or (`wanted` EVERY) on all.

    Rows: `count` how many days, `details` which, as ISO dates; cited is the person's own DAYS.
    """
    query = replace(query, scope=with_days(reach, query.scope, whole=query.wanted is GroupSelection.EVERY))  # today is not over
    total = len(days_of(reach, query.scope))
    rows: list[Row] = []
    for tally in sorted(queries_events.by_person(reach, replace(query.scope, who=Who.KNOWN), touching=False), key=attrgetter("key")):
        alone = of_one(query, tally.key)
        days = sorted(queries_counts.groups(reach, replace(alone, ask=Ask.COUNT, by=By.DAY)))
        if within(query, len(days), total):
            rows.append(Row(count_citation(alone, reach.now_ns), key=tally.key, person_id=tally.key, count=len(days), details=tuple(days)))
    rows.sort(key=lambda row: (-row.count, row.person_id))
    found = Result(query, count_citation(query, reach.now_ns), tuple(rows[: query.limit]), len(rows), known=total)
    return queries_events.with_sight(reach, found)


def of_one(query: Query, person_id: str) -> Query:
    """The days of one of them."""
    scope = replace(query.scope, person_ids=(person_id,), who=Who.ANYONE)
    return replace(query, by=By.DAY, wanted=GroupSelection.ALL, least=0, most=None, scope=scope)


def within(query: Query, number: int, total: int) -> bool:
    return number == total if query.wanted is GroupSelection.EVERY else query.lets(number)


def matching(reach: Reach, query: Query) -> Result:
    """Rows: of each person their first event in every part, then a row without a time for each part in which there is none."""
    parts = (query.scope, *query.also)
    kept = _known_person_ids(reach, query.scope)
    for part in query.also:
        kept &= _known_person_ids(reach, part)
    for part in query.without:
        kept -= _known_person_ids(reach, part)
    rows = [row for person in sorted(kept) for row in _of_one(reach, query, parts, person)]
    found = Result(query, count_citation(query, reach.now_ns), tuple(rows[: query.limit]), len(kept), known=len(kept))
    spans = tuple(dict.fromkeys(span for part in (*parts, *query.without) for span in part.spans))
    blind = tuple(dict.fromkeys(each for span in spans for each in reach.blind(replace(query.scope, spans=(span,)))))
    return replace(found, blind=blind, clips=reach.clips(list(found.rows)))


def _known_person_ids(reach: Reach, scope: Scope) -> set[str]:
    return {each.key for each in queries_events.by_person(reach, replace(scope, who=Who.KNOWN), touching=True)}


def _of_one(reach: Reach, query: Query, parts: tuple[Scope, ...], person: str) -> list[Row]:
    rows: list[Row] = []
    for part in parts:
        alone = replace(part, who=Who.KNOWN, person_ids=(person,))
        rows += [row_of_event(event) for event in reach.events(alone, 1, newest_first=False, touching=True)]
    for part in query.without:
        alone = Query(Ask.STAYS, scope=replace(part, who=Who.ANYONE, person_ids=(person,)))
        rows.append(Row(count_citation(alone, reach.now_ns), person_id=person))
    return rows


@dataclass(frozen=True, slots=True)
class Together:
    """Who was there from and to. `most`: how many at once; `events`: all in which they were seen."""

    since_ns: int
    until_ns: int
    most: int
    events: tuple[Event, ...]


def at_once(reach: Reach, query: Query) -> Result:
    """Stretches with at least `least` different people (and at most `most`); of `wanted` MOST the first stretch of the most there were.

    Known people count once each, those nobody knows once per sighting. Raises InputError: too many events.
    """
    found = _stretches(reach, query)
    if query.wanted is GroupSelection.MOST:
        most = max((each.most for each in found), default=0)
        kept = [each for each in found if each.most == most][:1]
    else:
        kept = _merge_neighbours([each for each in found if within(query, each.most, 0)])
    rows = [_row_of(reach, query, each) for each in kept[: query.limit]]
    if not kept or query.wanted is GroupSelection.MOST:
        rows = [*_at_most(reach, query, found), *rows]
    seconds = sum(each.until_ns - each.since_ns for each in kept) / 1e9
    return queries_events.with_sight(reach, Result(query, count_citation(query, reach.now_ns), tuple(rows), len(kept), seconds=seconds))


def _at_most(reach: Reach, query: Query, found: list[Together]) -> list[Row]:
    """How many there were at most, where there was anybody."""
    whole = replace(query, wanted=GroupSelection.MOST, least=0, most=None)
    return [Row(count_citation(whole, reach.now_ns), key="most", count=max(each.most for each in found))] if found else []


def _stretches(reach: Reach, query: Query) -> list[Together]:
    """In order; in each the same people all the time. Stretches with nobody are left out."""
    begins: dict[int, list[Event]] = {}
    ends: dict[int, list[Event]] = {}
    for event, part in _lasting(reach, query):
        begins.setdefault(part.since_ns, []).append(event)
        ends.setdefault(part.until_ns, []).append(event)
    edges = sorted({*begins, *ends})
    there: dict[str, Event] = {}
    found: list[Together] = []
    for since, until in pairwise(edges):
        for event in ends.get(since, ()):
            there.pop(event.id, None)
        there |= {event.id: event for event in begins.get(since, ())}
        if there:
            who = {event.person_id or event.id for event in there.values()}
            found.append(Together(since, until, len(who), tuple(there.values())))
    return found


def _lasting(reach: Reach, query: Query) -> list[tuple[Event, Span]]:
    scope = query.scope
    events = reach.events(stay_scope(scope), MOST_EVENTS + 1, newest_first=False, touching=True)
    if len(events) > MOST_EVENTS:
        raise InputError("spans", f"hold more than {MOST_EVENTS} events; say a shorter time or a place")
    counted = [event for event in events if counts_stays(query) or _counts_at_once(event, scope)]
    return [(event, part) for event in counted for part in presence_parts(reach, event, scope)]


def _counts_at_once(event: Event, scope: Scope) -> bool:
    """Of unidentified people only what cameras saw counts, unless only a zone is meant: they would count twice."""
    only_zones = bool(scope.zone_ids) and not scope.camera_ids
    return bool(event.person_id) or event.kind is (EventKind.ZONE_VISIT if only_zones else EventKind.PERSON)


def _merge_neighbours(found: list[Together]) -> list[Together]:
    """Neighbours made one; told are all who were there."""
    joined: list[Together] = []
    for each in found:
        before = joined[-1] if joined else None
        if before is not None and before.until_ns == each.since_ns:
            events = {event.id: event for event in (*before.events, *each.events)}
            joined[-1] = Together(before.since_ns, each.until_ns, max(before.most, each.most), tuple(events.values()))
        else:
            joined.append(each)
    return joined


def _row_of(reach: Reach, query: Query, there: Together) -> Row:
    """Cited is the query of this stretch alone, which counts how many there were at most."""
    span = Span(there.since_ns, there.until_ns)
    alone = replace(query, wanted=GroupSelection.MOST, least=0, most=None, scope=replace(query.scope, spans=(span,)))
    return Row(
        count_citation(alone, reach.now_ns),
        there.since_ns,
        there.until_ns,
        count=there.most,
        seconds=(there.until_ns - there.since_ns) / 1e9,
        details=tuple(dict.fromkeys(event.person_id for event in there.events if event.person_id)),
        rows=tuple(row_of_event(event).citation for event in there.events),
    )

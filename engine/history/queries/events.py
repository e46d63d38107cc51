"""Queries about events and who shows in them: the last and the first, stays, how long, who else, who not, clips."""

from dataclasses import replace
from functools import partial
from operator import attrgetter

from engine.history.queries.findings import count_citation, row_of_decision, row_of_event
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Coverage, Result, Row
from engine.history.queries.spans import merge_spans
from engine.history.queries.stays import Stay, folded_rows, folds_stays, presence_parts, row_of_stay, stays_by_person, stays_query
from engine.model.alerts.decision import CandidateKind
from engine.model.event import Event, EventKind
from engine.model.history.event_query import Tally
from engine.model.history.query import MOST_ROWS, SEEN_KINDS, Ask, By, Of, Query, Scope, Span, Who
from engine.model.people.person import Person
from engine.model.question import ListAlerts

_LATEST = 60  # of the newest by start, the one that ended last is the last
_MOST_STAYS = 20_000
_CANDIDATES = {  # the others are of several kinds of events
    EventKind.FALL: CandidateKind.FALL,
    EventKind.SMOKE: CandidateKind.SMOKE,
    EventKind.GESTURE: CandidateKind.GESTURE,
    EventKind.MOTION: CandidateKind.MOTION,
    EventKind.PERSON: CandidateKind.SEQUENCE,
}
_SEARCHES = (Ask.LIST, Ask.COUNT, Ask.LAST, Ask.FIRST, Ask.STAYS, Ask.HOW_LONG, Ask.CLIP, Ask.WHY_ALERT)


def last(reach: Reach, query: Query) -> Result:
    """The event that ended last; those that go on still have not ended."""
    found = reach.events(query.scope, _LATEST + query.skip, newest_first=True, touching=True)
    found.sort(
        key=lambda event: (event.ended_ns or reach.now_ns + 1 if event.ended_ns is None else event.ended_ns, event.started_ns), reverse=True
    )
    return _event_result(reach, query, found[query.skip : query.skip + 1], len(found))


def first(reach: Reach, query: Query) -> Result:
    found = reach.events(query.scope, query.skip + 1, newest_first=False)
    return _event_result(reach, query, found[query.skip :], len(found))


def list_events(reach: Reach, query: Query) -> Result:
    found = reach.events(query.scope, query.limit + query.skip, newest_first=not query.oldest_first, touching=query.during)[query.skip :]
    total = sum(reach.record.count(reach.want(query.scope, span, touching=query.during)) for span in reach.spans(query.scope))
    return _event_result(reach, query, found, total)


def clip(reach: Reach, query: Query) -> Result:
    """The newest events with a clip; where none has one, the newest event. Of one that is asked for also the newest, without a clip."""
    newest = [_event_of(reach, query.id)] if query.id else _filmed(reach, query)
    events = [event for event in newest if event is not None and reach.viewer.sees(event.camera_id)][query.skip :]
    rows = [row_of_event(event) for event in events]
    clips = reach.clips(rows)
    having = {each.event_id for each in clips}
    kept = [row for row in rows if row.citation.id in having][: query.limit]
    if not kept or (query.limit == 1 and kept[0] != rows[0]):
        kept = [*rows[:1], *kept]
    shown = tuple(each for each in clips if each.event_id in {row.citation.id for row in kept})
    found = Result(query, count_citation(query, reach.now_ns), tuple(kept), len(having), clips=shown)
    return found if kept else with_sight(reach, found)


def _filmed(reach: Reach, query: Query) -> list[Event | None]:
    """What a clip could be of: events, or those that alerts are about."""
    if query.of is not Of.ALERTS:
        return [*reach.events(query.scope, MOST_ROWS, newest_first=not query.oldest_first, touching=True)]
    alerts = reach.alerts(query.scope)[:MOST_ROWS]
    return [reach.record.event(alert.event_id) for alert in (alerts[::-1] if query.oldest_first else alerts)]


def _event_of(reach: Reach, id_: str) -> Event | None:
    """By its own id, or that of an alert about it."""
    alerts = () if not id_.startswith("al") else reach.record.answer(ListAlerts(1, alert_id=id_)).alerts
    return reach.record.event(alerts[0].event_id if alerts else id_)


def stays(reach: Reach, query: Query) -> Result:
    """Who was there, one row per person; of PEOPLE nobody knows, one row per sighting."""
    scope = query.scope if query.scope.who is not Who.ANYTHING else replace(query.scope, who=Who.ANYONE)
    if query.scope.person_ids or query.of is Of.EVENTS:
        found = reach.events(scope, _MOST_STAYS, newest_first=False, touching=True)
        return _list_result(reach, query, found)
    return list_people(reach, query, touching=True)


def ends(reach: Reach, query: Query) -> Result:
    """Who was there last, or first: people and sightings of nobody known together, by when they were seen."""
    newest = query.ask is Ask.LAST
    known, unknown = _people_rows(reach, query.scope, touching=newest, newest=newest)
    rows = sorted(known + unknown, key=partial(_end_of_row, reach.now_ns) if newest else attrgetter("at_ns"), reverse=newest)
    return _people_result(reach, query, rows, len(known))


def _end_of_row(now_ns: int, row: Row) -> int:
    return now_ns if row.going_on else row.until_ns or row.at_ns


def list_people(reach: Reach, query: Query, *, touching: bool = False) -> Result:
    """Known people, each once, those seen last first; then sightings of unidentified people, oldest first.

    Of a known person the first time there is given, how often, and the last time.
    """
    known, unknown = _people_rows(reach, query.scope, touching=touching, newest=False)
    return _people_result(reach, query, known + unknown, len(known))


def _people_rows(reach: Reach, scope: Scope, *, touching: bool, newest: bool) -> tuple[list[Row], list[Row]]:
    """Of known people one each, and of sightings of others; of very many those at the end that is asked for."""
    known: list[Row] = []
    if scope.who is not Who.UNKNOWN:
        tallies = by_person(reach, replace(scope, who=Who.KNOWN), touching=touching)
        stays = {} if newest or scope.kinds else stays_by_person(reach, scope)
        for tally in sorted(tallies, key=lambda each: (-each.last_ns, each.key)):
            known += _of_person(reach, scope, tally, stays.get(tally.key, []), touching=touching, newest=newest)
    unknown = [] if scope.who is Who.KNOWN or scope.person_ids else sightings(reach, scope, touching=touching, newest=newest)
    return known, [row_of_event(event) for event in unknown]


def _people_result(reach: Reach, query: Query, rows: list[Row], known: int) -> Result:
    shown, counted = tuple(rows[: query.limit]), count_citation(query, reach.now_ns)
    clips = reach.clips(list(shown))
    return with_sight(reach, Result(query, counted, shown, len(rows), clips=clips, known=known, unknown=len(rows) - known))


def sightings(reach: Reach, scope: Scope, *, touching: bool = False, newest: bool = False) -> list[Event]:
    """Of unidentified people, one event each: what a camera saw, or where only a zone is meant, who entered it. Oldest first, or newest."""
    only_zones = bool(scope.zone_ids) and not scope.camera_ids
    kinds = scope.kinds or ((EventKind.ZONE_VISIT, EventKind.CROSSING) if only_zones else (EventKind.PERSON,))
    return reach.events(replace(scope, who=Who.UNKNOWN, kinds=kinds), _MOST_STAYS, newest_first=newest, touching=touching)


def by_person(reach: Reach, scope: Scope, *, touching: bool) -> tuple[Tally, ...]:
    found: dict[str, Tally] = {}
    for span in reach.spans(scope):
        for each in reach.record.tally(reach.want(scope, span, touching=touching), "person_id"):
            had = found.get(each.key)
            more = (
                each
                if had is None
                else Tally(each.key, had.count + each.count, min(had.first_ns, each.first_ns), max(had.last_ns, each.last_ns))
            )
            found[each.key] = more
    return tuple(found.values())


def _of_person(reach: Reach, scope: Scope, tally: Tally, stays: list[Stay], *, touching: bool, newest: bool) -> list[Row]:
    """One row: the first time that they were there, how often they were, and the last. Without stays by events, which count apart."""
    theirs = replace(scope, who=Who.KNOWN, person_ids=(tally.key,))
    if stays:
        counted, number = stays_query(theirs), len(stays)
        rows = [row for stay in (stays[0], stays[-1]) if (row := row_of_stay(stay, reach.record.event)) is not None]
    else:
        counted, number = Query(Ask.COUNT, scope=theirs, during=touching), tally.count
        ends = [event for last in (False, True) for event in reach.events(theirs, 1, newest_first=last, touching=touching)]
        rows = [row_of_event(event) for event in ends]
    if newest or number == 1:
        return rows[-1:]
    cited = count_citation(counted, reach.now_ns)
    return [replace(rows[0], count=number, last=rows[-1], rows=(*rows[0].rows, cited))] if rows else []


def how_long(reach: Reach, query: Query) -> Result:
    """Of all events of the scope together, what overlaps once, within its spans and up to now."""
    scope = query.scope if query.scope.kinds or query.scope.who is not Who.ANYTHING else replace(query.scope, who=Who.ANYONE)
    found = reach.events(scope, _MOST_STAYS, newest_first=False, touching=True)
    parts = [part for event in found for part in presence_parts(reach, event, scope)]
    seconds = sum(each.until_ns - each.since_ns for each in merge_spans(parts)) / 1e9
    return replace(_list_result(reach, query, found), seconds=seconds)


def together(reach: Reach, query: Query) -> Result:
    """Who was at the same camera or zone at the same time as the people of the scope."""
    found: dict[str, Row] = {}
    theirs = reach.events(query.scope, MOST_ROWS, newest_first=True, touching=True)
    for event in theirs:
        place = replace(
            Scope(who=Who.ANYONE, kinds=SEEN_KINDS, not_person_ids=query.scope.person_ids),
            camera_ids=(event.camera_id,) if event.camera_id else (),
            zone_ids=(event.zone_id,) if event.zone_id else (),
            spans=(Span(event.started_ns, max(event.ended_ns or reach.now_ns, event.started_ns + 1)),),
        )
        if not event.camera_id and not event.zone_id:
            continue
        mine = row_of_event(event).citation
        for other in reach.events(place, MOST_ROWS, newest_first=True, touching=True):
            if other.id != event.id and other.id not in found:
                found[other.id] = replace(row_of_event(other), rows=(mine,))
    rows = sorted(found.values(), key=lambda row: (not row.person_id, -row.at_ns))
    each: dict[str, Row] = {}
    for row in rows:
        each.setdefault(row.person_id or row.citation.id, row)
    kept = list(each.values())
    known = sum(bool(row.person_id) for row in kept)
    return with_sight(reach, Result(query, count_citation(query, reach.now_ns), tuple(kept[: query.limit]), len(kept), known=known))


def absent(reach: Reach, query: Query) -> Result:
    """Known people of whom there is no event; `person_ids`: of these only. Those kept aside (archived) are not asked for."""
    scope = replace(query.scope, who=Who.KNOWN)
    seen = {each.key for each in by_person(reach, scope, touching=True)}
    asked = [person for person in reach.record.people() if person.archived_ns is None and person.id not in query.scope.not_person_ids]
    missing = [person for person in asked if person.id not in seen and (not scope.person_ids or person.id in scope.person_ids)]
    rows = tuple(_missing(reach, query, person) for person in missing)
    return with_sight(reach, Result(query, count_citation(query, reach.now_ns), rows[: query.limit], len(rows)))


def _missing(reach: Reach, query: Query, person: Person) -> Row:
    """Cited is the query of this one person, which finds nobody."""
    alone = replace(query, scope=replace(query.scope, person_ids=(person.id,)), by=By.ALL)
    return Row(count_citation(alone, reach.now_ns), person_id=person.id, person=person.name)


def _list_result(reach: Reach, query: Query, events: list[Event]) -> Result:
    """Each a row, or, where rows of sensors are folded, each stay."""
    rows = folded_rows(reach, events, query.scope) if folds_stays(query) else [row_of_event(event) for event in events]
    found = _event_result(reach, query, events[:MOST_ROWS], len(rows))
    return replace(found, rows=tuple(rows[: query.limit]), known=len({event.person_id for event in events} - {""}))


def _event_result(reach: Reach, query: Query, events: list[Event], total: int) -> Result:
    rows = tuple(row_of_event(event) for event in events)
    return with_sight(reach, Result(query, count_citation(query, reach.now_ns), rows, total, clips=reach.clips(list(rows))))


def with_sight(reach: Reach, result: Result) -> Result:
    """With when nobody would have seen anything, and of people who were not found, when nobody could have recognised them."""
    scope, is_absent = result.query.scope, result.query.ask is Ask.ABSENT
    if EventKind.NODE_LOST in scope.kinds or (EventKind.CAMERA_LOST in scope.kinds and result.total):
        return result
    blind = reach.blind(scope)
    is_lost = EventKind.CAMERA_LOST in scope.kinds  # which is known of cameras that see nothing, too
    found = replace(result, blind=blind, unseen=reach.unrecorded(scope, blind) if is_lost else reach.unseen(scope, blind))
    if result.total and not is_absent:
        return found
    unnamed = reach.unnamed(tuple(row.person_id for row in result.rows) if is_absent else scope.person_ids, scope)
    unknown = not is_absent and bool(unnamed) and all(each.span.until_ns == scope.until_ns for each in unnamed)
    more = replace(found, coverage=_coverage(reach, result.query), held=_held_back(reach, result.query))
    return replace(more, blind=(*blind, *unnamed), unseen=found.unseen or unknown)


def _coverage(reach: Reach, query: Query) -> Coverage | None:
    """None: nothing was asked about a time that is over."""
    spans = reach.passed(query.scope)
    if not spans or query.scope.going_on or EventKind.CAMERA_LOST in query.scope.kinds:
        return None
    seen_s, asked_s = reach.coverage(query.scope)
    scope = Scope(spans, camera_ids=query.scope.camera_ids, not_camera_ids=query.scope.not_camera_ids)
    return Coverage(seen_s, asked_s, count_citation(Query(Ask.OBSERVED, scope=scope), reach.now_ns))


def _held_back(reach: Reach, query: Query) -> Row | None:
    """The newest decision on what could have been asked for; `count`: of how many, by the query among its `rows`."""
    scope = _held_scope(query) if query.ask in _SEARCHES and not query.id and query.scope.spans else None
    found = [] if scope is None else reach.held_decisions(scope)
    if scope is None or not found:
        return None
    counted = count_citation(Query(Ask.COUNT, Of.HELD, scope), reach.now_ns)
    return replace(row_of_decision(found[0]), count=len(found), rows=(counted,))


def _held_scope(query: Query) -> Scope | None:
    """None: nothing is held of it. Whoever it was, a candidate has no name yet."""
    scope = query.scope
    place = Scope(scope.spans, camera_ids=scope.camera_ids, zone_ids=scope.zone_ids)
    if query.of is Of.ALERTS and scope == replace(place, kinds=scope.kinds):
        return scope
    candidates = tuple(_CANDIDATES[kind].value for kind in scope.kinds if kind in _CANDIDATES)
    is_of_kind = query.of in (Of.EVENTS, Of.PEOPLE) and len(scope.kinds) == 1 and candidates and not (scope.labels or scope.going_on)
    return replace(place, labels=candidates) if is_of_kind else None

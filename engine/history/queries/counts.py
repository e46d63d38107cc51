"""Queries that count. Every group names the query that counts it alone, so that each number can be counted again."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from engine.history.queries import events as queries_events
from engine.history.queries.findings import count_citation, row_of_alert, row_of_decision, row_of_event, row_of_incident
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result, Row
from engine.history.queries.spans import cut_spans
from engine.history.queries.stays import MOST_EVENTS, count_stays, stays_query
from engine.history.when.units import WEEKDAYS
from engine.history.when.zone import day_span, local, utc_ns
from engine.model.event import EventKind
from engine.model.history.event_query import QUARTER_NS, TallyBy
from engine.model.history.query import MOST_SPANS, By, GroupSelection, Of, Query, Scope, Span, Who

_COLUMNS: dict[By, TallyBy] = {By.KIND: "kind", By.CAMERA: "camera_id", By.ZONE: "zone_id", By.PERSON: "person_id", By.SEVERITY: "severity"}
_HOURLY = (By.HOUR, By.DAY, By.WEEKDAY)
_WHEN_WHERE = (*_HOURLY, By.CAMERA, By.ZONE)
_HOUR_NS = 3_600 * 10**9


def count_asked(reach: Reach, query: Query) -> Result:
    """Of sightings also how often somebody was there, where that is less: a row, its `count` 0 where there is too much to look at. Of falls
    and smoke each is a row, as some are not certain."""
    scope = query.scope
    stays = stays_query(scope)
    is_seen = query.of is Of.EVENTS and not scope.kinds and scope.who is not Who.ANYTHING
    if is_seen and scope.person_ids and query.by in _WHEN_WHERE and not query.limited and (number := count_stays(reach, stays)) is not None:
        return _stays_apart(reach, query, number)
    found = count_matches(reach, query)
    if query.of is Of.EVENTS and query.by is By.ALL and scope.kinds in ((EventKind.FALL,), (EventKind.SMOKE,)):
        return replace(found, rows=tuple(map(row_of_event, reach.events(scope, MOST_EVENTS, newest_first=False))))
    if not is_seen or query.by is not By.ALL or found.total < 2:
        return found
    number = count_stays(reach, stays)
    is_less = number is None or 0 < number < found.total
    return replace(found, rows=(Row(count_citation(stays, reach.now_ns), count=number or 0),) if is_less else ())


def _stays_apart(reach: Reach, query: Query, total: int) -> Result:
    """How often they were there, and how often in each part: who goes on from one to the next was in both."""
    keys = {By.HOUR: [f"{hour:02d}" for hour in range(24)], By.WEEKDAY: list(WEEKDAYS)}.get(query.by) or groups(reach, query)
    parts = {key: stays_query(narrowed(reach, query, key)) for key in keys if key}
    timed = {key: part for key, part in parts.items() if query.by not in _HOURLY or part.scope.spans}
    apart = {key: number for key, part in timed.items() if (number := count_stays(reach, part))}
    rows = [replace(row, citation=count_citation(parts[row.key], reach.now_ns)) for row in _rows_within_limit(reach, query, apart)]
    counted = count_citation(stays_query(query.scope), reach.now_ns)
    return queries_events.with_sight(reach, Result(query, counted, tuple(rows[: query.limit]), total, known=len(rows)))


def count_matches(reach: Reach, query: Query) -> Result:
    if query.of is Of.PEOPLE and query.by in (By.ALL, By.PERSON):
        return _count_people(reach, query)
    apart = groups(reach, query)
    total = sum(apart.values())
    if query.by in (By.CAMERA, By.ZONE, By.PERSON, By.ASSIGNEE):
        apart.pop("", None)
    rows = _rows_within_limit(reach, query, apart) if query.by is not By.ALL else []
    result = Result(query, count_citation(query, reach.now_ns), tuple(rows[: query.limit]), total, known=len(rows))
    return result if query.of is Of.INCIDENTS else queries_events.with_sight(reach, result)


def compare(reach: Reach, query: Query) -> Result:
    """Two numbers, each with a query of its own; of people two of those who are known, and two of sightings of those nobody knows."""
    apart = replace(query, ask=query.ask.COUNT, other=())
    named = (("asked", query.scope.spans), ("other", query.other))
    found = [
        (name, who, count_matches(reach, replace(apart, scope=replace(query.scope, spans=spans, who=who))))
        for who in _compared(query)
        for name, spans in named
    ]
    rows = tuple(Row(result.counted, key=name, kind=who.value, count=result.total) for name, who, result in found)
    totals = [sum(row.count for row in rows if row.key == name) for name, _ in named]
    blind = tuple(dict.fromkeys(each for _, _, result in found for each in result.blind))
    return Result(query, count_citation(query, reach.now_ns), rows, totals[0], totals[1], blind)


def _compared(query: Query) -> tuple[Who, ...]:
    """Who is compared apart: a person who was seen and a sighting of somebody are not the same measure."""
    who = query.scope.who
    return (Who.KNOWN, Who.UNKNOWN) if query.of is Of.PEOPLE and who not in (Who.KNOWN, Who.UNKNOWN) else (who,)


def _count_people(reach: Reach, query: Query) -> Result:
    """How many different people: known ones once each, and sightings of those nobody knows."""
    found = queries_events.list_people(reach, replace(query, limit=200))
    if query.by is By.ALL:
        return replace(found, query=query, counted=count_citation(query, reach.now_ns), rows=found.rows[: query.limit])
    groups = {each.key: each.count for each in queries_events.by_person(reach, replace(query.scope, who=Who.KNOWN), touching=False)}
    made = _rows_within_limit(reach, query, groups)
    shown, counted = tuple(made[: query.limit]), count_citation(query, reach.now_ns)
    return replace(found, query=query, counted=counted, rows=shown, total=sum(groups.values()), known=len(made))


def groups(reach: Reach, query: Query) -> dict[str, int]:
    """How many by the keys of `query.by`; what there is none of is left out."""
    match query.of:
        case Of.EVENTS | Of.PEOPLE:
            return _events(reach, query)
        case Of.ALERTS:
            rows = [row_of_alert(alert) for alert in reach.alerts(query.scope)]
        case Of.HELD:
            rows = [row_of_decision(decision) for decision in reach.held_decisions(query.scope)]
        case Of.INCIDENTS:
            rows = [row_of_incident(incident) for incident in reach.incidents(query.scope)]
    return dict(Counter(_row_group_key(reach, row, query.by) for row in rows))


def _row_group_key(reach: Reach, row: Row, by: By) -> str:
    if by in _HOURLY:
        return _time_key(reach, row.at_ns, by)
    keys: dict[By, str] = {
        By.KIND: row.kind,
        By.CATEGORY: row.kind,
        By.CAMERA: row.camera_id,
        By.ZONE: row.zone_id,
        By.PERSON: row.person_id,
        By.SEVERITY: str(row.severity),
        By.STATE: row.state,
        By.GATE: row.label,
        By.VERDICT: row.label,
        By.ASSIGNEE: row.by,
    }
    return keys.get(by, "")


def _events(reach: Reach, query: Query) -> dict[str, int]:
    scope = query.scope
    found: Counter[str] = Counter()
    for span in reach.spans(scope):
        want = reach.want(scope, span)
        if query.by in _HOURLY:
            for quarter, number in reach.record.counts(want, "quarter").items():
                found[_time_key(reach, int(quarter) * QUARTER_NS, query.by)] += number
        elif query.by in _COLUMNS:
            for key, number in reach.record.counts(want, _COLUMNS[query.by]).items():
                found[key] += number
        else:
            found[""] += reach.record.count(want)
    return dict(found)


def _time_key(reach: Reach, at_ns: int, by: By) -> str:
    at = local(at_ns, reach.zone)
    return f"{at.hour:02d}" if by is By.HOUR else at.date().isoformat() if by is By.DAY else WEEKDAYS[at.weekday()]


def _rows_within_limit(reach: Reach, query: Query, groups: dict[str, int]) -> list[Row]:
    return [row_of(reach, query, key, number) for key, number in _ordered(query, groups) if query.lets(number)]


def _ordered(query: Query, groups: dict[str, int]) -> list[tuple[str, int]]:
    """Most first; days in their order, where not the most of them is asked for."""
    if query.wanted is GroupSelection.ALL and query.by in (By.HOUR, By.DAY):
        return sorted(groups.items())
    if query.wanted is GroupSelection.ALL and query.by is By.WEEKDAY:
        return sorted(groups.items(), key=lambda item: WEEKDAYS.index(item[0]))
    turn = 1 if query.wanted is GroupSelection.FEWEST else -1
    return sorted(groups.items(), key=lambda item: (turn * item[1], item[0]))


def row_of(reach: Reach, query: Query, key: str, number: int) -> Row:
    of = Of.EVENTS if query.of is Of.PEOPLE else query.of
    usual = Query(query.ask)
    alone = replace(
        query, of=of, by=By.ALL, wanted=GroupSelection.ALL, limit=usual.limit, least=0, most=None, scope=narrowed(reach, query, key)
    )
    return Row(
        count_citation(alone, reach.now_ns),
        key=key,
        count=number,
        kind=query.by.value,
        camera_id=key if query.by is By.CAMERA else "",
        zone_id=key if query.by is By.ZONE else "",
        person_id=key if query.by is By.PERSON else "",
    )


def narrowed(reach: Reach, query: Query, key: str) -> Scope:
    """The scope of one group."""
    scope = query.scope
    match query.by:
        case By.KIND:
            return replace(scope, kinds=(EventKind(key),))
        case By.CATEGORY:
            return replace(scope, labels=(key,))
        case By.CAMERA:
            return replace(scope, camera_ids=(key,), zone_ids=())
        case By.ZONE:
            return replace(scope, zone_ids=(key,), camera_ids=())
        case By.PERSON:
            return replace(scope, person_ids=(key,))
        case By.SEVERITY:
            return replace(scope, severities=(int(key),))
        case By.STATE:
            return replace(scope, states=(key,))
        case By.GATE:
            return replace(scope, gates=(key,))
        case By.VERDICT:
            return replace(scope, dispositions=(key,)) if key else replace(scope, not_dispositions=("false", "true", "benign", "unknown"))
        case By.ASSIGNEE:
            return replace(scope, assignees=(key,))
        case By.HOUR | By.DAY | By.WEEKDAY:
            return replace(scope, spans=_spans_of(reach, scope, query.by, key))
        case By.ALL:
            return scope


def _spans_of(reach: Reach, scope: Scope, by: By, key: str) -> tuple[Span, ...]:
    """The parts of the scope's spans that fall into an hour of the day, a day, a weekday; those of the last years at most."""
    found: list[Span] = []
    for span in scope.spans or (_whole(reach),):
        found += cut_spans(_pieces(reach, span, by, key), span.since_ns, span.until_ns)
    return tuple(found[-MOST_SPANS:])


def _whole(reach: Reach) -> Span:
    first = reach.record.events(reach.want(Scope(), None), 1, newest_first=False)
    return Span(first[0].started_ns if first else reach.now_ns - 1, reach.now_ns + 1)


def _pieces(reach: Reach, span: Span, by: By, key: str) -> Iterable[Span]:
    fits: Callable[[int], bool] = lambda weekday: by is not By.WEEKDAY or WEEKDAYS[weekday] == key  # noqa: E731
    day, last = local(span.since_ns, reach.zone).date(), local(span.until_ns - 1, reach.zone).date()
    while day <= last:
        if fits(day.weekday()) and (by is not By.DAY or day.isoformat() == key):
            whole = day_span(day, reach.zone)
            yield from _hours(reach, whole, int(key)) if by is By.HOUR else (whole,)
        day += timedelta(days=1)


def _hours(reach: Reach, day: Span, hour: int) -> Iterable[Span]:
    """An hour of the clock: none, one or two hours of the day, where the clock is changed."""
    start = local(day.since_ns, reach.zone).replace(hour=hour, minute=0)
    first = utc_ns(start, reach.zone)
    if local(first, reach.zone).hour != hour:
        return
    again = utc_ns(start, reach.zone, fold=1)
    yield Span(first, again + _HOUR_NS)

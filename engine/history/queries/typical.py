"""Queries about what is usual: means and medians per day, lengths, times of the day, days with and without, shares, who came first.

Where no time was said, what is usual rests on the last whole days of the record, four weeks at most; the result's query names them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import mean, median

from engine.history.queries import counts as queries_counts
from engine.history.queries import events as queries_events
from engine.history.queries.findings import count_citation, row_of_event
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result, Row
from engine.history.queries.spans import cut_spans
from engine.history.queries.watch import began_ns
from engine.history.when.zone import day_span, days_between, local, utc_ns
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.history.query import SEEN_KINDS, Ask, By, GroupSelection, Measure, Of, Query, Scope, Span, Who

USUAL_DAYS = 28
MOST_DAYS = 100
MOST_LENGTHS = 5_000
_HOUR_S = 3_600


def average(reach: Reach, query: Query) -> Result:
    """Of whole days; of hours the mean over all of them; of `by` ALL each span by itself."""
    query = replace(query, scope=with_days(reach, query.scope, whole=query.by is By.DAY))
    counts = _each(reach, query)
    total, value = sum(counts), _of(query.measure, [float(each) for each in counts])
    if query.by is By.HOUR:
        hours = sum(each.until_ns - each.since_ns for each in query.scope.spans) / 1e9 / _HOUR_S
        value = total / hours if hours else None
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), total=total, known=len(counts), value=value))


def _each(reach: Reach, query: Query) -> list[int]:
    """How many in each unit, none where there were none."""
    apart = replace(query, ask=Ask.COUNT, by=By.ALL, measure=Measure.NONE, limit=100)
    if query.by is By.ALL:
        return [_total(reach, replace(apart, scope=replace(query.scope, spans=(span,)))) for span in query.scope.spans]
    if query.of is Of.PEOPLE:
        parts = [span for each in query.scope.spans for span in days_between(each, reach.zone)]
        if len(parts) > MOST_DAYS:
            raise InputError("spans", f"are {len(parts)} days; at most {MOST_DAYS} are looked at one by one")
        return [queries_counts.count_matches(reach, replace(apart, scope=replace(query.scope, spans=(span,)))).total for span in parts]
    groups = queries_counts.groups(reach, replace(apart, by=By.DAY))
    return [groups.get(each.isoformat(), 0) for each in days_of(reach, query.scope)]


def with_days(reach: Reach, scope: Scope, *, whole: bool) -> Scope:
    """With the days that are meant: those said, cut to what the record holds; else the last whole ones."""
    today = local(reach.now_ns, reach.zone).date()
    began = _began(reach)
    if not scope.spans:
        first = max(today - timedelta(days=USUAL_DAYS), began)
        last = max(today, first + timedelta(days=1))
        return replace(scope, spans=(Span(day_span(first, reach.zone).since_ns, day_span(last, reach.zone).since_ns),))
    floor = day_span(began, reach.zone).since_ns
    midnight = day_span(today, reach.zone).since_ns
    ceiling = midnight if whole and scope.spans[0].since_ns < midnight else reach.now_ns
    return replace(scope, spans=cut_spans(scope.spans, floor, ceiling) or scope.spans)


def _began(reach: Reach) -> date:
    since_ns = began_ns(reach.record, reach.cameras)
    return local(reach.now_ns if since_ns is None else since_ns, reach.zone).date()


def days_of(reach: Reach, scope: Scope) -> list[date]:
    """The days that the spans touch. Raises InputError: more than can be looked at one by one."""
    found: dict[date, None] = {}
    for span in scope.spans:
        day, last = local(span.since_ns, reach.zone).date(), local(span.until_ns - 1, reach.zone).date()
        if (last - day).days > 4 * 365:
            raise InputError("spans", "are too long for values by day")
        while day <= last:
            found[day] = None
            day += timedelta(days=1)
    return list(found)


def _of(measure: Measure, values: list[float]) -> float | None:
    if not values:
        return None
    return median(values) if measure is Measure.MEDIAN else mean(values)


def usual(reach: Reach, query: Query) -> Result:
    """How many in the spans, and the median of the same stretch of the other days. Raises InputError: longer than a day."""
    asked, others = _others(reach, query.scope)
    count = replace(query, ask=Ask.COUNT, scope=asked, by=By.ALL, measure=Measure.NONE, limit=100)
    there = queries_counts.count_matches(reach, count)
    typical = replace(count, ask=Ask.AVERAGE, scope=others, measure=Measure.MEDIAN)
    cited, counts = count_citation(typical, reach.now_ns), _each(reach, typical)
    value = median(counts)
    rows = (
        Row(there.counted, key="asked", count=there.total),
        Row(cited, key="usual", seconds=value, count=len(counts)),
        Row(cited, key="fewest", count=min(counts)),
        Row(cited, key="most", count=max(counts)),
    )
    return replace(there, query=query, counted=count_citation(query, reach.now_ns), rows=rows, total=there.total, value=value)


def _total(reach: Reach, query: Query) -> int:
    """Without what else a count tells."""
    if query.of is Of.PEOPLE:
        return queries_counts.count_matches(reach, query).total
    return sum(queries_counts.groups(reach, query).values())


def _others(reach: Reach, scope: Scope) -> tuple[Scope, Scope]:
    today = local(reach.now_ns, reach.zone).date()
    spans = scope.spans or (day_span(today, reach.zone),)
    since, until = spans[0].since_ns, min(spans[-1].until_ns, reach.now_ns)
    start, end = local(since, reach.zone), local(until, reach.zone)
    if until <= since or until - since > 25 * _HOUR_S * 10**9:
        raise InputError("time", "what is usual is told of one day or a part of it; say which")
    began, lasts = _began(reach), end.replace(tzinfo=None) - start.replace(tzinfo=None)
    near = [start.date() + timedelta(days=at) for at in range(-USUAL_DAYS, USUAL_DAYS + 1) if at]
    days = [day for day in near if began <= day and day + timedelta(days=1 + lasts.days if lasts.days else 1) <= today]
    found = [_same(reach, day, start, lasts) for day in days]
    if not found:
        raise InputError("time", "there is no other day in the record that it could be measured by")
    return replace(scope, spans=(Span(since, until),)), replace(scope, spans=tuple(found))


def _same(reach: Reach, day: date, start: datetime, lasts: timedelta) -> Span:
    began = datetime.combine(day, start.time().replace(tzinfo=None))
    return Span(utc_ns(began, reach.zone), utc_ns(began + lasts, reach.zone, fold=1))


def lengths(reach: Reach, query: Query) -> Result:
    """Of those that ended. Raises InputError: too many."""
    scope = query.scope if query.scope.kinds or query.of is Of.EVENTS else replace(query.scope, who=Who.ANYONE)
    found = reach.events(scope, MOST_LENGTHS + 1, newest_first=False)
    if len(found) > MOST_LENGTHS:
        raise InputError("spans", f"hold more than {MOST_LENGTHS} events; say a shorter time, a place or a person")
    ended = [event for event in found if event.ended_ns is not None]
    turn = -1 if query.measure is Measure.LONGEST else 1
    ended.sort(key=lambda event: (turn * _lasted(event), event.started_ns, event.id))
    value = _of(query.measure, [_lasted(event) / 1e9 for event in ended])
    shown = ended[: query.limit] if query.measure in (Measure.LONGEST, Measure.SHORTEST) else []
    rows = tuple(row_of_event(event) for event in shown)
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), rows, len(ended), value=value, clips=reach.clips(list(rows))))


def _lasted(event: Event) -> int:
    return (event.ended_ns or event.started_ns) - event.started_ns


def stayed(reach: Reach, query: Query) -> Result:
    """Of HOW_LONG by person: for how long each was there, the longest first (`wanted` FEWEST: the shortest)."""
    people = queries_events.list_people(reach, replace(query, scope=replace(query.scope, who=Who.KNOWN), limit=100), touching=True)
    rows: list[Row] = []
    for each in people.rows:
        alone = replace(query, by=By.ALL, wanted=GroupSelection.ALL, scope=replace(query.scope, person_ids=(each.person_id,)))
        lasted = queries_events.how_long(reach, alone)
        rows.append(Row(lasted.counted, person_id=each.person_id, seconds=lasted.seconds, count=lasted.total))
    turn = 1 if query.wanted is GroupSelection.FEWEST else -1
    rows.sort(key=lambda row: (turn * row.seconds, row.person_id))
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), tuple(rows), len(rows)))


def clocks(reach: Reach, query: Query) -> Result:
    """Of each day the first event, or the one that ended last. Raises InputError: too many days."""
    scope = with_days(reach, query.scope, whole=False)
    query = replace(query, scope=scope)
    days = days_of(reach, scope)
    if len(days) > MOST_DAYS:
        raise InputError("spans", f"are {len(days)} days; at most {MOST_DAYS} are looked at one by one")
    found = [(day, event) for day in days if (event := _edge(reach, query, day)) is not None]
    values = {event.id: _into(reach, day, event, first=query.oldest_first) for day, event in found}
    events = [event for _, event in found]
    if query.measure in (Measure.EARLIEST, Measure.LATEST):
        events.sort(key=lambda event: (values[event.id], event.started_ns), reverse=query.measure is Measure.LATEST)
        events = events[:1]
    rows = tuple(row_of_event(event) for event in events)
    value = _of(query.measure, list(values.values()))
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), rows, len(found), value=value, clips=reach.clips(list(rows))))


def _edge(reach: Reach, query: Query, day: date) -> Event | None:
    whole = day_span(day, reach.zone)
    scope = replace(query.scope, spans=cut_spans(query.scope.spans, whole.since_ns, whole.until_ns))
    if query.oldest_first:
        return next(iter(reach.events(scope, 1, newest_first=False)), None)
    ended = [event for event in reach.events(scope, 200, newest_first=True) if event.ended_ns is not None]
    return max(ended, key=lambda event: (event.ended_ns or 0, event.started_ns), default=None)


def _into(reach: Reach, day: date, event: Event, *, first: bool) -> float:
    """Seconds into the day, by the clock."""
    at = local(event.started_ns if first else event.ended_ns or event.started_ns, reach.zone)
    return (at.replace(tzinfo=None) - datetime.combine(day, datetime.min.time())).total_seconds()


def days(reach: Reach, query: Query) -> Result:
    """One row for each day (or span), `count` how many."""
    query = replace(query, scope=with_days(reach, query.scope, whole=False) if query.scope.spans else _all_days(reach, query.scope))
    apart = replace(query, ask=Ask.COUNT, by=By.ALL, limit=100)
    cited = count_citation(query, reach.now_ns)
    if query.by is By.ALL:
        parts = [(span, replace(apart, scope=replace(query.scope, spans=(span,)))) for span in query.scope.spans]
        counts = [(span, queries_counts.count_matches(reach, part).total) for span, part in parts]
        rows = [Row(cited, span.since_ns, span.until_ns, key=str(span.since_ns), count=number) for span, number in counts]
    else:
        groups = queries_counts.groups(reach, replace(apart, by=By.DAY))
        rows = [Row(cited, key=day, count=groups.get(day, 0)) for day in (each.isoformat() for each in days_of(reach, query.scope))]
    return _sighted(reach, Result(query, cited, tuple(rows), len(rows), known=sum(row.count > 0 for row in rows)))


def _all_days(reach: Reach, scope: Scope) -> Scope:
    since = day_span(_began(reach), reach.zone).since_ns
    return replace(scope, spans=(Span(since, max(reach.now_ns, since + 1)),))


def share(reach: Reach, query: Query) -> Result:
    """Raises InputError: it is all of them."""
    any_state = replace(query.scope, states=(), dispositions=(), not_dispositions=(), assignees=(), severities=(), min_severity=1)
    whole = replace(any_state, kinds=(), who=Who.ANYTHING, labels=(), gates=())
    if whole == query.scope:
        raise InputError("share", "it does not say of what; name a state, a kind or a severity")
    part = replace(query, ask=Ask.COUNT, by=By.ALL, measure=Measure.NONE)
    found = [
        (name, queries_counts.count_matches(reach, replace(part, scope=scope))) for name, scope in (("part", query.scope), ("whole", whole))
    ]
    rows = tuple(Row(each.counted, key=name, count=each.total) for name, each in found)
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), rows, rows[0].count, rows[1].count))


def lacking(reach: Reach, query: Query) -> Result:
    """Cameras, or zones that were ever visited, of which nothing fits; each row's citation counts it alone."""
    apart = replace(query, ask=Ask.COUNT)
    groups = queries_counts.groups(reach, apart)
    every = reach.cameras if query.by is By.CAMERA else tuple(queries_counts.groups(reach, replace(apart, of=Of.EVENTS, scope=Scope())))
    missing = [key for key in every if key and not groups.get(key)]
    named = [(key, 0) for key in missing] or [(key, groups[key]) for key in every if key]  # where none lacks it, how many each has
    rows = tuple(queries_counts.row_of(reach, apart, key, number) for key, number in named)
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), rows[: query.limit], len(missing)))


def order(reach: Reach, query: Query) -> Result:
    """Each person's first event (or the one that ended last), in the order of that; people without one are left out.

    Where nobody is named: of all who are known.
    """
    finds: Callable[[Reach, Query], Result] = queries_events.first if query.oldest_first else queries_events.last
    rows: list[Row] = []
    known = queries_events.by_person(reach, replace(query.scope, who=Who.KNOWN), touching=False)
    for person in query.scope.person_ids or tuple(each.key for each in known):
        scope = replace(query.scope, person_ids=(person,), kinds=SEEN_KINDS)
        rows += finds(reach, replace(query, ask=Ask.FIRST if query.oldest_first else Ask.LAST, skip=0, scope=scope)).rows
    rows.sort(key=lambda row: row.at_ns if query.oldest_first else row.until_ns or reach.now_ns)
    shown = tuple(rows[query.skip : query.skip + query.limit])
    return _sighted(reach, Result(query, count_citation(query, reach.now_ns), shown, len(rows), clips=reach.clips(list(shown))))


def _sighted(reach: Reach, result: Result) -> Result:
    return queries_events.with_sight(reach, result) if result.query.of in (Of.EVENTS, Of.PEOPLE) else result

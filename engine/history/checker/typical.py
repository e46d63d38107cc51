"""What is usual, the longest, the first: made again from the rows themselves, apart from the queries that answered."""

from dataclasses import field, replace
from datetime import date, datetime
from statistics import mean, median

from engine.history.answers.words import clock_of, duration, number
from engine.history.checker.count import fits, recount
from engine.history.queries import events as queries_events
from engine.history.queries.queries import Ask, By, Measure, Of, Query, Span, Who
from engine.history.queries.reach import Reach
from engine.history.when.zone import days_between, local
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.value_class import dataclass

TYPICAL = (Ask.AVERAGE, Ask.LENGTHS, Ask.CLOCKS, Ask.DAYS)
EDGES = (Ask.FIRST, Ask.LAST)
_MOST = 5_000
_MOST_DAYS = 400


@dataclass(slots=True)
class Again:
    """`counted`: what the query counts as, beside others. edges: ids of events that are the first, the last, the longest.

    having, lacking: days as dates. words: superlatives and measures that may be said.
    """

    counted: float = 0.0
    numbers: set[float] = field(default_factory=set[float])
    lengths: set[str] = field(default_factory=set[str])
    clocks: set[str] = field(default_factory=set[str])
    edges: set[str] = field(default_factory=set[str])
    having: set[date] = field(default_factory=set[date])
    lacking: set[date] = field(default_factory=set[date])
    words: set[str] = field(default_factory=set[str])
    day_parts: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])  # on how many of how many days


def again(reach: Reach, query: Query) -> Again:
    """Raises InputError."""
    match query.ask:
        case Ask.AVERAGE:
            return _average(reach, query)
        case Ask.LENGTHS:
            return _lengths(reach, query)
        case Ask.CLOCKS:
            return _clocks(reach, query)
        case Ask.DAYS:
            return _days(reach, query)
        case _:
            return _edge(reach, query)


def _average(reach: Reach, query: Query) -> Again:
    units = _units(reach, query)
    apart = replace(query, ask=Ask.COUNT, by=By.ALL, measure=Measure.NONE, limit=100)
    counts = [recount(reach, replace(apart, scope=replace(query.scope, spans=each))).total for each in units] if _one_by_one(query) else []
    total = sum(counts) if counts else recount(reach, apart).total
    if query.measure is Measure.MEDIAN:
        value = float(median(counts))
    elif query.by is By.HOUR:
        value = total / (sum(each.until_ns - each.since_ns for each in query.scope.spans) / 3_600e9)
    else:
        value = total / len(units)
    words = {"median"} if query.measure is Measure.MEDIAN else {"average"}
    return Again(value, {float(number(value)), float(total), float(len(units))}, words=words)


def _one_by_one(query: Query) -> bool:
    return query.measure is Measure.MEDIAN or query.of is Of.PEOPLE


def _units(reach: Reach, query: Query) -> list[tuple[Span, ...]]:
    if query.by is not By.DAY:
        return [(span,) for span in query.scope.spans]
    found: dict[date, list[Span]] = {}
    for span in query.scope.spans:
        for part in days_between(span, reach.zone):
            found.setdefault(local(part.since_ns, reach.zone).date(), []).append(part)
    if not found or len(found) > 4 * _MOST_DAYS:
        raise InputError("spans", "are too many days")
    return [tuple(parts) for parts in found.values()]


def _typical_rows(reach: Reach, query: Query) -> list[Event]:
    """Every row of the scope, told to fit without the database. Raises InputError: too many."""
    scope = query.scope
    found: dict[str, Event] = {}
    for span in scope.spans or (None,):
        rows = reach.record.events(reach.want(scope, span), _MOST + 1, newest_first=False)
        found |= {event.id: event for event in rows if fits(reach, event, scope, touching=False)}
    if len(found) > _MOST:
        raise InputError("spans", "hold too many events")
    return list(found.values())


def _lengths(reach: Reach, query: Query) -> Again:
    lasted = {event.id: event.ended_ns - event.started_ns for event in _typical_rows(reach, query) if event.ended_ns is not None}
    if not lasted:
        return Again()
    if query.measure in (Measure.LONGEST, Measure.SHORTEST):
        most = (max if query.measure is Measure.LONGEST else min)(lasted.values())
        edges = {id_ for id_, each in lasted.items() if each == most}
        return Again(float(len(lasted)), {float(len(lasted))}, {duration(most / 1e9)}, edges=edges, words={query.measure.value})
    values = list(lasted.values())
    value = median(values) if query.measure is Measure.MEDIAN else mean(values)
    words = {"median"} if query.measure is Measure.MEDIAN else {"average"}
    return Again(float(len(lasted)), {float(len(lasted))}, {duration(value / 1e9)}, words=words)


def _clocks(reach: Reach, query: Query) -> Again:
    edges: dict[date, tuple[float, Event]] = {}
    for event in _typical_rows(reach, query):
        day = local(event.started_ns, reach.zone).date()
        at_ns = event.started_ns if query.oldest_first else event.ended_ns
        if at_ns is None:
            continue
        into = (local(at_ns, reach.zone).replace(tzinfo=None) - datetime.combine(day, datetime.min.time())).total_seconds()
        had = edges.get(day)
        if had is None or (into < had[0] if query.oldest_first else into > had[0]):
            edges[day] = (into, event)
    if not edges:
        return Again()
    values = [each[0] for each in edges.values()]
    end = "first" if query.oldest_first else "last"
    if query.measure in (Measure.EARLIEST, Measure.LATEST):
        most = (min if query.measure is Measure.EARLIEST else max)(values)
        ids = {event.id for each, event in edges.values() if each == most}
        return Again(float(len(edges)), {float(len(edges))}, edges=ids, words={query.measure.value, end})
    value = median(values) if query.measure is Measure.MEDIAN else mean(values)
    words = {"median", "usually", end} if query.measure is Measure.MEDIAN else {"average", "mean", end}
    return Again(float(len(edges)), {float(len(edges))}, clocks={clock_of(value)}, words=words)


def _days(reach: Reach, query: Query) -> Again:
    spans = [(span,) for span in query.scope.spans] if query.by is By.ALL else _units(reach, query)
    apart = replace(query, ask=Ask.COUNT, by=By.ALL, limit=100)
    if len(spans) > _MOST_DAYS:
        raise InputError("spans", "are too many days")
    found = Again()
    rows = _rows_of_days(reach, query)
    for each in spans:
        if rows is None:
            there = recount(reach, replace(apart, scope=replace(query.scope, spans=each))).total
        else:
            there = sum(any(span.holds(event.started_ns) for span in each) for event in rows)
        (found.having if there else found.lacking).add(local(each[0].since_ns, reach.zone).date())
    having = len(found.having)
    numbers = {float(having), float(len(spans)), float(len(found.lacking))}
    return replace(found, counted=float(having), numbers=numbers, day_parts={(having, len(spans))})


def _rows_of_days(reach: Reach, query: Query) -> list[Event] | None:
    """All rows at once, where they are events and not too many; None: each day has to be counted by itself."""
    if query.of is not Of.EVENTS:
        return None
    try:
        return _typical_rows(reach, query)
    except InputError:
        return None


def _of_each_person(reach: Reach, query: Query) -> list[Query]:
    known = queries_events.by_person(reach, replace(query.scope, who=Who.KNOWN), touching=True)
    return [replace(query, of=Of.EVENTS, limit=1, scope=replace(query.scope, person_ids=(each.key,))) for each in known]


def _edge(reach: Reach, query: Query) -> Again:
    """Of FIRST and LAST: the one row that is it; of people each one's own."""
    finds = queries_events.first if query.ask is Ask.FIRST else queries_events.last
    match query.of:
        case Of.EVENTS:
            rows = finds(reach, query).rows
        case Of.PEOPLE:
            rows = tuple(row for alone in _of_each_person(reach, query) for row in finds(reach, alone).rows)
        case _:
            return Again()
    return Again(float(len(rows)), edges={row.citation.id for row in rows}, words={query.ask.value})

"""Who was there on every day, who here and not there, how many at once, and which groups are large enough: found again from the rows
themselves, apart from the queries that answered."""

from collections import Counter
from dataclasses import field, replace
from datetime import date

from engine.history.checker.count import fits, recount
from engine.history.queries.people import MOST_EVENTS, STAY_KINDS, counts_at_once
from engine.history.queries.queries import SEEN_KINDS, Ask, By, GroupSelection, Of, Query, Scope, Span, Who
from engine.history.queries.reach import ALL_TIME, Reach
from engine.history.when.zone import days_between, local
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.history.event_query import QUARTER_NS, TallyBy
from engine.model.value_class import dataclass

_COLUMNS: dict[By, TallyBy] = {By.KIND: "kind", By.CAMERA: "camera_id", By.ZONE: "zone_id", By.PERSON: "person_id", By.SEVERITY: "severity"}
_MOST_READ = 400  # beyond, the database tells who was there, in halves of the time


@dataclass(slots=True)
class PeopleAgain:
    """`counted`: how many people, stretches or groups. people: ids of those people. spans: stretches that were found."""

    counted: float = 0.0
    people: set[str] = field(default_factory=set[str])
    numbers: set[float] = field(default_factory=set[float])
    spans: list[Span] = field(default_factory=list[Span])
    seconds: float = 0.0
    day_parts: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])


def of_people(query: Query) -> bool:
    by_person = query.ask is Ask.DAYS and query.by is By.PERSON
    return by_person or query.ask in (Ask.MATCHING, Ask.AT_ONCE) or (query.ask is Ask.COUNT and query.by is not By.ALL and query.limited)


def people_again(reach: Reach, query: Query) -> PeopleAgain:
    """Raises InputError: too many to look at."""
    match query.ask:
        case Ask.DAYS:
            return _regular(reach, query)
        case Ask.MATCHING:
            return _matching(reach, query)
        case Ask.AT_ONCE:
            return _at_once(reach, query)
        case _:
            return _groups(reach, query)


def _rows_in_scope(reach: Reach, scope: Scope, *, touching: bool, most: int = MOST_EVENTS) -> list[Event] | None:
    """Every row of the scope, told to fit without the database; None: too many."""
    found: dict[str, Event] = {}
    for span in scope.spans or (None,):
        want = reach.want(scope, span, touching=touching)
        if reach.record.count(want) > most:
            return None
        rows = reach.record.events(want, most, newest_first=False)
        found |= {event.id: event for event in rows if fits(reach, event, scope, touching=touching)}
    return list(found.values())


def _known_people(reach: Reach, scope: Scope, *, touching: bool) -> set[str]:
    known = replace(scope, who=Who.KNOWN)
    rows = _rows_in_scope(reach, replace(known, kinds=known.kinds or SEEN_KINDS), touching=touching, most=_MOST_READ)
    if rows is not None:
        return {event.person_id for event in rows if event.person_id}
    halves = [half for span in scope.spans or (ALL_TIME,) for half in _halves(reach, span)]
    wants = [reach.want(replace(known, spans=(half,)), half, touching=touching) for half in halves]
    return {tally.key for want in wants for tally in reach.record.tally(want, "person_id")}


def _halves(reach: Reach, span: Span) -> tuple[Span, ...]:
    until = min(span.until_ns, reach.now_ns + 1)
    middle = (span.since_ns + until) // 2
    return (Span(span.since_ns, middle), Span(middle, span.until_ns)) if span.since_ns < middle < span.until_ns else (span,)


def _regular(reach: Reach, query: Query) -> PeopleAgain:
    by_day: dict[date, list[Span]] = {}
    for span in query.scope.spans:
        for part in days_between(span, reach.zone):
            by_day.setdefault(local(part.since_ns, reach.zone).date(), []).append(part)
    days: Counter[str] = Counter()
    for parts in by_day.values():
        days.update(_known_people(reach, replace(query.scope, spans=tuple(parts)), touching=False))
    total = len(by_day)
    kept = {who for who, number in days.items() if (number == total if query.wanted is GroupSelection.EVERY else query.lets(number))}
    parts_of = {(query.least, total)} if query.least == query.most else set[tuple[int, int]]()
    limits = {float(each) for each in (total, query.least, query.most) if each}
    return PeopleAgain(float(len(kept)), kept, {float(len(kept)), *limits}, day_parts=parts_of)


def _matching(reach: Reach, query: Query) -> PeopleAgain:
    wanted = [_known_people(reach, part, touching=True) for part in (query.scope, *query.also)]
    unwanted = [_known_people(reach, part, touching=True) for part in query.without]
    kept = {who for who in wanted[0] if all(who in each for each in wanted[1:]) and not any(who in each for each in unwanted)}
    return PeopleAgain(float(len(kept)), kept, {float(len(kept))})


def _at_once(reach: Reach, query: Query) -> PeopleAgain:
    """By coming and going: how often each is there at the same time, and how many of them are there at all."""
    scope = query.scope
    rows = _rows_in_scope(reach, scope if scope.kinds else replace(scope, kinds=STAY_KINDS), touching=True)
    if rows is None:
        raise InputError("spans", "hold too many events")
    steps: list[tuple[int, int, str]] = []
    for event in rows:
        for span in reach.spans(scope) if counts_at_once(event, scope) else ():
            since = max(event.started_ns, span.since_ns)
            until = min(reach.now_ns if event.ended_ns is None else event.ended_ns, span.until_ns)
            steps += [(since, 1, event.person_id or event.id), (until, -1, event.person_id or event.id)] if since < until else []
    there: Counter[str] = Counter()
    most, found, people = 0, list[Span](), set[str]()
    began: int | None = None
    moments = sorted({at for at, _, _ in steps})
    by_moment: dict[int, list[tuple[int, str]]] = {at: [] for at in moments}
    for at, step, who in steps:
        by_moment[at].append((step, who))
    for at in moments:
        for step, who in by_moment[at]:
            there[who] += step
        present = {who for who, often in there.items() if often > 0}
        most = max(most, len(present))
        is_so = bool(present) and query.lets(len(present))
        people |= present if is_so else set[str]()
        if is_so and began is None:
            began = at
        elif not is_so and began is not None:
            found.append(Span(began, at))
            began = None
    if query.wanted is GroupSelection.MOST:
        return PeopleAgain(float(most), people, {float(most)})
    limits = {float(each) for each in (query.least, query.most) if each}
    return PeopleAgain(float(len(found)), people, limits, found, sum(each.until_ns - each.since_ns for each in found) / 1e9)


def _groups(reach: Reach, query: Query) -> PeopleAgain:
    """How many groups are within the limits."""
    apart = replace(query, least=0, most=None, by=By.ALL, wanted=GroupSelection.ALL)
    if query.of is not Of.EVENTS:
        counts = Counter(key for key in _keys(reach, query) if key)
    else:
        rows = _rows_in_scope(reach, query.scope, touching=False, most=_MOST_READ)
        by_row = [] if rows is None else [key for event in rows if (key := _group_key(reach, event, query.by))]
        counts = _counted_by_halves(reach, query) if rows is None else Counter(by_row)
    kept = {key: number for key, number in counts.items() if query.lets(number)}
    limits = {float(each) for each in (query.least, query.most) if each}
    people = set(kept) if query.by is By.PERSON else set[str]()
    return PeopleAgain(float(len(kept)), people, {float(recount(reach, apart).total), float(len(kept)), *limits})


def _counted_by_halves(reach: Reach, query: Query) -> Counter[str]:
    """Too many to read: counted by the database, in halves of the time; of hours and days by its quarters of an hour."""
    column = _COLUMNS.get(query.by, "quarter")
    counts: Counter[str] = Counter()
    for span in query.scope.spans or (ALL_TIME,):
        for half in _halves(reach, span):
            for key, number in reach.record.counts(reach.want(replace(query.scope, spans=(half,)), half), column).items():
                counts[key if column != "quarter" else _clock_key(reach, int(key) * QUARTER_NS, query.by)] += number
    counts.pop("", None)
    return counts


def _clock_key(reach: Reach, at_ns: int, by: By) -> str:
    at = local(at_ns, reach.zone)
    return f"{at.hour:02d}" if by is By.HOUR else f"{at:%Y-%m-%d}" if by is By.DAY else f"{at:%A}"


def _group_key(reach: Reach, event: Event, by: By) -> str:
    at = local(event.started_ns, reach.zone)
    keys: dict[By, str] = {
        By.KIND: event.kind.value,
        By.CAMERA: event.camera_id,
        By.ZONE: event.zone_id,
        By.PERSON: event.person_id,
        By.SEVERITY: str(int(event.severity)),
        By.HOUR: f"{at.hour:02d}",
        By.DAY: f"{at:%Y-%m-%d}",
        By.WEEKDAY: f"{at:%A}",
    }
    return keys.get(by, "")


def _keys(reach: Reach, query: Query) -> list[str]:
    """Of alerts: what each of them is counted under."""
    if query.of is not Of.ALERTS:
        raise InputError("of", "is not looked at in groups")
    found = {
        alert.id: alert
        for span in query.scope.spans or (ALL_TIME,)
        for half in _halves(reach, span)
        for alert in _alerts_in_half(reach, query, half)
    }
    keys: list[str] = []
    for alert in found.values():
        at = local(alert.raised_ns, reach.zone)
        keys.append(
            {
                By.CAMERA: alert.camera_id,
                By.ZONE: alert.zone_id,
                By.PERSON: alert.person_id,
                By.KIND: alert.kind.value,
                By.SEVERITY: str(int(alert.severity)),
                By.ASSIGNEE: alert.assignee,
                By.STATE: alert.state.value,
                By.HOUR: f"{at.hour:02d}",
                By.DAY: f"{at:%Y-%m-%d}",
                By.WEEKDAY: f"{at:%A}",
            }.get(query.by, "")
        )
    return keys


def _alerts_in_half(reach: Reach, query: Query, half: Span):
    spans = () if not query.scope.spans else (half,)
    return reach.alerts(replace(query.scope, spans=spans))

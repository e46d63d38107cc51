"""The numbers of an answer counted again, another way: row by row with conditions of its own, or where those are too many, piece by piece
of time. What does not come out the same is not said."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.history.queries.reach import ALL_TIME, Reach
from engine.history.queries.rows import Result
from engine.history.queries.run import Desk
from engine.history.queries.stays import MOST_EVENTS, STAY_KINDS, PlacedEvent, count_stays, counts_stays, folds_stays, stay_scope
from engine.model.event import Event, EventKind
from engine.model.history.chat import Citation, CitationKind, ClaimStatus, Sentence
from engine.model.history.event_query import EventWant
from engine.model.history.query import LIST_ASKS, SEEN_KINDS, Ask, By, Of, Query, Scope, Span, Who
from engine.model.history.query_text import from_text

_MOST_READ = 400
_LONG_NS = 3 * 86_400 * 10**9
_FINDING = (*LIST_ASKS, Ask.LAST, Ask.FIRST, Ask.CLIP)


class Recounter:
    """Of one answer. Any thread."""

    def __init__(self, reach: Reach, results: Iterable[Result]) -> None:
        self._reach = reach
        self._told: dict[str, float] = {}  # by the query that is cited for a number
        for result in results:
            self._enter(result)
        self._right: dict[str, bool] = {}

    def checked(self, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Those that cite a number which does not come out the same are struck. Raises InputError."""
        return tuple(
            replace(each, status=ClaimStatus.STRUCK) if any(not self._is_right(cited) for cited in each.citations) else each
            for each in sentences
        )

    def _enter(self, result: Result) -> None:
        number = _number_of(result)
        if number is not None:
            self._told[result.counted.id] = number
        for row in result.rows if result.held is None else (result.held,):
            for cited in (row.citation, *row.rows):
                if cited.kind is CitationKind.COUNT and _counts_alone(from_text(cited.id)):
                    self._told[cited.id] = row.count

    def _is_right(self, cited: Citation) -> bool:
        if cited.kind is not CitationKind.COUNT or cited.id not in self._told:
            return True
        if cited.id not in self._right:
            self._right[cited.id] = self._comes_out(from_text(cited.id), self._told[cited.id])
        return self._right[cited.id]

    def _comes_out(self, query: Query, told: float) -> bool:
        """Whether the second count is what was told, or the record went on in between, so that the first one is as the second now."""
        again = recount(self._reach, query)
        if again is None or _same(again, told):
            return True
        now = count_stays(self._reach, query) if counts_stays(query) else _number_of(Desk(self._reach).run(query))
        return (told > 0 or query.ask not in _FINDING) and _same(again, now)


def _same(one: float, other: float | None) -> bool:
    return other is not None and abs(one - other) < 1e-3


def _counts_alone(query: Query) -> bool:
    return counts_stays(query) or (query.ask is Ask.COUNT and query.by is By.ALL and not query.limited)


def _number_of(result: Result) -> float | None:
    """What is said of a query as a whole, where it can be counted again; None: nothing."""
    query = result.query
    if query.ask is Ask.COUNT and not query.limited and (query.by is By.ALL or query.of is not Of.PEOPLE):
        return result.total
    if counts_stays(query):
        return result.total
    if query.ask is Ask.HOW_LONG and query.by is By.ALL:
        return result.seconds
    if query.ask in _FINDING and not query.skip and not query.id and (not result.rows or query.ask in LIST_ASKS):
        return result.total if result.rows else 0
    return None


def recount(reach: Reach, query: Query) -> float | None:
    """How many, or of HOW_LONG how many seconds; None: too many to add up. Raises InputError, NotFound."""
    match query.of:
        case Of.ALERTS:
            return len({alert.id for span in _halved_scopes(query.scope) for alert in reach.alerts(span)})
        case Of.HELD:
            return len({decision.id for span in _halved_scopes(query.scope) for decision in reach.held_decisions(span)})
        case Of.INCIDENTS:
            return len({incident.id for span in _halved_scopes(query.scope) for incident in reach.incidents(span)})
        case Of.EVENTS | Of.PEOPLE:
            return _events(reach, query)


def _halved_scopes(scope: Scope) -> Iterator[Scope]:
    """The scope in halves of its spans."""
    for span in scope.spans:
        middle = (span.since_ns + span.until_ns) // 2
        for part in (Span(span.since_ns, middle), Span(middle, span.until_ns)):
            yield replace(scope, spans=(part,))
    if not scope.spans:
        yield scope


def _events(reach: Reach, query: Query) -> float | None:
    touching = query.during or query.ask in (Ask.LAST, Ask.STAYS, Ask.HOW_LONG, Ask.CLIP, Ask.AT_ONCE)
    scope = _widened(query)
    rows = _read_events(reach, scope, touching=touching)
    if counts_stays(query):
        return _stays(reach, scope, None if rows is None else [event for event in rows if fits(reach, event, scope, touching=True)])
    if rows is None:
        return None if query.ask is Ask.HOW_LONG or folds_stays(query) else _too_many(reach, scope, touching, people=query.of is Of.PEOPLE)
    fitting = [event for event in rows if fits(reach, event, scope, touching=touching)]
    if query.ask is Ask.HOW_LONG:
        return sum(_stretches(reach, fitting, scope)) / 1e9
    if folds_stays(query):
        return _lines(reach, fitting, scope)
    if query.of is Of.EVENTS:
        return len(fitting)
    known = {event.person_id for event in fitting if event.person_id}
    return len(known) + sum(1 for event in fitting if not event.person_id and event.kind in _sightings(scope))


def _widened(query: Query) -> Scope:
    scope = stay_scope(query.scope) if counts_stays(query) else query.scope
    asks_seen = query.ask in (Ask.STAYS, Ask.HOW_LONG) and scope.who is Who.ANYTHING and not scope.kinds
    return replace(scope, who=Who.ANYONE) if asks_seen or (query.of is Of.PEOPLE and scope.who is Who.ANYTHING) else scope


def _sightings(scope: Scope) -> tuple[EventKind, ...]:
    if scope.kinds:
        return scope.kinds
    return (EventKind.ZONE_VISIT, EventKind.CROSSING) if scope.zone_ids and not scope.camera_ids else (EventKind.PERSON,)


def _read_events(reach: Reach, scope: Scope, *, touching: bool) -> list[Event] | None:
    """All events of the time that could fit, by person, place or kind where one is meant; None: too many."""
    found: dict[str, Event] = {}
    narrow = EventWant(
        person_ids=scope.person_ids[:1] if len(scope.person_ids) == 1 else (), kinds=scope.kinds[:1] if len(scope.kinds) == 1 else ()
    )
    if len(scope.camera_ids) <= 1 and len(scope.zone_ids) <= 1:
        narrow = replace(narrow, camera_ids=scope.camera_ids, zone_ids=scope.zone_ids)
    for span in scope.spans or (ALL_TIME,):
        since = None if span == ALL_TIME else span.since_ns - (_LONG_NS if touching else 0)
        want = replace(narrow, since_ns=since, until_ns=None if span == ALL_TIME else span.until_ns)
        if reach.record.count(want) > _MOST_READ:
            return None
        found |= {event.id: event for event in reach.record.events(want, _MOST_READ, newest_first=False)}
    if touching and scope.spans:
        found |= {event.id: event for event in reach.record.events(EventWant(going_on=True), _MOST_READ)}
    return list(found.values())


def fits(reach: Reach, event: Event, scope: Scope, *, touching: bool) -> bool:
    """Whether an event fits a scope, told without the database."""
    return (
        _in_time(event, scope, touching=touching) and _in_place(reach, event, scope) and _of_whom(event, scope) and _of_kind(event, scope)
    )


def _in_time(event: Event, scope: Scope, *, touching: bool) -> bool:
    if scope.going_on and event.ended_ns is not None:
        return False
    if not scope.spans:
        return True
    if not touching:
        return any(span.holds(event.started_ns) for span in scope.spans)
    ended = event.ended_ns
    return any(event.started_ns < span.until_ns and (ended is None or ended >= span.since_ns) for span in scope.spans)


def _in_place(reach: Reach, event: Event, scope: Scope) -> bool:
    if not reach.viewer.sees(event.camera_id) or event.camera_id in scope.not_camera_ids or event.zone_id in scope.not_zone_ids:
        return False
    if scope.sensor_ids and event.subject_id not in scope.sensor_ids:
        return False
    return not (scope.camera_ids or scope.zone_ids) or event.camera_id in scope.camera_ids or event.zone_id in scope.zone_ids


def _of_whom(event: Event, scope: Scope) -> bool:
    if event.person_id in scope.not_person_ids or (scope.person_ids and event.person_id not in scope.person_ids):
        return False
    return {Who.KNOWN: bool(event.person_id), Who.UNKNOWN: not event.person_id}.get(scope.who, True)


def _of_kind(event: Event, scope: Scope) -> bool:
    seen = scope.kinds or (SEEN_KINDS if scope.who is not Who.ANYTHING else ())
    if (
        event.shadow
        or (seen and event.kind not in seen)
        or event.kind in scope.not_kinds
        or (scope.who is Who.UNKNOWN and event.kind is EventKind.NAMED and not scope.kinds)
    ):
        return False
    severity = int(event.severity)
    lasted = None if event.ended_ns is None else (event.ended_ns - event.started_ns) / 1e9
    long_enough = scope.shortest_s is None or (lasted is not None and lasted >= scope.shortest_s)
    short_enough = scope.longest_s is None or (lasted is not None and lasted <= scope.longest_s)
    severe = severity >= scope.min_severity and (not scope.severities or severity in scope.severities)
    return severe and long_enough and short_enough and (not scope.labels or event.label in scope.labels)


def _stretches(reach: Reach, events: Iterable[PlacedEvent], scope: Scope) -> list[int]:
    """How long each lasts in which there is somebody, ns: by counting how many go on at each edge."""
    edges: list[tuple[int, int]] = []
    for event in events:
        ended = reach.now_ns if event.ended_ns is None else max(event.ended_ns, event.started_ns + 1)
        for span in scope.spans or (ALL_TIME,):
            since, until = max(event.started_ns, span.since_ns), min(ended, span.until_ns)
            edges += [(since, 1), (until, -1)] if since < until else []
    going, found = 0, list[int]()
    for at, step in sorted(edges, key=lambda edge: (edge[0], -edge[1])):
        if not going:
            found.append(-at)
        going += step
        if not going:
            found[-1] += at
    return found


def _stays(reach: Reach, scope: Scope, events: list[Event] | None) -> int:
    """Of too many to read what the database finds in halves of the time."""
    there: Iterable[PlacedEvent] | None = events
    if there is None:
        wants = [reach.want(part, part.spans[0] if part.spans else None, touching=True) for part in _halved_scopes(scope)]
        there = {each.id: each for want in wants for each in reach.record.times(want, MOST_EVENTS + 1)}.values()
    return len(_stretches(reach, there, scope))


def _lines(reach: Reach, events: list[Event], scope: Scope) -> int:
    """Of stays of each known person one each, and of all else."""
    stays = [event for event in events if event.person_id and event.kind in STAY_KINDS]
    of_each = ([event for event in stays if event.person_id == person] for person in {event.person_id for event in stays})
    return len(events) - len(stays) + sum(len(_stretches(reach, each, scope)) for each in of_each)


def _too_many(reach: Reach, scope: Scope, touching: bool, *, people: bool) -> float:
    """Too many to read: counted by the database, in halves of the time."""
    if not people:
        return _count_in_halves(reach, scope, touching)
    of_known = () if scope.who is Who.UNKNOWN else _halved_scopes(replace(scope, who=Who.KNOWN))
    known = {key for part in of_known for key in _by_person(reach, part, touching)}
    nameless = 0 if scope.who is Who.KNOWN else _count_in_halves(reach, replace(scope, who=Who.UNKNOWN, kinds=_sightings(scope)), touching)
    return len(known) + nameless


def _count_in_halves(reach: Reach, scope: Scope, touching: bool) -> int:
    wants = [reach.want(part, part.spans[0] if part.spans else None, touching=touching) for part in _halved_scopes(scope)]
    middles = [want.since_ns for want in wants[1::2] if touching and want.since_ns is not None]
    twice = [replace(wants[0], since_ns=middle, until_ns=middle - 1) for middle in middles]  # what went on in the middle is in both halves
    return sum(map(reach.record.count, wants)) - sum(map(reach.record.count, twice))


def _by_person(reach: Reach, scope: Scope, touching: bool) -> list[str]:
    span = scope.spans[0] if scope.spans else None
    return [tally.key for tally in reach.record.tally(reach.want(scope, span, touching=touching), "person_id")]

"""What a question leans on: `when Ana fell`, `before the alert on Saturday`, `after the hall`, as a query of its own, and the time that it
comes to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.history.grammar.clauses import Relation
from engine.history.grammar.scope import LOST_KINDS, Question
from engine.history.grammar.slots_found import Slots
from engine.history.queries.queries import Ask, Of, Query, Span, Who
from engine.history.queries.rows import Row
from engine.history.when.zone import local, utc_ns
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_AROUND_S = 900.0
_MOMENT_NS = 60 * SECOND
_MOVES = ("came", "come", "comes", "arrived", "arrive", "left", "leave", "was", "got", "entered", "seen", "appeared", "went", "showed")


@dataclass(frozen=True, slots=True)
class Anchor:
    """`returned`: meant is when it was over."""

    query: Query
    returned: bool = False


def anchor_of(question: Question, of: Of, main: Query | None) -> Anchor | None:
    """None: the clause names nothing that happens. main: whose people stay at a place that it names."""
    slots = question.slots
    if slots.any("nobody", "not"):
        return None  # what did not happen has no time
    happens = slots.kinds or slots.labels or of in (Of.ALERTS, Of.INCIDENTS, Of.HELD)
    if happens:
        first = "first" in slots.said
        query = question.query(Ask.FIRST if first else Ask.LAST, of, limit=1)
        who = query.scope.who if query.scope.who in (Who.UNKNOWN, Who.KNOWN) else Who.ANYTHING
        returned = "returned" in slots.said and bool(set(slots.kinds) & set(LOST_KINDS))
        return Anchor(replace(query, scope=replace(query.scope, who=who)), returned)
    moves = slots.any("arrive", "leave", "through") or slots.word(*_MOVES)
    if slots.people or (slots.any("unknown", "anyone") and moves):
        return _of_people(question, slots)
    at_place = slots.has_place and main is not None and main.scope.person_ids
    if at_place and main is not None:
        query = question.query(Ask.FIRST, Of.EVENTS, limit=1)
        spans = query.scope.spans or main.scope.spans
        return Anchor(replace(query, scope=replace(query.scope, person_ids=main.scope.person_ids, who=Who.ANYONE, spans=spans)))
    return None


def _of_people(question: Question, slots: Slots) -> Anchor:
    leaves = "leave" in slots.said
    first = not leaves and bool(slots.when.spans)
    query = question.query(Ask.FIRST if first else Ask.LAST, Of.EVENTS, limit=1)
    who = Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who
    return Anchor(replace(query, scope=replace(query.scope, who=who)), returned=leaves)


@dataclass(frozen=True, slots=True)
class AnchorClock:
    """Turns what an anchor found into a time. `now_ns`: nothing is after it."""

    now_ns: int
    midnight: Callable[[int, int], int]  # of the day of a time, and so many days on

    def span(self, relation: Relation, row: Row, seconds: float | None, ask: Ask, *, returned: bool) -> Span | None:
        since = row.at_ns
        until = row.until_ns if row.until_ns is not None else self.now_ns if row.going_on else since
        since = until if returned else since
        reach = None if seconds is None else int(seconds * SECOND)
        match relation:
            case Relation.DURING:
                found = (since, max(until, since + _MOMENT_NS))
            case Relation.AROUND:
                apart = reach if reach is not None else int(_AROUND_S * SECOND)
                found = (since - apart, until + apart + 1)
            case Relation.BEFORE:
                began = 0 if ask is Ask.LAST else self.midnight(since, 0)
                found = (since - reach if reach is not None else began, since)
            case Relation.AFTER:
                until = since if row.kind in LOST_KINDS else until  # `after it went offline`: from then on
                ended = self.now_ns if ask is Ask.FIRST else self.midnight(until, 1)
                found = (until, until + reach if reach is not None else ended)
        begin, end = max(found[0], 0), min(found[1], self.now_ns)
        return Span(begin, end) if begin < end else None


def anchor_clock(now_ns: int, zone: ZoneInfo) -> AnchorClock:
    def midnight(at_ns: int, days: int) -> int:
        day = local(at_ns, zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        return utc_ns(day + timedelta(days=days), zone)

    return AnchorClock(now_ns, midnight)

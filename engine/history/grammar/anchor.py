"""What a question leans on: `when Ana fell`, `before the alert on Saturday`, `after the hall`, as a query of its own, and the time that it
comes to."""

from dataclasses import replace

from engine.history.grammar.scope import Question
from engine.history.grammar.slots_found import Slots
from engine.model.history.query import LOST_KINDS, Ask, Of, Query, Who
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_AROUND_S = 900.0
_MOMENT_NS = 60 * SECOND
_ENDS = ("end", "ended", "ends", "over", "stopped", "finished")
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
        returned = slots.word(*_ENDS) or ("returned" in slots.said and bool(set(slots.kinds) & set(LOST_KINDS)))
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

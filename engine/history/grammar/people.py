"""Questions about people over several times and places: who came every day, who here and not there, how many at once.

Each gives None where its turn is not in the question.
"""

from dataclasses import replace

from engine.history.grammar.form import form_of
from engine.history.grammar.scope import Question
from engine.history.grammar.slots_found import only_such
from engine.history.names import NamedKind
from engine.history.when.zone import day_span, local
from engine.model.history.plan import Form
from engine.model.history.query import Ask, By, GroupSelection, Of, Query, Scope, Span, Who

_Read = tuple[Query, Form] | None
_ASKS_MOST = ("most", "maximum", "peak", "highest", "largest", "record")


def at_once(question: Question, of: Of) -> _Read:
    """`more than three people in the yard at once`, `when were Mary and John there together`."""
    slots = question.slots
    pair = len({each.id for each in slots.people}) > 1 and slots.any("when", "how_long") and (slots.any("with") or slots.word("both"))
    if of is not Of.EVENTS or slots.kinds or not (slots.any("at_once") or pair):
        return None
    limited = slots.limit_of == "people"
    most = slots.word(*_ASKS_MOST) or (slots.any("how_many") and not limited)
    if not (limited or most or pair):
        return None
    query = question.query(Ask.AT_ONCE, Of.EVENTS, reach=False, limit=100)
    least = len(set(query.scope.person_ids)) if pair and not limited else slots.least
    query = replace(
        query, least=least, most=slots.most if limited else None, wanted=GroupSelection.ALL if limited or pair else GroupSelection.MOST
    )
    who = Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who
    return replace(query, scope=replace(query.scope, who=who)), form_of(slots) if form_of(slots) is Form.YES_NO else Form.PLAIN


def nth(question: Question, of: Of) -> _Read:
    """`the third person to arrive`: which of all who are known, by when each came or left."""
    slots = question.slots
    moves = slots.any("arrive", "leave", "first", "last") and not slots.has_place
    of_people = slots.any("who", "people", "anyone") and not slots.any("unknown", "events", "handled", "alerts")
    leaves_first = slots.any("leave") and slots.any("first")
    if (
        (slots.ordinal is None and not leaves_first)
        or of is not Of.EVENTS
        or slots.kinds
        or slots.people
        or not (moves or slots.has_place)
        or not of_people
    ):
        return None
    leaves = "leave" in slots.said
    query = question.query(Ask.ORDER, of, reach=False, oldest_first=not leaves, limit=1, skip=(slots.ordinal or 1) - 1)
    return replace(query, scope=replace(query.scope, who=Who.ANYTHING)), Form.PLAIN


def regular(question: Question, of: Of) -> _Read:
    """`who came every weekday`, `who was here on just one day`, `who came only once`."""
    slots = question.slots
    often = slots.limit_of == "days" or (slots.limit_of == "times" and slots.word("came", "come", "comes", "visited"))
    most = slots.any("most", "fewest") and slots.word("days") and "who" in slots.said and not slots.any("events")
    often = often or most
    if of is not Of.EVENTS or slots.kinds or slots.people or not _asks_who(question) or not (slots.any("every") or often):
        return None
    if slots.any("absent", "not"):
        return None
    query = question.query(Ask.DAYS, Of.EVENTS, reach=False, by=By.PERSON, limit=100)
    if often:
        query = replace(query, least=max(slots.least, 1), most=slots.most)
    else:
        query = replace(query, wanted=GroupSelection.EVERY)
    return replace(query, scope=replace(query.scope, who=Who.KNOWN)), Form.WHO


def _asks_who(question: Question) -> bool:
    slots = question.slots
    return "who" in slots.said or slots.word("people", "persons", "employees", "everyone", "everybody", "anyone", "anybody")


def matching(question: Question, of: Of) -> _Read:
    """Who was at several places or times, or at one and not at another, or only there."""
    slots = question.slots
    if of is not Of.EVENTS or slots.kinds or slots.people or not _asks_who(question) or slots.any("how_many", "how_long", "most", "fewest"):
        return None
    query = question.query(Ask.MATCHING, Of.EVENTS, reach=False, limit=100)
    scope = replace(query.scope, who=Who.KNOWN, not_camera_ids=(), not_zone_ids=())
    also, without = _also(question, scope), _without(question, scope)
    denies = slots.any("not", "absent", "nobody") and without is None  # who was missing at both is asked of `absent`
    if denies or (also is None and without is None):
        return None
    first, *others = also or (scope,)
    return replace(query, scope=first, also=tuple(others), without=without or ()), Form.WHO


def _also(question: Question, scope: Scope) -> tuple[Scope, ...] | None:
    """`both in the hall and at the gate`, `on Tuesday and on Friday`."""
    slots = question.slots
    both = slots.word("both") or slots.tokens.run_of("as", "well", "as") or slots.tokens.run_of("and", "also")
    if both and len(slots.places) > 1:
        return tuple(_at(scope, [(each.kind, each.id) for each in named]) for named in slots.places)
    groups = slots.when.groups
    several = len(groups) == 2 and not slots.any("compare")
    if several and (both or _said_twice(question)):
        return tuple(replace(scope, spans=group) for group in groups)
    return None


def _at(scope: Scope, named: list[tuple[NamedKind, str]]) -> Scope:
    cameras = tuple(id_ for kind, id_ in named if kind is NamedKind.CAMERA)
    zones = tuple(id_ for kind, id_ in named if kind is NamedKind.ZONE)
    return replace(scope, camera_ids=cameras, zone_ids=zones)


def _said_twice(question: Question) -> bool:
    """`on Tuesday and on Friday`."""
    words = [token.text for token in question.slots.tokens.all]
    return any(words[at : at + 2] == ["and", "on"] for at in range(len(words)))


def _without(question: Question, scope: Scope) -> tuple[Scope, ...] | None:
    """`but not in the office`, `but not on Friday`, `only on Friday`."""
    slots = question.slots
    if slots.not_places and slots.places:
        return (_at(scope, [(each.kind, each.id) for each in slots.not_places]),)
    left_out = slots.when.without
    only = slots.any("only") and slots.tokens.word(0) != "only"  # `only at night: who …` says of when it is asked
    if left_out and all(not _is_inside_longer(span, slots.when.spans) for span in left_out):
        return (replace(scope, spans=left_out),)
    excludes = only and not only_such(slots) and not _only_one(question) and not slots.limit_of
    return _otherwise(question, scope) if excludes and scope.spans else None


def _only_one(question: Question) -> bool:
    """`the only person`: nobody else, and not at no other time."""
    tokens = question.slots.tokens
    after = [tokens.word(at + 1) for at in range(len(tokens.all)) if tokens.word(at) == "only"]
    return any(word in ("person", "one", "people", "visitor", "employee", "ones") for word in after)


def _is_inside_longer(span: Span, spans: tuple[Span, ...]) -> bool:
    """Whether it was taken off a longer time (`last week but not on Friday`), so that nothing is left to compare."""
    return bool(spans) and spans[0].since_ns <= span.since_ns and span.until_ns <= spans[-1].until_ns


def _otherwise(question: Question, scope: Scope) -> tuple[Scope, ...]:
    """All other times: of one stretch what was before and after it, of several the rest of the days that they are of."""
    zone, now_ns = question.slots.when.zone, question.now_ns
    spans = scope.spans
    if len(spans) == 1 or zone is None:
        edges = [0, spans[0].since_ns, spans[-1].until_ns, now_ns]
        rest = [Span(since, until) for since, until in zip(edges[::2], edges[1::2], strict=True) if since < until]
        return tuple(replace(scope, spans=(span,)) for span in rest)
    first = day_span(local(spans[0].since_ns, zone).date(), zone).since_ns
    last = day_span(local(spans[-1].until_ns - 1, zone).date(), zone).until_ns
    edges = [first, *(at for span in spans for at in (span.since_ns, span.until_ns)), last]
    rest = [Span(since, until) for since, until in zip(edges[::2], edges[1::2], strict=True) if since < until]
    return (replace(scope, spans=tuple(rest)),)

"""A message as planned queries: what each of its questions asks, and what it leans on. Nothing is asked of the record."""

import re
from dataclasses import replace

from engine.history.grammar.anchor import Anchor
from engine.history.grammar.clauses import Anchored, Relation, anchors, apart, between, questions
from engine.history.grammar.grammar import Parsed, parse, parse_anchor
from engine.history.lexicon.german import in_english
from engine.history.planner import PlannerQuestion
from engine.model.event import EventKind
from engine.model.history.plan import MOST_QUERIES, PlannedQuery, QuestionPlan, TimeAnchor
from engine.model.history.query import Ask, Of, Query, Scope, Span
from engine.model.value_class import dataclass

_TIMED = (
    Ask.LIST,
    Ask.STAYS,
    Ask.LAST,
    Ask.FIRST,
    Ask.COUNT,
    Ask.CLIP,
    Ask.WITH,
    Ask.ABSENT,
    Ask.HOW_LONG,
    Ask.OBSERVED,
    Ask.LENGTHS,
    Ask.WHY_ALERT,
    Ask.WHY_NOTHING,
)

_COMES = re.compile(r"\b(?:came|come|comes|arrived?|arrives|got in|left|leaves?|went)\b", re.IGNORECASE)


_SHORT_NAME = 3  # words


@dataclass(frozen=True, slots=True)
class Reading:
    """One question of a message. `planned` None: it is not understood. parsed: its main clause, of which a question that would be
    understood can be made, unless it leans on something that would then be left out."""

    parsed: Parsed
    planned: PlannedQuery | None
    leans: bool = False


def plan_of(asked: PlannerQuestion) -> QuestionPlan:
    """What a message is understood as; a pronoun stands for nobody yet. Any thread."""
    english = in_english(asked.message, asked.directory)
    asked = replace(asked, message=english.text)
    before = query_before(asked)
    parts = parts_of(asked.message)
    spans = time_of(asked, parts)
    planned: list[PlannedQuery] = []
    unknown: list[str] = []
    for part in parts:
        if apart(part) is not None or (between(part) is not None and not parsed_part(asked, part, None).query):
            return QuestionPlan(in_steps=True)
        reading = read_part(asked, part, before, spans)
        unknown += reading.parsed.unknown
        one = reading.planned or _with_spans(reading.parsed, spans)
        if one is not None:
            planned.append(one)
            before = one.query
    return QuestionPlan(tuple(planned), english.as_written(tuple(unknown)))


def parts_of(message: str) -> list[str]:
    """The questions of a message; more than a plan holds are one, which is not understood."""
    parts = questions(message)
    return parts if 0 < len(parts) <= MOST_QUERIES else [message]


def query_before(asked: PlannerQuestion) -> Query | None:
    return next((turn.query for turn in reversed(asked.before) if turn.query is not None), None)


def time_of(asked: PlannerQuestion, parts: list[str]) -> tuple[Span, ...]:
    """A time that only the last of several questions says is that of all of them; one that only an earlier one says is that of those that
    list, too."""
    queries = [query for part in parts if (query := parsed_part(asked, part, None).query) is not None] if len(parts) > 1 else []
    said = [query.scope.spans for query in queries if query.scope.spans]
    shared = len(said) == 1 and not any(query.scope.going_on for query in queries)
    listed = all(query.ask in (Ask.LIST, Ask.STAYS, Ask.COUNT, Ask.FIRST, Ask.LAST) for query in queries)
    return said[0] if shared and (queries[-1].scope.spans or listed) else ()


def parsed_part(asked: PlannerQuestion, message: str, before: Query | None) -> Parsed:
    return parse(message, asked.directory, asked.now_ns, asked.zone, before)


def read_part(asked: PlannerQuestion, message: str, before: Query | None, spans: tuple[Span, ...] = ()) -> Reading:
    """`spans`: of a question that says no time itself."""
    parsed = parsed_part(asked, message, before)
    leans = parsed.query is None or parsed.unknown or parsed.query.ask is not Ask.ORDER
    for each in anchors(message) if leans else ():
        main = parsed_part(asked, each.main, before)
        anchor, unknown = parse_anchor(each.clause, asked.directory, asked.now_ns, asked.zone, main.query)
        if anchor is None:
            continue
        main = replace(main, unknown=tuple(dict.fromkeys((*main.unknown, *unknown))))
        if main.query is None or main.unknown or not _holds(main.query, anchor.query, each):
            return Reading(main, None, leans=True)
        anchor = _on_its_day(anchor, main.query.scope)
        query = _others_than(anchor.query, each, _arrivals(each, _watched(replace(main.query, ask=_next_place(each, main.query)))))
        return Reading(main, PlannedQuery(query, main.form, TimeAnchor(anchor.query, each.relation, each.seconds, anchor.returned)))
    return Reading(parsed, None if parsed.unknown else _with_spans(parsed, spans))


def _holds(query: Query, anchor: Query, each: Anchored) -> bool:
    """Whether a query can be of the time that an anchor comes to. How long somebody had been there *when* she fell goes on before it, and
    who came after John is asked by when each came."""
    lasted = query.ask is Ask.HOW_LONG and each.relation is Relation.DURING
    is_bare = len(each.clause.split()) < _SHORT_NAME or (
        each.relation is Relation.AFTER and not anchor.scope.kinds and not _COMES.search(each.clause)
    )
    of_person = bool(anchor.scope.person_ids) and is_bare
    in_order = of_person and query.ask is Ask.STAYS and each.relation in (Relation.AFTER, Relation.BEFORE) and _COMES.search(each.main)
    gone = each.relation is Relation.DURING and query.ask is Ask.STAYS and re.search(r"\b(?:left|gone|went home)\b", each.main)
    return query.ask in _TIMED and not lasted and not in_order and not gone


def _on_its_day(anchor: Anchor, scope: Scope) -> Anchor:
    """`who was there on Thursday after Mary left`: when she left on Thursday."""
    query = anchor.query
    if query.scope.spans or not scope.spans:
        return anchor
    return replace(anchor, query=replace(query, scope=replace(query.scope, spans=scope.spans)))


def _with_spans(parsed: Parsed, spans: tuple[Span, ...]) -> PlannedQuery | None:
    query = parsed.query
    if query is None:
        return None
    if spans and not query.scope.spans and not query.scope.going_on:
        query = replace(query, scope=replace(query.scope, spans=spans))
    return PlannedQuery(query, parsed.form)


def _watched(query: Query) -> Query:
    """Whether a camera works is asked of now, unless the question leans on some time."""
    scope = query.scope
    if query.ask is not Ask.LIST or not scope.going_on or scope.kinds != (EventKind.CAMERA_LOST,):
        return query
    return replace(query, ask=Ask.OBSERVED, scope=replace(scope, kinds=(), going_on=False))


def _others_than(anchor: Query, each: Anchored, query: Query) -> Query:
    """`was anyone else in the lab when John fell`: than John."""
    if "else" not in each.main.lower().split() or query.scope.not_person_ids or query.scope.person_ids:
        return query
    return replace(query, scope=replace(query.scope, not_person_ids=anchor.scope.person_ids))


def _arrivals(each: Anchored, query: Query) -> Query:
    """`did anyone come after her fall`: whoever was there before it did not come after it."""
    if each.relation is not Relation.AFTER or query.ask is not Ask.STAYS or query.scope.person_ids or not _COMES.search(each.main):
        return query
    return replace(query, ask=Ask.LIST, of=Of.EVENTS, oldest_first=True)


def _next_place(each: Anchored, query: Query) -> Ask:
    """`where did she go after the hall`: the next place, not all of them."""
    goes = {"go", "went", "next", "head", "headed", "walk"} & set(each.main.lower().split())
    return Ask.FIRST if each.relation is Relation.AFTER and goes and query.ask is Ask.STAYS and query.scope.person_ids else query.ask

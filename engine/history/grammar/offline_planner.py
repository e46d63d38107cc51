"""The offline planner: the grammar, its queries, answers by their form. No network and no model; the same question, the same answer."""

import re
from dataclasses import replace
from operator import attrgetter

from engine.history.answers.words import Words, duration, safe
from engine.history.grammar.anchor import Anchor
from engine.history.grammar.clauses import Anchored, Relation, anchors, apart, between, questions
from engine.history.grammar.grammar import Parsed, parse, parse_anchor
from engine.history.grammar.query_wording import question_of
from engine.history.names import NamedKind
from engine.history.plan_run import PlanRunner, behind, together, unknown_text
from engine.history.planner import Draft, PlannerQuestion
from engine.history.queries.rows import Queries, Result
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind
from engine.model.history.chat import Sentence
from engine.model.history.plan import MOST_QUERIES, Form, PlannedQuery, QuestionPlan, TimeAnchor
from engine.model.history.query import Ask, By, Of, Query, Scope, Span, Who

_TROUBLE = re.compile(
    r"(?:so |and |ok |okay )*(?:what ?(?:['’]s| is)|is (?:there )?(?:anything|something)) (?:going )?wrong"
    r"(?: here)?(?: (?:right now|now|at the moment|currently))?\s*[?!.]*",
    re.IGNORECASE,
)
_OF_TROUBLE = (
    Query(Ask.LIST, Of.ALERTS, Scope(states=("open",)), limit=50),
    *(
        Query(Ask.LIST, scope=Scope(kinds=(kind,), going_on=True), oldest_first=True)
        for kind in (EventKind.CAMERA_LOST, EventKind.NODE_LOST)
    ),
)
_EXAMPLE = "What happened today?"
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
_EACH_PERSON = (Ask.STAYS, Ask.FIRST, Ask.LAST, Ask.HOW_LONG, Ask.DAYS)
_FINDS_PEOPLE = (Ask.STAYS, Ask.LAST, Ask.FIRST, Ask.LIST, Ask.ORDER, Ask.WITH)
_HE = frozenset({"he", "she", "him", "her", "his", "hers"})


class OfflinePlanner:
    """`Planner` by the grammar. Any thread."""

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft:
        before = next((turn.query for turn in reversed(asked.before) if turn.query is not None), None)
        before = _whom(asked, queries, before)
        if _TROUBLE.fullmatch(asked.message.strip()):
            return together([_Part(asked, queries, None).draft_plain(query) for query in _OF_TROUBLE])
        parts = questions(asked.message)
        if not 1 < len(parts) <= MOST_QUERIES:
            return _Part(asked, queries, before).draft(asked.message)
        drafts: list[Draft] = []
        for part in parts:
            drafts.append(_Part(asked, queries, before, _time_of(asked, parts)).draft(part))
            before = drafts[-1].query or before
        return together(drafts)


def plan_of(asked: PlannerQuestion) -> QuestionPlan:
    """What a message is understood as; nothing is asked of the record, so a pronoun stands for nobody yet. Any thread."""
    before = next((turn.query for turn in reversed(asked.before) if turn.query is not None), None)
    parts = questions(asked.message)
    parts = parts if len(parts) <= MOST_QUERIES else [asked.message]
    spans = _time_of(asked, parts) if len(parts) > 1 else ()
    planned: list[PlannedQuery] = []
    unknown: dict[str, None] = {}
    for part in parts:
        if apart(part) is not None or (between(part) is not None and not parse(part, asked.directory, asked.now_ns, asked.zone).query):
            return QuestionPlan(in_steps=True)
        one, words = _planned_part(asked, part, before, spans)
        unknown |= dict.fromkeys(words)
        if one is not None:
            planned.append(one)
            before = one.query
    return QuestionPlan(tuple(planned), tuple(unknown))


def _planned_part(
    asked: PlannerQuestion, message: str, before: Query | None, spans: tuple[Span, ...]
) -> tuple[PlannedQuery | None, tuple[str, ...]]:
    """One question of a message, and its words that were not understood."""
    parsed = parse(message, asked.directory, asked.now_ns, asked.zone, before)
    leaning = parsed.query is None or parsed.unknown or parsed.query.ask is not Ask.ORDER
    for each in anchors(message) if leaning else ():
        main = parse(each.main, asked.directory, asked.now_ns, asked.zone, before)
        anchor, unknown = parse_anchor(each.clause, asked.directory, asked.now_ns, asked.zone, main.query)
        if anchor is None or main.query is None:
            continue
        query = replace(main.query, ask=_next_place(each, main.query))
        time = TimeAnchor(anchor.query, each.relation, each.seconds, anchor.returned)
        return PlannedQuery(query, main.form, time), (*main.unknown, *unknown)
    query = parsed.query
    if query is not None and spans and not query.scope.spans and not query.scope.going_on:
        query = replace(query, scope=replace(query.scope, spans=spans))
    return None if query is None else PlannedQuery(query, parsed.form), parsed.unknown


def _whom(asked: PlannerQuestion, queries: Queries, before: Query | None) -> Query | None:
    """The query before with whom it found, where a pronoun asks for somebody whom nobody named, and it was one person."""
    said = set(re.findall(r"\w+", asked.message.lower()))
    if before is None or before.scope.person_ids or before.ask not in _FINDS_PEOPLE or not said & _HE:
        return before
    people = {row.person_id or row.citation.id for row in queries.run(before).rows}
    known = [each.id for each in asked.directory.of_kind(NamedKind.PERSON) if each.id in people]
    return before if len(people) != 1 or not known else replace(before, scope=replace(before.scope, person_ids=tuple(known)))


def _time_of(asked: PlannerQuestion, parts: list[str]) -> tuple[Span, ...]:
    """A time that only the last of several questions says is that of all of them."""
    scopes = [query.scope for part in parts if (query := parse(part, asked.directory, asked.now_ns, asked.zone).query) is not None]
    said = [scope.spans for scope in scopes if scope.spans]
    return said[0] if len(said) == 1 and scopes[-1].spans and not any(scope.going_on for scope in scopes) else ()


class _Part:
    """One question of a message."""

    def __init__(self, asked: PlannerQuestion, queries: Queries, before: Query | None, spans: tuple[Span, ...] = ()) -> None:
        self._asked, self._queries, self._before, self._spans = asked, queries, before, spans
        self._runner = PlanRunner(asked, queries)
        self._answers = self._runner.answers
        self._words = self._answers.words

    def draft_plain(self, query: Query) -> Draft:
        return self._draft_answer(query, Form.PLAIN)

    def draft(self, message: str) -> Draft:
        parsed = self._parse(message, self._before)
        try:
            stretch = self._between(message) or self._stretch(message)
            if stretch is not None:
                return stretch
            if parsed.query is None or parsed.unknown or parsed.query.ask is not Ask.ORDER:
                leaning = self._leaning(message)
                if leaning is not None:
                    return leaning
            if parsed.query is None or parsed.unknown:
                return _not_understood(parsed, self._words)
            return self._answered(parsed, parsed.query)
        except (InputError, NotFound) as error:
            return Draft((Sentence(f"That cannot be asked of the record: {safe(str(error))}"),), parsed.query, False, _EXAMPLE)

    def _parse(self, message: str, before: Query | None) -> Parsed:
        asked = self._asked
        return parse(message, asked.directory, asked.now_ns, asked.zone, before)

    # what leans on something that happened

    def _leaning(self, message: str) -> Draft | None:
        for each in anchors(message):
            main = self._parse(each.main, self._before)
            anchor, unknown = parse_anchor(each.clause, self._asked.directory, self._asked.now_ns, self._asked.zone, main.query)
            if anchor is None:
                continue
            if unknown or main.query is None or main.unknown or main.query.ask not in _TIMED:
                return _not_understood(replace(main, unknown=tuple(dict.fromkeys((*main.unknown, *unknown)))), self._words)
            return self._anchored(each, anchor, main, main.query)
        return None

    def _between(self, message: str) -> Draft | None:
        """How far two things are apart. A day that only one of them names is that of both."""
        things = apart(message)
        if things is None:
            return None
        asked = self._asked
        found = [parse_anchor(each, asked.directory, asked.now_ns, asked.zone, self._before)[0] for each in (things.one, things.other)]
        one, other = found
        if one is None or other is None or one.query.of is not Of.EVENTS or other.query.of is not Of.EVENTS:
            return None
        if things.happen and not (_happens(one) and _happens(other)):
            return None
        results = self._two(one, other)
        told = [sentence for each in results for sentence in self._answers.write_answer(each, Form.PLAIN)[:1]]
        rows = [each.rows[0] for each in results if each.rows]
        if len(rows) == 2:
            lies = duration(abs(rows[0].at_ns - rows[1].at_ns) / 1e9)
            told.append(Sentence(f"From the one to the other that is {lies}.", (rows[0].citation, rows[1].citation)))
        return Draft(tuple(told), other.query, results=tuple(results))

    def _two(self, one: Anchor, other: Anchor) -> list[Result]:
        """What two things found; a day that only one of them names is that of both."""
        spans = other.query.scope.spans or one.query.scope.spans
        queries = [replace(each.query, scope=replace(each.query.scope, spans=each.query.scope.spans or spans)) for each in (one, other)]
        return [self._queries.run(each) for each in queries]

    def _stretch(self, message: str) -> Draft | None:
        """What there was from the end of one thing to the beginning of another."""
        said = between(message)
        if said is None:
            return None
        asked = self._asked
        found = [parse_anchor(each, asked.directory, asked.now_ns, asked.zone, self._before) for each in said[1:]]
        (one, _), (other, _) = found
        main = self._parse(said[0], self._before)
        if one is None and other is None:
            return None
        if one is None or other is None:
            return _not_understood(replace(main, unknown=("between",)), self._words) if _happens(one or other) else None
        unknown = tuple(word for _, words in found for word in words)
        if unknown or main.query is None or main.unknown or main.query.ask not in _TIMED:
            return _not_understood(replace(main, unknown=(*main.unknown, *unknown)), self._words)
        results = self._two(one, other)
        told = tuple(sentence for each in results for sentence in self._answers.write_answer(each, Form.PLAIN)[:1])
        rows = sorted((each.rows[0] for each in results if each.rows), key=attrgetter("at_ns"))
        since = (rows[0].until_ns or rows[0].at_ns) if rows else 0
        if len(rows) < 2 or since >= rows[1].at_ns:
            return Draft(told, one.query, results=tuple(results))
        query = replace(main.query, scope=replace(main.query.scope, spans=(Span(since, rows[1].at_ns),), going_on=False))
        return behind(Draft(told, results=tuple(results)), self._answered(replace(main, query=query), query))

    def _anchored(self, each: Anchored, anchor: Anchor, main: Parsed, query: Query) -> Draft:
        asked = replace(query, ask=_next_place(each, query))
        leaning = TimeAnchor(anchor.query, each.relation, each.seconds, anchor.returned)
        before, asked = self._runner.resolve(asked, leaning)
        if asked is None:
            return before if before.understood else replace(before, suggestion=_EXAMPLE)
        return behind(before, self._answered(replace(main, query=asked), asked))

    # what was understood

    def _answered(self, parsed: Parsed, query: Query) -> Draft:
        notes = tuple(Sentence(safe(note)) for note in parsed.notes)
        if self._spans and not query.scope.spans and not query.scope.going_on:
            query = replace(query, scope=replace(query.scope, spans=self._spans))
        drafts = [self._draft_answer(each, parsed.form) for each in _for_each_person(query, parsed.form)]
        whole = together(drafts) if len(drafts) > 1 else drafts[0]
        return replace(whole, sentences=(*notes, *whole.sentences), query=query if whole.understood else None)

    def _draft_answer(self, query: Query, form: Form) -> Draft:
        draft = self._runner.draft(PlannedQuery(query, form))
        if query.ask is not Ask.STAYS or not query.scope.going_on or not query.scope.person_ids or any(each.rows for each in draft.results):
            return draft
        last = Query(Ask.LAST, scope=Scope(person_ids=query.scope.person_ids, who=Who.ANYONE), limit=1)
        return replace(together([draft, self._runner.draft(PlannedQuery(last, Form.WHERE))]), query=query, clips=draft.clips)


def _happens(anchor: Anchor | None) -> bool:
    """Whether it is of some kind of event, and no person or place that stands beside another one."""
    return anchor is not None and bool(anchor.query.scope.kinds or anchor.query.of is not Of.EVENTS)


def _next_place(each: Anchored, query: Query) -> Ask:
    """`where did she go after the hall`: the next place, not all of them."""
    goes = {"go", "went", "next", "head", "headed", "walk"} & set(each.main.lower().split())
    return Ask.FIRST if each.relation is Relation.AFTER and goes and query.ask is Ask.STAYS and query.scope.person_ids else query.ask


def _for_each_person(query: Query, form: Form) -> list[Query]:
    people = query.scope.person_ids
    asked_apart = query.ask in (Ask.FIRST, Ask.LAST, Ask.HOW_LONG) or form is Form.YES_NO
    grouped = query.by is not By.ALL and query.ask is not Ask.DAYS
    if len(people) < 2 or query.ask not in _EACH_PERSON or grouped or not asked_apart:
        return [query]
    return [replace(query, scope=replace(query.scope, person_ids=(person,))) for person in people]


def _not_understood(parsed: Parsed, words: Words) -> Draft:
    said = safe(parsed.trouble) if parsed.trouble else unknown_text(parsed.unknown) or "That is no question about the record."
    suggestion = _EXAMPLE if parsed.query is None else question_of(replace(parsed.query, id=""), words)
    return Draft((Sentence(said),), None, False, suggestion)

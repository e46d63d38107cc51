"""The offline planner: the grammar, its queries, answers by their form. No network and no model; the same question, the same answer."""

import re
from dataclasses import replace
from operator import attrgetter

from engine.history.answers.words import duration, list_text, quoted, safe
from engine.history.grammar.anchor import Anchor
from engine.history.grammar.clauses import apart, between
from engine.history.grammar.grammar import Parsed, parse_anchor
from engine.history.grammar.nearest import NearestQuestions, says_all
from engine.history.grammar.planned import Reading, parsed_part, parts_of, query_before, read_part, time_of
from engine.history.grammar.scope import LIST_LIMIT
from engine.history.lexicon.german import EnglishWording, in_english
from engine.history.names import NamedKind
from engine.history.plan_run import PlanRunner, behind, together, unknown_text
from engine.history.planner import Draft, PlannerQuestion
from engine.history.queries.rows import Queries, Result, Row
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind
from engine.model.history.chat import Sentence
from engine.model.history.plan import Form, PlannedQuery
from engine.model.history.query import LOST_KINDS, Ask, By, Of, Query, Scope, Span, Who

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
_EACH_PERSON = (Ask.STAYS, Ask.FIRST, Ask.LAST, Ask.HOW_LONG, Ask.DAYS)
_FINDS_PEOPLE = (Ask.STAYS, Ask.LAST, Ask.FIRST, Ask.LIST, Ask.ORDER, Ask.WITH)
_MOST_REASONS = 3
_MOST_ALERTS = 10  # of an overview
_HE = frozenset({"he", "she", "him", "her", "his", "hers"})


class OfflinePlanner:
    """`Planner` by the grammar. Any thread."""

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft:
        english = in_english(asked.message, asked.directory)
        return _Message(replace(asked, message=english.text), queries, english).draft()


def _whom(asked: PlannerQuestion, queries: Queries) -> Query | None:
    """The query before with whom it found, where a pronoun asks for somebody whom nobody named, and it was one person."""
    before = query_before(asked)
    said = set(re.findall(r"\w+", asked.message.lower()))
    if before is None or before.scope.person_ids or before.ask not in _FINDS_PEOPLE or not said & _HE:
        return before
    people = {row.person_id or row.citation.id for row in queries.run(before).rows}
    known = [each.id for each in asked.directory.of_kind(NamedKind.PERSON) if each.id in people]
    return before if len(people) != 1 or not known else replace(before, scope=replace(before.scope, person_ids=tuple(known)))


class _Message:
    """One message, of one or several questions."""

    def __init__(self, asked: PlannerQuestion, queries: Queries, english: EnglishWording) -> None:
        self._asked, self._queries, self._english = asked, queries, english
        self._runner = PlanRunner(asked, queries)
        self._answers = self._runner.answers
        self._nearest = NearestQuestions(asked, self._answers.words)

    def draft(self) -> Draft:
        message = self._asked.message
        if _TROUBLE.fullmatch(message.strip()):
            return together([self._runner.draft(PlannedQuery(query)) for query in _OF_TROUBLE])
        before, parts = _whom(self._asked, self._queries), parts_of(message)
        spans = time_of(self._asked, parts)
        drafts: list[Draft] = []
        for part in parts:
            drafts.append(self._draft_part(part, before, spans))
            before = drafts[-1].query or before
        return together(drafts) if len(drafts) > 1 else drafts[0]

    def _draft_part(self, message: str, before: Query | None, spans: tuple[Span, ...]) -> Draft:
        query: Query | None = None
        try:
            stretch = self._between(message, before) or self._stretch(message, before)
            if stretch is not None:
                return stretch
            reading = read_part(self._asked, message, before, spans)
            query = reading.parsed.query
            if reading.planned is not None:
                return self._draft_planned(reading, reading.planned)
            return self._declined(replace(reading.parsed, query=None) if reading.leans else reading.parsed, message, before)
        except (InputError, NotFound) as error:
            return Draft((Sentence(f"That cannot be asked of the record: {safe(str(error))}"),), query, False, (_EXAMPLE,))

    def _draft_planned(self, reading: Reading, planned: PlannedQuery) -> Draft:
        if planned.anchor is None:
            return self._answered(reading.parsed, planned.query)
        before, query = self._runner.resolve(planned.query, planned.anchor)
        if query is None:
            return before if before.understood else replace(before, choices=(_EXAMPLE,))
        return behind(before, self._answered(reading.parsed, query))

    def _declined(self, parsed: Parsed, message: str, before: Query | None) -> Draft:
        unknown, query = self._english.as_written(parsed.unknown), parsed.query
        meant = self._meant_by_pronoun(message, before)
        if meant is not None:
            return meant
        said = safe(parsed.trouble) if parsed.trouble else unknown_text(unknown) or "That is no question about the record."
        word = parsed.unknown[0] if len(parsed.unknown) == 1 else ""
        named = self._nearest.with_names(message, word, before) if word and not parsed.trouble else ()
        wider = "" if query is None else self._nearest.wider(message, word, query)
        if named:
            return Draft((Sentence(said),), None, False, (*named, wider) if says_all(wider) else named)
        told = [Sentence(said)]
        if wider and parsed.unknown:
            told.append(Sentence(f"What is offered leaves {list_text([quoted(each) for each in unknown])} out."))
        return Draft(tuple(told), None, False, (wider,) if wider else () if query else (_EXAMPLE,))

    def _meant_by_pronoun(self, message: str, before: Query | None) -> Draft | None:
        """The question back where `him` may be several of those whom the answer before found."""
        pronoun = next((word for word in re.findall(r"\w+", message.lower()) if word in _HE), "")
        if not pronoun or before is None or before.scope.person_ids or before.ask not in _FINDS_PEOPLE:
            return None
        found = self._queries.run(before)
        choices = self._nearest.of_each(message, found.rows, before)
        if len(choices) < 2:
            return None
        written = next(iter(self._english.as_written((pronoun,))))
        said = Sentence(f"{quoted(written)} may be any of the {found.total} that were found. Which one is meant?", (found.counted,))
        return Draft((said,), None, False, choices, results=(found,))

    # two things that happened

    def _anchor(self, clause: str, main: Query | None) -> tuple[Anchor | None, tuple[str, ...]]:
        asked = self._asked
        return parse_anchor(clause, asked.directory, asked.now_ns, asked.zone, main)

    def _between(self, message: str, before: Query | None) -> Draft | None:
        """How far two things are apart. A day that only one of them names is that of both; `her fall` is of whom the first is about."""
        things = apart(message)
        if things is None:
            return None
        one, _ = self._anchor(things.one, before)
        other, _ = self._anchor(things.other, before if one is None else one.query)
        if one is None or other is None or one.query.of is not Of.EVENTS or other.query.of is not Of.EVENTS:
            return None
        if things.happen and not (_happens(one) and _happens(other)):
            return None
        results, told = self._two(one, other)
        rows = [each.rows[0] for each in results if each.rows]
        if len(rows) == 2:
            ends = [_end_of(row) if thing.returned else row.at_ns for row, thing in zip(rows, (one, other), strict=True)]
            lies = duration(abs(ends[0] - ends[1]) / 1e9)
            told.append(Sentence(f"From the one to the other that is {lies}.", (rows[0].citation, rows[1].citation)))
        return Draft(tuple(told), other.query, results=tuple(results))

    def _two(self, one: Anchor, other: Anchor) -> tuple[list[Result], list[Sentence]]:
        """What two things found; a day that only one of them names is that of both."""
        spans = other.query.scope.spans or one.query.scope.spans
        queries = [replace(each.query, scope=replace(each.query.scope, spans=each.query.scope.spans or spans)) for each in (one, other)]
        results = [self._queries.run(each) for each in queries]
        return results, [sentence for each in results for sentence in self._answers.write_answer(each, Form.PLAIN)[:1]]

    def _stretch(self, message: str, before: Query | None) -> Draft | None:
        """What there was from the end of one thing to the beginning of another."""
        said = between(message)
        if said is None:
            return None
        (one, unknown), (other, further) = (self._anchor(each, before) for each in said[1:])
        main = parsed_part(self._asked, said[0], before)
        if one is None and other is None:
            return None
        if one is None or other is None:
            return self._declined(replace(main, unknown=("between",)), message, before) if _happens(one or other) else None
        main = replace(main, unknown=(*main.unknown, *unknown, *further))
        if main.query is None or main.unknown:
            return self._declined(main, message, before)
        results, told = self._two(one, other)
        rows = sorted((each.rows[0] for each in results if each.rows), key=attrgetter("at_ns"))
        since = _end_of(rows[0]) if rows else 0
        if len(rows) < 2 or since >= rows[1].at_ns:
            return Draft(tuple(told), one.query, results=tuple(results))
        query = replace(main.query, scope=replace(main.query.scope, spans=(Span(since, rows[1].at_ns),), going_on=False))
        return behind(Draft(tuple(told), results=tuple(results)), self._answered(main, query))

    # what was understood

    def _answered(self, parsed: Parsed, query: Query) -> Draft:
        notes = tuple(Sentence(safe(note)) for note in (*self._english.notes, *parsed.notes))
        drafts = [self._draft_answer(PlannedQuery(each, parsed.form)) for each in _for_each_person(query, parsed.form)]
        whole = together(drafts) if len(drafts) > 1 else drafts[0]
        return replace(whole, sentences=(*notes, *whole.sentences), query=query if whole.understood else None)

    def _draft_answer(self, planned: PlannedQuery) -> Draft:
        draft, query = self._runner.draft(planned), planned.query
        if _is_overview(draft, query):
            summary = [self._runner.draft(PlannedQuery(each)) for each in _summaries(query)]
            return replace(together([*summary, draft]), query=query, clips=draft.clips)
        if _of_several_alerts(query):
            return self._draft_reasons(draft, planned)
        if _is_up(draft, query):
            outage = Query(Ask.LAST, scope=replace(query.scope, going_on=False), limit=1)
            return replace(together([draft, self._runner.draft(PlannedQuery(outage))]), query=query)
        if query.ask is not Ask.STAYS or not query.scope.going_on or not query.scope.person_ids or any(each.rows for each in draft.results):
            return draft
        last = Query(Ask.LAST, scope=Scope(person_ids=query.scope.person_ids, who=Who.ANYONE), limit=1)
        return replace(together([draft, self._runner.draft(PlannedQuery(last, Form.WHERE))]), query=query, clips=draft.clips)

    def _draft_reasons(self, newest: Draft, planned: PlannedQuery) -> Draft:
        """The reason of each alert that may be meant; where they are many, of the newest, which is said."""
        query = planned.query
        found = self._queries.run(Query(Ask.LIST, Of.ALERTS, query.scope, limit=_MOST_REASONS))
        if found.total > _MOST_REASONS:
            note = Sentence(f"Told is the newest of {found.total}.", (found.counted,))
            return replace(newest, sentences=(newest.sentences[0], note, *newest.sentences[1:]), results=(*newest.results, found))
        each = [replace(query, id=row.citation.id, scope=Scope()) for row in reversed(found.rows)]
        drafts = [self._runner.draft(PlannedQuery(one, planned.form)) for one in each] if len(each) > 1 else [newest]
        return replace(together(drafts), query=query)


def _of_several_alerts(query: Query) -> bool:
    """Whether a question for the reason names a time or a state of alerts, and none of them."""
    named = query.id or query.at_ns is not None or query.skip or query.limit == 1
    return query.ask is Ask.WHY_ALERT and not named and bool(query.scope.spans or query.scope.states)


def _is_up(draft: Draft, query: Query) -> bool:
    """Whether a camera or node that was asked for is not offline: told is when it was last."""
    lost = query.ask is Ask.LIST and query.scope.going_on and bool(query.scope.kinds) and set(query.scope.kinds) <= set(LOST_KINDS)
    return lost and bool(query.scope.camera_ids or query.scope.sensor_ids) and not any(each.rows for each in draft.results)


def _end_of(row: Row) -> int:
    return row.at_ns if row.until_ns is None else row.until_ns


def _is_overview(draft: Draft, query: Query) -> bool:
    """Whether all that happened is asked for, and it is more than is listed."""
    is_all = query.ask is Ask.LIST and query.of is Of.EVENTS and not query.scope.kinds and query.scope.who is Who.ANYTHING
    return is_all and not query.scope.person_ids and any(LIST_LIMIT <= len(each.rows) < each.total for each in draft.results)


def _summaries(query: Query) -> tuple[Query, Query]:
    """How many events of each kind, and the alerts."""
    scope = query.scope
    alerts = Scope(scope.spans, camera_ids=scope.camera_ids, zone_ids=scope.zone_ids, min_severity=scope.min_severity)
    return Query(Ask.COUNT, scope=scope, by=By.KIND, limit=100), Query(Ask.LIST, Of.ALERTS, alerts, limit=_MOST_ALERTS)


def _happens(anchor: Anchor | None) -> bool:
    """Whether it is of some kind of event, and no person or place that stands beside another one."""
    return anchor is not None and bool(anchor.query.scope.kinds or anchor.query.of is not Of.EVENTS)


def _for_each_person(query: Query, form: Form) -> list[Query]:
    people = query.scope.person_ids
    asked_apart = query.ask in (Ask.FIRST, Ask.LAST, Ask.HOW_LONG) or form is Form.YES_NO
    grouped = query.by is not By.ALL and query.ask is not Ask.DAYS
    if len(people) < 2 or query.ask not in _EACH_PERSON or grouped or not asked_apart:
        return [query]
    return [replace(query, scope=replace(query.scope, person_ids=(person,))) for person in people]

"""Plans run: each query asked of the record, its answer written from the rows, whichever planner it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.history.answers.answers import Answers
from engine.history.answers.words import Words, quoted
from engine.history.names import NamedKind
from engine.history.planner import Draft, PlannerQuestion
from engine.history.queries.rows import Queries, Result, Row
from engine.history.queries.spans import cut_spans
from engine.history.when.zone import local, utc_ns
from engine.model.event import EventKind
from engine.model.history.chat import PlannerKind, Sentence
from engine.model.history.plan import Form, PlannedQuery, QuestionPlan, Relation, TimeAnchor
from engine.model.history.query import LOST_KINDS, SEEN_KINDS, Ask, Of, Query, Scope, Span, Who
from engine.model.time import SECOND
from engine.model.value_class import dataclass

NOT_YET = "That time has not come yet, and the record holds only what was."
_ZONE = "Times are in "
_AROUND_S = 900.0
_MOMENT_NS = 60 * SECOND
_SHORT_NS = 12 * 3_600 * SECOND  # a time of which the nearest is told where nothing was in it, and how far from it


class PlanRunner:
    """Of one question. Any thread."""

    def __init__(self, asked: PlannerQuestion, queries: Queries) -> None:
        self._asked, self._queries = asked, queries
        self.answers = Answers(Words(asked.directory, asked.zone, asked.now_ns))

    def draft(self, planned: PlannedQuery) -> Draft:
        """Raises InputError, NotFound, PermissionDenied."""
        strangers = self._strangers(planned.query.scope.assignees)
        if strangers:
            return Draft((Sentence(unknown_text(strangers)),), None, False)
        if planned.anchor is None:
            result = self._queries.run(planned.query)
            told = self.answers.write_answer(result, planned.form)
            if result.rows or result.total:
                return Draft(told, planned.query, clips=result.clips, results=(result,))
            shown = self._shown_otherwise(planned.query)
            others = self._places_named_alike(planned.query.scope) if shown is None else self.answers.write_answer(shown, Form.PLAIN)
            near = () if shown is not None else tuple(self._nearest(planned.query))
            results = (result, *(() if shown is None else (shown,)), *(each for _, each in near))
            told = (*told, *others, *(self.answers.nearest(before, each.rows[0]) for before, each in near))
            return Draft(tuple(dict.fromkeys(told)), planned.query, clips=result.clips, results=results)
        before, query = self.resolve(planned.query, planned.anchor)
        return before if query is None else behind(before, self.draft(PlannedQuery(query, planned.form)))

    def _shown_otherwise(self, query: Query) -> Result | None:
        """Where no camera saw a person, what else shows that somebody was there: a fight, a fall found by radio."""
        scope = query.scope
        if query.ask is not Ask.STAYS or scope.who is not Who.ANYONE or scope.person_ids or scope.kinds or query.id:
            return None
        kinds = tuple(kind for kind in SEEN_KINDS if kind is not EventKind.NAMED)
        listed = replace(query, ask=Ask.LIST, of=Of.EVENTS, oldest_first=True, during=True)
        found = self._queries.run(replace(listed, scope=replace(scope, kinds=kinds, who=Who.ANYTHING)))
        return found if found.rows else None

    def _nearest(self, query: Query) -> Iterator[tuple[bool, Result]]:
        """Where nothing was in a short time: the nearest of it before and after, and whether it is before."""
        spans = query.scope.spans
        if len(spans) != 1 or query.ask not in (Ask.STAYS, Ask.LIST) or query.of not in (Of.EVENTS, Of.PEOPLE) or query.id:
            return
        since, until = spans[0].since_ns, spans[0].until_ns
        if until - since > _SHORT_NS:
            return
        scope = replace(query.scope, who=Who.ANYONE) if query.ask is Ask.STAYS and query.scope.who is Who.ANYTHING else query.scope
        for ask, span in ((Ask.LAST, Span(max(since - _SHORT_NS, 0), since)), (Ask.FIRST, Span(until, until + _SHORT_NS))):
            found = self._queries.run(Query(ask, scope=replace(scope, spans=(span,), going_on=False), limit=1))
            if found.rows:
                yield ask is Ask.LAST, found

    def _strangers(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """An operator is known by what they did: of names that stand nowhere nothing is said."""
        if not names or self._queries.run(Query(Ask.COUNT, Of.ALERTS, Scope(assignees=names))).total:
            return ()
        acts = self._queries.run(Query(Ask.HANDLED, Of.ALERTS, limit=200))
        return () if any(row.by.casefold() in names for row in acts.rows) else names

    def _places_named_alike(self, scope: Scope) -> tuple[Sentence, ...]:
        """Where nothing was at the entrance, the entrance hall may have been meant."""
        places = [each for each in self._asked.directory.named if each.kind in (NamedKind.CAMERA, NamedKind.ZONE)]
        asked = {each.name for each in places if each.id in {*scope.camera_ids, *scope.zone_ids}}
        alike = {each.name for each in places for name in asked if each.name.casefold().startswith(f"{name.casefold()} ")} - asked
        return tuple(Sentence(f"{quoted(name)} is another place, and was not asked for.") for name in sorted(alike))

    def resolve(self, query: Query, anchor: TimeAnchor) -> tuple[Draft, Query | None]:
        """What the time of a query leans on, told; and the query in the time that it comes to, None where there is none.

        Raises InputError, NotFound, PermissionDenied.
        """
        found = self._queries.run(anchor.query)
        told = tuple(each for each in self.answers.write_answer(found, Form.PLAIN) if not each.text.startswith(_ZONE))[:1]
        before = Draft(told, anchor.query, results=(found,))
        if not found.rows:
            return before, None
        span = anchored_span(anchor, found.rows[0], query.ask, self._asked.now_ns, self._asked.zone)
        spans = _both(query.scope.spans, span)
        if not spans:
            return replace(before, sentences=(*told, Sentence(NOT_YET)), understood=False), None
        return before, replace(query, scope=replace(query.scope, spans=spans, going_on=False))


@dataclass(frozen=True, slots=True)
class FormPlanner:
    """`Planner` of what a person filled in. Any thread."""

    plan: QuestionPlan

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft:
        """Raises InputError, NotFound, PermissionDenied."""
        runner = PlanRunner(asked, queries)
        return replace(together([runner.draft(each) for each in self.plan.queries]), planner=PlannerKind.FORM)


def unknown_text(words: Sequence[str]) -> str:
    """A sentence that names what was not understood; empty: nothing."""
    if not words:
        return ""
    named = " and ".join(quoted(word) for word in words)
    return f"{named} {'is' if len(words) == 1 else 'are'} not understood here: no person, camera, zone or word that is known."


def behind(before: Draft, draft: Draft) -> Draft:
    """An answer behind what it leans on."""
    told = (*before.sentences, *(each for each in draft.sentences if each not in before.sentences))
    return replace(draft, sentences=told, results=(*before.results, *draft.results))


def together(drafts: list[Draft]) -> Draft:
    """One answer of several. Where one was not understood that is said, and the whole is not understood."""
    told = list(dict.fromkeys(sentence for draft in drafts for sentence in draft.sentences))
    zone = [sentence for sentence in told if sentence.text.startswith(_ZONE)]
    last = next((draft.query for draft in reversed(drafts) if draft.query is not None), None)
    return Draft(
        tuple([sentence for sentence in told if sentence not in zone] + zone[:1]),
        last,
        all(draft.understood for draft in drafts),
        next((draft.choices for draft in drafts if draft.choices), ()),
        tuple(dict.fromkeys(clip for draft in drafts for clip in draft.clips)),
        results=tuple(result for draft in drafts for result in draft.results),
    )


def anchored_span(anchor: TimeAnchor, row: Row, ask: Ask, now_ns: int, zone: ZoneInfo) -> Span | None:
    """The time that an anchor comes to, by the row that was found. None: it has not come yet."""
    since = row.at_ns
    until = row.until_ns if row.until_ns is not None else now_ns if row.going_on else since
    since = until if anchor.returned else since
    reach = None if anchor.seconds is None else int(anchor.seconds * SECOND)
    match anchor.relation:
        case Relation.DURING:
            found = (since, max(until, since + _MOMENT_NS))
        case Relation.AROUND:
            apart = reach if reach is not None else int(_AROUND_S * SECOND)
            found = (since - apart, until + apart + 1)
        case Relation.BEFORE:
            began = 0 if ask is Ask.LAST else _midnight(since, 0, zone)
            found = (since - reach if reach is not None else began, since)
        case Relation.AFTER:
            until = since if row.kind in LOST_KINDS else until  # `after it went offline`: from then on
            ended = now_ns if ask is Ask.FIRST else _midnight(until, 1, zone)
            found = (until + 1, until + reach if reach is not None else ended)  # it is not after itself
    begin, end = max(found[0], 0), min(found[1], now_ns)
    return Span(begin, end) if begin < end else None


def _midnight(at_ns: int, days: int, zone: ZoneInfo) -> int:
    """Of the day of a time, and so many days on."""
    day = local(at_ns, zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return utc_ns(day + timedelta(days=days), zone)


def _both(spans: tuple[Span, ...], span: Span | None) -> tuple[Span, ...]:
    if span is None or not spans:
        return () if span is None else (span,)
    return cut_spans(spans, span.since_ns, span.until_ns)

"""Questions of what was there: lists, the last and the first, who was where, who came and left."""

from dataclasses import replace

from engine.history.grammar.form import form_of
from engine.history.grammar.scope import Question
from engine.history.when.zone import day_span, days_between, local
from engine.model.history.plan import Form
from engine.model.history.query import LOST_KINDS, Ask, Measure, Of, Query, Span, Who


def list_query(question: Question, of: Of) -> tuple[Query, Form]:
    slots = question.slots
    id_ = slots.ids[0] if slots.ids else ""
    if id_:
        query = question.query(Ask.LIST, of, id=id_)
        return replace(query, scope=replace(query.scope, states=(), dispositions=(), assignees=())), Form.PLAIN
    if of is Of.INCIDENTS and slots.word("nearest", "closest"):
        return question.query(Ask.FIRST, of, limit=1, measure=Measure.NEAREST, skip=skipped(question)), Form.PLAIN
    if form_of(slots) is Form.YES_NO and slots.word("the") and slots.word("alert", "alarm") and not slots.any("any", "last", "first"):
        query = question.query(Ask.LIST, of)  # whether that one is closed: told is what it is
        if query.scope.states or query.scope.dispositions:
            return replace(query, scope=replace(query.scope, states=(), dispositions=())), Form.PLAIN
    if slots.any("last", "first") and slots.limit is None:
        return question.query(end_of(question), of, limit=1, skip=skipped(question)), form_of(question.slots)
    form = Form.HOW_LONG if "how_long" in slots.said and of is Of.ALERTS else form_of(question.slots)
    return replace(question.query(Ask.LIST, of), oldest_first=_from_the_first(question, False)), form


def _from_the_first(question: Question, usual: bool) -> bool:
    """`the first three` are the oldest, `the last three` the newest."""
    return usual if question.slots.limit is None else "first" in question.slots.said


def sighting_query(question: Question) -> tuple[Query, Form]:
    slots, form = question.slots, form_of(question.slots)
    if _leaves(question):
        return _whole_days(question.person_query(Ask.LAST), question, form), Form.LEFT
    if "arrive" in slots.said and slots.people:
        return _today(_whole_days(question.person_query(Ask.FIRST), question, form), question), Form.ARRIVED
    if slots.any("last", "first") and slots.limit is None:
        return _first_or_last_query(question), form
    is_about_people = slots.people or slots.any("anyone", "people", "unknown", "known", "who", "nobody") or slots.not_people
    if slots.kinds or slots.labels or slots.severities or slots.min_severity > 1:
        return _kinds(question, form)
    if form is Form.WHEN and slots.people:
        return replace(question.query(Ask.STAYS, Of.EVENTS), oldest_first=True), form
    if is_about_people:
        return _stays(question, form)
    listed = question.query(Ask.LIST, Of.EVENTS)
    return replace(listed, oldest_first=_from_the_first(question, bool(slots.when.spans)), during=slots.when.moment), form


def _today(query: Query, question: Question) -> Query:
    """`has she arrived`: today."""
    slots = question.slots
    if slots.when.stated or slots.zone is None or not slots.word("has", "have", "is") or slots.any("first", "when") or slots.word("ever"):
        return query
    return replace(query, scope=replace(query.scope, spans=(day_span(local(question.now_ns, slots.zone).date(), slots.zone),)))


def _whole_days(query: Query, question: Question, form: Form) -> Query:
    """`did she come after nine`: told is when she came on that day, whatever the clock."""
    spans, zone = query.scope.spans, question.slots.when.zone
    if form is not Form.YES_NO or len(spans) != 1 or not question.slots.when.clocked or zone is None:
        return query
    whole = days_between(spans[0], zone)
    first, last = (local(each.since_ns, zone).date() for each in (whole[0], whole[-1]))
    return replace(query, scope=replace(query.scope, spans=(Span(day_span(first, zone).since_ns, day_span(last, zone).until_ns),)))


def _leaves(question: Question) -> bool:
    slots = question.slots
    return "leave" in slots.said and bool(slots.people) and (slots.any("when", "last") or slots.word("leave", "left")) and not slots.kinds


def _first_or_last_query(question: Question) -> Query:
    slots = question.slots
    query = question.query(end_of(question), Of.EVENTS, limit=1, skip=skipped(question))
    asks_seen = (
        slots.word("seen", "see", "saw", "sighting", "appear", "appeared")
        or slots.any("who", "anyone")
        or (slots.has_place and not slots.any("events"))
    )
    if (slots.people or asks_seen) and not slots.kinds and not slots.labels and query.scope.who is Who.ANYTHING:
        query = replace(query, scope=replace(query.scope, who=Who.ANYONE))
    return query


def _kinds(question: Question, form: Form) -> tuple[Query, Form]:
    """What happened of some kind. Whether somebody known or not had it matters only where that was said."""
    query = question.query(Ask.LIST, Of.EVENTS)
    scope = query.scope
    who = scope.who if scope.who in (Who.UNKNOWN, Who.KNOWN) else Who.ANYTHING
    lost = bool(scope.kinds) and set(scope.kinds) <= set(LOST_KINDS)
    is_now = lost and not question.slots.when.stated and question.slots.word("is", "are")
    return replace(
        query,
        scope=replace(scope, who=who, going_on=scope.going_on or is_now),
        oldest_first=_from_the_first(question, True),
        during=lost,  # an outage that began before and went on was one of that time as well
    ), form


def _stays(question: Question, form: Form) -> tuple[Query, Form]:
    slots = question.slots
    is_now = slots.when.now or (
        not slots.when.stated and slots.word("is", "are", "still") and not slots.word("been") and not slots.any("unknown", "known")
    )
    if is_now and slots.people and form is Form.WHERE:
        last = question.person_query(Ask.LAST)  # also where they are seen no more
        return replace(last, scope=replace(last.scope, going_on=False)), Form.WHERE
    of = Of.EVENTS if slots.people else Of.PEOPLE
    if slots.limit is not None and slots.any("last", "first") and of is Of.PEOPLE:
        ended = question.query(Ask.LAST if "last" in slots.said else Ask.FIRST, of, reach=False)
        return replace(ended, scope=replace(ended.scope, who=Who.ANYONE if ended.scope.who is Who.ANYTHING else ended.scope.who)), form
    query = question.query(Ask.STAYS, of, reach=False)
    scope = replace(query.scope, who=Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who, going_on=is_now)
    return replace(query, scope=scope, oldest_first=True), form


def asks_anything(question: Question) -> bool:
    slots = question.slots
    named = (
        slots.people
        or slots.has_place
        or slots.kinds
        or slots.labels
        or slots.nodes
        or slots.not_people
        or slots.not_kinds
        or slots.severities
        or slots.min_severity > 1
    )
    return bool(named) or slots.any("events", "people", "anyone", "unknown", "known", "who", "last", "first", "nobody", "observed")


def end_of(question: Question) -> Ask:
    return Ask.LAST if "last" in question.slots.said else Ask.FIRST


def skipped(question: Question) -> int:
    """`the third`: two before it."""
    return (question.slots.ordinal or 1) - 1

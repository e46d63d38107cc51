"""Questions that go on from the one before: whether they do, what their pronouns stand for, and what stays of that one."""

from dataclasses import replace

from engine.history.grammar.scope import LIST_LIMIT
from engine.history.grammar.slots_found import Slots
from engine.history.lexicon import words
from engine.history.names import Directory, NamedKind
from engine.history.when.stretches import tidy
from engine.history.when.zone import days_between, local, on_day, shift_days
from engine.model.event import EventKind
from engine.model.history.plan import Form
from engine.model.history.query import Ask, By, GroupSelection, Of, Query, Scope, Span, Who

_PREPOSITIONS = ("on", "at", "in", "by", "for", "since", "before", "after", "between", "from")
_SHORT_QUESTION = 6  # words
_BARE = 4
_COUNTED = 100
_OF_NO_KIND = (Ask.WITH, Ask.ABSENT, Ask.MATCHING, Ask.OBSERVED)
_LISTS = ("show", "list", "give", "display", "print", "name")
_WHICH = ("first", "last", "second", "third", "fourth", "fifth", "other", "latest", "newest")
_ASKS = ("when", "where", "who", "which", "what", "how")
_NARROWS = (
    "not_person_ids",
    "kinds",
    "not_kinds",
    "not_camera_ids",
    "not_zone_ids",
    "labels",
    "severities",
    "states",
    "dispositions",
    "not_dispositions",
    "assignees",
    "not_assignees",
    "gates",
    "sensor_ids",
    "text",
    "shortest_s",
    "longest_s",
)
_PAST = ("was", "were", "did", "had")
_MOST_NARROWED_NS = 31 * 86_400 * 10**9


def follows(slots: Slots) -> bool:
    """Whether a question leans on the one before: it begins so, has a pronoun, or names no thing of its own."""
    first = slots.tokens.word(0)
    begins = first in ("and", "also", "but", "ok", "okay", "then", "so", "same", "again") or (
        first in ("what", "how") and slots.tokens.word(1) == "about"
    )
    pronoun = any(token.text in words.HE | words.THERE and token.taken != "name" for token in slots.tokens.all) and not slots.people
    there = (
        any(token.text in words.THERE and token.taken != "name" for token in slots.tokens.all) and slots.people and not slots.when.stated
    )
    pointed = bool(there) or _there(slots) or slots.any("then") or (not slots.ids and slots.word("it", "that") and not named_things(slots))
    narrows = (
        _one_of_them(slots)
        or _is_bare(slots)
        or slots.word("those", "these")
        or (slots.word("both") and "who" in slots.said and not slots.people)
        or first in _PREPOSITIONS
        or _bare_number(slots)
        or (first in ("just", "only") and len(slots.tokens.all) < _SHORT_QUESTION)
    )
    return (
        begins
        or narrows
        or ((pronoun and not slots.word("are", "were", "was")) or _he(slots))
        or pointed
        or not (
            named_things(slots)
            or slots.any("events", "people", "anyone", "alerts", "incidents", "held", "unknown", "how_many", "open", "new")
        )
    )


def _there(slots: Slots) -> bool:
    """`was anyone else there`: a place. `was there anyone` is none."""
    tokens = slots.tokens
    return any(tokens.word(at) in words.THERE and tokens.word(at - 1) not in _BE for at in range(1, len(tokens.all)))


_BE = ("is", "are", "was", "were", "be", "been", "has", "have", "had")


def _bare_number(slots: Slots) -> bool:
    """`how many are there`: of what the question before was about."""
    own = named_things(slots) or slots.any("events", "people", "alerts", "incidents", "held", "unknown", "known", "anyone")
    return "how_many" in slots.said and not own and len(slots.tokens.all) < _SHORT_QUESTION


def _is_bare(slots: Slots) -> bool:
    """`who`, `who was not`: hardly more than a question word. Who *is* somewhere is asked of now."""
    asks = slots.tokens.word(0) in ("who", "whom", "where", "when") and not slots.word("is", "are", "here")
    return asks and len(slots.tokens.all) < _BARE and not slots.when.stated and not named_things(slots)


def _one_of_them(slots: Slots) -> bool:
    """`the first one`, and `the second` at the end of a question."""
    tokens = slots.tokens
    ends = slots.ordinal is not None and tokens.all[-1].taken == "ordinal"
    ones = any(tokens.word(at) in ("one", "ones") and tokens.word(at - 1) in _WHICH for at in range(1, len(tokens.all)))
    which = any(slots.tokens.run_of(first, second) for first in ("which", "what") for second in ("ones", "one"))
    return ends or ones or which or (tokens.word(len(tokens.all) - 1) in ("first", "last") and tokens.word(len(tokens.all) - 2) == "the")


def resolve(slots: Slots, before: Query, directory: Directory) -> None:
    """Pronouns stand for the people and places of the question before; of people nobody named, for anyone."""
    somewhere = before.scope.camera_ids or before.scope.zone_ids
    if slots.word("else") and somewhere and not (slots.people or slots.not_people):
        slots.not_people += [each for each in directory.of_kind(NamedKind.PERSON) if each.id in before.scope.person_ids]
    if _he(slots):
        slots.people += [each for each in directory.of_kind(NamedKind.PERSON) if each.id in before.scope.person_ids]
        slots.said |= {"anyone"} if not slots.people else set()
    if any(token.text in words.THERE and token.taken != "name" for token in slots.tokens.all) and not slots.has_place:
        slots.cameras += [each for each in directory.of_kind(NamedKind.CAMERA) if each.id in before.scope.camera_ids]
        slots.zones += [each for each in directory.of_kind(NamedKind.ZONE) if each.id in before.scope.zone_ids]


def _he(slots: Slots) -> bool:
    return any(token.text in words.HE and token.taken != "name" for token in slots.tokens.all) and not slots.people


def named_things(slots: Slots) -> bool:
    return bool(slots.people or slots.has_place or slots.kinds or slots.labels or slots.nodes or slots.categories)


def followed(slots: Slots, before: Query, query: Query | None, form: Form) -> tuple[Query, Form]:
    """The query before, with what the new question says in its place."""
    states = slots.any("false", "true", "benign", "open", "new", "closed", "in_progress", "acknowledged")
    stands_alone = query is not None and (named_things(slots) or states or slots.any("alerts", "incidents", "held"))
    if query is not None:
        query = replace(query, scope=replace(query.scope, spans=_spans_in_context(slots, before, query.scope.spans)))
    if query is not None and query.ask is Ask.COUNT and _bare_number(slots):
        counted = replace(before, ask=Ask.COUNT, by=By.ALL, limit=_COUNTED, skip=0, oldest_first=False, during=False)
        return _narrowed_query(counted, slots, query), Form.PLAIN
    own = stands_alone or "observed" in slots.said or (query is not None and query.ask is not Ask.LIST)
    base = query if query is not None and own and (_intent(slots) or states) else None
    if base is None:
        return _narrowed_query(before, slots, query), _form_of(before, form)
    scope, had = base.scope, before.scope
    kept = replace(
        scope,
        spans=scope.spans or had.spans,
        person_ids=scope.person_ids or (() if scope.not_person_ids else had.person_ids),
        camera_ids=scope.camera_ids or (had.camera_ids if not scope.zone_ids else ()),
        zone_ids=scope.zone_ids or (had.zone_ids if not scope.camera_ids else ()),
        kinds=scope.kinds or _kinds_kept(base.ask, had.kinds),
        who=scope.who if scope.who is not Who.ANYTHING else had.who,
        severities=scope.severities or had.severities,
        assignees=scope.assignees or (had.assignees if base.of is before.of else ()),
        states=scope.states or (had.states if base.ask is Ask.WHY_ALERT else ()),
    )
    limit = 1 if before.ask in (Ask.LAST, Ask.FIRST, Ask.WHY_ALERT) and base.ask in (Ask.HANDLED, Ask.CLIP) else base.limit
    if base.ask is Ask.LIST and scope.going_on and kept.spans and scope.kinds == (EventKind.CAMERA_LOST,):  # whether it worked then
        base, kept = replace(base, ask=Ask.OBSERVED), replace(kept, kinds=(), going_on=False, person_ids=())
    return replace(base, scope=kept, limit=limit, id=base.id or (before.id if before.of is base.of else "")), form


def left_in_talk(slots: Slots, query: Query, goes_on: bool) -> list[str]:
    """Words that point at the question before in a way that no query can hold."""
    left = ["make"] if slots.tokens.word(0) == "make" else []  # `make that the whole week`
    if not goes_on:
        return left
    people = query.scope.person_ids
    if query.ask is Ask.WITH:
        left += ["they"] if slots.word("they") and len(people) < 2 and not query.id else []
    elif not slots.not_people:
        left.append("else")  # than whom the question before was about
    if query.ask is Ask.LIST:
        left += ["more", "fewer", "less"]
    if slots.word("both") and "who" in slots.said and len(people) < 2:
        left.append("both")
    if slots.tokens.run_of("of", "them") and "who" in slots.said and query.of is not Of.ALERTS and len(people) < 2:
        left.append("them")
    return left


SHIFTS = {("day", "after"): 1, ("next", "day"): 1, ("following", "day"): 1, ("day", "before"): -1, ("previous", "day"): -1}


def days_on(slots: Slots) -> int:
    """`the day after`, `the day before` that of the question before; 0: neither."""
    return 0 if slots.when.stated else next((days for words, days in SHIFTS.items() if slots.tokens.run_of(*words)), 0)


def _spans_in_context(slots: Slots, before: Query, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """A clock without a day (`only after six`), and `the day after`, are meant of the days of the question before."""
    zone, had = slots.zone, before.scope.spans
    if not had or zone is None:
        return spans
    shift = days_on(slots)
    if shift:
        return tuple(shift_days(span, shift, zone) for span in had)
    if not slots.when.dayless or had[-1].until_ns - had[0].since_ns > _MOST_NARROWED_NS:
        return spans
    days = sorted({local(part.since_ns, zone).date() for span in had for part in days_between(span, zone)})
    return tidy([on_day(span, day, zone) for day in days for span in spans])


def _kinds_kept(ask: Ask, had: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
    """`who fell? and who?` is of the fall; nobody is seen in a motion, nor together in a fall."""
    return () if ask in _OF_NO_KIND or (ask is Ask.STAYS and EventKind.MOTION in had) else had


def _intent(slots: Slots) -> bool:
    return slots.any(
        "clip",
        "why",
        "handled",
        "how_many",
        "how_often",
        "how_long",
        "when",
        "where",
        "who",
        "observed",
        "with",
        "compare",
        "last",
        "first",
        "most",
        "fewest",
    )


def keeps_day(slots: Slots, before: Query) -> bool:
    """Whether a question of what was, without a time of its own, is of the time that the question before was about."""
    first = slots.tokens.word(0)
    past = first in _PAST or (first in _ASKS and slots.tokens.word(1) in _PAST)
    whenever = slots.when.stated or slots.any("last", "first", "mean", "median") or slots.word("ever", "never", "been", "before", "after")
    of_people = before.of in (Of.EVENTS, Of.PEOPLE)
    return (
        past
        and of_people
        and bool(before.scope.spans)
        and bool(slots.people)
        and not whenever
        and not slots.ids
        and not before.scope.going_on
    )


def _form_of(before: Query, form: Form) -> Form:
    if before.ask in (Ask.FIRST, Ask.LAST) and form in (Form.ARRIVED, Form.LEFT):
        return form
    return form if form is not Form.PLAIN else Form.WHEN if before.ask in (Ask.LAST, Ask.FIRST) else Form.PLAIN


def _narrowed_query(before: Query, slots: Slots, query: Query | None) -> Query:
    new = query.scope if query is not None else Scope(spans=_spans_in_context(slots, before, slots.when.spans))
    scope = before.scope
    if before.ask is Ask.MATCHING and new.spans and slots.tokens.word(0) == "and":
        return replace(before, also=(*before.also, replace(scope, spans=new.spans)))
    if before.ask is Ask.COUNT and (slots.tokens.word(0) in (*_LISTS, "which") or slots.any("where", "when")):
        before = replace(before, ask=Ask.LIST, by=By.ALL, wanted=GroupSelection.ALL, least=0, most=None, limit=LIST_LIMIT)
    if before.ask is Ask.LIST and before.of is Of.EVENTS and scope.kinds and slots.any("how_long"):
        before = replace(before, ask=Ask.HOW_LONG, limit=LIST_LIMIT)
    if before.ask in (Ask.FIRST, Ask.LAST) and slots.any("arrive", "leave"):
        before = replace(before, ask=Ask.LAST if slots.any("leave") else Ask.FIRST)
    places = bool(new.camera_ids or new.zone_ids)
    changed = replace(
        scope,
        spans=new.spans or (() if slots.when.always else scope.spans),
        who=new.who if new.who in (Who.UNKNOWN, Who.KNOWN) else scope.who,
        person_ids=new.person_ids if new.who is Who.UNKNOWN or new.not_person_ids else new.person_ids or scope.person_ids,
        camera_ids=new.camera_ids if places else scope.camera_ids,
        zone_ids=new.zone_ids if places else scope.zone_ids,
        **{name: getattr(new, name) or getattr(scope, name) for name in _NARROWS},
        min_severity=max(new.min_severity, scope.min_severity),
        going_on=False if new.spans else scope.going_on,
    )
    if new.not_person_ids and before.ask is Ask.STAYS:  # `was anyone else there`
        return replace(before, scope=replace(changed, who=Who.ANYONE), of=Of.PEOPLE, id="")
    of = before.of if not slots.any("alerts", "incidents", "held") or query is None else query.of
    return replace(before, scope=changed, of=of, by=slots.by if slots.by is not By.ALL else before.by, id="")

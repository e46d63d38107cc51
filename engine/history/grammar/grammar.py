"""What a question in words asks of the record: slots and turns of phrase added up to one query, and the form that its answer takes.

The grammar is compositional: it holds words, no sentences. What it cannot place it names, and it never answers for it.
"""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from engine.history.grammar.anchor import Anchor, anchor_of
from engine.history.grammar.counts import compare, lacking, limited, read_count
from engine.history.grammar.follow import SHIFTS, days_on, followed, follows, keeps_day, left_in_talk, named_things, resolve
from engine.history.grammar.left_over import left_over, numbers
from engine.history.grammar.people import at_once, matching, nth, regular
from engine.history.grammar.presence import asks_anything, list_query, sighting_query
from engine.history.grammar.scope import Question
from engine.history.grammar.slots import find_slots
from engine.history.grammar.slots_found import Slots
from engine.history.grammar.turns import absent, clip, handled, how_long, observed, why, with_whom
from engine.history.grammar.typical import average, clocks, days, lengths, order, share, usual
from engine.history.lexicon import words
from engine.history.names import Directory
from engine.model.history.plan import Form
from engine.model.history.query import Ask, Of, Query
from engine.model.value_class import dataclass

_WHOLE = {"who", "when", "where", "how_many", "how_long", "events", "alerts", "incidents", "people", "anyone", "why"}
_NO_NAMES = ("rule", "rules")  # what alerts are raised by
_Turn = Callable[[Question, Of], tuple[Query, Form] | None]
_TURNS: tuple[_Turn, ...] = (
    why,
    clip,
    usual,
    at_once,
    regular,
    matching,
    nth,
    compare,
    order,
    share,
    days,
    lengths,
    clocks,
    average,
    how_long,
    handled,
    limited,
    lacking,
    read_count,
    observed,
    absent,
    with_whom,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Attributes:
    query: None: nothing to ask of the record (`trouble` says why, as a sentence). unknown: words that were not understood.
    notes: what was taken for what, sentences. follows: it goes on from the query before.
    """

    query: Query | None
    form: Form = Form.PLAIN
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""
    follows: bool = False


def parse(message: str, directory: Directory, now_ns: int, zone: ZoneInfo, before: Query | None = None) -> Parsed:
    """Raises nothing: what cannot be placed is told in the value."""
    slots = find_slots(message, directory, now_ns, zone)
    if slots.unclear:
        written, people = slots.unclear[0]
        named = " and ".join(each.name for each in people)
        return Parsed(None, unknown=(written,), trouble=f"“{written}” may be {named}. Say which one is meant.")
    if before is None and slots.tokens.word(0) == "and" and not (named_things(slots) or slots.said & _WHOLE):
        return Parsed(None, trouble="That goes on from a question, and there is none before it. Ask it in full.")
    trouble = _refusal_reason(slots, now_ns)
    if trouble:
        return Parsed(None, unknown=tuple(slots.unknown), trouble=trouble)
    resolved = before is not None and follows(slots)
    if resolved and before is not None:
        resolve(slots, before, directory)
        shifted = {word for words in SHIFTS for word in words} if days_on(slots) else set[str]()
        slots.unknown[:] = [word for word in slots.unknown if word not in shifted]
    assignees = _assignees(slots)
    named, others = ((), assignees) if _is_denied(slots) else (assignees, ())
    query, form = _read_question(Question(slots, directory, named, now_ns, others))
    goes_on = before is not None and (resolved or follows(slots))
    if goes_on and before is not None:
        query, form = followed(slots, before, query, form)
    elif query is not None and before is not None and keeps_day(slots, before):
        query = replace(query, scope=replace(query.scope, spans=before.scope.spans))
    if query is None:
        return Parsed(
            None, form, tuple(slots.unknown), tuple(slots.notes), "That is no question about the record." if not slots.unknown else ""
        )
    left = [word for word in left_over(slots, query, form) if not (goes_on and word == "only")]
    if before is not None:
        left += left_in_talk(slots, query, goes_on)
    unknown = [token.text for token in slots.tokens.all if token.text in {*slots.unknown, *left}]
    return Parsed(query, form, tuple(dict.fromkeys(unknown)), tuple(slots.notes), follows=goes_on)


def parse_anchor(
    clause: str, directory: Directory, now_ns: int, zone: ZoneInfo, main: Query | None
) -> tuple[Anchor | None, tuple[str, ...]]:
    """What a clause such as `Ana fell` says happened (None: nothing), and its words that are not understood."""
    slots = find_slots(clause, directory, now_ns, zone)
    if slots.unclear:
        return None, ()
    if main is not None:
        resolve(slots, main, directory)
    question = Question(slots, directory, (), now_ns)
    return anchor_of(question, question.subject(), main), (*slots.unknown, *numbers(slots))


def _read_question(question: Question) -> tuple[Query | None, Form]:
    of = question.subject()
    for reads in _TURNS:
        found = reads(question, of)
        if found is not None:
            return found
    if of in (Of.ALERTS, Of.HELD, Of.INCIDENTS):
        return list_query(question, of)
    if asks_anything(question):
        return sighting_query(question)
    slots = question.slots
    is_time = slots.when.spans and not slots.unknown and len(slots.tokens.all) < 12
    return (
        (replace(question.query(Ask.LIST, Of.EVENTS), oldest_first=True, during=slots.when.moment), Form.PLAIN)
        if is_time
        else (None, Form.PLAIN)
    )


def _refusal_reason(slots: Slots, now_ns: int) -> str:
    """Why something that was understood cannot be asked."""
    when = slots.when
    is_ahead = bool(when.said) and not when.now and not when.always and (not when.spans or when.spans[0].since_ns >= now_ns)
    if is_ahead:
        return "That time has not come yet, and the record holds only what was."
    if _two_clauses(slots):
        return "That is two questions in one. Ask first when the one thing happened, then what else there was at that time."
    return ""


def _two_clauses(slots: Slots) -> bool:
    """`who was there when Ana fell`: the second clause is a time that is not said."""
    tokens = slots.tokens
    if tokens.word(0) not in ("who", "whom", "where", "how", "was", "were", "is", "are", "did", "does", "has", "have", "had"):
        return False
    clauses = [at for at in range(2, len(tokens.all) - 2) if tokens.word(at) in ("when", "while")]
    return any(tokens.word(at - 1) not in words.BEFORE_WHEN for at in clauses) and named_things(slots)


def _assignees(slots: Slots) -> tuple[str, ...]:
    """Operators are known by nothing but what they did: a word that nobody knows, beside what operators do or have."""
    if len(slots.unknown) != 1 or "why" in slots.said:
        return ()
    name = slots.unknown[0]
    if name in _NO_NAMES:
        return ()
    at = next(at for at, token in enumerate(slots.tokens.all) if token.text == name)
    does = "handled" in slots.said or slots.word("assigned", "have", "has", "belongs", "belong", "with", "by")
    whose = slots.tokens.word(at + 1) in ("alert", "alerts", "alarm", "alarms", "open")
    if not (does and slots.any("handled", "alerts", "open", "held")) and not (whose and "alerts" in slots.said):
        return ()
    slots.tokens.claim(at, at + 1, "assignee")
    slots.unknown.clear()
    return (name,)


def _is_denied(slots: Slots) -> bool:
    """`not handled by Anna`: those of all others."""
    tokens = slots.tokens
    at = next((at for at, token in enumerate(tokens.all) if token.taken == "assignee"), None)
    denied = (
        at is not None
        and tokens.word(at - 1) in ("by", "to", "with", "than", "but")
        and any(tokens.word(each) in ("not", "than", "but", "except") for each in range(max(at - 5, 0), at))
    )
    if denied:
        slots.said -= {"new", "not"} | ({"open"} if slots.word("closed") else set[str]())
    return denied

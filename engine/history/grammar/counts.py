"""Questions of numbers: how many, how often, the most of what, and one time against another."""

from dataclasses import replace

from engine.history.grammar.scope import Question
from engine.history.lexicon.words import BY_PLURALS, BY_WORDS
from engine.model.event import EventKind
from engine.model.history.plan import Form
from engine.model.history.query import LOST_KINDS, Ask, By, GroupSelection, Of, Query, Who

_NONE = ("no", "without", "not", "never", "nothing", "nobody", "none", "noone", "empty", "unused", "deserted", "unoccupied", "vacant")


def compare(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots, groups = question.slots, question.slots.when.groups
    compares = slots.any("compare", "how_many", "most") or slots.word("more", "fewer", "less", "busier", "quieter")
    if slots.word("together", "combined", "altogether", "total", "sum", "both") and not slots.any("compare"):
        return None  # of both times as one
    if len(groups) != 2 and compares and not slots.any("median", "mean"):
        return _side_by_side(question, of)
    if len(groups) != 2 or not compares:
        return None
    query = question.query(Ask.COMPARE, counted_subject(question, of, By.ALL), other=groups[1], limit=20)
    return replace(query, scope=replace(query.scope, spans=groups[0])), Form.PLAIN


def _side_by_side(question: Question, of: Of) -> tuple[Query, Form] | None:
    """Two people, cameras or zones that are compared, in the same time."""
    slots = question.slots
    if slots.any("compare") and {"true", "false"} <= slots.said and of is Of.ALERTS:
        judged = question.query(Ask.COUNT, of, by=By.VERDICT, limit=100)
        return replace(judged, scope=replace(judged.scope, dispositions=())), Form.PLAIN
    apart = slots.any("compare", "most", "fewest") or slots.word("more", "fewer", "less", "busier", "quieter")
    several = {
        By.PERSON: {each.id for each in slots.people},
        By.CAMERA: {each.id for each in slots.cameras},
        By.ZONE: {each.id for each in slots.zones} - {each.id for each in slots.cameras},
        By.KIND: set(slots.kinds),
    }
    by = next((by for by, ids in several.items() if len(ids) > 1), None)
    if by is None or not apart or slots.any("longest", "shortest", "how_long") or of not in (Of.EVENTS, Of.ALERTS):
        return None
    query = question.query(Ask.COUNT, of, by=by, wanted=GroupSelection.FEWEST if "fewest" in slots.said else GroupSelection.MOST, limit=100)
    who = Who.ANYONE if by is By.PERSON and not query.scope.kinds and of is Of.EVENTS else query.scope.who
    return replace(query, scope=replace(query.scope, who=who)), Form.PLAIN


def read_count(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    wanted = GroupSelection.MOST if "most" in slots.said else GroupSelection.FEWEST if "fewest" in slots.said else GroupSelection.ALL
    by = slots.by
    if wanted is not GroupSelection.ALL and by is By.ALL:
        by = _of_most(question)
        by = By.CAMERA if by is By.ZONE and slots.any("where") and of is Of.ALERTS else by
    if by is By.PERSON and of is Of.ALERTS and "handled" in slots.said:
        by = By.ASSIGNEE
    counts = slots.any("how_many", "how_often")
    if not counts and by is By.ALL:
        return None
    if "observed" in slots.said and slots.word("not", "blind", "unobserved") and slots.when.stated and not slots.any("events", "alerts"):
        return None
    of = counted_subject(question, of, by)
    if of is Of.PEOPLE and by is By.ALL and slots.when.moment:  # at one moment those count who came before it and were there still
        there = question.query(Ask.STAYS, of, reach=False, limit=100)
        return replace(
            there, scope=replace(there.scope, who=Who.ANYONE if there.scope.who is Who.ANYTHING else there.scope.who)
        ), Form.HOW_MANY
    lost = set(slots.kinds) <= set(LOST_KINDS)
    each = lost or (slots.any("where", "when") and not slots.any("how_often"))
    if each and of is Of.EVENTS and by is By.ALL and slots.kinds and not slots.limit_of:
        return question.query(Ask.LIST, of, limit=100, oldest_first=True, during=lost), Form.HOW_MANY
    query = question.query(Ask.COUNT, of, by=by, wanted=wanted if by is not By.ALL else GroupSelection.ALL, limit=100)
    if of is Of.PEOPLE:
        scope = query.scope
        is_now = scope.going_on or (not slots.when.stated and slots.word("is", "are") and not slots.any("unknown", "known"))
        query = replace(query, scope=replace(scope, who=Who.ANYONE if scope.who is Who.ANYTHING else scope.who, going_on=is_now))
    if wanted is not GroupSelection.ALL and slots.word("time", "hours") and slots.word("spend", "spent", "spends", "stay", "stayed"):
        slots.notes.append("Counted is how often, not how long.")
    is_of_people = slots.people or by is By.PERSON
    if is_of_people and of is Of.EVENTS and query.scope.who is Who.ANYTHING and not slots.kinds and not slots.labels:
        query = replace(query, scope=replace(query.scope, who=Who.KNOWN if by is By.PERSON and not slots.people else Who.ANYONE))
    return query, Form.PLAIN


def lacking(question: Question, of: Of) -> tuple[Query, Form] | None:
    """`which cameras had no motion`, `cameras that were never lost`, `rooms nobody entered`."""
    slots = question.slots
    words = [token.text for token in slots.tokens.all if token.taken not in ("name", "time")]
    by = next((by for word in words[:4] if (by := BY_WORDS.get(BY_PLURALS.get(word, word), By.ALL)) is not By.ALL), By.ALL)
    no = any(word in _NONE for word in words[1:])
    if not no or by not in (By.CAMERA, By.ZONE) or slots.has_place or slots.any("how_many", "why"):
        return None
    query = question.query(Ask.LACKING, of, reach=False, by=by, limit=100)
    lost = query.scope.kinds and set(query.scope.kinds) <= set(LOST_KINDS)
    who = Who.ANYTHING if lost or query.scope.kinds else query.scope.who
    if not query.scope.kinds and (slots.people or slots.any("nobody") or slots.word("empty", "unused", "deserted", "unoccupied", "vacant")):
        who = Who.ANYONE
    kinds = (EventKind.ZONE_VISIT,) if by is By.ZONE and slots.word("visit", "visits") else query.scope.kinds
    return replace(query, scope=replace(query.scope, who=who, kinds=kinds)), Form.PLAIN


def limited(question: Question, of: Of) -> tuple[Query, Form] | None:
    """`which cameras had more than 30 motion events`, `days with at least two alerts`, `who was seen more than 10 times`."""
    slots = question.slots
    if slots.limit_of not in ("rows", "times") or (slots.least == 0) or slots.any("at_once"):
        return None
    by = By.PERSON if slots.any("who") and not slots.any("alerts") else slots.by if slots.by is not By.ALL else _of_most(question)
    if by is By.ALL or (by is By.PERSON and slots.people):
        return None
    query = question.query(Ask.COUNT, of, reach=False, by=by, limit=100, least=slots.least, most=slots.most)
    known = by is By.PERSON and of is Of.EVENTS and not slots.kinds
    kinds = (
        (EventKind.ZONE_VISIT,) if slots.word("visit", "visits") and not slots.kinds and by in (By.ZONE, By.PERSON) else query.scope.kinds
    )
    return replace(query, scope=replace(query.scope, kinds=kinds, who=Who.KNOWN if known else query.scope.who)), Form.PLAIN


def counted_subject(question: Question, of: Of, by: By) -> Of:
    slots = question.slots
    if of is not Of.EVENTS or by is not By.ALL or slots.any("how_often", "events") or slots.kinds or slots.labels or slots.people:
        return of
    here = slots.word("here", "inside", "present") and slots.word("are", "were")
    return Of.PEOPLE if here or slots.any("people", "anyone", "unknown", "known") else of


def _of_most(question: Question) -> By:
    """What is asked the most of: the thing behind `which`, or the busiest what."""
    slots = question.slots
    if slots.tokens.word(0) in ("who", "whose"):
        return By.PERSON
    for token in slots.tokens.all:
        by = BY_WORDS.get(BY_PLURALS.get(token.text, token.text))
        if by is not None and token.taken not in ("time", "name"):
            return by
    return By.PERSON if slots.any("who", "people", "known") else By.ZONE if slots.any("where") else By.HOUR if slots.any("when") else By.ALL

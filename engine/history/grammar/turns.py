"""Turns of phrase that ask for something of their own: why, a clip, how long, who dealt with it, whether it was seen, who was not there.

Each gives None where its turn is not in the question.
"""

from dataclasses import replace

from engine.history.grammar.form import form_of
from engine.history.grammar.presence import skipped
from engine.history.grammar.scope import Question
from engine.model.event import EventKind
from engine.model.history.plan import Form
from engine.model.history.query import LOST_KINDS, Ask, Of, Query, Who

MINUTE_NS = 60 * 10**9
_NO_REASON = "Why a camera or a node was offline is not in the record, only when."


def why(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    if "why" not in slots.said or (slots.gates and slots.tokens.word(0) == "what" and slots.word("because")):
        return None  # what was held because of a condition
    span = slots.when.spans[0] if slots.when.moment and slots.when.spans else None
    at_ns = None if span is None else (span.since_ns + span.until_ns) // 2 // MINUTE_NS * MINUTE_NS
    id_ = slots.ids[0] if slots.ids else ""
    if slots.any("not", "nobody") or (slots.any("held") and not id_ and of is Of.HELD):
        query = question.query(Ask.WHY_NOTHING, Of.ALERTS, at_ns=at_ns)
        return replace(query, scope=replace(query.scope, states=(), dispositions=(), gates=())), Form.PLAIN
    if slots.kinds and set(slots.kinds) <= set(LOST_KINDS) and not id_ and not slots.any("alerts", "held"):
        slots.notes.append(_NO_REASON)
        lost = question.query(Ask.LIST, Of.EVENTS, oldest_first=True, during=True)
        return replace(lost, scope=replace(lost.scope, who=Who.ANYTHING)), Form.PLAIN
    of_people = slots.people or (slots.kinds and not set(slots.kinds) <= set(LOST_KINDS))
    if of_people and not id_ and not (slots.any("alerts", "held", "nobody") or slots.word("raised", "nothing")):
        slots.unknown += [word for word in ("why", "how", "reason", "explain", "because") if slots.word(word)][:1]
        return question.query(Ask.STAYS, Of.EVENTS), Form.PLAIN
    query = question.query(Ask.WHY_ALERT, Of.ALERTS, id=id_, at_ns=at_ns, skip=skipped(question), oldest_first="first" in slots.said)
    query = replace(query, limit=1) if slots.any("last", "first") else query  # of that one, and not of all there were
    return replace(query, scope=replace(query.scope, states=() if id_ else query.scope.states)), Form.PLAIN


def clip(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    if "clip" not in slots.said or slots.any("observed") or set(slots.kinds) & set(LOST_KINDS):
        return None
    id_ = slots.ids[0] if slots.ids else ""
    counts = "how_many" in slots.said
    usual = 100 if counts else 1 if slots.any("last", "first") else 5
    query = question.query(Ask.CLIP, of if of is Of.ALERTS else Of.EVENTS, id=id_, limit=slots.limit or usual)
    return replace(query, oldest_first="first" in slots.said, skip=skipped(question)), Form.HOW_MANY if counts else Form.PLAIN


def how_long(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    if "how_long" not in slots.said or of is not Of.EVENTS or _blind(question):
        return None
    if not (slots.people or slots.kinds or slots.any("anyone", "people", "unknown")):
        return None
    query = question.query(Ask.HOW_LONG, Of.EVENTS, reach=False)
    lasts_still = slots.word("has", "have") and slots.word("been") and not slots.when.stated
    return replace(query, scope=replace(query.scope, going_on=query.scope.going_on or lasts_still)), Form.PLAIN


def handled(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    if "handled" not in slots.said or slots.any("new", "most", "fewest", "how_many") or of not in (Of.ALERTS, Of.EVENTS):
        return None
    if form_of(slots) is Form.YES_NO and not slots.any("who", "anyone") and not question.assignees:
        query = question.query(Ask.LIST, Of.ALERTS)  # told is what became of it: yes could say the opposite
        return replace(query, scope=replace(query.scope, states=(), who=Who.ANYTHING)), Form.PLAIN
    when_by = bool(question.assignees) and slots.any("when")
    if not slots.any("who", "anyone") and not when_by:
        return None
    one = slots.any("last", "first")
    query = question.query(Ask.HANDLED, Of.ALERTS, id=slots.ids[0] if slots.ids else "", limit=1 if one else 20)
    query = replace(query, skip=skipped(question), oldest_first="first" in slots.said)
    scope = replace(query.scope, states=(), who=Who.ANYTHING)
    act = "closed" if slots.word("closed", "close") else "acknowledged" if slots.word("acknowledged", "acknowledge", "acked", "ack") else ""
    return replace(query, scope=replace(scope, text=act)), Form.WHO


def _blind(question: Question) -> bool:
    """How long a camera saw nothing is no length of any event."""
    slots = question.slots
    blind = slots.word("blind", "unobserved", "unwatched", "gap", "gaps") or (
        slots.word("not", "without") and slots.word("observed", "watched")
    )
    return blind and not slots.people and slots.when.stated


def observed(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    if (
        not ("observed" in slots.said or _blind(question))
        or of is not Of.EVENTS
        or slots.people
        or (slots.kinds and not set(slots.kinds) <= set(LOST_KINDS))
    ):
        return None
    if slots.any("anyone", "unknown") and not _blind(question) and not slots.word("observed", "watched", "covered"):
        return None
    if not slots.when.stated and slots.any("last", "first", "when"):
        lost = question.person_query(Ask.FIRST if "first" in slots.said else Ask.LAST)
        return replace(lost, scope=replace(lost.scope, kinds=(EventKind.CAMERA_LOST,), who=Who.ANYTHING)), Form.WHEN
    if not slots.when.stated or slots.when.now:  # whether a camera works now
        lost = question.query(Ask.LIST, Of.EVENTS)
        scope = replace(lost.scope, kinds=(EventKind.CAMERA_LOST,), who=Who.ANYTHING, going_on=True)
        return replace(lost, scope=scope), Form.PLAIN
    query = question.query(Ask.OBSERVED, Of.EVENTS, reach=False)
    return replace(query, scope=replace(query.scope, kinds=(), who=Who.ANYTHING)), Form.YES_NO


def absent(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    asks_who = slots.any("who") and not slots.any("handled")
    missing = "absent" in slots.said and not slots.word("go", "went")
    if (
        of is not Of.EVENTS
        or not asks_who
        or slots.kinds
        or not (missing or ("not" in slots.said and slots.word("not", "never") and not slots.not_people))
    ):
        return None
    query = question.query(Ask.ABSENT, Of.PEOPLE, reach=False)
    scope = replace(query.scope, who=Who.KNOWN)
    if not slots.has_place:  # `which of them were not in the hall`: the hall is where they were missing
        places = {"camera_ids": scope.not_camera_ids, "zone_ids": scope.not_zone_ids}
        scope = replace(scope, not_camera_ids=(), not_zone_ids=(), **places)
    return replace(query, scope=scope), Form.WHO


def with_whom(question: Question, of: Of) -> tuple[Query, Form] | None:
    slots = question.slots
    meets = slots.tokens.word(0) in ("who", "whom") and slots.tokens.word(1) in ("did", "does", "has") and slots.word("see", "seen", "join")
    if not ("with" in slots.said or meets) or not slots.people or of is not Of.EVENTS or EventKind.PHONE_LEFT in slots.kinds:
        return None
    if len(slots.people) == 2:
        query = question.query(Ask.WITH, Of.PEOPLE, reach=False)
        return replace(query, scope=replace(query.scope, person_ids=query.scope.person_ids[:1]), id=slots.people[1].id), Form.YES_NO
    form = Form.PLAIN if slots.word("alone") else Form.WHO if slots.any("who") else Form.YES_NO  # alone: yes would say the opposite
    return question.query(Ask.WITH, Of.PEOPLE, reach=False), form

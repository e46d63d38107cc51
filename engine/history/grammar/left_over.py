"""Words of a question that limit it and that its query does not hold: they are named as not understood, never left out in silence."""

from engine.history.grammar.slots_found import Slots, only_such
from engine.history.lexicon.words import CATEGORIES, HE, HELD_BY, PHRASES, ZONE_WORDS
from engine.model.event import EventKind
from engine.model.history.plan import Form
from engine.model.history.query import LOST_KINDS, Ask, By, GroupSelection, Measure, Of, Query, Scope
from engine.model.incidents.incident import IncidentCategory

_STATES = {
    "open": ("open", "outstanding", "unresolved", "pending", "unclosed", "unfinished"),
    "new": ("unacknowledged", "unhandled", "unanswered"),
    "closed": ("closed", "resolved", "settled", "completed"),
    "acknowledged": ("acknowledged", "acked"),
    "false": ("false", "bogus", "spurious", "mistaken", "unfounded", "unwarranted", "wrong"),
    "true": ("genuine", "justified", "confirmed", "valid"),
    "benign": ("benign", "harmless", "innocent"),
    "held": ("held", "suppressed", "withheld", "silenced", "muted", "filtered", "blocked"),
}
_OTHER_THAN = (
    "without",
    "except",
    "excluding",
    "but",
    "besides",
    "apart",
    "aside",
    "leaving",
    "ignoring",
    "minus",
    "excluded",
    "omitted",
    "excepted",
)
_THAN = ("than", "compare", "compared", "versus", "vs", "difference")
_COMPARED = (Ask.COMPARE, Ask.USUAL, Ask.ORDER)
_ANSWERS_NOT = (Ask.MATCHING, Ask.ABSENT, Ask.LACKING, Ask.WHY_NOTHING, Ask.DAYS, Ask.OBSERVED, Ask.WITH)
_LISTED = (Ask.LIST, Ask.COUNT, Ask.LAST, Ask.FIRST, Ask.HOW_LONG, Ask.STAYS, Ask.COMPARE, Ask.AVERAGE, Ask.LENGTHS, Ask.CLOCKS, Ask.CLIP)


def left_over(slots: Slots, query: Query, form: Form) -> list[str]:
    """As they were written, in their order."""
    found = numbers(slots) | _not(slots, query, form)
    found |= {word for rule in _RULES for word in rule(slots, query)}
    unheld = _turns_unheld(slots, query, form)
    return [token.text for at, token in enumerate(slots.tokens.all) if token.text in found or at in unheld]


def _turns_unheld(slots: Slots, query: Query, form: Form) -> set[int]:
    """Where a turn of phrase stands of which a query of that ask holds nothing: `who` beside a number of gestures."""
    found: set[int] = set()
    for name in sorted(slots.said & HELD_BY.keys()):
        if not _holds_turn(name, query, form, slots):
            found |= _standing(slots, PHRASES[name])
    return found


def _holds_turn(name: str, query: Query, form: Form, slots: Slots) -> bool:
    if name == "why" and set(query.scope.kinds) & set(LOST_KINDS):
        return True  # a note says that no reason is known
    if name == "who" and query.ask is Ask.COUNT:
        return query.of is Of.PEOPLE or query.by in (By.PERSON, By.ASSIGNEE)
    if name == "how_many" and query.ask is Ask.DAYS:
        return not (query.wanted is GroupSelection.EVERY and slots.word("each"))  # how many on each of them
    if name in ("leave", "arrive") and query.scope.kinds:
        return True  # what a camera or a phone does
    if name == "how_long" and query.ask is Ask.LIST:
        return bool(query.scope.kinds) or form is Form.HOW_LONG  # a list of one kind tells it of each
    if name == "absent" and slots.near_km is not None:
        return True  # a distance
    return query.ask in HELD_BY[name]


def _standing(slots: Slots, phrases: tuple[tuple[str, ...], ...]) -> set[int]:
    """Where the longest of some phrases stand, as words that nothing but phrases took."""
    tokens, found = slots.tokens, set[int]()
    for phrase in sorted(phrases, key=len, reverse=True):
        for at in range(len(tokens.all) - len(phrase) + 1):
            run = range(at, at + len(phrase))
            if not found & set(run) and all(
                tokens.word(each) == word and tokens.all[each].taken == "word" for each, word in zip(run, phrase, strict=True)
            ):
                found |= set(run)
    return found


def numbers(slots: Slots) -> set[str]:
    return {token.text for token in slots.tokens.all if not token.taken and token.text.replace(".", "", 1).isdigit()}


def _states(slots: Slots, query: Query) -> set[str]:
    """A door may be open, a camera true to life: of events no state is known."""
    if query.of not in (Of.EVENTS, Of.PEOPLE) or query.ask in (Ask.HANDLED, Ask.WHY_ALERT, Ask.WHY_NOTHING):
        return set()
    words = {word for name, those in _STATES.items() if name in slots.said for word in those}
    return {token.text for token in slots.tokens.all if token.taken == "word" and token.text in words}


def _others(slots: Slots, query: Query) -> set[str]:
    """What is left out has to be a person or a place."""
    if slots.not_people or slots.not_places or slots.when.without or slots.any("with", "left_out") or query.scope.not_assignees:
        return set()
    tokens = slots.tokens
    return {
        token.text
        for at, token in enumerate(tokens.all)
        if at and token.taken in ("", "word") and token.text in _OTHER_THAN and tokens.word(at + 1) not in ("any", "a")
        if tokens.word(at - 1) not in ("badge", "badges")  # `badge without owner` is a kind of event
    }


_MANNERS = ("quickly", "fast", "soon", "well", "did", "does", "do", "was", "were", "could", "can", "has", "have")


def _turns(slots: Slots, query: Query) -> set[str]:
    """Words that mean nothing by themselves, and much beside others."""
    tokens = slots.tokens
    found = {"between"} if any(token.text == "between" and not token.taken for token in tokens.all) else set[str]()
    if tokens.run_of("on", "time") or tokens.run_of("in", "time"):
        found |= {"time"} if not slots.when.said.startswith(("on time", "in time")) else set()
    manner = tokens.word(0) == "how" and tokens.word(1) in _MANNERS
    if manner and query.ask not in (Ask.COMPARE, Ask.USUAL) and not slots.any("events", "compare", "people"):
        found.add("how")
    if tokens.word(0) in ("who", "whom", "which") and query.ask is Ask.COUNT and query.by is By.DAY and tokens.run_of("every", "day"):
        found.add("every")
    return found


_HOLDS_NO_LENGTH = (Ask.OBSERVED, Ask.AT_ONCE, Ask.DAYS, Ask.MATCHING, Ask.ABSENT, Ask.WITH, Ask.CLOCKS, Ask.ORDER, Ask.HANDLED)
_STATE_VERBS = ("close", "closed", "acknowledge", "acknowledged", "handle", "handled", "take", "took", "confirm", "confirmed")


def _superlatives(slots: Slots, query: Query) -> set[str]:
    """`longest`, `usually`, `most` are of queries that tell them; beside any other they would be left out."""
    found: set[str] = set()
    if query.ask is Ask.SHARE and set(query.scope.kinds) & set(LOST_KINDS):
        found |= {"percentage", "percent", "share", "proportion"}  # of a time, and not of events
    if query.ask is Ask.COUNT and query.by is By.ALL and len(slots.tokens.all) < 6:
        found |= {"more", "fewer", "less"}  # `which was more`, with nothing to compare
    if query.ask is Ask.COUNT and slots.word("spend", "spent", "spends") and not slots.notes:
        found.add("time")
    if query.ask is Ask.COMPARE:
        found |= {"longer", "shorter"}
    if query.ask in _HOLDS_NO_LENGTH and (slots.shortest_s is not None or slots.longest_s is not None):
        found |= {token.text for token in slots.tokens.all if token.taken == "lasting"}
    if slots.any("most", "fewest") and not _tells_most(slots, query):
        found |= {"most", "least", "fewest", "busiest", "quietest", "highest", "lowest", "worst"}
    tokens = slots.tokens
    if any(tokens.run_of(end, "day") for end in ("longest", "shortest")):
        found.add("day")
    if slots.any("when") and slots.word("empty", "deserted", "vacant", "unoccupied") and query.ask is not Ask.DAYS:
        found |= {"empty", "deserted", "vacant", "unoccupied"}
    lost = query.of is not Of.EVENTS or {EventKind.CAMERA_LOST, EventKind.NODE_LOST} & set(query.scope.kinds) or query.ask is Ask.OBSERVED
    if slots.any("returned") and slots.people and not lost:
        found.add("back")
    return found


def _lengths(slots: Slots, query: Query) -> set[str]:
    """`visits and total time`."""
    return {"visits"} if query.ask is Ask.HOW_LONG and EventKind.ZONE_VISIT in query.scope.kinds and not query.scope.zone_ids else set()


def _comings(slots: Slots, query: Query) -> set[str]:
    """Who comes and goes is counted by no query, and a thing does neither."""
    found: set[str] = set()
    if query.ask is Ask.COUNT and slots.any("leave", "arrive") and slots.people and not slots.kinds and query.by is By.ALL:
        found |= {"leave", "leaves", "left", "arrive", "arrived", "arrives", "home"}
    if query.ask is Ask.LIST and not query.scope.kinds and query.of is Of.EVENTS and slots.any("leave"):
        found |= {"leave", "left", "leaves", "go", "went"}
    if query.ask is Ask.ORDER:
        found |= {"mornings", "evenings", "nights"}  # on which of them
    if query.ask is Ask.FIRST and slots.any("leave") and not slots.people:
        found.add("first")
    return found


def _nobody(slots: Slots, query: Query) -> set[str]:
    """What was not is told by queries of their own; of alerts it is their state, and only operators have a hand in it."""
    found: set[str] = set()
    if query.ask is Ask.HOW_LONG and slots.any("nobody", "not"):
        found |= {"nobody", "not", "no", "noone", "none"}
    if query.of is Of.ALERTS and query.ask in (Ask.COUNT, Ask.LIST):
        found |= {"nobody", "missed"} if not query.scope.states else set[str]()
        found |= set(_STATE_VERBS) if slots.people and slots.any("handled", "closed", "acknowledged") else set[str]()
    watched = query.scope.going_on and query.scope.kinds == (EventKind.CAMERA_LOST,)
    if watched and slots.tokens.word(0) in ("which", "what"):
        found |= ZONE_WORDS - {"location", "part"}  # which rooms are watched is no question of the record
    return found


def _company(slots: Slots, query: Query) -> set[str]:
    """`with a stranger`, `on both days`."""
    found: set[str] = set()
    if query.ask not in (Ask.WITH, Ask.AT_ONCE) and _with_somebody(slots):
        found.add("with")
    if slots.word("both") and query.ask in (Ask.STAYS, Ask.LIST, Ask.FIRST, Ask.LAST) and len(slots.when.groups) < 2 and not slots.people:
        found.add("both")
    return found


_EACH = ("each", "every", "per")
_TIMES = ("day", "weekday", "workday", "working", "morning", "afternoon", "evening", "night", "hour", "week", "single")


def _each_time(slots: Slots, query: Query) -> set[str]:
    """`for each working day`, `every morning`: told apart by days, or of who came on all of them; a list has the time of each row."""
    tokens, told = slots.tokens, (Ask.DAYS, Ask.AVERAGE, Ask.USUAL, Ask.CLOCKS)
    listed = query.ask is Ask.LIST and (query.scope.kinds or query.of is not Of.EVENTS) and "who" not in slots.said
    by_time = query.by in (By.DAY, By.WEEKDAY, By.HOUR) and not slots.when.dayless  # `from 9 to 12 every day` is of one day
    if by_time or query.ask in told or listed or query.wanted is GroupSelection.EVERY:
        return set()
    each = [at for at in range(len(tokens.all) - 1) if tokens.word(at) in _EACH and tokens.word(at + 1) in _TIMES]
    return {tokens.word(at) for start in each for at in (start, start + 1)}


_ENDS = ("begin", "begins", "began", "begun", "end", "ended", "ends")
_PLACES = ("room", "rooms", "place", "zone")


def _asked_too(slots: Slots, query: Query) -> set[str]:
    """A number tells neither where nor when, a length of time not where; what operators are named for has to be held."""
    found: set[str] = set()
    tokens, scope = slots.tokens, query.scope
    if query.ask is Ask.HOW_LONG or (query.ask is Ask.COUNT and query.by is By.ALL):
        which = [at for at in range(len(tokens.all) - 1) if tokens.word(at) in ("which", "what") and tokens.word(at + 1) in _PLACES]
        found |= {"where", *(tokens.word(at) for at in which)}
    of_all = query.of is Of.EVENTS and query.ask in (Ask.LIST, Ask.COUNT) and query.by is By.ALL and scope == Scope(scope.spans)
    found |= {"cameras", "cams", "nodes", "sensors"} if of_all else set[str]()
    if query.ask is Ask.CLIP and slots.any("not"):
        found |= {"no", "not", "without"}  # of which there is none
    found |= _order_of_moves(slots, query)
    if query.ask is Ask.COUNT and query.by is By.DAY and not slots.any("how_many", "how_often", "most", "fewest"):
        found.add("when")  # on each of the days
    if not (scope.assignees or scope.not_assignees or scope.text):
        found |= {token.text for token in tokens.all if token.taken == "assignee"}
    if not slots.any("when", "how_many", "how_long") and query.ask is not Ask.CLOCKS:
        found |= set(_ENDS)
    told = query.ask in (Ask.HOW_LONG, Ask.LENGTHS) or (query.ask is Ask.STAYS and len(scope.person_ids) > 1)
    if not told and scope.shortest_s is scope.longest_s is None:
        found |= {"longer", "shorter"}
    return found


def _order_of_moves(slots: Slots, query: Query) -> set[str]:
    """`what time did everyone go home`: of each of them, which a list of who was there does not tell."""
    if slots.people or not slots.any("leave", "arrive") or query.ask not in (Ask.STAYS, Ask.LIST):
        return set()
    return {"everyone", "everybody", "all"}


def _with_somebody(slots: Slots) -> bool:
    """`with her`, `with a stranger`."""
    tokens = slots.tokens
    behind = [
        at + 2 if tokens.word(at + 1) in ("a", "an", "the", "any") else at + 1 for at in range(len(tokens.all)) if tokens.word(at) == "with"
    ]
    people = {phrase[0] for name in ("unknown", "people", "anyone") for phrase in PHRASES[name]} - {"faces", "face", "unknown"}
    return any(tokens.word(at) in HE | people for at in behind)


def _tells_most(slots: Slots, query: Query) -> bool:
    counted = query.wanted is not GroupSelection.ALL or query.ask in (Ask.LENGTHS, Ask.HOW_LONG, Ask.AVERAGE, Ask.CLOCKS)
    return counted or (query.ask is Ask.DAYS and query.by is By.PERSON) or query.measure is Measure.NEAREST or slots.limit is not None


def _of_others(slots: Slots, query: Query) -> set[str]:
    """Words that are of one kind of question only: decisions, clips that are counted, what somebody said, who is the same."""
    found: set[str] = set()
    why = query.ask in (Ask.WHY_ALERT, Ask.WHY_NOTHING, Ask.HANDLED)
    if query.of is not Of.HELD and not why:
        found |= {"decision", "decisions", "candidate", "candidates"}
    if query.ask is Ask.LIST and query.scope.kinds and query.scope.person_ids:
        found.add("else")  # than whom it happened to
    if slots.people and query.of is Of.EVENTS and slots.tokens.word(0) in ("what", "why", "how"):
        found |= {"say", "said", "ask", "asked", "answer", "think"}
    if slots.tokens.run_of("same", "person") or slots.tokens.run_of("same", "as"):
        found.add("same")
    return found


def _limits(slots: Slots, query: Query) -> set[str]:
    """A number that limits what is counted, or says which one, and that the query does not hold. A count by itself answers it."""
    found: set[str] = set()
    is_number = query.ask is Ask.COUNT and query.by is By.ALL
    if slots.limit_of and not query.limited and not is_number:
        found |= {token.text for token in slots.tokens.all if token.taken == "limit"}
    if slots.ordinal is not None and not query.skip:
        found |= {token.text for token in slots.tokens.all if token.taken == "ordinal"}
    summed = slots.word("spend", "spent", "altogether") and (slots.shortest_s is not None or slots.longest_s is not None)
    if summed and query.ask is not Ask.COUNT:
        found |= {token.text for token in slots.tokens.all if token.taken == "lasting"}
    return found


def _quantities(slots: Slots, query: Query) -> set[str]:
    """`only`, `every`, `at once`: each is of the queries that can hold it."""
    found: set[str] = set()
    if slots.any("only") and query.ask is not Ask.MATCHING and not slots.limit_of and not only_such(slots):
        found.add("only")
    if slots.word("always") and query.ask not in (Ask.DAYS, Ask.OBSERVED):
        found.add("always")
    asks = slots.tokens.word(0) in ("was", "were", "did", "do", "does", "is", "are", "has", "have", "had")
    each = slots.tokens.word(1) in ("all", "every", "each") or slots.word("everyone", "everybody")
    if (
        asks
        and each
        and not slots.not_people
        and query.ask in (Ask.LIST, Ask.STAYS, Ask.COUNT, Ask.LAST, Ask.FIRST)
        and not slots.any("returned")
    ):
        found |= {"all", "every", "each", "everyone", "everybody"} if not set(query.scope.kinds) & set(LOST_KINDS) else set[str]()
    if slots.any("nearest") and query.of is not Of.INCIDENTS:
        found |= {"nearest", "closest"}
    return found


def _incidents(slots: Slots, query: Query) -> set[str]:
    """Where a reported incident was is known by its distance, not by cameras, and who it was about not at all."""
    if query.of is not Of.INCIDENTS or not (slots.has_place or slots.people):
        return set()
    if slots.people and slots.categories:
        words = {word for category in slots.categories for phrase in CATEGORIES[IncidentCategory(category)] for word in phrase}
        return {token.text for token in slots.tokens.all if token.taken == "word" and token.text in words}
    return {token.text for token in slots.tokens.all if token.taken == "name"}


def _how_many(slots: Slots, query: Query) -> set[str]:
    """`how many cameras do we have`: what there is, not what happened."""
    tokens = slots.tokens
    if not tokens.run_of("how", "many") or query.ask is not Ask.COUNT or slots.kinds or slots.people:
        return set()
    of_site = slots.word("have", "own", "exist", "installed") or (slots.word("are") and slots.word("there") and not slots.when.stated)
    things = ("cameras", "zones", "rooms", "cams", "areas", "nodes", "sensors", "doors", "employees", "staff")
    return (
        {token.text for token in tokens.all if token.text in things} if of_site and not slots.any("alerts", "incidents", "held") else set()
    )


def _than(slots: Slots, query: Query) -> set[str]:
    grouped = query.ask is Ask.COUNT and query.by is not By.ALL
    if (
        query.ask in _COMPARED
        or grouped
        or slots.near_km is not None
        or "compare" not in slots.said
        or slots.shortest_s is not None
        or slots.longest_s is not None
    ):
        return set()
    return {token.text for token in slots.tokens.all if token.text in _THAN and token.taken == "word"}


def _not(slots: Slots, query: Query, form: Form) -> set[str]:
    """Whether it was not so may be asked; those that are not so cannot be listed."""
    if query.ask in _ANSWERS_NOT or query.ask not in _LISTED or form is Form.YES_NO or slots.not_people or slots.not_places:
        return set()
    scope = query.scope
    said = (
        scope.not_dispositions
        or scope.not_kinds
        or scope.not_assignees
        or slots.when.without
        or scope.states
        or scope.who.value == "unknown"
        or query.of is Of.HELD
    )
    asks = slots.tokens.word(0) in ("was", "were", "did", "is", "are", "has", "have", "had", "does", "do")
    return set() if said or asks else {word for word in ("not", "never") if slots.word(word)}


_RULES = (
    _states,
    _others,
    _than,
    _turns,
    _how_many,
    _incidents,
    _limits,
    _quantities,
    _of_others,
    _superlatives,
    _lengths,
    _comings,
    _nobody,
    _company,
    _each_time,
    _asked_too,
)

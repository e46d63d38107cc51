"""Questions of what is usual: averages, typical times, the longest and the shortest, on how many days, a part of a whole, who came first.

Each gives None where its turn is not in the question.
"""

from dataclasses import replace

from engine.history.grammar.counts import counted_subject
from engine.history.grammar.form import form_of
from engine.history.grammar.scope import Question
from engine.history.when.units import DAY
from engine.model.event import EventKind
from engine.model.history.plan import Form
from engine.model.history.query import Ask, By, GroupSelection, Measure, Of, Query, Who

_Read = tuple[Query, Form] | None
_COME = tuple(
    [
        "come",
        "comes",
        "came",
        "coming",
        "arrive",
        "arrived",
        "arrives",
        "here",
        "in",
        "enter",
        "entered",
        "show",
        "showed",
        "appear",
        "appeared",
        "start",
        "started",
        "begin",
        "began",
    ]
)
_STAYS = (EventKind.ZONE_VISIT,)


def share(question: Question, of: Of) -> _Read:
    slots = question.slots
    if "share" not in slots.said:
        return None
    return question.query(Ask.SHARE, of, limit=20), Form.PLAIN


def usual(question: Question, of: Of) -> _Read:
    """`more than usual`: one stretch against others like it."""
    slots = question.slots
    compares = slots.any("compare") or slots.word("more", "fewer", "less", "unusually", "quieter", "busier")
    if not compares or not slots.any("median", "mean") or slots.any("how_long"):
        return None
    if (slots.people and not slots.kinds and slots.any("arrive", "leave")) or slots.word("later", "earlier"):
        return None
    return question.query(Ask.USUAL, of, reach=False, limit=20), Form.PLAIN


def clocks(question: Question, of: Of) -> _Read:
    """When somebody usually comes or leaves; the earliest, the latest."""
    slots = question.slots
    measure = _clock_measure(question)
    if measure is None or of is not Of.EVENTS or slots.any("how_many", "how_often", "how_long"):
        return None
    if not (slots.people or slots.any("anyone", "unknown", "known", "people")):
        return None
    leaves = slots.any("leave")
    comes = slots.any("arrive", "first") or slots.word(*_COME) or slots.any("when")
    if not (leaves or comes):
        return None
    if slots.any("who") and not slots.people and measure in (Measure.MEAN, Measure.MEDIAN):
        measure = Measure.NONE  # who it was each day, as nobody is the median of people
    query = question.query(Ask.CLOCKS, of, reach=False, limit=100, oldest_first=not leaves, measure=measure)
    if slots.when.dayless:  # `usually in before nine`: told is when, of all days
        query = replace(query, scope=replace(query.scope, spans=()))
    return replace(query, scope=replace(query.scope, who=Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who)), Form.PLAIN


def _clock_measure(question: Question) -> Measure | None:
    slots = question.slots
    for name, measure in (("mean", Measure.MEAN), ("median", Measure.MEDIAN), ("earliest", Measure.EARLIEST), ("latest", Measure.LATEST)):
        if name in slots.said and _is_of_days(question, name):
            return measure
    return None


def _is_of_days(question: Question, name: str) -> bool:
    """`latest` is mostly another word for last, `earliest` for first; of the clock they are where days are compared."""
    if name in ("mean", "median"):
        return True
    slots = question.slots
    spans = slots.when.spans
    lasts = sum(span.until_ns - span.since_ns for span in spans) > 1.5 * DAY * 1e9
    moves = slots.any("arrive", "leave") or slots.word(*_COME, "left", "leave")
    return bool(moves) and bool(slots.people or slots.any("who", "anyone")) and (lasts or not spans)


def lengths(question: Question, of: Of) -> _Read:
    """The longest and the shortest, and how long something lasts on average."""
    slots = question.slots
    measure = _length_measure(question)
    if measure is None or of is not Of.EVENTS:
        return None
    of_visits = slots.has_place or slots.kinds or slots.word("visit", "visits", "stay", "stays", "event", "events", "sighting", "sightings")
    if slots.people and measure in (Measure.MEAN, Measure.MEDIAN) and not of_visits:
        return None  # how long somebody works is no length of what cameras saw
    asks_who = slots.any("who") and slots.tokens.word(0) in ("who", "whom", "which", "what", "whose")
    people_summed = asks_who and not slots.kinds and not slots.people and "unknown" not in slots.said
    if measure in (Measure.LONGEST, Measure.SHORTEST) and people_summed:
        query = question.query(
            Ask.HOW_LONG,
            of,
            reach=False,
            by=By.PERSON,
            limit=100,
            wanted=GroupSelection.MOST if measure is Measure.LONGEST else GroupSelection.FEWEST,
        )
        return replace(query, scope=replace(query.scope, who=Who.KNOWN, kinds=_stay_kinds(question))), Form.PLAIN
    query = question.query(Ask.LENGTHS, of, reach=False, measure=measure, limit=slots.limit or 1)
    scope = query.scope
    if not scope.kinds and _of_stays(question):
        who = Who.ANYONE if scope.who is Who.ANYTHING else scope.who
        scope = replace(scope, kinds=_stay_kinds(question), who=Who.ANYTHING if scope.person_ids else who)
    return replace(query, scope=scope), Form.PLAIN


def _length_measure(question: Question) -> Measure | None:
    slots = question.slots
    if "longest" in slots.said:
        return Measure.LONGEST
    if "shortest" in slots.said:
        return Measure.SHORTEST
    if slots.any("arrive", "leave") and not slots.any("how_long"):
        return None  # a time of the day
    of_time = slots.any("how_long") or slots.word("time", "length", "duration", "hours", "minutes")
    counts = slots.any("how_many", "how_often", "alerts") and not slots.any("how_long")
    if not of_time or counts or (slots.any("when") and not slots.any("how_long")):
        return None
    return Measure.MEAN if "mean" in slots.said else Measure.MEDIAN if "median" in slots.said else None


def _of_stays(question: Question) -> bool:
    slots = question.slots
    stays = slots.word("visit", "visits", "stay", "stayed", "stays", "spend", "spent", "spends", "time", "in", "inside", "visited")
    return bool(stays or slots.people or slots.any("anyone", "people", "unknown", "known"))


def _stay_kinds(question: Question) -> tuple[EventKind, ...]:
    """Of a room only its visits; a camera sees people."""
    slots = question.slots
    return _STAYS if slots.zones and not slots.cameras else ()


def average(question: Question, of: Of) -> _Read:
    slots = question.slots
    if not slots.any("mean", "median") or slots.any("how_long"):
        return None
    wants_count = slots.any("how_many", "how_often", "events", "alerts", "incidents", "held", "people", "anyone", "unknown") or slots.kinds
    if not wants_count:
        return None
    by = By.HOUR if slots.by is By.HOUR or slots.word("hourly") else By.DAY
    measure = Measure.MEAN if "mean" in slots.said else Measure.MEDIAN
    busiest = slots.any("most", "fewest")
    if busiest:
        wanted = GroupSelection.MOST if "most" in slots.said else GroupSelection.FEWEST
        return question.query(Ask.COUNT, of, by=slots.by if slots.by is not By.ALL else By.HOUR, wanted=wanted, limit=100), Form.PLAIN
    of = counted_subject(question, of, By.ALL)
    query = question.query(Ask.AVERAGE, of, reach=False, by=by, measure=measure, limit=100)
    scope = query.scope
    is_of_people = bool(slots.people) and not scope.kinds
    return replace(query, scope=replace(scope, who=Who.ANYONE if is_of_people else scope.who)), Form.PLAIN


def days(question: Question, of: Of) -> _Read:
    """On how many days, and on which; and whether on each of them."""
    slots = question.slots
    form = form_of(slots)
    nights = slots.tokens.word(0) in ("how", "which", "on", "what") and slots.word("nights", "evenings", "mornings", "weekends")
    always = slots.word("always") and slots.any("arrive", "leave")  # of the days on which somebody was there at all
    every = form is Form.YES_NO and not always and (slots.any("every") or (slots.by is By.DAY and slots.word("every", "each")))
    when_nobody = slots.any("when") and slots.any("nobody") and not (slots.kinds or slots.people)
    when_absent = slots.any("when") and slots.any("absent") and slots.people
    if not (slots.any("days") or nights or every or when_nobody or when_absent) or slots.limit_of in ("rows", "times"):
        return None
    if slots.any("mean", "median", "most", "fewest", "longest", "shortest", "how_long"):
        return None
    quiet = slots.word("quiet", "calm", "empty", "deserted", "without")
    denied = (slots.any("not", "nobody", "absent") or quiet) and not every
    wanted = GroupSelection.FEWEST if denied else GroupSelection.EVERY if every else GroupSelection.ALL
    query = question.query(Ask.DAYS, of, reach=False, by=By.ALL if nights else By.DAY, limit=100, wanted=wanted)
    of_people = not slots.kinds and (slots.people or slots.any("anyone", "nobody", "people"))
    who = Who.ANYONE if of_people and query.scope.who is Who.ANYTHING else query.scope.who
    return replace(query, scope=replace(query.scope, who=who)), Form.YES_NO if every else Form.PLAIN


def order(question: Question, of: Of) -> _Read:
    """Which of several people came or left before the others."""
    slots = question.slots
    people = list(dict.fromkeys(each.id for each in slots.people))
    compares = slots.any("first", "last") or slots.word("before", "after", "earlier", "later", "sooner")
    moves = slots.any("arrive", "leave") or slots.word(*_COME, "go", "went", "leave", "left", "be")
    if len(people) < 2 or of is not Of.EVENTS or slots.kinds or not compares or not moves or slots.any("with", "how_many"):
        return None
    leaves = slots.any("leave") and slots.word("leave", "left", "leaves", "went", "go", "gone", "home")
    for at in slots.tokens.free_indexes():
        if slots.tokens.word(at) in ("before", "after", "earlier", "later", "sooner"):
            slots.tokens.claim(at, at + 1, "order")
    slots.unknown[:] = [word for word in slots.unknown if word not in ("before", "after", "earlier", "later", "sooner")]
    query = question.query(Ask.ORDER, of, reach=False, oldest_first=not leaves, limit=20)
    return replace(query, scope=replace(query.scope, who=Who.ANYTHING)), Form.PLAIN

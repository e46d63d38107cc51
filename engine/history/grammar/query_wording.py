"""A query as a question that the grammar understands: what is offered where a question was not.

What is written is read again, and offered only where it asks the same: a question that lost a condition is another question.
"""

from dataclasses import replace

from engine.history.answers.words import Words
from engine.history.grammar.planned import plan_of
from engine.history.names import NamedKind
from engine.history.planner import PlannerQuestion
from engine.model.history.query import LIST_ASKS, SEEN_KINDS, Ask, By, GroupSelection, Measure, Of, Query, Span, Who

_MOST_SPANS = 3  # that are named one by one
_UNLIMITED = 20  # rows from which on a limit is no number of the question
_NAMES_NOBODY = (Ask.ABSENT, Ask.HANDLED, Ask.LIST, Ask.SHARE, Ask.AVERAGE, Ask.USUAL, Ask.COMPARE, Ask.LACKING, Ask.CLIP, Ask.LENGTHS)


def question_of(query: Query, words: Words) -> str:
    """Empty: there is no such question."""
    if max(len(query.scope.spans), len(query.other)) > _MOST_SPANS or (query.id and query.ask is not Ask.WITH):
        return ""
    text = f"{_main_clause(query, words)}{_conditions(query, words)}?"
    plan = plan_of(PlannerQuestion(text, words.now_ns, words.zone, words.directory))
    read = [meaning(each.query) for each in plan.queries if each.anchor is None]
    return text if read == [meaning(query)] and not plan.unknown else ""


def meaning(query: Query) -> Query:
    """Without what is no condition: the order of a list, a limit that nobody named, that a named person and whoever falls
    is somebody, that what goes on began before."""
    scope = query.scope
    is_somebody = scope.person_ids or (scope.who is Who.ANYONE and scope.kinds and set(scope.kinds) <= set(SEEN_KINDS))
    scope = replace(scope, who=Who.ANYTHING) if is_somebody else scope
    ordered = query.oldest_first and query.ask not in LIST_ASKS
    during = query.during and query.of is Of.EVENTS and not scope.going_on
    return replace(query, scope=scope, limit=min(query.limit, _UNLIMITED), oldest_first=ordered, during=during)


def _is_of_somebody(query: Query) -> bool:
    """Whether what is asked itself says of whom."""
    scope = query.scope
    seen = query.of is Of.EVENTS and not scope.kinds and bool(scope.person_ids or scope.who is not Who.ANYTHING)
    grouped = query.ask is Ask.COUNT and query.by is not By.ALL
    return query.of is Of.PEOPLE or (seen and query.ask not in _NAMES_NOBODY and not grouped)


def _main_clause(query: Query, words: Words) -> str:
    """Empty: no question asks so."""
    return _sighting_clause(query, words) or _record_clause(query, words)


def _sighting_clause(query: Query, words: Words) -> str:
    """Of people; empty: it is asked of what is on record."""
    scope, seen = query.scope, _is_of_somebody(query)
    people = [words.directory.name(NamedKind.PERSON, each) for each in scope.person_ids]
    who = " and ".join(people) or {Who.UNKNOWN: "a stranger", Who.KNOWN: "a known person"}.get(scope.who, "anyone")
    match query.ask:
        case Ask.COUNT if query.of is Of.PEOPLE:
            return f"How many {_people(query)} were there"
        case Ask.COUNT if seen:
            return f"How often was {who} seen"
        case Ask.LAST | Ask.FIRST if query.of is Of.PEOPLE:
            return f"Who were the {'first' if query.ask is Ask.FIRST else 'last'} {query.limit} people"
        case Ask.FIRST if seen and not people:
            return "When was the first person seen"
        case Ask.LAST | Ask.FIRST if seen:
            return f"When was {who} {'first' if query.ask is Ask.FIRST else 'last'} seen"
        case Ask.STAYS if scope.going_on:
            return f"Is {who} here" if people else "Who is here"
        case Ask.STAYS:
            return f"Where was {who}" if people else "Who was seen" if scope.who is Who.ANYONE else f"Which {_people(query)} were seen"
        case Ask.HOW_LONG if seen:
            return f"For how long was {who} seen"
        case Ask.ABSENT:
            return "Who was absent"
        case Ask.WITH:
            return f"Was {who} with {words.directory.name(NamedKind.PERSON, query.id)}" if query.id else f"Who was with {who}"
        case Ask.CLOCKS:
            return _clocks_clause(query, who)
        case Ask.DAYS if seen and query.wanted is GroupSelection.FEWEST:
            return f"On which days was {who} not seen" if people else "On which days was nobody seen"
        case Ask.DAYS if seen:
            return f"On how many days was {who} seen"
        case Ask.ORDER:
            return f"Who {'came' if query.oldest_first else 'left'} first, {' or '.join(people)},"
        case _:
            return ""


def _record_clause(query: Query, words: Words) -> str:
    several, one = words.noun(query, 2), words.noun(query, 1)
    match query.ask:
        case Ask.COUNT:
            return _count_clause(query, several)
        case Ask.COMPARE:
            return f"Compare the number of {_people(query) if query.of is Of.PEOPLE else several}"
        case Ask.LAST | Ask.FIRST:
            return f"When was the {'first' if query.ask is Ask.FIRST else 'last'} {one}"
        case Ask.HOW_LONG:
            return f"For how long were there {several}"
        case Ask.CLIP:
            return f"Show the clip of the last {one}" if query.limit == 1 else f"Show the clips of the {several}"
        case Ask.WHY_ALERT:
            return f"What is the reason for the last {one}" if query.limit == 1 else f"Why were there {several}"
        case Ask.WHY_NOTHING:
            return "Why was there no alert"
        case Ask.OBSERVED:
            return "Was everything observed"
        case Ask.HANDLED:
            return f"Who {'closed' if query.scope.text == 'closed' else 'acknowledged' if query.scope.text else 'handled'} the {several}"
        case Ask.LIST:
            return f"List the {several}"
        case Ask.AVERAGE:
            return f"How many {several} were there a day {'on average' if query.measure is Measure.MEAN else 'usually'}"
        case Ask.USUAL:
            return f"Were there more {several} than usual"
        case Ask.LENGTHS:
            return f"What was the {'shortest' if query.measure is Measure.SHORTEST else 'longest'} {one}"
        case Ask.DAYS if query.wanted is GroupSelection.FEWEST:
            return f"On which days were there no {several}"
        case Ask.DAYS:
            return f"On how many days were there {several}"
        case Ask.SHARE:
            return f"What is the share of the {several}"
        case Ask.LACKING:
            return f"Which {'zones' if query.by is By.ZONE else 'cameras'} had no {several}"
        case _:
            return ""


def _clocks_clause(query: Query, who: str) -> str:
    if query.measure in (Measure.EARLIEST, Measure.LATEST):
        end = "earliest" if query.measure is Measure.EARLIEST else "latest"
        return f"When was the {end} that {who} {'arrived' if query.oldest_first else 'left'}"
    is_mean = query.measure is Measure.MEAN
    return f"When does {who} {'on average' if is_mean else 'usually'} {'arrive' if query.oldest_first else 'leave'}"


def _count_clause(query: Query, several: str) -> str:
    by, is_most = query.by.value, query.wanted is GroupSelection.MOST
    if query.by is By.ALL:
        return f"How many {several} were there"
    if query.limited:
        several_of_them, number = f"{by}s", query.most or query.least
        if query.most is None:
            return f"Which {several_of_them} had at least {number} {several}"
        return f"Which {several_of_them} had {'exactly' if query.least else 'at most'} {number} {several}"
    if query.wanted is GroupSelection.ALL:
        return f"How many {several} were there by {by}"
    if query.by in (By.DAY, By.WEEKDAY):
        return f"On which {by} were there the {'most' if is_most else 'fewest'} {several}"
    return f"Which {by} had the {'most' if is_most else 'fewest'} {several}"


def _people(query: Query) -> str:
    return {Who.UNKNOWN: "strangers", Who.KNOWN: "known people"}.get(query.scope.who, "people")


def _conditions(query: Query, words: Words) -> str:
    """Behind what is asked."""
    scope = replace(query.scope, spans=())
    if _is_of_somebody(query) or scope.who is Who.ANYONE:
        scope = replace(scope, person_ids=(), who=Who.ANYTHING)
    behind = f" with those {_when(query.other, words)}" if query.other else ""
    about = words.about(replace(query, scope=scope), exact=True).replace(" by now", "")
    return f"{about} {_when(query.scope.spans, words)}{behind}".rstrip()


def _when(spans: tuple[Span, ...], words: Words) -> str:
    return " and ".join(words.period((each,)) for each in spans)

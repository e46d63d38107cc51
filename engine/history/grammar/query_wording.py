"""A query as a question that the grammar understands: what is offered where a question was not."""

from datetime import datetime

from engine.history.answers.words import KIND_NOUNS, Words
from engine.history.names import NamedKind
from engine.history.when.zone import local
from engine.model.clock_text import clock_text
from engine.model.history.query import Ask, By, Measure, Of, Query, Scope, Span, Who

_PLURALS = {
    "person": "people",
    "camera_lost": "lost cameras",
    "node_lost": "lost nodes",
    "zone_visit": "events",
    "phone_left": "phones left behind",
    "zone_occupied": "occupied zones",
    "named": "events",
}


def question_of(query: Query, words: Words) -> str:
    return f"{_question_core(query, words)}{_where(query.scope, words)}{_when(query.scope.spans, words)}?".replace("  ", " ")


def _question_core(query: Query, words: Words) -> str:
    who, what = _people_words(query.scope, words), _things(query)
    by = "" if query.by is By.ALL else f" by {query.by.value}"
    match query.ask:
        case Ask.COUNT | Ask.COMPARE:
            return f"How many {what} were there{_of(who)}{by}"
        case Ask.LAST | Ask.FIRST:
            end = query.ask.value
            if query.of is Of.PEOPLE:
                return f"Who were the {end} {query.limit} people"
            seen = f"When was {who or 'anyone'} {end} seen"
            return seen if query.of is Of.EVENTS and not query.scope.kinds else f"When was the {end} {what.removesuffix('s')}{_of(who)}"
        case Ask.STAYS:
            return f"Where was {who}" if query.scope.person_ids else "Who was seen"
        case Ask.HOW_LONG:
            return f"How long was {who or 'anyone'} seen"
        case Ask.ABSENT:
            return "Who was not here"
        case Ask.WITH:
            return f"Who was with {who}"
        case Ask.CLIP:
            return f"Show the clip of the last {what if query.scope.kinds else 'event'}{_of(who)}"
        case Ask.WHY_ALERT:
            return "What is the reason for the last alert"
        case Ask.WHY_NOTHING:
            return "Why was there no alert"
        case Ask.OBSERVED:
            return "Was everything observed"
        case Ask.HANDLED:
            return "Who acknowledged the alerts"
        case Ask.LIST:
            return f"List the {what}{_of(who)}"
        case Ask.AVERAGE | Ask.USUAL:
            return f"How many {what} were there a day on average{_of(who)}"
        case Ask.LENGTHS:
            which = query.measure.value if query.measure in (Measure.LONGEST, Measure.SHORTEST) else "longest"
            return f"What was the {which} {what.removesuffix('s')}{_of(who)}"
        case Ask.CLOCKS:
            return f"When does {who or 'anyone'} usually {'arrive' if query.oldest_first else 'leave'}"
        case Ask.DAYS:
            return f"On how many days were there {what}{_of(who)}"
        case Ask.SHARE | Ask.LACKING:
            return f"How many {what} were there{_of(who)}"
        case Ask.MATCHING | Ask.AT_ONCE:
            return "Who was seen"
        case Ask.ORDER:
            return f"When was {who} first seen"


def _things(query: Query) -> str:
    if query.of is not Of.EVENTS:
        return {Of.ALERTS: "alerts", Of.INCIDENTS: "incidents", Of.HELD: "held alerts", Of.PEOPLE: "people"}[query.of]
    kinds = query.scope.kinds
    return "events" if len(kinds) != 1 else _PLURALS.get(kinds[0].value, KIND_NOUNS[kinds[0].value][1])


def _people_words(scope: Scope, words: Words) -> str:
    if scope.person_ids:
        return words.people_words(scope.person_ids)
    return "a stranger" if scope.who is Who.UNKNOWN else ""


def _of(who: str) -> str:
    return f" of {who}" if who else ""


def _where(scope: Scope, words: Words) -> str:
    cameras = [f"the camera {words.directory.name(NamedKind.CAMERA, each)}" for each in scope.camera_ids]
    zones = [f"the zone {words.directory.name(NamedKind.ZONE, each)}" for each in scope.zone_ids]
    return f" at {' and '.join([*cameras, *zones])}" if cameras or zones else ""


def _when(spans: tuple[Span, ...], words: Words) -> str:
    if not spans:
        return ""
    since, until = local(spans[0].since_ns, words.zone), local(spans[-1].until_ns, words.zone)
    if since.hour == since.minute == until.hour == until.minute == 0 and (until - since).days == 1:
        return f" on {since:%Y-%m-%d}"
    return f" from {_moment(since, words)} to {_moment(until, words)}"


def _moment(at: datetime, words: Words) -> str:
    return f"{at:%Y-%m-%d} {clock_text(at.replace(tzinfo=words.zone))}"

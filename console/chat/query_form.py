"""A plan as chips, and a plan with one chip changed: how it is asked, of whom, of what, where and when."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.searching.query_filter import parts_beyond, without_listed
from engine.history.answers.words import Words
from engine.history.grammar.query_wording import question_of
from engine.model.clock_text import local_time, plain_clock_text
from engine.model.event import EventKind
from engine.model.history.plan import PlannedQuery, QuestionPlan, Relation
from engine.model.history.query import Ask, By, GroupSelection, Measure, Of, Query, Scope, Span, Who
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.chat.query_chips import QueryChip
from widgets.time_text import day_text
from widgets.translation import tr
from widgets.words import kind_word

EMPTY = QuestionPlan((PlannedQuery(Query(Ask.LIST, limit=50)),))
_ANY = ""
_SAID = {  # in a question, by key of `_times`
    "hour": "in the last hour",
    "today": "today",
    "night": "last night",
    "yesterday": "yesterday",
    "week": "this week",
    "last_week": "last week",
    "month": "in the last 30 days",
}
_UP_TO_NOW, _WHILE_NS = ("hour", "month"), 600 * SECOND
_SHOWN = ("spans", "kinds", "who", "person_ids", "camera_ids", "zone_ids", "sensor_ids")
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormNames:
    """Of the site that is asked: id to name. `cameras` with their numbers; zones with doors and lines. zone, now_ns: its clock."""

    people: Mapping[str, str]
    cameras: Mapping[str, str]
    zones: Mapping[str, str]
    zone: ZoneInfo
    now_ns: int


def chips_of(plan: QuestionPlan, names: FormNames) -> tuple[QueryChip, ...]:
    """Of the first query; others are told by their number. Nothing of a query is left out: what has no chip of its own is in the last."""
    if plan.in_steps or not plan.queries:
        return ()
    planned = plan.queries[0]
    query, scope = planned.query, planned.query.scope
    chips = [
        QueryChip("how", tr("How"), _how_text(query), tuple((ask.value, text) for ask, text in _how().items())),
        QueryChip("who", tr("Who"), _who_text(scope, names), _who_choices(names)),
        QueryChip("what", tr("What"), _what_text(query), _what_choices()),
        QueryChip("where", tr("Where"), _where_text(scope, names), _where_choices(names)),
        QueryChip("when", tr("When"), _when_text(planned, names), tuple((key, text) for key, (text, _) in _times(names).items())),
    ]
    more = _more_text(planned)
    if more:
        chips.append(QueryChip("more", tr("More conditions"), more, (("keep", more), (_ANY, tr("Without these conditions")))))
    if len(plan.queries) > 1:
        chips.append(QueryChip("others", tr("More questions"), tr("+ {0} more").format(len(plan.queries) - 1)))
    return tuple(chips)


def unlisted_texts(plan: QuestionPlan, names: FormNames) -> tuple[str, ...]:
    """What the chips of the first query say that a list of hits is not limited by."""
    if not plan.queries:
        return ()
    planned = plan.queries[0]
    beyond = parts_beyond(planned)
    texts = [chip.text for chip in chips_of(QuestionPlan((planned,)), names) if chip.part in beyond]
    return tuple(filter(None, (*texts, _more_text(replace(planned, query=without_listed(planned.query))))))


def with_choice(plan: QuestionPlan, part: str, value: str, names: FormNames) -> QuestionPlan:
    """The plan with one chip of its first query changed; words that were not understood are gone, for somebody has looked."""
    first, *others = plan.queries
    changes: dict[str, Callable[[PlannedQuery, str, FormNames], PlannedQuery]] = {
        "how": _with_how,
        "who": _with_who,
        "what": _with_what,
        "where": _with_where,
        "when": _with_when,
        "more": _with_more,
    }
    return QuestionPlan((changes[part](first, value, names), *others))


def words_of(query: Query, site: Words) -> str:
    """The question in words that asks the same, with a time that is called by its name (*today*) as that; empty: there is none."""
    names = FormNames({}, {}, {}, site.zone, site.now_ns)
    said = next((key for key in _SAID if _is_named_time(query.scope.spans, key, names)), "")
    if not said:
        return question_of(query, site)
    text = question_of(replace(query, scope=replace(query.scope, spans=())), site)
    return text and f"{text.removesuffix('?')} {_SAID[said]}?"


def _is_named_time(spans: tuple[Span, ...], key: str, names: FormNames) -> bool:
    """What reaches up to now was chosen a while ago."""
    times = _times(names)[key][1]
    if times is None or len(spans) != 1:
        return False
    named, span = _span(*times, names.zone), spans[0]
    ago_ns = named.until_ns - span.until_ns
    return ago_ns == named.since_ns - span.since_ns and (0 <= ago_ns < _WHILE_NS if key in _UP_TO_NOW else not ago_ns)


def title_of(chips: tuple[QueryChip, ...]) -> str:
    """What stands above the answer where nobody typed a question."""
    return " · ".join(chip.text for chip in chips)


def _how() -> dict[Ask, str]:
    return {
        Ask.LIST: tr("List"),
        Ask.COUNT: tr("Count"),
        Ask.STAYS: tr("Who was where"),
        Ask.FIRST: tr("First"),
        Ask.LAST: tr("Last"),
        Ask.HOW_LONG: tr("How long"),
        Ask.AVERAGE: tr("On average a day"),
        Ask.USUAL: tr("Compared with usual"),
        Ask.DAYS: tr("On which days"),
        Ask.WITH: tr("Who else was there"),
        Ask.ABSENT: tr("Who was not there"),
        Ask.CLIP: tr("Clip"),
        Ask.WHY_ALERT: tr("Why was the alert raised"),
        Ask.WHY_NOTHING: tr("Why was no alert raised"),
        Ask.OBSERVED: tr("Was it observed"),
        Ask.HANDLED: tr("Who dealt with it"),
    }


def _rare_how() -> dict[Ask, str]:
    """Ways that words can ask in, and that no menu offers: they need more than chips."""
    return {
        Ask.COMPARE: tr("Compare"),
        Ask.LENGTHS: tr("Length"),
        Ask.CLOCKS: tr("Time of day"),
        Ask.SHARE: tr("Share"),
        Ask.LACKING: tr("Where there was none"),
        Ask.ORDER: tr("Who came or left first"),
        Ask.AT_ONCE: tr("At the same time"),
        Ask.MATCHING: tr("Who was there and there"),
    }


def _how_text(query: Query) -> str:
    plain = {**_how(), **_rare_how()}[query.ask]
    by = "" if query.by is By.ALL or query.ask is Ask.AVERAGE else _by_words()[query.by]
    most = {GroupSelection.MOST: tr("most"), GroupSelection.FEWEST: tr("fewest"), GroupSelection.EVERY: tr("every")}.get(query.wanted, "")
    measure = "" if query.measure is Measure.NONE or query.ask is Ask.AVERAGE else _measure_words()[query.measure]
    return ", ".join(each for each in (plain, by, most, measure) if each)


def _by_words() -> dict[By, str]:
    return {
        By.KIND: tr("by kind"),
        By.CAMERA: tr("by camera"),
        By.ZONE: tr("by zone"),
        By.PERSON: tr("by person"),
        By.HOUR: tr("by hour"),
        By.DAY: tr("by day"),
        By.WEEKDAY: tr("by weekday"),
        By.SEVERITY: tr("by severity"),
        By.STATE: tr("by state"),
        By.CATEGORY: tr("by category"),
        By.GATE: tr("by condition that held"),
        By.VERDICT: tr("by verdict"),
        By.ASSIGNEE: tr("by operator"),
    }


def _measure_words() -> dict[Measure, str]:
    return {
        Measure.NEAREST: tr("nearest"),
        Measure.MEAN: tr("mean"),
        Measure.MEDIAN: tr("median"),
        Measure.LONGEST: tr("longest"),
        Measure.SHORTEST: tr("shortest"),
        Measure.EARLIEST: tr("earliest"),
        Measure.LATEST: tr("latest"),
    }


def _with_how(planned: PlannedQuery, value: str, _: FormNames) -> PlannedQuery:
    """Another way of asking has groups, measures and a form of its own."""
    ask, old = Ask(value), planned.query
    of = Of.ALERTS if ask in (Ask.WHY_ALERT, Ask.HANDLED) else Of.EVENTS if old.of in (Of.ALERTS, Of.HELD) and ask is Ask.STAYS else old.of
    limit = 1 if ask in (Ask.FIRST, Ask.LAST) else max(old.limit, Query(ask).limit)
    query = Query(ask, of, old.scope, By.DAY if ask is Ask.AVERAGE else By.ALL, limit=limit)
    return replace(planned, query=replace(query, measure=Measure.MEAN if ask is Ask.AVERAGE else Measure.NONE), form=planned.form.PLAIN)


def _who_text(scope: Scope, names: FormNames) -> str:
    if scope.person_ids:
        return ", ".join(names.people.get(each, each) for each in scope.person_ids)
    return dict(_whom())[scope.who.value]


def _whom() -> Choices:
    return (
        (Who.ANYTHING.value, tr("Anything")),
        (Who.ANYONE.value, tr("Anybody")),
        (Who.KNOWN.value, tr("Known people")),
        (Who.UNKNOWN.value, tr("Unknown people")),
    )


def _who_choices(names: FormNames) -> Choices:
    return (*_whom(), *((f"person:{id_}", name) for id_, name in names.people.items()))


def _with_who(planned: PlannedQuery, value: str, _: FormNames) -> PlannedQuery:
    scope = planned.query.scope
    if value.startswith("person:"):
        scope = replace(scope, who=Who.ANYONE, person_ids=(value.removeprefix("person:"),))
    else:
        scope = replace(scope, who=Who(value), person_ids=())
    return _with_scope(planned, scope)


def _of_words() -> dict[Of, str]:
    return {
        Of.EVENTS: tr("Events"),
        Of.ALERTS: tr("Alerts"),
        Of.INCIDENTS: tr("Incidents"),
        Of.HELD: tr("Held alerts"),
        Of.PEOPLE: tr("People"),
    }


def _what_text(query: Query) -> str:
    kinds = ", ".join(kind_word(kind) for kind in query.scope.kinds)
    return kinds if kinds and query.of is Of.EVENTS else ": ".join(each for each in (_of_words()[query.of], kinds) if each)


def _what_choices() -> Choices:
    return (
        *((f"of:{of.value}", text) for of, text in _of_words().items()),
        *sorted(((f"kind:{kind.value}", kind_word(kind)) for kind in EventKind), key=lambda choice: choice[1].casefold()),
    )


def _with_what(planned: PlannedQuery, value: str, _: FormNames) -> PlannedQuery:
    head, _colon, name = value.partition(":")
    query = planned.query
    if head == "of":
        return replace(planned, query=replace(query, of=Of(name), scope=replace(query.scope, kinds=())))
    return replace(planned, query=replace(query, of=Of.EVENTS, scope=replace(query.scope, kinds=(EventKind(name),))))


def _where_text(scope: Scope, names: FormNames) -> str:
    places = [*(names.cameras.get(each, each) for each in scope.camera_ids), *(names.zones.get(each, each) for each in scope.zone_ids)]
    return ", ".join([*places, *scope.sensor_ids]) or tr("Anywhere")


def _where_choices(names: FormNames) -> Choices:
    cameras = ((f"camera:{id_}", tr("Camera {0}").format(name)) for id_, name in names.cameras.items())
    zones = ((f"zone:{id_}", name) for id_, name in names.zones.items())
    return ((_ANY, tr("Anywhere")), *cameras, *zones)


def _with_where(planned: PlannedQuery, value: str, _: FormNames) -> PlannedQuery:
    head, _colon, id_ = value.partition(":")
    scope = replace(planned.query.scope, camera_ids=(), zone_ids=(), sensor_ids=())
    return _with_scope(planned, replace(scope, **{f"{head}_ids": (id_,)}) if head else scope)


def _times(names: FormNames) -> dict[str, tuple[str, tuple[datetime, datetime] | None]]:
    """By key: what it is called, and from when to when by the site's clock."""
    now = local_time(names.now_ns, names.zone).replace(tzinfo=None, microsecond=0)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday, day = today - timedelta(days=today.weekday()), timedelta(days=1)
    return {
        _ANY: (tr("All of the record"), None),
        "hour": (tr("The last hour"), (now - timedelta(hours=1), now)),
        "today": (tr("Today"), (today, today + day)),
        "night": (tr("Last night"), (today - timedelta(hours=6), today + timedelta(hours=6))),
        "yesterday": (tr("Yesterday"), (today - day, today)),
        "week": (tr("This week"), (monday, monday + 7 * day)),
        "last_week": (tr("Last week"), (monday - 7 * day, monday)),
        "month": (tr("The last 30 days"), (now - 30 * day, now)),
    }


def _span(since: datetime, until: datetime, zone: ZoneInfo) -> Span:
    return Span(*(int(each.replace(tzinfo=zone).timestamp()) * SECOND for each in (since, until)))


def _when_text(planned: PlannedQuery, names: FormNames) -> str:
    spans = planned.query.scope.spans
    if planned.anchor is not None:
        relations = {
            Relation.BEFORE: tr("Before that event"),
            Relation.AFTER: tr("After that event"),
            Relation.DURING: tr("During that event"),
            Relation.AROUND: tr("Around that event"),
        }
        return relations[planned.anchor.relation]
    if not spans:
        return tr("All of the record")
    for text, times in _times(names).values():
        if times is not None and spans == (_span(*times, names.zone),):
            return text
    ends = (spans[0].since_ns, spans[-1].until_ns)
    first_day, last_day = (day_text(each, names.zone) for each in ends)
    first, last = (plain_clock_text(local_time(each, names.zone)) for each in ends)
    if not spans[0].since_ns:
        text = f"– {last_day} {last}"
    else:
        text = f"{first_day} {first} – {last}" if first_day == last_day else f"{first_day} {first} – {last_day} {last}"
    return text if len(spans) == 1 else tr("{0}, {1} times").format(text, len(spans))


def _with_when(planned: PlannedQuery, value: str, names: FormNames) -> PlannedQuery:
    times = _times(names)[value][1]
    scope = replace(planned.query.scope, spans=() if times is None else (_span(*times, names.zone),))
    return replace(_with_scope(planned, scope), anchor=None)


def _condition_words() -> dict[str, str]:
    """Of the fields that have no chip."""
    return {
        "not_person_ids": tr("except people"),
        "not_camera_ids": tr("except cameras"),
        "not_zone_ids": tr("except zones"),
        "not_kinds": tr("except kinds"),
        "not_dispositions": tr("except verdicts"),
        "not_assignees": tr("except operators"),
        "min_severity": tr("at least this severe"),
        "severities": tr("severity"),
        "labels": tr("label"),
        "states": tr("state"),
        "dispositions": tr("verdict"),
        "gates": tr("condition that held"),
        "assignees": tr("operator"),
        "near": tr("near a place"),
        "going_on": tr("still going on"),
        "text": tr("words in the report"),
        "rule_ids": tr("alert rule"),
        "longest_s": tr("at most so long"),
        "shortest_s": tr("at least so long"),
        "other": tr("compared with another time"),
        "id": tr("one alert"),
        "at_ns": tr("around a moment"),
        "skip": tr("not the first ones"),
        "least": tr("at least so many"),
        "most": tr("at most so many"),
        "also": tr("and at another time or place"),
        "without": tr("and not at another time or place"),
    }


def _more_text(planned: PlannedQuery) -> str:
    """Conditions that have no chip of their own."""
    query, plain = planned.query, Query(planned.query.ask)
    return ", ".join(words for name, words in _condition_words().items() if _value(query, name) != _value(plain, name))


def _value(query: Query, name: str) -> object:
    """Of a field of the query, or of its scope."""
    return getattr(query, name) if hasattr(query, name) else getattr(query.scope, name)


def _with_more(planned: PlannedQuery, value: str, _: FormNames) -> PlannedQuery:
    if value:
        return planned
    scope = Scope(**{name: getattr(planned.query.scope, name) for name in _SHOWN})
    query = replace(planned.query, scope=scope, other=(), id="", at_ns=None, skip=0, least=0, most=None, also=(), without=())
    return replace(planned, query=query)


def _with_scope(planned: PlannedQuery, scope: Scope) -> PlannedQuery:
    return replace(planned, query=replace(planned.query, scope=scope))

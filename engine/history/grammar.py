"""What a question in words asks of the record: slots and turns of phrase added up to one query, and the form that its answer takes.

The grammar is compositional: it holds words, no sentences. What it cannot place it names, and it never answers for it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.history import grammar_words as words
from engine.history.grammar_slots import Slots, find_slots, who_of
from engine.history.names import Directory, NamedKind
from engine.history.queries import Ask, By, Of, Query, Scope, Span, Wanted, Who
from engine.history.when_pieces import MINUTE
from engine.model.event import EventKind
from engine.model.time import SECOND

_REACH_NS = 5 * MINUTE * SECOND
_NEAR_KM = 2.0
_LIST_LIMIT = 50
_LOST_KINDS = (EventKind.CAMERA_LOST, EventKind.NODE_LOST)


class Form(StrEnum):
    """How an answer begins: with a time, a place, names, yes or no, a number, or what was found."""

    PLAIN = "plain"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    YES_NO = "yes_no"
    ARRIVED = "arrived"
    LEFT = "left"


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
    trouble = _trouble(slots, now_ns)
    if trouble:
        return Parsed(None, unknown=tuple(slots.unknown), trouble=trouble)
    resolved = before is not None and _follows(slots)
    if resolved and before is not None:
        _resolve(slots, before, directory)
    assignees = _assignees(slots)
    query, form = _Question(slots, directory, assignees, now_ns).read()
    follows = before is not None and (resolved or _follows(slots))
    if follows and before is not None:
        query, form = _followed(slots, before, query, form)
    if query is None:
        return Parsed(
            None, form, tuple(slots.unknown), tuple(slots.notes), "That is no question about the record." if not slots.unknown else ""
        )
    return Parsed(query, form, tuple(slots.unknown), tuple(slots.notes), follows=follows)


def _trouble(slots: Slots, now_ns: int) -> str:
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
    return any(tokens.word(at - 1) not in words.BEFORE_WHEN for at in clauses) and _named_things(slots)


def _assignees(slots: Slots) -> tuple[str, ...]:
    """Operators are known by nothing but what they did: a word that nobody knows, beside what operators do or have."""
    if len(slots.unknown) != 1 or "why" in slots.said:
        return ()
    name = slots.unknown[0]
    at = next(at for at, token in enumerate(slots.tokens.all) if token.text == name)
    does = "handled" in slots.said or slots.word("assigned", "have", "has", "belongs", "belong", "with", "by")
    whose = slots.tokens.word(at + 1) in ("alert", "alerts", "alarm", "alarms", "open")
    if not (does and slots.any("handled", "alerts", "open", "held")) and not (whose and "alerts" in slots.said):
        return ()
    slots.tokens.take(at, at + 1, "assignee")
    slots.unknown.clear()
    return (name,)


@dataclass(frozen=True, slots=True)
class _Question:
    slots: Slots
    directory: Directory
    assignees: tuple[str, ...]
    now_ns: int

    def read(self) -> tuple[Query | None, Form]:
        of = self._of()
        for reads in (
            self._why,
            self._clip,
            self._compare,
            self._how_long,
            self._handled,
            self._count,
            self._observed,
            self._absent,
            self._with,
        ):
            found = reads(of)
            if found is not None:
                return found
        if of in (Of.ALERTS, Of.HELD, Of.INCIDENTS):
            return self._listed(of)
        if self._asks_anything():
            return self._seen()
        is_time = self.slots.when.spans and not self.slots.unknown and len(self.slots.tokens.all) < 8
        return (replace(self._query(Ask.LIST, Of.EVENTS), oldest_first=True), Form.PLAIN) if is_time else (None, Form.PLAIN)

    def _asks_anything(self) -> bool:
        slots = self.slots
        named = (
            slots.people
            or slots.has_place
            or slots.kinds
            or slots.labels
            or slots.nodes
            or slots.not_people
            or slots.severities
            or slots.min_severity > 1
        )
        return bool(named) or slots.any("events", "people", "anyone", "unknown", "known", "who", "last", "first", "nobody", "observed")

    def _of(self) -> Of:
        slots = self.slots
        alert_words = slots.any("alerts") or any(id_.startswith("al") for id_ in slots.ids)
        if any(id_.startswith("in") for id_ in slots.ids):
            return Of.INCIDENTS
        if ("held" in slots.said and not slots.people) or slots.gates:
            return Of.HELD
        if slots.categories or ("incidents" in slots.said and not alert_words):
            return Of.INCIDENTS if not (slots.kinds and not slots.categories and not slots.any("incidents")) else Of.EVENTS
        if alert_words or self.assignees:
            return Of.ALERTS
        if (
            slots.any("open", "new", "false", "true", "benign", "in_progress")
            and not slots.any("events", "observed")
            and not (slots.kinds or slots.people)
        ):
            return Of.ALERTS
        if "acknowledged" in slots.said:
            return Of.ALERTS
        return Of.EVENTS

    def _scope(self, of: Of, *, reach: bool = True) -> Scope:
        slots = self.slots
        spans = slots.when.spans
        if slots.when.moment and reach:
            spans = tuple(Span(max(span.since_ns - _REACH_NS, 0), span.until_ns + _REACH_NS) for span in spans)
            spans = spans if len(spans) < 2 or spans[0].until_ns <= spans[1].since_ns else (Span(spans[0].since_ns, spans[-1].until_ns),)
        people = tuple(dict.fromkeys(each.id for each in slots.people))
        kinds = tuple(slots.kinds)
        if slots.labels and not kinds:
            kinds = (EventKind.GESTURE,)
        sensors = tuple(each.id for each in slots.nodes)
        return Scope(
            spans=spans,
            kinds=kinds,
            who=self._who(of, people),
            person_ids=people,
            not_person_ids=tuple(each.id for each in slots.not_people),
            camera_ids=tuple(dict.fromkeys(each.id for each in slots.cameras)),
            zone_ids=tuple(dict.fromkeys(each.id for each in slots.zones)),
            not_camera_ids=tuple(each.id for each in slots.not_places if each.kind.value == "camera"),
            not_zone_ids=tuple(each.id for each in slots.not_places if each.kind.value != "camera"),
            min_severity=slots.min_severity,
            severities=tuple(dict.fromkeys(slots.severities)),
            labels=tuple(slots.categories if of is Of.INCIDENTS else slots.labels),
            states=self._states(of),
            dispositions=tuple(name for name in ("false", "true", "benign") if name in slots.said) if of is Of.ALERTS else (),
            gates=tuple(slots.gates),
            assignees=self.assignees if of is Of.ALERTS else (),
            near=self._near(of),
            sensor_ids=sensors,
            going_on=slots.when.now and of in (Of.EVENTS, Of.PEOPLE),
            shortest_s=slots.shortest_s,
            longest_s=slots.longest_s,
        )

    def _who(self, of: Of, people: tuple[str, ...]) -> Who:
        if people or of in (Of.HELD, Of.INCIDENTS):
            return Who.ANYTHING
        who = who_of(self.slots)
        if of is Of.ALERTS:
            return who if who in (Who.UNKNOWN, Who.KNOWN) else Who.ANYTHING
        return who

    def _states(self, of: Of) -> tuple[str, ...]:
        slots = self.slots
        if of not in (Of.ALERTS, Of.INCIDENTS):
            return ()
        if "new" in slots.said and of is Of.ALERTS:
            return ("new",)
        if "in_progress" in slots.said:
            return ("in_progress",)
        if "acknowledged" in slots.said and not slots.any("who") and not self.assignees:
            return ("acknowledged",)
        if "open" in slots.said:
            return ("open",)
        return ("closed",) if "closed" in slots.said and not slots.any("who") and not self.assignees else ()

    def _near(self, of: Of) -> tuple[float, float, float] | None:
        here, slots = self.directory.coordinates, self.slots
        if (
            of is not Of.INCIDENTS
            or here is None
            or not (slots.near_km is not None or "near" in slots.said or slots.word("here", "nearby"))
        ):
            return None
        return (*here, slots.near_km or _NEAR_KM)

    def _query(self, ask: Ask, of: Of, *, reach: bool = True, **more: object) -> Query:
        limit = self.slots.limit or _LIST_LIMIT
        return replace(Query(ask, of, self._scope(of, reach=reach), limit=limit), **more)  # type: ignore[arg-type]

    def _why(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if "why" not in slots.said:
            return None
        at_ns = slots.when.spans[0].since_ns if slots.when.moment and slots.when.spans else None
        id_ = slots.ids[0] if slots.ids else ""
        if slots.any("not", "nobody") or (slots.any("held") and not id_ and of is Of.HELD):
            query = self._query(Ask.WHY_NOTHING, Of.ALERTS, at_ns=at_ns)
            return replace(query, scope=replace(query.scope, states=(), dispositions=(), gates=())), Form.PLAIN
        query = self._query(Ask.WHY_ALERT, Of.ALERTS, id=id_, at_ns=at_ns)
        return replace(query, scope=replace(query.scope, states=() if id_ else query.scope.states)), Form.PLAIN

    def _clip(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if "clip" not in slots.said or slots.any("how_many", "observed") or set(slots.kinds) & set(_LOST_KINDS):
            return None
        id_ = slots.ids[0] if slots.ids else ""
        query = self._query(Ask.CLIP, Of.EVENTS, id=id_, limit=slots.limit or (5 if not slots.any("last", "first") else 1))
        return replace(query, oldest_first="first" in slots.said), Form.PLAIN

    def _compare(self, of: Of) -> tuple[Query, Form] | None:
        slots, groups = self.slots, self.slots.when.groups
        if len(groups) != 2 or not (slots.any("compare", "how_many", "most") or slots.word("more", "fewer", "less")):
            return None
        query = self._query(Ask.COMPARE, self._counted(of, By.ALL), other=groups[1], limit=20)
        return replace(query, scope=replace(query.scope, spans=groups[0])), Form.PLAIN

    def _how_long(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if "how_long" not in slots.said or of is not Of.EVENTS:
            return None
        if not (slots.people or slots.kinds or slots.any("anyone", "people", "unknown")):
            return None
        return self._query(Ask.HOW_LONG, Of.EVENTS, reach=False), Form.PLAIN

    def _handled(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if not ("who" in slots.said and "handled" in slots.said) or slots.any("new") or of not in (Of.ALERTS, Of.EVENTS):
            return None
        query = self._query(Ask.HANDLED, Of.ALERTS, id=slots.ids[0] if slots.ids else "", limit=1 if "last" in slots.said else 20)
        scope = replace(query.scope, states=(), who=Who.ANYTHING)
        act = (
            "closed"
            if slots.word("closed", "close")
            else "acknowledged"
            if slots.word("acknowledged", "acknowledge", "acked", "ack")
            else ""
        )
        return replace(query, scope=replace(scope, text=act)), Form.WHO

    def _count(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        wanted = Wanted.MOST if "most" in slots.said else Wanted.FEWEST if "fewest" in slots.said else Wanted.ALL
        by = slots.by
        if wanted is not Wanted.ALL and by is By.ALL:
            by = self._of_most()
        counts = slots.any("how_many", "how_often")
        if not counts and by is By.ALL:
            return None
        of = self._counted(of, by)
        query = self._query(Ask.COUNT, of, by=by, wanted=wanted if by is not By.ALL else Wanted.ALL, limit=100)
        if of is Of.PEOPLE:
            query = replace(query, scope=replace(query.scope, who=Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who))
        is_of_people = slots.people or by is By.PERSON
        if is_of_people and of is Of.EVENTS and query.scope.who is Who.ANYTHING and not slots.kinds and not slots.labels:
            query = replace(query, scope=replace(query.scope, who=Who.KNOWN if by is By.PERSON and not slots.people else Who.ANYONE))
        return query, Form.PLAIN

    def _counted(self, of: Of, by: By) -> Of:
        slots = self.slots
        if of is not Of.EVENTS or by is not By.ALL or slots.any("how_often", "events") or slots.kinds or slots.labels or slots.people:
            return of
        return Of.PEOPLE if slots.any("people", "anyone", "unknown", "known") else of

    def _of_most(self) -> By:
        """What is asked the most of: the thing behind `which`, or the busiest what."""
        slots = self.slots
        if slots.tokens.word(0) in ("who", "whose"):
            return By.PERSON
        for token in slots.tokens.all:
            by = words.BY_WORDS.get(words.BY_PLURALS.get(token.text, token.text))
            if by is not None and token.taken not in ("time", "name"):
                return by
        return (
            By.PERSON
            if slots.any("who", "people", "known")
            else By.ZONE
            if slots.any("where")
            else By.HOUR
            if slots.any("when")
            else By.ALL
        )

    def _observed(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if (
            "observed" not in slots.said
            or of is not Of.EVENTS
            or slots.people
            or (slots.kinds and not set(slots.kinds) <= set(_LOST_KINDS))
        ):
            return None
        if slots.any("anyone", "unknown") and not slots.word("observed", "watched", "covered"):
            return None
        if not slots.when.stated:  # whether a camera works now
            lost = self._query(Ask.LIST, Of.EVENTS)
            scope = replace(lost.scope, kinds=(EventKind.CAMERA_LOST,), who=Who.ANYTHING, going_on=True)
            return replace(lost, scope=scope), Form.PLAIN
        query = self._query(Ask.OBSERVED, Of.EVENTS, reach=False)
        return replace(query, scope=replace(query.scope, kinds=(), who=Who.ANYTHING)), Form.YES_NO

    def _absent(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        asks_who = slots.any("who") and not slots.any("handled")
        missing = "absent" in slots.said and not slots.word("go", "went")
        if (
            of is not Of.EVENTS
            or not asks_who
            or slots.kinds
            or not (missing or ("not" in slots.said and slots.word("not") and not slots.not_people))
        ):
            return None
        query = self._query(Ask.ABSENT, Of.PEOPLE, reach=False)
        return replace(query, scope=replace(query.scope, who=Who.KNOWN)), Form.WHO

    def _with(self, of: Of) -> tuple[Query, Form] | None:
        slots = self.slots
        if "with" not in slots.said or not slots.people or of is not Of.EVENTS:
            return None
        if len(slots.people) == 2:
            query = self._query(Ask.WITH, Of.PEOPLE, reach=False)
            return replace(query, scope=replace(query.scope, person_ids=query.scope.person_ids[:1]), id=slots.people[1].id), Form.YES_NO
        return self._query(Ask.WITH, Of.PEOPLE, reach=False), Form.YES_NO if not slots.any("who") or slots.word("alone") else Form.WHO

    def _listed(self, of: Of) -> tuple[Query, Form]:
        slots = self.slots
        id_ = slots.ids[0] if slots.ids else ""
        if id_:
            query = self._query(Ask.LIST, of, id=id_)
            return replace(query, scope=replace(query.scope, states=(), dispositions=(), assignees=())), Form.PLAIN
        if slots.any("last", "first") and slots.limit is None:
            return self._query(Ask.LAST if "last" in slots.said else Ask.FIRST, of, limit=1), self._form()
        return self._query(Ask.LIST, of), self._form()

    def _form(self) -> Form:
        slots = self.slots
        if slots.any("when"):
            return Form.WHEN
        if slots.any("where"):
            return Form.WHERE
        if "who" in slots.said:
            return Form.WHO
        is_list = slots.tokens.word(0) in (
            "list",
            "show",
            "give",
            "display",
            "print",
            "which",
            "what",
            "tell",
            "all",
            "every",
            "get",
            "find",
        )
        first = slots.tokens.word(0)
        asks = first in (
            "was",
            "were",
            "did",
            "is",
            "are",
            "has",
            "have",
            "had",
            "does",
            "do",
            "any",
            "anyone",
            "anybody",
            "somebody",
            "someone",
            "anything",
        )
        if slots.word("empty", "deserted", "vacant", "unoccupied", "quiet", "calm", "ok", "okay", "fine", "normal", "alright"):
            return Form.PLAIN  # yes would say the opposite
        any_of_them = slots.word("any", "anyone", "anybody") and not is_list and first not in ("first", "last", "latest")
        return Form.YES_NO if asks or any_of_them else Form.PLAIN

    def _seen(self) -> tuple[Query, Form]:
        slots, form = self.slots, self._form()
        if self._leaves():
            return self._person(Ask.LAST), Form.LEFT
        if "arrive" in slots.said and slots.people:
            return self._person(Ask.FIRST), Form.ARRIVED
        if slots.any("last", "first") and slots.limit is None:
            return self._end(), form
        is_about_people = slots.people or slots.any("anyone", "people", "unknown", "known", "who", "nobody") or slots.not_people
        if slots.kinds or slots.labels or slots.severities or slots.min_severity > 1:
            return self._kinds(form)
        if form is Form.WHEN and slots.people:
            return replace(self._query(Ask.STAYS, Of.EVENTS), oldest_first=True), form
        if is_about_people:
            return self._stays(form)
        listed = self._query(Ask.LIST, Of.EVENTS)
        return replace(listed, oldest_first=bool(slots.when.spans) and slots.limit is None), form

    def _leaves(self) -> bool:
        slots = self.slots
        return (
            "leave" in slots.said and bool(slots.people) and (slots.any("when", "last") or slots.word("leave", "left")) and not slots.kinds
        )

    def _person(self, ask: Ask) -> Query:
        query = self._query(ask, Of.EVENTS, limit=1)
        return replace(query, scope=replace(query.scope, who=Who.ANYONE))

    def _end(self) -> Query:
        slots = self.slots
        query = self._query(Ask.LAST if "last" in slots.said else Ask.FIRST, Of.EVENTS, limit=1)
        asks_seen = (
            slots.word("seen", "see", "saw", "sighting", "appear", "appeared")
            or slots.any("who", "anyone")
            or (slots.has_place and not slots.any("events"))
        )
        if (slots.people or asks_seen) and not slots.kinds and not slots.labels and query.scope.who is Who.ANYTHING:
            query = replace(query, scope=replace(query.scope, who=Who.ANYONE))
        return query

    def _kinds(self, form: Form) -> tuple[Query, Form]:
        """What happened of some kind. Whether somebody known or not had it matters only where that was said."""
        query = self._query(Ask.LIST, Of.EVENTS)
        scope = query.scope
        who = scope.who if scope.who in (Who.UNKNOWN, Who.KNOWN) else Who.ANYTHING
        lost = bool(scope.kinds) and set(scope.kinds) <= set(_LOST_KINDS)
        is_now = lost and not self.slots.when.stated and self.slots.word("is", "are")
        return replace(query, scope=replace(scope, who=who, going_on=scope.going_on or is_now), oldest_first=self.slots.limit is None), form

    def _stays(self, form: Form) -> tuple[Query, Form]:
        slots = self.slots
        is_now = slots.when.now or (
            not slots.when.stated and slots.word("is", "are") and not slots.word("been") and not slots.any("unknown", "known")
        )
        if is_now and slots.people and (form is Form.WHERE or not slots.has_place):
            return self._person(Ask.LAST), Form.WHERE if form is Form.WHERE else Form.YES_NO
        of = Of.EVENTS if slots.people else Of.PEOPLE
        if slots.limit is not None and slots.any("last", "first") and of is Of.PEOPLE:
            ended = self._query(Ask.LAST if "last" in slots.said else Ask.FIRST, of, reach=False)
            return replace(ended, scope=replace(ended.scope, who=Who.ANYONE if ended.scope.who is Who.ANYTHING else ended.scope.who)), form
        query = self._query(Ask.STAYS, of, reach=False)
        scope = replace(query.scope, who=Who.ANYONE if query.scope.who is Who.ANYTHING else query.scope.who, going_on=is_now)
        return replace(query, scope=scope, oldest_first=True), form


def _follows(slots: Slots) -> bool:
    """Whether a question leans on the one before: it begins so, has a pronoun, or names no thing of its own."""
    first = slots.tokens.word(0)
    begins = first in ("and", "also", "but", "ok", "okay", "then", "so", "same", "again") or (
        first in ("what", "how") and slots.tokens.word(1) == "about"
    )
    pronoun = any(token.text in words.HE | words.THERE and token.taken != "name" for token in slots.tokens.all) and not slots.people
    pointed = slots.any("then") or (not slots.ids and slots.word("it", "that") and not _named_things(slots))
    return (
        begins
        or ((pronoun and not slots.word("are", "were", "was")) or _he(slots))
        or pointed
        or not (
            _named_things(slots)
            or slots.any("events", "people", "anyone", "alerts", "incidents", "held", "unknown", "how_many", "open", "new")
        )
    )


def _resolve(slots: Slots, before: Query, directory: Directory) -> None:
    """Pronouns stand for the people and places of the question before; of people nobody named, for anyone."""
    if _he(slots):
        slots.people += [each for each in directory.of(NamedKind.PERSON) if each.id in before.scope.person_ids]
        slots.said |= {"anyone"} if not slots.people else set()
    if any(token.text in words.THERE and token.taken != "name" for token in slots.tokens.all) and not slots.has_place:
        slots.cameras += [each for each in directory.of(NamedKind.CAMERA) if each.id in before.scope.camera_ids]
        slots.zones += [each for each in directory.of(NamedKind.ZONE) if each.id in before.scope.zone_ids]


def _he(slots: Slots) -> bool:
    return any(token.text in words.HE and token.taken != "name" for token in slots.tokens.all) and not slots.people


def _named_things(slots: Slots) -> bool:
    return bool(slots.people or slots.has_place or slots.kinds or slots.labels or slots.nodes or slots.categories)


def _followed(slots: Slots, before: Query, query: Query | None, form: Form) -> tuple[Query, Form]:
    """The query before, with what the new question says in its place."""
    states = slots.any("false", "true", "benign", "open", "new", "closed", "in_progress", "acknowledged")
    stands_alone = query is not None and (_named_things(slots) or states or slots.any("alerts", "incidents", "held"))
    base = query if query is not None and (stands_alone or query.ask is not Ask.LIST) and (_intent(slots) or states) else None
    if base is None:
        return _changed(before, slots, query), _form_of(before, form)
    scope, had = base.scope, before.scope
    kept = replace(
        scope,
        spans=scope.spans or had.spans,
        person_ids=scope.person_ids or had.person_ids,
        camera_ids=scope.camera_ids or (had.camera_ids if not scope.zone_ids else ()),
        zone_ids=scope.zone_ids or (had.zone_ids if not scope.camera_ids else ()),
        kinds=scope.kinds or had.kinds,
        who=scope.who if scope.who is not Who.ANYTHING else had.who,
        severities=scope.severities or had.severities,
    )
    limit = 1 if before.ask in (Ask.LAST, Ask.FIRST, Ask.WHY_ALERT) and base.ask in (Ask.HANDLED, Ask.CLIP) else base.limit
    return replace(base, scope=kept, limit=limit, id=base.id or (before.id if before.of is base.of else "")), form


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


def _form_of(before: Query, form: Form) -> Form:
    return form if form is not Form.PLAIN else Form.WHEN if before.ask in (Ask.LAST, Ask.FIRST) else Form.PLAIN


def _changed(before: Query, slots: Slots, query: Query | None) -> Query:
    new = query.scope if query is not None else Scope(spans=slots.when.spans)
    scope = before.scope
    places = bool(new.camera_ids or new.zone_ids)
    changed = replace(
        scope,
        spans=new.spans or (() if slots.when.always else scope.spans),
        person_ids=new.person_ids or scope.person_ids,
        not_person_ids=new.not_person_ids or scope.not_person_ids,
        camera_ids=new.camera_ids if places else scope.camera_ids,
        zone_ids=new.zone_ids if places else scope.zone_ids,
        kinds=new.kinds or scope.kinds,
        labels=new.labels or scope.labels,
        severities=new.severities or scope.severities,
        min_severity=max(new.min_severity, scope.min_severity),
        going_on=False if new.spans else scope.going_on,
    )
    of = before.of if not slots.any("alerts", "incidents", "held") or query is None else query.of
    return replace(before, scope=changed, of=of, by=slots.by if slots.by is not By.ALL else before.by, id="")

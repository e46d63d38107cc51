"""Of which rows of the record a question is: slots added up to a scope, and queries of it."""

from dataclasses import replace

from engine.history.grammar.slots_found import Slots, who_of
from engine.history.lexicon.words import PHRASES
from engine.history.names import Directory
from engine.history.when.units import MINUTE
from engine.model.event import EventKind
from engine.model.history.query import Ask, Of, Query, Scope, Span, Who
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_REACH_NS = 5 * MINUTE * SECOND
_NEAR_KM = 2.0
_FARTHEST_KM = 100.0
LIST_LIMIT = 50  # rows of a list, where the question names no number


@dataclass(frozen=True, slots=True)
class Question:
    """What was found in one question. `assignees`, `not_assignees`: operators that it names."""

    slots: Slots
    directory: Directory
    assignees: tuple[str, ...]
    now_ns: int = 0
    not_assignees: tuple[str, ...] = ()

    def subject(self) -> Of:
        slots = self.slots
        alert_words = slots.any("alerts") or any(id_.startswith("al") for id_ in slots.ids)
        if any(id_.startswith("in") for id_ in slots.ids):
            return Of.INCIDENTS
        if ("held" in slots.said and not slots.people) or slots.gates:
            return Of.HELD
        if slots.categories or ("incidents" in slots.said and not alert_words):
            return Of.INCIDENTS if not (slots.kinds and not slots.categories and not slots.any("incidents")) else Of.EVENTS
        if alert_words or self.assignees or self.not_assignees:
            return Of.ALERTS
        if slots.any("open", "new") and slots.word("anything", "something", "things", "attention") and not slots.has_place:
            return Of.ALERTS
        if (
            slots.any("open", "new", "false", "true", "benign", "in_progress")
            and not slots.any("events", "observed")
            and not (slots.kinds or slots.people or (slots.has_place and slots.word("was", "were", "is", "are", "did", "does", "opened")))
        ):
            return Of.ALERTS
        if "acknowledged" in slots.said:
            return Of.ALERTS
        return Of.EVENTS

    def query(self, ask: Ask, of: Of, *, reach: bool = True, **more: object) -> Query:
        limit = self.slots.limit or LIST_LIMIT
        return replace(Query(ask, of, self.scope(of, reach=reach), limit=limit), **more)  # type: ignore[arg-type]

    def person_query(self, ask: Ask) -> Query:
        query = self.query(ask, Of.EVENTS, limit=1)
        return replace(query, scope=replace(query.scope, who=Who.ANYONE))

    def scope(self, of: Of, *, reach: bool = True) -> Scope:
        slots = self.slots
        spans = slots.when.spans
        if slots.when.moment and reach:
            far = _REACH_NS if any(mark in slots.when.said for mark in (":", "half", "quarter", "noon", "midnight")) else 3 * _REACH_NS
            spans = tuple(Span(max(span.since_ns - far, 0), span.until_ns + far) for span in spans)
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
            dispositions=tuple(name for name in self._verdicts(of) if not self._denied(name) and name not in slots.denied),
            not_dispositions=tuple(name for name in self._verdicts(of) if self._denied(name)) + tuple(slots.denied) + self._unjudged(of),
            gates=tuple(slots.gates),
            assignees=self.assignees if of is Of.ALERTS else (),
            not_assignees=self.not_assignees if of is Of.ALERTS else (),
            not_kinds=tuple(dict.fromkeys(slots.not_kinds)),
            near=self._search_circle(of),
            text=slots.text if of is Of.INCIDENTS else "",
            sensor_ids=sensors,
            going_on=slots.when.now and of in (Of.EVENTS, Of.PEOPLE),
            shortest_s=slots.shortest_s,
            longest_s=slots.longest_s,
        )

    def _verdicts(self, of: Of) -> tuple[str, ...]:
        return tuple(name for name in ("false", "true", "benign") if name in self.slots.said) if of is Of.ALERTS else ()

    def _unjudged(self, of: Of) -> tuple[str, ...]:
        return ("false", "true", "benign", "unknown") if of is Of.ALERTS and "unjudged" in self.slots.said else ()

    def _denied(self, verdict: str) -> bool:
        """`not false`, `those that were no false alarms`."""
        tokens = self.slots.tokens
        words = {phrase[0] for phrase in PHRASES[verdict]}
        no = [at for at in range(1, len(tokens.all)) if tokens.word(at) in words and tokens.word(at - 1) in ("not", "no")]
        return any(tokens.word(at - 1) == "not" or tokens.word(at - 2) in ("was", "were", "is", "are") for at in no if at > 1)

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
        by_somebody = self.assignees and slots.word("close", "closed", "closes")
        asks_closed = "closed" in slots.said and not slots.any("who") and not self.assignees
        return ("closed",) if asks_closed or by_somebody else ()

    def _search_circle(self, of: Of) -> tuple[float, float, float] | None:
        here, slots = self.directory.coordinates, self.slots
        if (
            of is not Of.INCIDENTS
            or here is None
            or not (slots.near_km is not None or slots.any("near", "nearest") or slots.word("here", "nearby"))
        ):
            return None
        return (*here, slots.near_km or (_FARTHEST_KM if "nearest" in slots.said else _NEAR_KM))

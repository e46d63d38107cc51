"""What the cited rows really say, read anew from the record by their ids: everything that a sentence on them may claim."""

from dataclasses import field
from datetime import date as Day
from datetime import datetime, time
from itertools import pairwise, product
from math import asin, cos, dist, radians, sin

from engine.history.answers.words import Words, date, distance, duration, quoted, safe
from engine.history.checker.count import recount
from engine.history.checker.people import of_people, people_again
from engine.history.checker.typical import EDGES, TYPICAL, again
from engine.history.names import NamedKind
from engine.history.queries.queries import Ask, Of, Query, Scope, Span
from engine.history.queries.reach import Reach
from engine.history.queries.text import from_text
from engine.history.when.zone import local
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.clock_text import local_time, minute_of_day_text, plain_clock_text, zone_text
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind
from engine.model.geometry import EARTH_M
from engine.model.history.chat import Citation, CitationKind
from engine.model.incidents.incident import Incident
from engine.model.question import GetDecision, GetIncident, ListAlerts, ListAudit
from engine.model.value_class import dataclass

_ACTS = (AuditVerb.CHANGE_ALERT.value, AuditVerb.SHELVE_ALERT.value, AuditVerb.ASSIGN_ALERT.value)


@dataclass(slots=True)
class Grounds:
    """All that is true of the cited rows together. `counts`: of cited queries, in their order. blind: a stretch was cited and is so."""

    names: set[str] = field(default_factory=set[str])
    ids: set[str] = field(default_factory=set[str])
    clocks: set[str] = field(default_factory=set[str])
    stretches: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    dates: set[str] = field(default_factory=set[str])
    lengths: set[str] = field(default_factory=set[str])
    numbers: set[float] = field(default_factory=set[float])
    texts: set[str] = field(default_factory=set[str])
    kinds: set[EventKind] = field(default_factory=set[EventKind])
    states: set[str] = field(default_factory=set[str])
    found: set[str] = field(default_factory=set[str])
    categories: set[str] = field(default_factory=set[str])
    counts: list[float] = field(default_factory=list[float])
    rows: int = 0
    clips: int = 0
    blind: int = 0
    fully_seen: bool = False
    partly_seen: bool = False
    going_on: bool = False
    named: bool = False
    passed: set[bool] = field(default_factory=set[bool])
    missing: bool = False  # something that was cited is not in the record, or not for this viewer
    ends: set[str] = field(default_factory=set[str])
    days: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    moments: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    superlatives: set[str] = field(default_factory=set[str])  # and measures, that some cited query is of
    edges: set[str] = field(default_factory=set[str])  # ids of events that are the first, the longest
    having: set[str] = field(default_factory=set[str])  # days with, and without
    lacking: set[str] = field(default_factory=set[str])
    seconds: list[float] = field(default_factory=list[float])  # of cited lengths together, in their order
    events: list[Event] = field(default_factory=list[Event])
    open_start: bool = False  # a stretch that was cited has no beginning
    day_parts: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])  # on how many of how many days
    limits: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])  # `3 or more`
    whose: list[set[str]] = field(default_factory=list[set[str]])  # names of the people that each cited query is of
    who_fits: set[str] | None = None  # of whom it is true, where people are looked at over several times
    every: bool | None = None  # whether there was one on each of them
    coverage: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])  # of cited queries of what was observed
    without: int = 0  # of how many parts it is also said that there was none


class GroundsReader:
    """Reads citations for one viewer. What is not theirs to see counts as missing."""

    def __init__(self, reach: Reach, words: Words) -> None:
        self._reach = reach
        self._words = words

    def read_grounds(self, citations: tuple[Citation, ...]) -> Grounds:
        found = Grounds()
        for citation in citations:
            try:
                self._read_citation(found, citation)
            except (InputError, NotFound):
                found.missing = True
        return found

    def _read_citation(self, found: Grounds, citation: Citation) -> None:
        found.ids.add(citation.id)
        match citation.kind:
            case CitationKind.EVENT:
                self._event(found, citation)
            case CitationKind.CLIP:
                clip = self._reach.record.clip(citation.id)
                found.missing = found.missing or clip is None or not self._reach.viewer.sees(clip.camera_id)
                found.clips += 1
                found.numbers.add(float(found.clips))
            case CitationKind.ALERT:
                self._alert(found, citation)
            case CitationKind.DECISION:
                self._decision(found, self._reach.record.answer(GetDecision(citation.id)))
            case CitationKind.INCIDENT:
                self._incident(found, self._reach.record.answer(GetIncident(citation.id)).incident)
            case CitationKind.PERSON:
                person = next((each for each in self._reach.record.people() if each.id == citation.id), None)
                found.missing = found.missing or person is None
                found.names |= {safe(person.name)} if person is not None else set()
            case CitationKind.SPAN:
                self._span(found, citation)
            case CitationKind.COUNT:
                self._recount(found, from_text(citation.id))

    def _event(self, found: Grounds, citation: Citation) -> None:
        event = self._reach.record.event(citation.id)
        if event is None or not self._reach.viewer.sees(event.camera_id) or event.started_ns != citation.at_ns:
            found.missing = True
            return
        found.rows += 1
        found.events.append(event)
        found.kinds.add(event.kind)
        found.going_on = found.going_on or event.ended_ns is None
        found.named = found.named or bool(event.person_id or event.person)
        found.texts |= {event.reason, event.label}
        self._time(found, event.started_ns, event.ended_ns)
        self._add_names(found, event)

    def _add_names(self, found: Grounds, event: Event) -> None:
        directory = self._words.directory
        names = (
            event.person,
            directory.name(NamedKind.PERSON, event.person_id),
            directory.name(NamedKind.CAMERA, event.camera_id),
            directory.name(NamedKind.ZONE, event.zone_id),
            directory.name(NamedKind.NODE, event.subject_id),
        )
        found.names |= {safe(name) for name in names if name}

    def _alert(self, found: Grounds, citation: Citation) -> None:
        alerts = self._reach.record.answer(ListAlerts(1, alert_id=citation.id)).alerts
        if not alerts or not self._reach.viewer.sees(alerts[0].camera_id):
            found.missing = True
            return
        alert = alerts[0]
        found.rows += 1
        found.kinds.add(alert.kind)
        found.numbers.add(float(alert.severity))
        found.texts.add(alert.reason)
        found.named = found.named or bool(alert.person)
        found.states |= {alert.state.value.replace("_", " "), *(["open"] if alert.open else [])}
        if alert.open:
            found.lengths.add(duration((self._reach.now_ns - alert.raised_ns) / 1e9))
        found.found |= set() if alert.disposition is None else {alert.disposition.value}
        self._moment(found, alert.raised_ns)
        directory = self._words.directory
        places = (directory.name(NamedKind.CAMERA, alert.camera_id), directory.name(NamedKind.ZONE, alert.zone_id))
        people = (alert.person, directory.name(NamedKind.PERSON, alert.person_id), alert.assignee)
        found.names |= {safe(name) for name in (*places, *people) if name}
        if citation.at_ns != alert.raised_ns:
            self._acts(found, alert, citation.at_ns)

    def _acts(self, found: Grounds, alert: Alert, at_ns: int) -> None:
        """An act at this moment: only it may be told with the alert."""
        acts = self._reach.record.answer(ListAudit(10_000, verbs=_ACTS)) if self._reach.sees_audit() else ()
        theirs = [act for act in acts if act.subject == alert.id and act.at_ns == at_ns]
        found.missing = found.missing or not theirs
        found.clocks.clear()
        found.names -= {safe(alert.assignee)}
        for act in theirs:
            self._moment(found, act.at_ns)
            found.names.add(safe(act.by))
            state, _, verdict = act.detail.partition(", ")
            found.states = {state.replace("_", " ")}
            found.found = {verdict} if verdict else set()

    def _decision(self, found: Grounds, decision: Decision) -> None:
        if not self._reach.viewer.sees(decision.camera_id):
            found.missing = True
            return
        found.rows += 1
        self._moment(found, decision.decided_ns)
        found.texts |= {decision.flip, decision.reason, *(part.label for part in decision.evidence)}
        for gate in decision.gates:
            found.numbers |= {float(f"{gate.value:g}"), float(f"{gate.threshold:g}")}
            found.lengths |= {f"{gate.value:g} {gate.unit}", f"{gate.threshold:g} {gate.unit}"}
            found.passed.add(gate.passed)
            found.states |= {gate.gate} & {"shelved"} if not gate.passed else set()
        found.numbers |= {float(f"{part.log_odds:g}") for part in decision.evidence}
        if decision.facts is not None:
            found.kinds.add(decision.facts.kind)
        directory = self._words.directory
        found.names |= {safe(directory.name(NamedKind.CAMERA, decision.camera_id)), safe(directory.name(NamedKind.ZONE, decision.zone_id))}

    def _incident(self, found: Grounds, incident: Incident) -> None:
        if self._reach.viewer.cameras is not None:
            found.missing = True
            return
        found.rows += 1
        found.texts.add(incident.description)
        found.numbers |= {float(incident.severity), float(incident.reporter_count)}
        found.states.add(incident.state.value)
        found.categories.add(incident.category.value.replace("_", " "))
        self._moment(found, incident.occurred_ns)
        here = self._words.directory.coordinates
        if here is not None:
            found.numbers.add(float(distance(_chord_m(here, (incident.latitude, incident.longitude))).split()[0]))

    def _span(self, found: Grounds, citation: Citation) -> None:
        """`sensor@since/until`: whether it was blind then."""
        sensor, _, text = citation.id.rpartition("@")
        since, _, until = text.partition("/")
        if not since.isdigit() or not until.isdigit() or int(until) <= int(since):
            found.missing = True
            return
        asked = Span(int(since), int(until))
        blind = [each for each in self._reach.watch((sensor,), asked) if each.span == asked]
        found.missing = found.missing or not blind
        found.blind += len(blind)
        found.texts |= {each.reason for each in blind}
        found.names.add(safe(self._words.directory.name(NamedKind.CAMERA, sensor)))
        self._time(found, asked.since_ns, asked.until_ns)

    def _recount(self, found: Grounds, query: Query) -> None:
        scope = query.scope
        if of_people(query):
            self._recount_people(found, query)
        elif query.ask in TYPICAL:
            self._typical(found, query)
        elif query.ask in EDGES and query.of is Of.EVENTS:  # how many there are besides is not said of it
            edge = again(self._reach, query)
            found.counts.append(edge.counted)
            found.edges |= edge.edges
            found.superlatives |= edge.words
        else:
            counted = recount(self._reach, query)
            found.counts.append(counted.total)
            found.numbers |= counted.numbers | _said_of(query, counted.total)
            found.lengths.add(duration(counted.seconds))
            found.seconds.append(counted.seconds)
        for part in (scope, *query.also, *query.without):
            self._scope(found, part)
        found.limits |= {(scope.min_severity, "more")} | ({(query.least, "more")} if query.most is None else set[tuple[int, str]]())
        found.limits |= {(query.most, "fewer")} if query.most is not None and query.least <= 1 else set[tuple[int, str]]()
        found.whose.append({safe(self._words.directory.name(NamedKind.PERSON, each)) for each in scope.person_ids})
        for span in query.other:
            self._period(found, span)
        if query.ask is Ask.OBSERVED:
            self._observed(found, query)

    def _scope(self, found: Grounds, scope: Scope) -> None:
        """What a scope says, so that an answer may repeat it."""
        directory = self._words.directory
        found.open_start = found.open_start or bool(scope.spans and scope.spans[0].since_ns == 0)
        found.numbers |= {float(each) for each in scope.severities}
        found.kinds |= {*scope.kinds, *scope.not_kinds}
        found.states |= {state.replace("_", " ") for state in scope.states}
        found.found |= set(scope.dispositions)
        found.categories |= {label.replace("_", " ") for label in scope.labels}
        found.texts |= {*scope.labels, scope.text}
        pairs = (
            (NamedKind.PERSON, (*scope.person_ids, *scope.not_person_ids)),
            (NamedKind.CAMERA, (*scope.camera_ids, *scope.not_camera_ids)),
            (NamedKind.ZONE, (*scope.zone_ids, *scope.not_zone_ids)),
            (NamedKind.NODE, scope.sensor_ids),
        )
        found.names |= {safe(directory.name(kind, id_)) for kind, ids in pairs for id_ in ids}
        found.names |= {safe(each) for each in (*scope.assignees, *scope.not_assignees)}
        for span in (*scope.spans, *self._whole(scope.spans)):
            self._period(found, span)

    def _recount_people(self, found: Grounds, query: Query) -> None:
        """Who it is, and how many, where people are looked at over several times or at once."""
        made = people_again(self._reach, query)
        found.counts.append(made.counted)
        found.numbers |= made.numbers | _said_of(query, 0)
        found.lengths.add(duration(made.seconds))
        found.day_parts |= made.day_parts
        found.without = len(query.without)
        found.numbers |= {float(len(part.spans)) for part in (query.scope, *query.also, *query.without) if len(part.spans) > 1}
        people = {each for each in made.people if each in {named.id for named in self._words.directory.of_kind(NamedKind.PERSON)}}
        found.who_fits = {safe(self._words.directory.name(NamedKind.PERSON, each)) for each in people}
        found.names |= found.who_fits
        for span in made.spans:
            self._time(found, span.since_ns, span.until_ns)

    def _typical(self, found: Grounds, query: Query) -> None:
        made = again(self._reach, query)
        found.counts.append(made.counted)
        found.numbers |= made.numbers | _said_of(query, 0)
        found.lengths |= made.lengths
        found.clocks |= made.clocks
        found.ends |= made.clocks
        found.edges |= made.edges
        found.superlatives |= made.words
        found.having |= {date(_midnight(day)) for day in made.having}
        found.lacking |= {date(_midnight(day)) for day in made.lacking}
        found.dates |= found.having | found.lacking
        found.day_parts |= made.day_parts
        if query.ask is Ask.DAYS:
            found.every = not made.lacking

    def _whole(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return (Span(spans[0].since_ns, spans[-1].until_ns),) if len(spans) > 1 else ()

    def _observed(self, found: Grounds, query: Query) -> None:
        cameras = self._reach.watching(query.scope)
        spans = [
            Span(each.since_ns, min(each.until_ns, self._reach.now_ns)) for each in query.scope.spans if each.since_ns < self._reach.now_ns
        ]
        blind = [each for span in spans for each in self._reach.watch(cameras, span)]
        found.fully_seen = bool(spans) and not blind
        found.partly_seen = bool(blind)
        asked_s = sum(each.until_ns - each.since_ns for each in spans) / 1e9
        seen_s = asked_s - sum(_all_blind([each.span for each in blind], span, len(cameras)) for span in spans) / 1e9
        found.coverage.add((duration(seen_s), duration(asked_s)))
        found.lengths |= {duration(seen_s), duration(asked_s)}
        found.blind += len(blind)
        found.lengths.add(duration(sum(each.span.until_ns - each.span.since_ns for each in blind) / 1e9))

    def _moment(self, found: Grounds, at_ns: int) -> None:
        at = local_time(at_ns, self._words.zone)
        found.clocks |= _clock_forms(at)
        found.dates.add(date(at))
        found.moments |= {(form, date(at)) for form in _clock_forms(at)}

    def _time(self, found: Grounds, since_ns: int, until_ns: int | None) -> None:
        self._moment(found, since_ns)
        if until_ns is None:
            return
        self._moment(found, until_ns)
        since, until = local_time(since_ns, self._words.zone), local_time(until_ns, self._words.zone)
        for seconds in (False, True):
            found.stretches |= set(product(_forms(since, seconds), _forms(until, seconds)))
        found.lengths.add(duration((until_ns - since_ns) / 1e9))
        found.ends |= _clock_forms(until)
        found.days |= {(date(since), date(until)), (date(since), date(local(until_ns - 1, self._words.zone)))}

    def _period(self, found: Grounds, span: Span) -> None:
        self._time(found, span.since_ns, span.until_ns)
        found.dates.add(date(local(span.until_ns - 1, self._words.zone)))
        hours = local(span.since_ns, self._words.zone)
        whole = minute_of_day_text(60 * hours.hour), minute_of_day_text(60 * ((hours.hour + 1) % 24))
        found.clocks |= set(whole)
        found.stretches.add(whole)


def _clock_forms(at: datetime) -> set[str]:
    """As a sentence may tell it: with and without seconds, with and without its zone."""
    return _forms(at, False) | _forms(at, True)


def _forms(at: datetime, seconds: bool) -> set[str]:
    plain = plain_clock_text(at, seconds)
    return {plain, f"{plain} {zone_text(at)}"}


def _all_blind(blind: list[Span], within: Span, cameras: int) -> int:
    """For how long, ns, none of so many cameras saw anything: counted from edge to edge, other than the queries do. Stretches of one
    camera lie apart."""
    edges = sorted({within.since_ns, within.until_ns, *(at for each in blind for at in (each.since_ns, each.until_ns))})
    pairs = [(since, until) for since, until in pairwise(edges) if within.since_ns <= since and until <= within.until_ns]
    covered = [sum(each.since_ns <= since and until <= each.until_ns for each in blind) for since, until in pairs]
    return sum(until - since for (since, until), count in zip(pairs, covered, strict=True) if count >= cameras)


def _chord_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places, as the straight line through the sphere; told apart from what the queries reckon."""
    points = [(cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)) for lat, lon in ((radians(a), radians(b)) for a, b in (one, other))]
    straight = dist(*points)
    return 2 * EARTH_M * asin(min(1.0, straight / 2))


def _said_of(query: Query, total: int) -> set[float]:
    """Numbers of the scope that an answer repeats."""
    scope = query.scope
    found = {float(scope.min_severity)} if scope.min_severity > 1 else set[float]()
    found |= {float(len(scope.spans))} if len(scope.spans) > 1 else set[float]()
    found |= {float(query.limit)} if total > query.limit else set[float]()
    return found | (set[float]() if scope.near is None else {float(f"{scope.near[2]:g}")})


def _midnight(day: Day) -> datetime:
    return datetime.combine(day, time())


def quoted_text(text: str) -> str:
    """A text of the record as an answer quotes it."""
    return quoted(text)[1:-1]

"""What one viewer's queries reach: their part of the record, asked in the ways that rows of a scope need."""

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Several
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from engine.history.queries.fit import fits_alert, fits_decision, fits_incident
from engine.history.queries.rows import Blind, Row
from engine.history.queries.spans import cut_spans, uncovered
from engine.history.queries.watch import BEFORE_RECORD, DID_NOT_RUN, began_ns, is_told
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import CandidateKind, Decision, Outcome, Stage
from engine.model.errors import InputError
from engine.model.event import Event, EventKind
from engine.model.history.chat import Citation, CitationKind, VideoClip
from engine.model.history.event_query import AskedRecord, EventWant
from engine.model.history.query import SEEN_KINDS, Scope, Span, Viewer, Who
from engine.model.incidents.incident import Incident, IncidentCategory
from engine.model.question import ListAlerts, ListDecisions, ListIncidents
from engine.model.time import EVER_NS, seconds_to_ns
from engine.model.value_class import dataclass

PAGE = 2_000
MOST_READ = 50_000
ALL_TIME = Span(0, EVER_NS)
UNNAMED = "was not known by name yet"
_GLIMPSE_S = 1.0
_CANDIDATES = frozenset(kind.value for kind in CandidateKind)
_UNNAMED = tuple(kind for kind in SEEN_KINDS if kind is not EventKind.NAMED)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Identified)


@dataclass(frozen=True, slots=True)
class Reach:
    """One viewer, one moment. `cameras`: all of the site that they may see. watch: when cameras saw nothing within a span."""

    record: AskedRecord
    viewer: Viewer
    now_ns: int
    zone: ZoneInfo
    cameras: tuple[str, ...]
    watch: Callable[[tuple[str, ...], Span], tuple[Blind, ...]]

    def spans(self, scope: Scope) -> tuple[Span, ...]:
        return scope.spans or (ALL_TIME,)

    def want(self, scope: Scope, span: Span | None, *, touching: bool = False) -> EventWant:
        limited = self.viewer.cameras
        return EventWant(
            since_ns=None if span is None or span == ALL_TIME else span.since_ns,
            until_ns=None if span is None or span == ALL_TIME else span.until_ns - 1 if touching else span.until_ns,
            touching=touching and span is not None and span != ALL_TIME,
            kinds=_kinds(scope),
            camera_ids=scope.camera_ids,
            zone_ids=scope.zone_ids,
            person_ids=scope.person_ids,
            known=True if scope.who is Who.KNOWN else False if scope.who is Who.UNKNOWN else None,
            not_person_ids=scope.not_person_ids,
            not_camera_ids=scope.not_camera_ids,
            not_zone_ids=scope.not_zone_ids,
            only_camera_ids=None if limited is None else tuple(sorted(limited)),
            severities=scope.severities,
            min_severity=scope.min_severity,
            labels=scope.labels,
            subject_ids=scope.sensor_ids,
            going_on=scope.going_on,
            shortest_ns=None if scope.shortest_s is None else seconds_to_ns(scope.shortest_s),
            longest_ns=None if scope.longest_s is None else seconds_to_ns(scope.longest_s),
        )

    def events(self, scope: Scope, limit: int, *, newest_first: bool, touching: bool = False) -> list[Event]:
        found: dict[str, Event] = {}
        spans = self.spans(scope)
        for span in reversed(spans) if newest_first else spans:
            want = self.want(scope, span, touching=touching)
            found |= {event.id: event for event in self.record.events(want, limit, newest_first=newest_first)}
            if len(found) >= limit:
                break
        return sorted(found.values(), key=attrgetter("started_ns", "id"), reverse=newest_first)[:limit]

    def alerts(self, scope: Scope) -> list[Alert]:
        """Newest first. Severity and place as the scope has them, by when they were raised."""
        return [alert for alert in self._alerts_by_span(scope) if fits_alert(alert, scope) and self.viewer.sees(alert.camera_id)]

    def _alerts_by_span(self, scope: Scope) -> Iterator[Alert]:
        states = set(scope.states)
        is_open = True if states and "closed" not in states else False if states == {"closed"} else None
        for span in reversed(self.spans(scope)):
            since, until = (None, None) if span == ALL_TIME else (span.since_ns, span.until_ns)
            ask = ListAlerts(PAGE, open=is_open, since_ns=since, until_ns=until)
            yield from _pages(partial(self._alert_page, ask))

    def held_decisions(self, scope: Scope) -> list[Decision]:
        """Decisions about alerts that a gate held, newest first; with candidates among the labels those about such an event."""
        found: list[Decision] = []
        stage = Stage.EVENT if _CANDIDATES.intersection(scope.labels) else Stage.ALERT
        ask = ListDecisions(PAGE, outcome=Outcome.HELD, stage=stage, since_ns=scope.since_ns, until_ns=scope.until_ns)
        for decision in _pages(partial(self._decision_page, ask)):
            is_then = not scope.spans or any(span.holds(decision.decided_ns) for span in scope.spans)
            if is_then and self.viewer.sees(decision.camera_id) and fits_decision(decision, scope):
                found.append(decision)
        return found

    def incidents(self, scope: Scope) -> list[Incident]:
        """Newest first; none for a viewer of some cameras only, as they have no camera."""
        if self.viewer.cameras is not None:
            return []
        found: list[Incident] = []
        categories = [IncidentCategory(label) for label in scope.labels] or [None]
        for span in reversed(self.spans(scope)):
            since, until = (None, None) if span == ALL_TIME else (span.since_ns, span.until_ns)
            for category in categories:
                ask = ListIncidents(PAGE, near=scope.near, category=category, since_ns=since, until_ns=until, text=scope.text)
                found += _pages(partial(self._incident_page, ask))
        kept = [each for each in found if fits_incident(each, scope)]
        return sorted(kept, key=attrgetter("occurred_ns", "id"), reverse=True)

    def sees_audit(self) -> bool:
        return Verb.ADMINISTER in self.viewer.verbs

    def clips(self, events: list[Row]) -> tuple[VideoClip, ...]:
        """Of these events, in their order."""
        of = {row.citation.id: row for row in events if row.citation.kind is CitationKind.EVENT}
        found = {clip.event_id: clip for clip in self.record.clips_of(list(of))} if of else {}
        return tuple(
            VideoClip(found[id_].id, id_, found[id_].camera_id, row.at_ns, row.kind, row.person_id)
            for id_, row in of.items()
            if id_ in found
        )

    def blind(self, scope: Scope) -> tuple[Blind, ...]:
        """When cameras of the scope saw nothing, within its spans and up to now."""
        cameras = self.watching(scope)
        found: list[Blind] = []
        for span in self._over(scope.spans):
            found += filter(is_told, self.watch(cameras, span))
        return tuple(sorted(found, key=attrgetter("span.since_ns", "sensor_id")))

    def unnamed(self, person_ids: tuple[str, ...], scope: Scope) -> tuple[Blind, ...]:
        """When these people were not on file yet, so that nobody could have recognised them."""
        people = {person.id: person for person in self.record.people() if person.id in person_ids} if person_ids else {}
        return tuple(
            Blind(id_, Span(span.since_ns, min(span.until_ns, made_ns)), UNNAMED, Citation(CitationKind.PERSON, id_, made_ns), made_ns)
            for id_, made_ns in ((person.id, person.created_ns) for person in people.values())
            for span in scope.spans[:1]
            if span.since_ns < made_ns
        )

    def passed(self, scope: Scope) -> tuple[Span, ...]:
        """What is over of its spans. Where it has none: since there is a record."""
        began = began_ns(self.record, self.watching(scope))
        spans = scope.spans or ((Span(began, self.now_ns),) if began is not None and began < self.now_ns else ())
        return self._over(spans)

    def _over(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return cut_spans(spans, 0, self.now_ns)

    def coverage(self, scope: Scope) -> tuple[float, float]:
        """For how many seconds at least one camera of the scope saw something, and of how many."""
        cameras = self.watching(scope)
        seen = asked = 0
        for span in self.passed(scope):
            blind = self.watch(cameras, span)
            unseen = [span]
            for camera in cameras:
                theirs = [each.span for each in blind if each.sensor_id == camera]
                unseen = [part for each in theirs for part in cut_spans(unseen, each.since_ns, each.until_ns)]
            asked += span.until_ns - span.since_ns
            left = uncovered(span, unseen) if cameras else []
            seen += sum(each.until_ns - each.since_ns for each in left)
        return seen / 1e9, asked / 1e9

    def watching(self, scope: Scope) -> tuple[str, ...]:
        named = [camera for camera in scope.camera_ids if self.viewer.sees(camera)]
        return tuple(named) or tuple(camera for camera in self.cameras if camera not in scope.not_camera_ids)

    def unseen(self, scope: Scope, blind: tuple[Blind, ...]) -> bool:
        """Whether every camera was blind all the time, but for less than a second: one is added some moments before it is found to give no
        picture. Without a span nothing is said."""
        spans = self._over(scope.spans)
        if not spans or not self.watching(scope):
            return bool(scope.spans) and not spans
        if self._covered(scope, blind):
            return True
        seen_s, asked_s = self.coverage(scope)
        return seen_s < _GLIMPSE_S <= asked_s

    def unrecorded(self, scope: Scope, blind: tuple[Blind, ...]) -> bool:
        """Whether the engine did not run in any of its spans: then it is not known either whether a camera was offline."""
        return self._covered(scope, tuple(each for each in blind if each.reason in (BEFORE_RECORD, DID_NOT_RUN)))

    def _covered(self, scope: Scope, blind: tuple[Blind, ...]) -> bool:
        """Whether these cover what is over of its spans, of each of its cameras."""
        cameras, spans = self.watching(scope), self._over(scope.spans)
        return bool(spans and cameras) and all(
            _covers([each.span for each in blind if each.sensor_id == camera], spans) for camera in cameras
        )

    def _alert_page(self, ask: ListAlerts, before_id: str | None) -> tuple[Several[Alert], str | None]:
        page = self.record.answer(replace(ask, before_id=before_id))
        return page.alerts, page.next_id

    def _decision_page(self, ask: ListDecisions, before_id: str | None) -> tuple[Several[Decision], str | None]:
        return self.record.answer(replace(ask, before_id=before_id)), None

    def _incident_page(self, ask: ListIncidents, before_id: str | None) -> tuple[Several[Incident], str | None]:
        page = self.record.answer(replace(ask, before_id=before_id))
        return page.incidents, page.next_id


def _pages(page: Callable[[str | None], tuple[Several[R], str | None]]) -> Iterator[R]:
    """`page`: the rows behind that of an id, and the id to go on from where that is not the last one's."""
    read, before_id = 0, None
    while read < MOST_READ:
        rows, next_id = page(before_id)
        yield from rows
        read += len(rows)
        before_id = next_id or (rows[-1].id if len(rows) == PAGE else None)
        if before_id is None:
            return


def _kinds(scope: Scope) -> tuple[EventKind, ...]:
    """Raises InputError: all of them are left out."""
    found = _asked_kinds(scope)
    if not scope.not_kinds:
        return found
    left = tuple(kind for kind in found or EventKind if kind not in scope.not_kinds)
    if not left:
        raise InputError("kinds", "are all left out")
    return left


def _asked_kinds(scope: Scope) -> tuple[EventKind, ...]:
    if scope.kinds or scope.who is Who.ANYTHING:
        return scope.kinds
    return _UNNAMED if scope.who is Who.UNKNOWN else SEEN_KINDS


def _covers(blind: list[Span], spans: Several[Span]) -> bool:
    return all(not uncovered(span, blind) for span in spans)

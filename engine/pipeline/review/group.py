"""One review item that goes on, and what belongs to it."""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import TypeVar

from engine.model.alerts.alert import Alert
from engine.model.event import Event, EventKind, Severity
from engine.model.people.traces import Traces
from engine.model.review.review import CameraPart, ReviewCause, ReviewItem
from engine.model.value_class import dataclass

T = TypeVar("T")

MOST_EVENTS = 200  # of one item; what comes then begins the next one
_CAUSES: Mapping[EventKind, ReviewCause] = {
    EventKind.MOTION: ReviewCause.MOTION,
    EventKind.CAMERA_LOST: ReviewCause.OUTAGE,
    EventKind.NODE_LOST: ReviewCause.OUTAGE,
    EventKind.INCIDENT: ReviewCause.INCIDENT,
    EventKind.SMOKE: ReviewCause.SMOKE,
    EventKind.FORECAST_FAILED: ReviewCause.ENGINE,
    EventKind.TWO_PLACES: ReviewCause.IDENTITY,
    EventKind.BADGE_WITHOUT_OWNER: ReviewCause.IDENTITY,
    EventKind.PHONE_LEFT: ReviewCause.IDENTITY,
}
_PEOPLE = (EventKind.PERSON, EventKind.PRESENCE, EventKind.ZONE_VISIT)  # an event each; visits count where no camera saw them
_OF_PICTURES = (ReviewCause.ACTIVITY, ReviewCause.MOTION)
_STATES = (EventKind.PRESENCE, EventKind.ZONE_OCCUPIED)  # go on as long as anybody is anywhere: they hold no item of a camera
_BUSY = 4  # times the gap: the longest pause within an item that has gone on for long
_ANY_NODE = "node"  # what takes one node away, as a switch or a channel, mostly takes several
_ANY_PRESENCE = "presence"  # blobs of the radio come and go under new ids


def cause_of(kind: EventKind) -> ReviewCause:
    return _CAUSES.get(kind, ReviewCause.ACTIVITY)


def marks_of(event: Event) -> frozenset[str]:
    """What an event shares with the others of its item: the camera; where none saw it, its subject, its zone, or that it is a node."""
    cause = cause_of(event.kind)
    if cause in _OF_PICTURES and event.camera_id:
        return frozenset({event.camera_id})
    if cause is ReviewCause.OUTAGE:
        return frozenset({event.camera_id or _ANY_NODE})
    if cause is ReviewCause.IDENTITY:
        return frozenset({event.person_id or event.subject_id})
    if cause is not ReviewCause.ACTIVITY:
        return frozenset({event.subject_id})
    presence = _ANY_PRESENCE if event.kind is EventKind.PRESENCE else ""
    return frozenset({event.subject_id, event.zone_id, presence} - {""})


def is_of_floor(event: Event) -> bool:
    """Whether it is about people, and only sensors of the floor tell of it."""
    return not event.camera_id and cause_of(event.kind) is ReviewCause.ACTIVITY


@dataclass(frozen=True, slots=True)
class Group:
    """An item that may grow.

    Attributes:
        marks: what an event has to share with it, one of them. going_on: its events without an end, with their kinds.
        last_ns: when its cause was last active; motion does not hold an item of people. best: how well its picture shows it.
    """

    item: ReviewItem
    marks: tuple[str, ...]
    going_on: tuple[tuple[str, EventKind], ...]
    last_ns: int
    best: tuple[float, ...] = ()

    @classmethod
    def begin(cls, item_id: str, event: Event) -> "Group":
        cause = cause_of(event.kind)
        camera_id = "" if cause is ReviewCause.IDENTITY else event.camera_id
        item = ReviewItem(item_id, cause, camera_id, event.started_ns, None, event.severity, (), (), simulated=event.simulated)
        return cls(item, (), (), event.started_ns).with_event(event)

    def accepts(self, event: Event, gap_ns: int, longest_ns: int) -> bool:
        """Whether a new event is part of it."""
        ours, theirs = self.item.cause, cause_of(event.kind)
        if ours is not theirs and not (ours in _OF_PICTURES and theirs in _OF_PICTURES):
            return False
        if self._is_full(event, longest_ns):
            return False
        sees_both = self.item.camera_id == event.camera_id or ours is ReviewCause.IDENTITY
        return sees_both and not marks_of(event).isdisjoint(self.marks) and not self.is_over(event.started_ns, gap_ns)

    def accepts_from_floor(self, event: Event, cameras: Set[str], gap_ns: int, longest_ns: int) -> bool:
        """Whether an event that no camera saw is part of it: `cameras` see the person whom it is about now."""
        item = self.item
        if not item.camera_id or item.cause is not ReviewCause.ACTIVITY or self._is_full(event, longest_ns):
            return False
        same_place = event.kind is EventKind.ZONE_OCCUPIED and event.zone_id in item.zone_ids
        return (item.camera_id in cameras or same_place) and not self.is_over(event.started_ns, gap_ns)

    def is_over(self, now_ns: int, gap_ns: int) -> bool:
        """After a pause longer than the gap; what has gone on for longer may pause for as long again, at most four times the gap."""
        active_ns = self.last_ns - self.item.started_ns
        return not self._is_held() and now_ns - self.last_ns > max(gap_ns, min(active_ns, _BUSY * gap_ns))

    def _is_full(self, event: Event, longest_ns: int) -> bool:
        return event.started_ns - self.item.started_ns >= longest_ns or len(self.item.event_ids) >= MOST_EVENTS

    def with_event(self, event: Event) -> "Group":
        """With a new event, or with one of its own as it is now."""
        item, theirs = self.item, cause_of(event.kind)
        grown = item.cause is ReviewCause.MOTION and theirs is ReviewCause.ACTIVITY
        cause = ReviewCause.ACTIVITY if grown else item.cause
        from_floor = bool(item.camera_id) and not event.camera_id
        others = tuple(each for each in self.going_on if each[0] != event.id)
        going_on = (*others, (event.id, event.kind)) if event.ended_ns is None else others
        active_ns = event.started_ns if event.ended_ns is None else event.ended_ns
        counts = theirs is cause and not (from_floor and event.kind in _STATES)
        last_ns = active_ns if grown else max(self.last_ns, active_ns) if counts else self.last_ns
        item = replace(
            _with_person(item, event),
            cause=cause,
            started_ns=item.started_ns if from_floor else min(item.started_ns, event.started_ns),
            severity=max(item.severity, event.severity),
            event_ids=_with(item.event_ids, event.id),
            kinds=_with(item.kinds, event.kind),
            zone_ids=_with(item.zone_ids, event.zone_id) if event.zone_id else item.zone_ids,
            simulated=item.simulated and event.simulated,
            camera_part=_camera_part(item, event, from_floor),
            newest_ns=item.newest_ns if theirs is ReviewCause.MOTION else max(item.newest_ns, event.started_ns),
        )
        marks = self.marks if from_floor else tuple(sorted({*self.marks, *marks_of(event)}))
        group = replace(self, item=item, marks=marks, going_on=going_on, last_ns=last_ns)
        return group if from_floor else group._counting(event)._showing(event.id, _rank(event))

    def alerted(self, alert: Alert) -> "Group":
        item = self.item
        worst, part = Severity(alert.severity), item.camera_part
        if part is not None and alert.camera_id == item.camera_id:
            part = replace(part, severity=max(part.severity, worst), alert_ids=_with(part.alert_ids, alert.id))
        group = replace(
            self, item=replace(item, severity=max(item.severity, worst), alert_ids=_with(item.alert_ids, alert.id), camera_part=part)
        )
        seen = item.event_ids if part is None else part.event_ids
        return group._showing(alert.event_id, (1.0, float(alert.severity))) if alert.event_id in seen else group

    def finish(self, at_ns: int) -> ReviewItem:
        """It takes in nothing any more. What of it goes on ended with it, at `at_ns` or before."""
        return replace(self.item, ended_ns=max(self.item.started_ns, at_ns if self._is_held() else self.last_ns))

    def erased(self, traces: Traces) -> "Group":
        return replace(self, item=erase_person(self.item, traces), marks=tuple(sorted(map(traces.text, self.marks))))

    def _is_held(self) -> bool:
        """Motion holds an item only where there is nothing else in it, and that a place is in use holds none of a camera."""
        states = _STATES if self.item.camera_id else ()
        return any(cause_of(kind) is self.item.cause and kind not in states for _, kind in self.going_on)

    def _counting(self, event: Event) -> "Group":
        item = self.item
        counted = _PEOPLE[:1] if item.camera_id else _PEOPLE
        here = sum(kind in counted for _, kind in self.going_on) if item.cause is ReviewCause.ACTIVITY else 0
        least = 1 if event.kind in counted else 0
        return replace(self, item=replace(item, people=max(item.people, here, least, len(item.person_ids))))

    def _showing(self, event_id: str, rank: tuple[float, ...]) -> "Group":
        if not self.item.camera_id or rank <= self.best:
            return self
        return replace(self, best=rank, item=replace(self.item, best_event_id=event_id))


def _camera_part(item: ReviewItem, event: Event, from_floor: bool) -> CameraPart | None:
    part = item.camera_part
    if from_floor:
        return part or CameraPart(item.severity, item.event_ids, item.kinds, item.alert_ids, item.zone_ids)
    if part is None:
        return None
    return replace(
        part,
        severity=max(part.severity, event.severity),
        event_ids=_with(part.event_ids, event.id),
        kinds=_with(part.kinds, event.kind),
        zone_ids=_with(part.zone_ids, event.zone_id) if event.zone_id else part.zone_ids,
    )


def erase_person(item: ReviewItem, traces: Traces) -> ReviewItem:
    """Without a person. Itself, where it does not tell of them."""
    if traces.person_id not in item.person_ids and not set(traces.names).intersection(item.persons):
        return item
    ids = tuple(traces.pseudonym if person_id == traces.person_id else person_id for person_id in item.person_ids)
    return replace(item, person_ids=ids, persons=tuple(traces.instead if name in traces.names else name for name in item.persons))


def _with_person(item: ReviewItem, event: Event) -> ReviewItem:
    if not event.person:
        return item
    key = event.person_id or event.person
    if key in item.person_ids:
        return item
    return replace(item, person_ids=(*item.person_ids, key), persons=(*item.persons, event.person))


def _rank(event: Event) -> tuple[float, ...]:
    """Graver first, then people before motion, then the surest; of equals the earliest stays."""
    return (0.0, float(event.severity), float(cause_of(event.kind) is not ReviewCause.MOTION), float(event.confidence))


def _with(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    return values if value in values else (*values, value)

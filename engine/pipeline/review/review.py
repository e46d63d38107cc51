"""The review lane: groups what the others said into review items. The last of all, as alerts say how grave an item is."""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from engine.model import wire
from engine.model.event import Event
from engine.model.ids import number_of
from engine.model.observation import Observation, Tick
from engine.model.people.traces import Traces
from engine.model.radio.fused import SourceKind
from engine.model.settings import Settings
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.review.group import Group, is_of_floor

_LATE_NS = 5 * SECOND  # after it began, an event may be told: detectors and gates take their time
_PATIENCE_NS = 2 * SECOND  # for the fusion to find that a camera sees the person of an event of the floor


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event of the floor that is in no item yet."""

    event: Event
    since_ns: int


@dataclass(frozen=True, slots=True)
class LaneState:
    groups: tuple[Group, ...] = ()
    waiting: tuple[WaitingEvent, ...] = ()  # older checkpoints have none


class ReviewLane(Lane):
    """A step without events or alerts takes under a microsecond, and a tick some more for each item that goes on."""

    name = "review"

    def __init__(self) -> None:
        self._gap_ns = self._longest_ns = 0
        self._groups: dict[str, Group] = {}
        self._item_of: dict[str, str] = {}  # by event
        self._waiting: dict[str, WaitingEvent] = {}  # by event
        self._end_ns: int | None = None
        self._use(Settings())

    def open_item_ids(self) -> frozenset[str]:
        return frozenset(self._groups)

    def conclude(self, seen: Observation, out: StepOutput) -> None:
        for event in out.events:
            if not event.shadow:
                self._take_event(event, seen.occurred_ns, out)
        self._place_waiting(seen, {event_id for alert in out.alerts for event_id in alert.event_ids}, out)
        for alert in out.alerts:
            for item_id in sorted({self._item_of[each] for each in alert.event_ids if each in self._item_of}):
                self._keep(self._groups[item_id].alerted(alert), out)
        if self._end_ns is not None:
            self._finish_all(self._end_ns, out)
        if isinstance(seen, Tick):
            for group in [group for group in self._groups.values() if group.is_over(seen.occurred_ns - _LATE_NS, self._gap_ns)]:
                self._finish(group, seen.occurred_ns, out)

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        self._use(settings)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """Items end with the run; not at once, as the other lanes end their events in this step."""
        self._end_ns = at_ns

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._place_all(out)
        for group in tuple(self._groups.values()):
            self._keep(group.erased(traces), out)

    def state(self) -> Mapping[str, Any]:
        return wire.to_plain(LaneState(tuple(self._groups.values()), tuple(self._waiting.values())))

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._use(settings)
        known = wire.read_record(LaneState, state, "review")
        groups, self._waiting = known.groups, {each.event.id: each for each in known.waiting}
        self._groups = {group.item.id: group for group in groups}
        self._item_of = {event_id: group.item.id for group in groups for event_id in group.item.event_ids}

    def _use(self, settings: Settings) -> None:
        self._gap_ns, self._longest_ns = seconds_to_ns(settings.review.gap_s), seconds_to_ns(60 * settings.review.longest_min)

    def _take_event(self, event: Event, now_ns: int, out: StepOutput) -> None:
        item_id, waiting = self._item_of.get(event.id), self._waiting.get(event.id)
        if item_id is not None:
            self._keep(self._groups[item_id].with_event(event), out)
        elif waiting is not None:
            self._waiting[event.id] = replace(waiting, event=event)
        elif event.ended_ns is not None and number_of(event.id) != out.number:
            return  # of an item that ended
        elif is_of_floor(event):
            self._waiting[event.id] = WaitingEvent(event, now_ns)
        else:
            self._place(event, out)

    def _place_waiting(self, seen: Observation, alerted: Set[str], out: StepOutput) -> None:
        """Those whose person a camera sees join its item; others wait no longer than the fusion takes, or until they raise an alert."""
        for waiting in tuple(self._waiting.values()):
            event, late = waiting.event, isinstance(seen, Tick) and seen.occurred_ns - waiting.since_ns >= _PATIENCE_NS
            if self._join_camera(event, out) or late or event.id in alerted:
                del self._waiting[event.id]
                if event.id not in self._item_of:
                    self._place(event, out)

    def _place_all(self, out: StepOutput) -> None:
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            self._place(each.event, out)

    def _join_camera(self, event: Event, out: StepOutput) -> bool:
        cameras = _cameras_that_see(event.subject_id, out)
        group = next(
            (each for each in self._groups.values() if each.accepts_from_floor(event, cameras, self._gap_ns, self._longest_ns)), None
        )
        if group is not None:
            self._keep(group.with_event(event), out)
        return group is not None

    def _place(self, event: Event, out: StepOutput) -> None:
        group = next((each for each in self._groups.values() if each.accepts(event, self._gap_ns, self._longest_ns)), None)
        self._keep(Group.begin(out.new_id("rv"), event) if group is None else group.with_event(event), out)

    def _keep(self, group: Group, out: StepOutput) -> None:
        item, before = group.item, self._groups.get(group.item.id)
        self._groups[item.id] = group
        self._item_of.update(dict.fromkeys(item.event_ids, item.id))
        if before is None or before.item != item:
            out.review(item)

    def _finish(self, group: Group, at_ns: int, out: StepOutput) -> None:
        del self._groups[group.item.id]
        for event_id in group.item.event_ids:
            self._item_of.pop(event_id, None)
        out.review(group.finish(at_ns))

    def _finish_all(self, at_ns: int, out: StepOutput) -> None:
        self._end_ns = None
        self._place_all(out)
        for group in tuple(self._groups.values()):
            self._finish(group, at_ns, out)


def _cameras_that_see(subject_id: str, out: StepOutput) -> frozenset[str]:
    """Those whose track the fusion holds to be the person of this blob, or of this track of the floor."""
    if out.fused is None:
        return frozenset()
    track = out.fused.of_source(SourceKind.RADIO, subject_id)
    track = track or next((each for each in out.fused.tracks if each.id == subject_id), None)
    return frozenset(each.sensor_id for each in track.sources if each.kind is SourceKind.CAMERA) if track is not None else frozenset()

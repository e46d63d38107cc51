"""The people lane of one camera: detections → tracks → sequences → events, with a decision for every candidate."""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any, Protocol

from engine.alerts.gates import (
    STILL,
    SequenceCandidate,
    held_still,
    outcome,
    outside_masks,
    passed,
    same_place,
    sequence_gates,
    smallest_flip,
)
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Sequence, Track, TrackStatus
from engine.model.event import Event, EventKind, Severity
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade
from engine.model.people.traces import Traces
from engine.model.radio.fused import FusedIdentity
from engine.model.settings import CameraSettings, GateSettings
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass
from engine.pipeline.identities.event_identity import identity_of
from engine.pipeline.output import StepOutput
from engine.vision.known_still import KnownStill

SAVE_EVERY_NS = 2 * SECOND  # a living sequence is remembered this often
UNWATCHED_NS = 3 * SECOND  # without a detector run for this long, time itself ends tracks
BELIEVED_NS = 2 * SECOND  # who has come back is given this long to be seen well enough before their event closes
REMEMBERED = 10  # detections over which it is told whether somebody stands in a mask


class Tracker(Protocol):
    """What the lane needs of a tracker; `number` is the observation's, from which ids derive, `engine_id` what they carry."""

    def update(
        self, detections: Detections, at_ns: int, number: int, frame_size: tuple[int, int] | None = None, engine_id: str = ""
    ) -> None: ...

    def tracks(self, at_ns: int) -> tuple[Track, ...]: ...

    def take_ended(self) -> tuple[Track, ...]: ...

    def expire(self, at_ns: int) -> None: ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A confirmed track on its way to an event. `event_id` is set once it opened one or carries one on.

    `first_box`: where it was when it was confirmed, at `confirmed_ns`. `outside_share`: of its last detections, outside every mask.
    `moved_share`: of its box, outside the known still object that it is most like; None where none is. held: it was decided to be that one.
    """

    track: Track
    first_box: Box
    confirmed_ns: int
    best_box: Box
    detections: int
    outside_share: float
    saved_ns: int
    event_id: str | None = None
    moved_share: float | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """An event not yet closed. `left_ns` is set while nobody carries it: it closes when nobody has come back in time."""

    event: Event
    last_box: Box
    left_ns: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleState:
    followed: tuple[Followed, ...] = ()
    open_events: tuple[OpenEvent, ...] = ()
    last_frame_ns: int = 0
    last_run_ns: int = 0
    last_person_ns: int | None = None


class PeopleLane:
    """One camera's people. Sans-IO; the engine thread only.

    Args:
        still: what has been standing still in its picture for long.
    """

    def __init__(self, camera: CameraSettings, gates: GateSettings, tracker: Tracker, still: KnownStill) -> None:
        self.camera = camera
        self.gates = gates
        self._tracker = tracker
        self._still = still
        self._drawn: tuple[int, tuple[Track, ...]] | None = None
        self._followed: dict[str, Followed] = {}
        self._open: dict[str, OpenEvent] = {}
        self._last_frame_ns = 0
        self._last_run_ns = 0
        self.last_person_ns: int | None = None

    def frame(self, at_ns: int, out: StepOutput) -> None:
        """A frame came, detector or not: show the tracks where they are by now."""
        self._last_frame_ns = max(self._last_frame_ns, at_ns)
        out.tracks(self.camera.id, self._where(max(self._last_frame_ns, self._last_run_ns)))

    def detections(self, seen: DetectionsMade, out: StepOutput) -> None:
        """A detector ran on the frame of `seen.occurred_ns`; a run not newer than the last is ignored."""
        if seen.occurred_ns <= self._last_run_ns:
            return
        self._last_run_ns = seen.occurred_ns
        people = seen.detections.where(seen.detections.categories == Category.PERSON)
        size = (max(seen.width, 1), max(seen.height, 1))
        self._tracker.update(people, seen.occurred_ns, out.number, size, out.engine_id)
        self._drawn = None
        self._end_tracks(out)
        for track in self._where(seen.occurred_ns):
            if track.status is TrackStatus.CONFIRMED and track.last_seen_ns == seen.occurred_ns:
                self._see(track, size, out)
        self.frame(seen.occurred_ns, out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        if self._last_run_ns and now_ns - self._last_run_ns > UNWATCHED_NS:
            self._tracker.expire(now_ns)
            self._drawn = None
            self._end_tracks(out)
            if not self._where(now_ns):
                out.tracks(self.camera.id, ())
        for opened in tuple(self._open.values()):
            if opened.left_ns is not None and self._is_over(opened.left_ns, now_ns):
                self._close(opened, out)

    def tracks(self, now_ns: int) -> tuple[Track, ...]:
        """Living tracks where they are by now."""
        return self._where(max(min(now_ns, self._last_run_ns + UNWATCHED_NS), self._last_run_ns))

    def set_identities(self, names: Mapping[str, FusedIdentity], person_ids: Set[str], out: StepOutput) -> None:
        """Who the people of these tracks are. A name once known stays with the event; another person's begins an event of their own."""
        for followed in tuple(self._followed.values()):
            identity = names.get(followed.track.id)
            if identity is None or followed.event_id is None:
                continue
            opened, who = self._open[followed.event_id], identity_of(identity)
            if who.is_another(opened.event, person_ids):
                opened = self._begin_another(followed, opened, out)
            event = who.onto(opened.event)
            if event != opened.event:
                self._open[event.id] = replace(opened, event=event)
                out.event(event)

    def _begin_another(self, followed: Followed, opened: OpenEvent, out: StepOutput) -> OpenEvent:
        """The event of whom they were taken for ends; that of whom they are taken for begins with their track, if that is new. What it was
        decided by is the same."""
        track, before = followed.track, opened.event
        since_ns = max(self._last_run_ns if track.id == before.subject_id else track.first_seen_ns, before.started_ns)
        self._close(replace(opened, left_ns=since_ns), out)
        event = replace(before, id=out.new_id("ev"), subject_id=track.id, started_ns=since_ns, received_ns=out.received_ns)
        event = replace(event, confidence=track.max_conf, box_xyxy=followed.best_box, person="", person_id="", named_by=None)
        self._followed[track.id] = replace(followed, event_id=event.id)
        self._open[event.id] = OpenEvent(event, opened.last_box)
        return self._open[event.id]

    def erase(self, traces: Traces, out: StepOutput) -> None:
        for opened in tuple(self._open.values()):
            event = traces.event(opened.event)
            if event != opened.event:
                self._open[event.id] = replace(opened, event=event)
                out.event(event)

    def interrupt(self, out: StepOutput) -> None:
        """Watching broke off (restart, camera removed): end everything at the time it was last seen. The lane is of no use afterwards."""
        for followed in tuple(self._followed.values()):
            self._end_person(followed, out)
        for opened in tuple(self._open.values()):
            self._close(opened, out)
        out.tracks(self.camera.id, ())

    def open_event_ids(self) -> frozenset[str]:
        return frozenset(self._open)

    def state(self) -> dict[str, Any]:
        values = PeopleState(
            tuple(self._followed.values()), tuple(self._open.values()), self._last_frame_ns, self._last_run_ns, self.last_person_ns
        )
        return {"lane": wire.to_plain(values), "tracker": self._tracker.state()}

    def restore(self, state: dict[str, Any]) -> None:
        values = wire.read_record(PeopleState, state["lane"], "people")
        self._followed = {item.track.id: item for item in values.followed}
        self._open = {item.event.id: item for item in values.open_events}
        self._last_frame_ns, self._last_run_ns, self.last_person_ns = values.last_frame_ns, values.last_run_ns, values.last_person_ns
        self._tracker.restore(state["tracker"])
        self._drawn = None

    def _where(self, at_ns: int) -> tuple[Track, ...]:
        """The tracks at a time; several ask for the same one."""
        if self._drawn is None or self._drawn[0] != at_ns:
            self._drawn = at_ns, self._tracker.tracks(at_ns)
        return self._drawn[1]

    def _see(self, track: Track, size: tuple[int, int], out: StepOutput) -> None:
        self.last_person_ns = track.last_seen_ns
        followed = self._follow_track(track, outside_masks(track.box_xyxy, size, self.camera.masks))
        if followed.event_id is None:
            alike = self._still.likeness(track.category, track.box_xyxy, size)
            followed = self._judge(replace(followed, moved_share=1 - alike if alike > 0 else None), out)
        else:
            opened = self._open[followed.event_id]
            self._open[followed.event_id] = replace(opened, last_box=track.box_xyxy)
        if track.last_seen_ns - followed.saved_ns >= SAVE_EVERY_NS:
            followed = replace(followed, saved_ns=track.last_seen_ns)
            out.sequence(_sequence(followed, None))
        self._followed[track.id] = followed

    def _follow_track(self, track: Track, unmasked: bool) -> Followed:
        known = self._followed.get(track.id)
        if known is None:
            return Followed(track, track.box_xyxy, track.last_seen_ns, track.box_xyxy, 1, float(unmasked), 0)
        best_box = track.box_xyxy if track.confidence >= known.track.max_conf else known.best_box
        detections = known.detections + 1
        share = known.outside_share + (unmasked - known.outside_share) / min(detections, REMEMBERED)
        return replace(known, track=track, best_box=best_box, detections=detections, outside_share=share)

    def _readings(self, followed: Followed) -> tuple[tuple[GateReading, ...], OpenEvent | None]:
        earlier = self._left_behind(followed)
        left_ns = earlier.left_ns if earlier is not None else None
        track = followed.track
        since_same_s = None if left_ns is None else max(track.first_seen_ns - left_ns, 0) / SECOND
        seen_s = (track.last_seen_ns - track.first_seen_ns) / SECOND
        candidate = SequenceCandidate(track.max_conf, seen_s, followed.outside_share, since_same_s, followed.moved_share)
        return sequence_gates(candidate, self.gates), earlier

    def _left_behind(self, followed: Followed) -> OpenEvent | None:
        """The event that somebody left just before, so near that this track is most likely the same person."""
        waiting = [opened for opened in self._open.values() if opened.left_ns is not None]
        near = [o for o in waiting if same_place(o.last_box, followed.first_box, followed.confirmed_ns - (o.left_ns or 0))]
        return max(near, key=lambda opened: opened.left_ns or 0, default=None)

    def _judge(self, followed: Followed, out: StepOutput) -> Followed:
        gates, earlier = self._readings(followed)
        if passed(gates):
            return self._raise(followed, gates, out)
        if earlier is not None and all(reading.passed or reading.gate in ("duplicate", STILL) for reading in gates):
            self._open[earlier.event.id] = replace(earlier, left_ns=None, last_box=followed.track.box_xyxy)
            self._decide(followed, gates, Outcome.REJECTED, earlier.event.id, out)
            return replace(followed, event_id=earlier.event.id)
        if held_still(gates) and not followed.held:
            self._decide(followed, gates, Outcome.HELD, None, out)
            return replace(followed, held=True)
        return followed

    def _raise(self, followed: Followed, gates: tuple[GateReading, ...], out: StepOutput) -> Followed:
        track = followed.track
        event_id = out.new_id("ev")
        decision_id = self._decide(followed, gates, Outcome.RAISED, event_id, out)
        event = Event(
            id=event_id,
            kind=EventKind.PERSON,
            camera_id=self.camera.id,
            subject_id=track.id,
            severity=Severity.LOW,
            started_ns=track.first_seen_ns,
            ended_ns=None,
            received_ns=out.received_ns,
            confidence=track.max_conf,
            decision_id=decision_id,
            box_xyxy=followed.best_box,
            simulated=self.camera.simulated,
        )
        self._open[event_id] = OpenEvent(event, track.box_xyxy)
        out.event(event)
        return replace(followed, event_id=event_id)

    def _decide(self, followed: Followed, gates: tuple[GateReading, ...], what: Outcome, event_id: str | None, out: StepOutput) -> str:
        track = followed.track
        flip = smallest_flip(gates)
        return out.decide(CandidateKind.SEQUENCE, track.id, self.camera.id, what, gates, flip, event_id, track.last_seen_ns).id

    def _end_tracks(self, out: StepOutput) -> None:
        for track in self._tracker.take_ended():
            followed = self._followed.get(track.id)
            if followed is not None:
                self._end_person(followed, out)

    def _end_person(self, followed: Followed, out: StepOutput) -> None:
        track = followed.track
        del self._followed[track.id]
        out.sequence(_sequence(followed, track.last_seen_ns))
        if followed.event_id is None:
            gates, _ = self._readings(followed)
            if followed.held and held_still(gates):
                return  # decided when it came
            verdict = outcome(gates)
            self._decide(followed, gates, Outcome.REJECTED if verdict is Outcome.RAISED else verdict, None, out)
            return
        opened = self._open[followed.event_id]
        event = replace(opened.event, confidence=max(opened.event.confidence, track.max_conf), box_xyxy=followed.best_box)
        self._open[event.id] = OpenEvent(event, track.box_xyxy, track.last_seen_ns)

    def _is_over(self, left_ns: int, now_ns: int) -> bool:
        """Whether the person who left then has not come back in time, and nobody is there who may yet turn out to be them."""
        limit_ns = seconds_to_ns(self.gates.duplicate_s)
        if now_ns - left_ns < limit_ns:
            return False
        return now_ns - left_ns >= limit_ns + BELIEVED_NS or not any(
            track.first_seen_ns - left_ns < limit_ns and not self._has_event(track) for track in self._where(max(now_ns, self._last_run_ns))
        )

    def _has_event(self, track: Track) -> bool:
        followed = self._followed.get(track.id)
        return followed is not None and followed.event_id is not None

    def _close(self, opened: OpenEvent, out: StepOutput) -> None:
        del self._open[opened.event.id]
        out.event(replace(opened.event, ended_ns=opened.left_ns if opened.left_ns is not None else self._last_run_ns))


def _sequence(followed: Followed, ended_ns: int | None) -> Sequence:
    track = followed.track
    return Sequence(
        id=track.id,
        number=track.number,
        camera_id=track.camera_id,
        category=track.category,
        started_ns=track.first_seen_ns,
        last_seen_ns=track.last_seen_ns,
        ended_ns=ended_ns,
        max_conf=track.max_conf,
        detections=followed.detections,
        best_box=followed.best_box,
    )

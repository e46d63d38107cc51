"""The activity lane: what people on cameras do becomes events, with a decision for every candidate.

One fall is one event, whoever tells it. The sensor that tells it first opens the event, and the other joins it: its decision names that
event, and the event's reason says whether both agree. A camera that sees somebody up ends its event; radio that takes somebody for up
does not silence a camera that still sees them lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from engine.alerts.gates import outcome, outside_masks, smallest_flip
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Decision
from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade, Observation, PosesSeen
from engine.model.people.traces import ERASED_NAME, Traces
from engine.model.radio.blob import Posture
from engine.model.radio.fused import FusedIdentity, FusedPicture, FusedTrack, SourceKind
from engine.model.radio.place import has_place
from engine.model.settings import CameraSettings, Settings
from engine.model.value_class import dataclass
from engine.pipeline.identities.event_identity import EventIdentity
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.radio.one_fall import LastKnownTrack, fall_at, one_person, one_place
from engine.pipeline.spans import Spans
from engine.vision.activities.bodies import SeenTrack
from engine.vision.activities.change import ActivityChange, Stage
from engine.vision.activities.watch import ActivityWatch

REMEMBERED = 256  # tracks of which it is known who and where they were
WORDS = {
    EventKind.FALL: "down",
    EventKind.FIGHT: "fighting",
    EventKind.LOITERING: "loitering",
    EventKind.RUNNING: "running",
    EventKind.CROWD: "in a crowd",
}
AGREES, DISAGREES = " Radio tells a fall there too.", " Radio, which follows them too, does not tell a fall."
SEES_LYING, SEES_UPRIGHT = " A camera sees them lie there too.", " A camera sees them upright."


class RadioFalls(Protocol):
    """The falls that radio tells; keys are the blobs that went down."""

    def open_falls(self) -> Mapping[str, Event]: ...

    def witnessed(self, fall_id: str, sentence: str, out: StepOutput) -> None:
        """What a camera has to say about it."""
        ...


class NoRadioFalls:
    """Of a site without radio."""

    def open_falls(self) -> Mapping[str, Event]:
        return {}

    def witnessed(self, fall_id: str, sentence: str, out: StepOutput) -> None:
        """There is none."""


NO_RADIO_FALLS = NoRadioFalls()


@dataclass(frozen=True, slots=True)
class RaisedOccurrence:
    """An occurrence that goes on, and how it was raised. `radio_fall`: the fall that radio told first; empty: none did.

    joined: the key of the same fall, which another camera told first; empty: none did.
    """

    camera_id: str
    change: ActivityChange
    radio_fall: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class LaneState:
    told: tuple[tuple[str, RaisedOccurrence], ...] = ()
    known: tuple[tuple[str, LastKnownTrack], ...] = ()
    postures: tuple[tuple[str, Posture], ...] = ()


class ActivityLane(Lane):
    """Follows what the cameras' tracks do; `configure` first."""

    name = "activities"
    subjects = (DetectionsMade, PosesSeen)

    def __init__(self, radio: RadioFalls = NO_RADIO_FALLS) -> None:
        self.radio = radio
        self._settings = Settings()
        self._watches: dict[str, ActivityWatch] = {}
        self._open = Spans()
        self._told: dict[str, RaisedOccurrence] = {}
        self._known: dict[str, LastKnownTrack] = {}
        self._postures: dict[str, Posture] = {}

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        """Where activities are switched off, or a camera is gone or shows something else, what is open ends."""
        before, self._settings = self._settings, settings
        for camera_id in tuple(self._watches):
            old, new = before.camera(camera_id), settings.camera(camera_id)
            if not settings.activities.enabled or old is None or new is None or not new.reads_like(old):
                self._end_camera(camera_id, at_ns, out)
            else:
                self._watches[camera_id].configure(settings.activities)

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case DetectionsMade():
                camera, view = self._settings.camera(seen.camera_id), out.views.get(seen.camera_id)
                if camera is not None and view is not None and self._settings.activities.enabled:
                    self._watch_tracks(seen, view.people, camera, out)
            case PosesSeen() if seen.camera_id in self._watches:
                self._watches[seen.camera_id].pose(seen.poses, seen.occurred_ns)
            case _:
                pass

    def _watch_tracks(self, seen: DetectionsMade, tracks: Sequence[Track], camera: CameraSettings, out: StepOutput) -> None:
        size = (max(seen.width, 1), max(seen.height, 1))
        people = [t for t in tracks if t.status is not TrackStatus.TENTATIVE and outside_masks(t.box_xyxy, size, camera.masks)]
        found = [
            SeenTrack(track.id, track.box_xyxy, track.max_conf)
            for track in people
            if track.status is TrackStatus.CONFIRMED and track.last_seen_ns == seen.occurred_ns
        ]
        boxes = [box for box in _boxes(seen) if outside_masks(box, size, camera.masks)]
        self._take_changes(camera.id, self._watch(camera.id).see(seen.occurred_ns, size, found, boxes, len(people)), out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        self._postures = {} if out.radio is None else {blob.id: blob.posture for blob in out.radio.blobs}
        self._learn(dict(out.names), out.fused)
        for camera_id, watch in self._watches.items():
            self._take_changes(camera_id, watch.tick(now_ns), out)
        for key, told in tuple(self._told.items()):
            self._refresh(key, told, now_ns, out)
        self._contradict(out)
        if out.fused is not None:
            out.fused = replace(out.fused, tracks=tuple(self._with_word(track) for track in out.fused.tracks))

    def falls_by_blob(self) -> Mapping[str, str]:
        """Blobs of people of whom a camera tells a fall, and its event: radio that tells it too joins that event."""
        falls = [(self._blob(told.change), self._event_of(key)) for key, told in self._told.items() if told.change.kind is EventKind.FALL]
        return {blob_id: event.id for blob_id, event in falls if blob_id and event is not None}

    def falls(self) -> Mapping[str, Event]:
        """The falls that cameras tell and that go on, by the event's id."""
        events = [self._open.get(key) for key, told in self._told.items() if told.change.kind is EventKind.FALL]
        return {event.id: event for event in events if event is not None}

    def close(self, fall: Event, at_ns: int, out: StepOutput) -> None:
        """An operator has dealt with a fall, whoever told it: it is over, and not told again because the camera still sees them lie."""
        for key, told in tuple(self._told.items()):
            event = self._open.get(key)
            if event is not None and event.id == fall.id:
                self._open.end(key, at_ns, out)
            if told.radio_fall == fall.subject_id:
                self._told[key] = replace(told, radio_fall="")

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """What is open and tells of somebody who was erased, tells of nobody from now on."""
        self._open.erase(traces, out)
        self._known = {
            track_id: replace(known, person_id="", person=ERASED_NAME, named_by=None) if known.person_id == traces.person_id else known
            for track_id, known in self._known.items()
        }

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """The engine ran until `at_ns` and starts again at `now_ns`. That ends no fall: unwatched is not up again."""
        back = now_ns < at_ns
        for key, told in tuple(self._told.items()):
            if back or told.change.kind is not EventKind.FALL:
                self._end_occurrence(key, at_ns, out)
        for camera_id, watch in tuple(self._watches.items()):
            self._take_changes(camera_id, watch.give_up(at_ns), out)
            self._watches[camera_id] = ActivityWatch(self._settings.activities)
            if not back:
                self._watches[camera_id].resume(watch)

    def open_event_ids(self) -> frozenset[str]:
        return self._open.ids()

    def state(self) -> dict[str, Any]:
        values = LaneState(tuple(self._told.items()), tuple(self._known.items()), tuple(self._postures.items()))
        watches = {camera_id: watch.state() for camera_id, watch in self._watches.items()}
        return {"lane": wire.to_plain(values), "watches": watches, "open": self._open.state()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        values = wire.read_record(LaneState, state["lane"], "activities")
        self._told, self._known, self._postures = dict(values.told), dict(values.known), dict(values.postures)
        self._open.restore(state["open"])
        self._watches = {camera_id: ActivityWatch(settings.activities) for camera_id in state["watches"]}
        for camera_id, watch in self._watches.items():
            watch.restore(state["watches"][camera_id])

    def _watch(self, camera_id: str) -> ActivityWatch:
        if camera_id not in self._watches:
            self._watches[camera_id] = ActivityWatch(self._settings.activities)
        return self._watches[camera_id]

    def _take_changes(self, camera_id: str, changes: Sequence[ActivityChange], out: StepOutput) -> None:
        for change in changes:
            key = f"{camera_id}/{change.kind.value}/{change.key}"
            match change.stage:
                case Stage.RAISED:
                    self._raise(key, camera_id, change, out)
                case Stage.CHANGED:
                    self._open.change(self._owner(key), out, change.severity, change.reason, level=change.level)
                case Stage.ENDED:
                    self._end_occurrence(key, change.at_ns, out)
                case Stage.REJECTED:
                    self._decide(camera_id, change, None, out)

    def _raise(self, key: str, camera_id: str, change: ActivityChange, out: StepOutput) -> None:
        theirs = self._fall_of_radio(change)
        other = self._told_by_another(camera_id, change)
        if theirs is None and other:
            self._told[key] = RaisedOccurrence(camera_id, change, joined=other)
            event = self._event_of(key)
            self._decide(camera_id, change, None if event is None else event.id, out)
            return
        if theirs is None:
            self._told[key] = RaisedOccurrence(camera_id, change)
            self._begin(key, camera_id, change, change.reason + self._second_opinion(change), out)
            return
        self._decide(camera_id, change, theirs.id, out)
        self._told[key] = RaisedOccurrence(camera_id, change, theirs.subject_id)
        self.radio.witnessed(theirs.subject_id, SEES_LYING, out)

    def _begin(self, key: str, camera_id: str, change: ActivityChange, reason: str, out: StepOutput) -> None:
        event_id = out.new_id("ev")
        camera, known = self._settings.camera(camera_id), self._of(change)
        event = Event(
            id=event_id,
            kind=change.kind,
            camera_id=camera_id,
            subject_id=_subject(camera_id, change),
            severity=change.severity,
            started_ns=change.started_ns,
            ended_ns=None,
            received_ns=out.received_ns,
            confidence=change.confidence,
            decision_id=self._decide(camera_id, change, event_id, out).id,
            box_xyxy=change.box_xyxy,
            reason=reason,
            simulated=camera is not None and camera.simulated,
            position=known.position,
            person=known.person,
            person_id=known.person_id,
            named_by=known.named_by,
        )
        self._open.begin(key, event, out)

    def _decide(self, camera_id: str, change: ActivityChange, event_id: str | None, out: StepOutput) -> Decision:
        gates = change.gates
        subject = _subject(camera_id, change)
        return out.decide(CandidateKind.ACTIVITY, subject, camera_id, outcome(gates), gates, smallest_flip(gates), event_id, change.at_ns)

    def _learn(self, names: Mapping[str, FusedIdentity], fused: FusedPicture | None) -> None:
        """Tracks are lost before a fall is told, names and places are not."""
        for fused_track in () if fused is None else fused.tracks:
            for source in fused_track.sources:
                if source.kind is SourceKind.CAMERA:
                    self._know(source.id, _update_known(fused_track, self._known.get(source.id, LastKnownTrack())))
        for track_id, identity in names.items():
            before = self._known.get(track_id, LastKnownTrack())
            self._know(track_id, replace(before, person_id=identity.person_id, person=identity.person_name, named_by=identity.named_by))

    def _know(self, track_id: str, known: LastKnownTrack) -> None:
        self._known.pop(track_id, None)
        self._known[track_id] = known
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def _refresh(self, key: str, told: RaisedOccurrence, now_ns: int, out: StepOutput) -> None:
        event = self._open.get(key)
        if event is None:
            self._speak_up(key, told, now_ns, out)
            return
        known, opinion = self._of(told.change), self._second_opinion(told.change)
        reason = event.reason.removesuffix(AGREES).removesuffix(DISAGREES) + opinion if opinion else event.reason
        changed = EventIdentity(known.person_id, known.person, known.named_by).onto(replace(event, reason=reason))
        if changed != event:
            self._open.begin(key, changed, out)

    def _speak_up(self, key: str, told: RaisedOccurrence, now_ns: int, out: StepOutput) -> None:
        """The radio's event that this fall had joined is over, and the camera still sees them lie."""
        if told.radio_fall and told.radio_fall not in self.radio.open_falls():
            self._told[key] = replace(told, radio_fall="")
            self._begin(key, told.camera_id, replace(told.change, at_ns=now_ns), told.change.reason + DISAGREES, out)

    def _contradict(self, out: StepOutput) -> None:
        """A fall that radio tells of somebody whom a camera sees upright."""
        falls = self.radio.open_falls()
        for track_id, known in self._known.items() if falls else ():
            upright = known.blob_id in falls and any(watch.upright(track_id) for watch in self._watches.values())
            if upright:
                self.radio.witnessed(known.blob_id, SEES_UPRIGHT, out)

    def _with_word(self, fused: FusedTrack) -> FusedTrack:
        """With what they do now; of several, the gravest."""
        ids = {source.id for source in fused.sources if source.kind is SourceKind.CAMERA}
        doing = [told.change for told in self._told.values() if ids & {*told.change.track_ids, told.change.key}]
        gravest = max(doing, key=lambda change: change.severity, default=None)
        return fused if gravest is None else replace(fused, activity=WORDS[gravest.kind])

    def _second_opinion(self, change: ActivityChange) -> str:
        posture = self._postures.get(self._blob(change)) if change.kind is EventKind.FALL else None
        return "" if posture is None else AGREES if posture is Posture.FALLEN else DISAGREES

    def _blob(self, change: ActivityChange) -> str:
        return self._of(change).blob_id

    def _of(self, change: ActivityChange) -> LastKnownTrack:
        """Of whoever does it; of two, nobody is named."""
        ids = (*change.track_ids, change.key) if len(change.track_ids) == 1 else ()
        return next((self._known[track_id] for track_id in ids if track_id in self._known), LastKnownTrack())

    def _end_occurrence(self, key: str, at_ns: int, out: StepOutput) -> None:
        """A fall that another camera still sees goes on as one event."""
        self._told.pop(key, None)
        heirs = [each for each, told in self._told.items() if told.joined == key]
        if not heirs:
            self._open.end(key, at_ns, out)
            return
        self._open.hand_over(key, heirs[0])
        for each in heirs:
            self._told[each] = replace(self._told[each], joined="" if each == heirs[0] else heirs[0])

    def _owner(self, key: str) -> str:
        """Under which key the event is open that a fall is told by."""
        told = self._told.get(key)
        return key if told is None or not told.joined else told.joined

    def _event_of(self, key: str) -> Event | None:
        return self._open.get(self._owner(key))

    def _fall_of_radio(self, change: ActivityChange) -> Event | None:
        """That radio told first: of the same person, else at the same place."""
        if change.kind is not EventKind.FALL:
            return None
        falls = self.radio.open_falls()
        return falls.get(self._blob(change)) or fall_at(self._of(change).position, change.started_ns, falls)

    def _told_by_another(self, camera_id: str, change: ActivityChange) -> str:
        """The key of the same fall, by another camera; empty: none tells it."""
        if change.kind is not EventKind.FALL:
            return ""
        known = self._of(change)
        for key, told in self._told.items():
            if told.camera_id == camera_id or told.change.kind is not EventKind.FALL or key not in self._open:
                continue
            theirs, fell_ns = self._of(told.change), told.change.started_ns
            if one_person(known, theirs) or one_place(known.position, change.started_ns, theirs.position, fell_ns):
                return key
        return ""

    def _end_camera(self, camera_id: str, at_ns: int, out: StepOutput) -> None:
        self._take_changes(camera_id, self._watches.pop(camera_id).give_up(at_ns), out)
        for key, told in tuple(self._told.items()):
            if told.camera_id == camera_id:
                self._end_occurrence(key, at_ns, out)


def _boxes(seen: DetectionsMade) -> list[Box]:
    people = seen.detections.boxes_xyxy[seen.detections.categories == Category.PERSON]
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in people.tolist()]


def _subject(camera_id: str, change: ActivityChange) -> str:
    return change.track_ids[0] if change.track_ids else camera_id


def _update_known(fused: FusedTrack, before: LastKnownTrack) -> LastKnownTrack:
    blob = next((source.id for source in fused.sources if source.kind is SourceKind.RADIO), before.blob_id)
    position = fused.position if has_place(fused.covariance) else None
    return replace(before, position=position, blob_id=blob, fused_id=fused.id)

"""Zones and lines in cameras' pictures: visits, use, loitering, crowds and crossings as events, with a decision for every candidate."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from engine.alerts.gates import outcome, outside_masks, smallest_flip
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Outcome
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import CameraMoved, DetectionsMade, Observation
from engine.model.people.traces import Traces
from engine.model.radio.fused import FusedIdentity
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.identities.event_identity import identity_of
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans
from engine.vision.activities.change import Stage
from engine.vision.known_still import KnownStill
from engine.vision.zones.change import PlaceChange
from engine.vision.zones.walker import Body
from engine.vision.zones.watch import PictureWatch

KNOWN_NS = 5 * SECOND  # a camera where nothing moves is searched every two seconds
SEVERITIES = {EventKind.LOITERING: Severity.LOW, EventKind.CROWD: Severity.MODERATE}  # as those of the whole picture begin
OF_PLACES = (EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING)  # the others are of how people behave


@dataclass(frozen=True, slots=True)
class LaneState:
    """`searched`: when each camera's picture was searched last."""

    searched: tuple[tuple[str, int], ...] = ()


class PictureZoneLane(Lane):
    """A camera without zones and lines costs nothing. One that moves, or is away from its home position, has no zones meanwhile."""

    name = "zones"
    subjects = (DetectionsMade, CameraMoved)

    def __init__(self) -> None:
        self._settings = Settings()
        self._watches: dict[str, PictureWatch] = {}
        self._open = Spans()
        self._searched: dict[str, int] = {}

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        """What is open ends where its zone or camera is gone, or the camera shows something else."""
        before, self._settings = self._settings, settings
        for camera_id in tuple(self._watches):
            old, new = before.camera(camera_id), settings.camera(camera_id)
            if old is None or new is None or not new.reads_like(old) or not (new.zones or new.lines):
                self._take_changes(camera_id, self._watches.pop(camera_id).end_all(at_ns), out)
                self._searched.pop(camera_id, None)
        for camera in settings.cameras:
            if camera.zones or camera.lines:
                watch = self._watches.setdefault(camera.id, PictureWatch())
                self._take_changes(camera.id, watch.configure(camera.zones, camera.lines, settings.gates.min_confidence, at_ns), out)

    def take(self, seen: Observation, out: StepOutput) -> None:
        """A detector ran, or a camera moved."""
        if isinstance(seen, CameraMoved):
            self._end_visits(seen, out)
        if not isinstance(seen, DetectionsMade):
            return
        watch, camera, view = self._watches.get(seen.camera_id), self._settings.camera(seen.camera_id), out.views.get(seen.camera_id)
        if watch is None or camera is None or view is None or view.away or seen.occurred_ns <= self._searched.get(camera.id, -1):
            return
        self._searched[camera.id] = seen.occurred_ns
        size, tracks = (max(seen.width, 1), max(seen.height, 1)), view.tracks
        found = [track for track in tracks if _seen_now(track, seen) and _outside(track, size, camera)]
        bodies = [_body(track, view.still, size) for track in found]
        self._take_changes(camera.id, watch.see(seen.occurred_ns, size, bodies, _alive(tracks)), out)

    def _end_visits(self, seen: CameraMoved, out: StepOutput) -> None:
        """What was in a zone is not followed out of it by a camera that turns away."""
        watch, camera = self._watches.get(seen.camera_id), self._settings.camera(seen.camera_id)
        if watch is None or camera is None or not (seen.moving or not seen.home):
            return
        self._take_changes(camera.id, watch.end_all(seen.occurred_ns), out)
        self._searched.pop(camera.id, None)
        self._watches[camera.id] = PictureWatch()
        self._watches[camera.id].configure(camera.zones, camera.lines, self._settings.gates.min_confidence, seen.occurred_ns)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        names = dict(out.names)
        for camera_id, watch in self._watches.items():
            view = out.views[camera_id]
            self._take_changes(camera_id, watch.tick(now_ns, _alive(view.tracks), view.still.stays), out)
            self._name(camera_id, names, out)
        out.zones = self.counts(now_ns)

    def counts(self, now_ns: int) -> tuple[ZoneCount, ...]:
        """Of all zones, camera by camera."""
        found: list[ZoneCount] = []
        for camera in self._settings.cameras:
            watch, searched_ns = self._watches.get(camera.id), self._searched.get(camera.id)
            if watch is not None:
                found += watch.counts(camera.id, searched_ns is not None and now_ns - searched_ns < KNOWN_NS)
        return tuple(found)

    def zones_of(self, camera_id: str, track_id: str) -> tuple[str, ...]:
        """The zones of its picture in which a track is."""
        watch = self._watches.get(camera_id)
        return () if watch is None else watch.zones_of(track_id)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """What is there then is told anew, but not what was still."""
        for camera_id, watch in self._watches.items():
            self._take_changes(camera_id, watch.end_all(at_ns), out)
        self._watches, self._searched = {}, {}
        self.configure(self._settings, at_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._open.erase(traces, out)

    def open_event_ids(self) -> frozenset[str]:
        return self._open.ids()

    def state(self) -> dict[str, Any]:
        watches = {camera_id: watch.state() for camera_id, watch in self._watches.items()}
        return {"lane": wire.to_plain(LaneState(tuple(self._searched.items()))), "watches": watches, "open": self._open.state()}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        """`state` is empty where it was written before there were zones in pictures."""
        self.configure(settings, 0, StepOutput(0, 0))
        if not state:
            return
        self._searched = dict(wire.read_as(LaneState, state["lane"], "zones").searched)
        self._open.restore(state["open"])
        for camera_id, watch in state["watches"].items():
            self._watches[camera_id].restore(watch)

    def _take_changes(self, camera_id: str, changes: Sequence[PlaceChange], out: StepOutput) -> None:
        for change in changes:
            key = f"{camera_id} {change.key}"
            match change.stage:
                case Stage.RAISED:
                    self._begin(key, camera_id, change, out)
                case Stage.CHANGED:
                    self._open.change(key, out, reason=change.reason)
                case Stage.ENDED:
                    self._open.end(key, change.at_ns, out)
                case Stage.REJECTED:
                    self._reject(camera_id, change, out)

    def _begin(self, key: str, camera_id: str, change: PlaceChange, out: StepOutput) -> None:
        event_id, camera = out.new_id("ev"), self._settings.camera(camera_id)
        event = Event(
            id=event_id,
            kind=change.kind,
            camera_id=camera_id,
            subject_id=change.subject_id,
            severity=SEVERITIES.get(change.kind, Severity.MINIMAL),
            started_ns=change.started_ns,
            ended_ns=None,
            received_ns=out.received_ns,
            confidence=change.confidence,
            decision_id=self._decide(camera_id, change, Outcome.RAISED, event_id, out),
            box_xyxy=change.box_xyxy,
            reason=change.reason,
            simulated=camera is not None and camera.simulated,
            zone_id=change.place_id,
            label=change.label,
        )
        self._open.begin(key, event, out)
        if change.kind is EventKind.CROSSING:
            self._open.end(key, change.at_ns, out)

    def _reject(self, camera_id: str, change: PlaceChange, out: StepOutput) -> None:
        verdict = outcome(change.gates)
        self._decide(camera_id, change, Outcome.REJECTED if verdict is Outcome.RAISED else verdict, None, out)

    def _decide(self, camera_id: str, change: PlaceChange, what: Outcome, event_id: str | None, out: StepOutput) -> str:
        kind = CandidateKind.ZONE if change.kind in OF_PLACES else CandidateKind.ACTIVITY
        flip = smallest_flip(change.gates)
        decision = out.decide(kind, change.subject_id, camera_id, what, change.gates, flip, event_id, change.at_ns, change.place_id)
        return decision.id

    def _name(self, camera_id: str, names: Mapping[str, FusedIdentity], out: StepOutput) -> None:
        """What is open has the name of whoever does it as soon as that is known."""
        for key in self._open.open_keys() if names else ():
            event = self._open.get(key)
            identity = None if event is None or event.camera_id != camera_id else names.get(event.subject_id)
            if event is not None and identity is not None and (changed := identity_of(identity).onto(event)) != event:
                self._open.begin(key, changed, out)


def _alive(tracks: Sequence[Track]) -> Set[str]:
    return {track.id for track in tracks}


def _seen_now(track: Track, seen: DetectionsMade) -> bool:
    return track.status is TrackStatus.CONFIRMED and track.last_seen_ns == seen.occurred_ns


def _outside(track: Track, size: tuple[int, int], camera: CameraSettings) -> bool:
    return not camera.masks or outside_masks(track.box_xyxy, size, camera.masks)


def _body(track: Track, still: KnownStill, size: tuple[int, int]) -> Body:
    alike = still.likeness(track.category, track.box_xyxy, size)
    return Body(track.id, int(track.category), track.box_xyxy, track.max_conf, track.first_seen_ns, alike)

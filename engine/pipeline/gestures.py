"""The gesture lane: one event for each performance of a gesture that was taught, and a decision for each that came near."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.geometry import Box, Floats
from engine.model.observation import GesturesChanged, Observation, PosesSeen
from engine.model.people.gesture import Gesture, GestureMode
from engine.model.people.traces import Traces
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity, identity_of
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.vision.gestures.library import GestureLibrary
from engine.vision.gestures.watch import GestureHit, GestureWatch

NEAR = 1.4  # times a gesture's threshold: what comes no nearer is no candidate
NEAR_EVERY_NS = 5 * SECOND  # of one gesture and track: who fidgets does not fill the record
PACE = 1.35  # how much faster or slower than its takes a gesture may be performed; the watch looks no further
UNSEEN_NS = SECOND // 2  # without a pose for so long, what was performed is over
_VISIBLE = 0.5
_NO_BODY = np.full((33, 3), np.nan, np.float32), np.zeros(33, np.float32)


@dataclass(frozen=True, slots=True)
class Libraries:
    """What is looked for, side by side: a gesture on trial must not take a performance away from an armed one."""

    armed: GestureLibrary
    trial: GestureLibrary
    near: GestureLibrary

    @classmethod
    def of(cls, gestures: Sequence[Gesture]) -> "Libraries":
        watched = [gesture for gesture in gestures if gesture.mode is not GestureMode.OFF]
        armed = [gesture for gesture in watched if gesture.mode is GestureMode.ARMED]
        near = [replace(gesture, threshold=gesture.threshold * NEAR) for gesture in watched]
        return cls(GestureLibrary(armed), GestureLibrary(watched if len(watched) > len(armed) else ()), GestureLibrary(near))

    def each(self) -> Iterator[tuple[str, GestureLibrary]]:
        return ((name, library) for name, library in (("armed", self.armed), ("trial", self.trial), ("near", self.near)) if len(library))


@dataclass(slots=True)
class Watched:
    """One track. `watches` by the name of their library; `told_ns`: until when each gesture was told of, as seen or as near."""

    camera_id: str
    watches: dict[str, GestureWatch]
    last_ns: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)
    who: EventIdentity = NOBODY
    told_ns: dict[str, int] = field(default_factory=dict[str, int])

    def use(self, libraries: Libraries) -> None:
        wanted = dict(libraries.each())
        for name, library in wanted.items():
            if name in self.watches:
                self.watches[name].use(library)
        kept = {name: self.watches[name] for name in wanted if name in self.watches}
        self.watches = kept | {name: GestureWatch(library) for name, library in wanted.items() if name not in kept}

    def hits(self, now_ns: int, landmarks: Floats, visibility: Floats) -> list[tuple[str, GestureHit]]:
        """Performances that are over by now, the armed ones first, those that only came near last."""
        found = ((name, watch.take(now_ns, landmarks, visibility)) for name, watch in self.watches.items())
        return [(name, hit) for name, hits in found for hit in hits]

    def state(self) -> dict[str, Any]:
        return {
            "camera_id": self.camera_id,
            "watches": {name: watch.state() for name, watch in self.watches.items()},
            "last_ns": self.last_ns,
            "box": list(self.box),
            **wire.to_plain(self.who),
            "told_ns": dict(self.told_ns),
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any], libraries: Libraries) -> "Watched":
        x1, y1, x2, y2 = state["box"]
        who = wire.read_as(EventIdentity, {key: state[key] for key in ("person_id", "person", "named_by") if key in state})
        watched = cls(state["camera_id"], {}, state["last_ns"], (x1, y1, x2, y2), who, dict(state["told_ns"]))
        watched.use(libraries)
        for name, watch in watched.watches.items():
            watch.restore(state["watches"][name])
        return watched


class GestureLane(Lane):
    """Follows the poses of tracks at whatever rate they come."""

    name = "gestures"
    subjects = (PosesSeen, GesturesChanged)

    def __init__(self) -> None:
        self._settings = Settings()
        self._gestures: dict[str, Gesture] = {}
        self._libraries = Libraries.of(())
        self._watched: dict[str, Watched] = {}

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case PosesSeen():
                self._follow_poses(seen, out)
            case GesturesChanged():
                self._replace_gestures(seen)
            case _:
                pass

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        self._settings = settings

    def _replace_gestures(self, changed: GesturesChanged) -> None:
        """What was seen so far stays."""
        self._taught(changed.gestures)
        for watched in self._watched.values():
            watched.use(self._libraries)

    def _follow_poses(self, seen: PosesSeen, out: StepOutput) -> None:
        camera = self._settings.camera(seen.camera_id)
        if camera is None or not len(self._libraries.near):
            return
        for track_id, landmarks, visibility in zip(seen.poses.track_ids, seen.poses.landmarks, seen.poses.visibility, strict=True):
            watched = self._of(track_id, seen.camera_id)
            watched.last_ns, watched.box = seen.occurred_ns, _box(landmarks, visibility)
            self._take_hits(track_id, watched, watched.hits(seen.occurred_ns, landmarks, visibility), camera, out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        """Who is gone is watched no longer; what they had performed before is told."""
        names, living = dict(out.names), {track.id for view in out.views.values() for track in view.people}
        for track_id, watched in tuple(self._watched.items()):
            camera = self._settings.camera(watched.camera_id)
            gone = track_id not in living or camera is None
            watched.who = identity_of(names.get(track_id))
            if camera is not None and (gone or now_ns - watched.last_ns >= UNSEEN_NS):
                self._take_hits(track_id, watched, watched.hits(watched.last_ns + UNSEEN_NS, *_NO_BODY), camera, out)
            if gone:
                del self._watched[track_id]

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Somebody was erased: who performs is nobody, until they are known as somebody else."""
        for watched in self._watched.values():
            if watched.who.person_id == traces.person_id:
                watched.who = NOBODY

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        self._watched = {}

    def state(self) -> Mapping[str, Any]:
        return {
            "gestures": [wire.to_plain(gesture) for gesture in self._gestures.values()],
            "watched": {track_id: watched.state() for track_id, watched in self._watched.items()},
        }

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        self._taught([wire.read_record(Gesture, gesture, "gestures") for gesture in state["gestures"]])
        self._watched = {track_id: Watched.restored(each, self._libraries) for track_id, each in state["watched"].items()}

    def _taught(self, gestures: Sequence[Gesture]) -> None:
        self._gestures = {gesture.id: gesture for gesture in gestures}
        self._libraries = Libraries.of(gestures)

    def _of(self, track_id: str, camera_id: str) -> Watched:
        watched = self._watched.get(track_id)
        if watched is None:
            watched = self._watched[track_id] = Watched(camera_id, {})
            watched.use(self._libraries)
        return watched

    def _take_hits(
        self, track_id: str, watched: Watched, hits: Sequence[tuple[str, GestureHit]], camera: CameraSettings, out: StepOutput
    ) -> None:
        for name, hit in hits:
            gesture = self._gestures[hit.gesture_id]
            if name == "near":
                self._near(track_id, watched, hit, gesture, out)
            elif (name == "armed") == (gesture.mode is GestureMode.ARMED):  # on trial, armed ones only compete
                watched.told_ns[gesture.id] = max(hit.end_ns, watched.told_ns.get(gesture.id, 0))
                self._performed(track_id, watched, hit, gesture, camera, out)

    def _performed(
        self, track_id: str, watched: Watched, hit: GestureHit, gesture: Gesture, camera: CameraSettings, out: StepOutput
    ) -> None:
        event_id, gates = out.new_id("ev"), _gesture_gates(hit, gesture)
        flip = f"Margin: {gates[0].margin:.2f} above the threshold of likeness to “{gesture.label}”."
        decision = out.decide(CandidateKind.GESTURE, track_id, watched.camera_id, Outcome.RAISED, gates, flip, event_id, hit.end_ns)
        out.event(
            Event(
                id=event_id,
                kind=EventKind.GESTURE,
                camera_id=watched.camera_id,
                subject_id=track_id,
                severity=Severity.MODERATE,
                started_ns=hit.start_ns,
                ended_ns=hit.end_ns,
                received_ns=out.received_ns,
                confidence=hit.confidence,
                decision_id=decision.id,
                box_xyxy=watched.box,
                reason=f"{watched.who.person or 'Somebody'} made the gesture “{gesture.label}”.",
                simulated=camera.simulated,
                person=watched.who.person,
                person_id=watched.who.person_id,
                named_by=watched.who.named_by,
                label=gesture.label,
                shadow=gesture.mode is GestureMode.SHADOW,
            )
        )

    def _near(self, track_id: str, watched: Watched, hit: GestureHit, gesture: Gesture, out: StepOutput) -> None:
        """Unless it was the gesture itself, or one that was told of just now."""
        gates = _gesture_gates(hit, gesture)
        if gates[0].passed or hit.start_ns < watched.told_ns.get(gesture.id, 0):
            return
        watched.told_ns[gesture.id] = hit.end_ns + NEAR_EVERY_NS
        flip = f"Missing: {-gates[0].margin:.2f} more likeness to “{gesture.label}”."
        out.decide(CandidateKind.GESTURE, track_id, watched.camera_id, Outcome.REJECTED, gates, flip, None, hit.end_ns)


def _gesture_gates(hit: GestureHit, gesture: Gesture) -> tuple[GateReading, GateReading]:
    """Near enough, and about as fast as its takes. Lower is better in both."""
    lasts_s, usual_s = (hit.end_ns - hit.start_ns) / SECOND, float(np.median([take.lasts_s for take in gesture.takes]))
    times = round(max(lasts_s / usual_s, usual_s / lasts_s), 3)
    return _at_most("distance", hit.distance, gesture.threshold), _at_most("duration", times, PACE, "×")


def _at_most(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, threshold - value, value <= threshold, unit)


def _box(landmarks: Floats, visibility: Floats) -> Box:
    """Around what is seen of a body."""
    shown = visibility >= _VISIBLE
    points = landmarks[shown if shown.any() else slice(None), :2]
    x1, y1, x2, y2 = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    return x1, y1, x2, y2

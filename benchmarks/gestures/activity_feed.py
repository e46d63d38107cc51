"""What one camera sees, entered into the product's own pipeline as the live engine does, and the events that come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.model.alerts.decision import CandidateKind, Decision
from engine.model.cameras.detection import Detections
from engine.model.cameras.pose import Poses
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind
from engine.model.geometry import Floats
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Observation, PosesSeen, SettingsChanged, Tick
from engine.model.people.settings import ActivitySettings
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.runtime.closer.closer import POSE_HZ, POSED
from engine.vision.tracking import Tracker

CAMERA = "video"
_ORIGIN_NS = SECOND
_TICK_HZ = 10.0  # as a live engine

PoseLook = Callable[[tuple[str, ...], Floats], Poses]
"""The poses of tracks with these ids and boxes (N, 4)."""


@dataclass(slots=True)
class Told:
    """The events of one playing, by id, and when each was told: seconds from the first picture; `decisions` about what people do."""

    events: dict[str, tuple[float, Event]] = field(default_factory=dict[str, tuple[float, Event]])
    decisions: list[Decision] = field(default_factory=list[Decision])

    def of(self, kind: EventKind) -> list[tuple[float, Event]]:
        return sorted((told for told in self.events.values() if told[1].kind is kind), key=lambda told: told[0])


class ActivityFeed:
    """One way through the pipeline. Poses are looked for as the product does: ten times a second, on the two tallest tracks."""

    def __init__(self, still_s: float, detector: str) -> None:
        self.told = Told()
        self._detector = detector
        self._pipeline = Pipeline(Tracker)
        self._number = 0
        self._posed_s = self._ticked_s = -1.0
        self._tracks: tuple[Track, ...] = ()
        camera = CameraSettings(CAMERA, "Video", "video")
        activities = ActivitySettings(fall_still_s=still_s)
        self._enter(SettingsChanged(0, Settings(cameras=(camera,), activities=activities)), 0.0)

    def picture(self, index: int, at_s: float, size: tuple[int, int], people: Detections, look: PoseLook | None) -> None:
        """One picture of `size` (width, height), and who was found on it. `look`: what finds poses; None: nothing does."""
        at_ns, (width, height) = _ns(at_s), size
        self._enter(FrameSeen(CAMERA, at_ns, index, width, height, Motion.none()), at_s)
        self._enter(DetectionsMade(CAMERA, at_ns, index, width, height, people, self._detector), at_s)
        if look is not None:
            self._pose(at_ns, at_s, look)
        if at_s - self._ticked_s >= 1 / _TICK_HZ - 1e-6:
            self.tick(at_s)

    def tick(self, at_s: float) -> None:
        self._ticked_s = at_s
        self._enter(Tick(_ns(at_s)), at_s)

    def _pose(self, at_ns: int, at_s: float, look: PoseLook) -> None:
        seen = [track for track in self._tracks if track.status is TrackStatus.CONFIRMED]
        if not seen or at_s - self._posed_s < 1 / POSE_HZ - 1e-6:
            return
        self._posed_s = at_s
        chosen = _tallest(seen)
        ids = tuple(track.id for track in chosen)
        poses = look(ids, np.array([track.box_xyxy for track in chosen], np.float32))
        self._enter(PosesSeen(CAMERA, at_ns, ids, poses, "poses"), at_s)

    def _enter(self, observation: Observation, at_s: float) -> None:
        self._number += 1
        result = self._pipeline.step(Numbered(self._number, observation.occurred_ns, observation))
        self._tracks = dict(result.tracks).get(CAMERA, self._tracks)
        self.told.decisions += [decision for decision in result.decisions if decision.candidate is CandidateKind.ACTIVITY]
        for event in result.events:
            first_s = self.told.events.get(event.id, (at_s, event))[0]
            self.told.events[event.id] = (first_s, event)


def _tallest(tracks: Sequence[Track]) -> list[Track]:
    return sorted(tracks, key=lambda track: (track.box_xyxy[1] - track.box_xyxy[3], track.id))[:POSED]


def _ns(at_s: float) -> int:
    return _ORIGIN_NS + round(at_s * SECOND)

"""Keeps where things go in the pictures of cameras, so that a part of a picture can be looked through later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.model.cameras.track import Track, TrackStatus
from engine.model.cameras.trail import Trail
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade, FrameSeen, Observation, Tick
from engine.model.result import StepResult
from engine.model.time import SECOND
from engine.runtime.side import Side

OFTEN_NS = SECOND // 2  # of one thing
STILL_NS = 10 * SECOND  # of one that stays where it is
MOVED = 0.01  # of the picture, that a side has to go to have moved
LONGEST_NS = 60 * SECOND  # of one trail
QUIET_NS = 5 * SECOND  # motion that pauses for so long is another one
MOST_REGIONS = 4  # of motion, of one frame: the largest
MOTION = "motion"


@dataclass(slots=True)
class _Open:
    """`last`: where it was noted last. seen_ns: when it was there last."""

    camera_id: str
    track_id: str
    category: str
    times: list[int] = field(default_factory=list[int])
    boxes: list[Box] = field(default_factory=list[Box])

    def note(self, at_ns: int, box: Box) -> None:
        if self.times:
            ago_ns = at_ns - self.times[-1]
            moved = max(abs(now - was) for now, was in zip(box, self.boxes[-1], strict=True)) > MOVED
            if ago_ns < (OFTEN_NS if moved else STILL_NS):
                return
        self.add(at_ns, box)

    def add(self, at_ns: int, box: Box) -> None:
        self.times.append(at_ns)
        self.boxes.append(box)

    def to_trail(self) -> Trail:
        return Trail(
            self.camera_id, self.track_id, self.category, np.array(self.times, np.int64), np.array(self.boxes, np.float32).reshape(-1, 4)
        )


class TrailSide(Side):
    """`take` on the engine thread, after every step.

    Args:
        keep: gets trails that are over; must return at once.
    """

    def __init__(self, keep: Callable[[Sequence[Trail]], None]) -> None:
        self._keep = keep
        self._sizes: dict[str, tuple[int, int]] = {}
        self._tracks: dict[str, dict[str, _Open]] = {}
        self._motion: dict[str, _Open] = {}

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if isinstance(observation, (FrameSeen, DetectionsMade)):
            self._sizes[observation.camera_id] = observation.width, observation.height
        if isinstance(observation, FrameSeen):
            self._add_motion(observation)
        for camera_id, tracks in result.tracks:
            self._follow_tracks(camera_id, tracks)
        if isinstance(observation, Tick):
            self._end_quiet(observation.occurred_ns)

    def on_finish(self) -> None:
        """What is still open is over."""
        self._store_trails([each for tracks in self._tracks.values() for each in tracks.values()] + list(self._motion.values()))
        self._tracks, self._motion = {}, {}

    def _follow_tracks(self, camera_id: str, tracks: Sequence[Track]) -> None:
        size = self._sizes.get(camera_id)
        if size is None:
            return
        known = self._tracks.setdefault(camera_id, {})
        for track in tracks:
            if track.status is TrackStatus.CONFIRMED:
                self._see(known, track, size)
        gone = set(known) - {track.id for track in tracks if track.status is not TrackStatus.LOST}
        self._store_trails([known.pop(track_id) for track_id in gone])

    def _see(self, known: dict[str, _Open], track: Track, size: tuple[int, int]) -> None:
        trail = known.get(track.id)
        if trail is not None and track.last_seen_ns - trail.times[0] > LONGEST_NS:
            self._store_trails([known.pop(track.id)])
            trail = None
        if trail is None:
            trail = known[track.id] = _Open(track.camera_id, track.id, track.category.name.lower())
        if not trail.times or track.last_seen_ns > trail.times[-1]:
            trail.note(track.last_seen_ns, _shares(track.box_xyxy, size))

    def _add_motion(self, frame: FrameSeen) -> None:
        regions = frame.motion.regions_xyxy
        if not len(regions):
            return
        trail = self._motion.setdefault(frame.camera_id, _Open(frame.camera_id, "", MOTION))
        if trail.times and frame.occurred_ns - trail.times[-1] < OFTEN_NS:
            return
        sides = np.prod(regions[:, 2:] - regions[:, :2], axis=1)
        for x0, y0, x1, y1 in regions[np.argsort(-sides)[:MOST_REGIONS]].tolist():
            trail.add(frame.occurred_ns, _shares((x0, y0, x1, y1), (frame.width, frame.height)))

    def _end_quiet(self, now_ns: int) -> None:
        over = [
            camera_id
            for camera_id, trail in self._motion.items()
            if now_ns - trail.times[-1] > QUIET_NS or trail.times[-1] - trail.times[0] > LONGEST_NS
        ]
        self._store_trails([self._motion.pop(camera_id) for camera_id in over])

    def _store_trails(self, trails: Sequence[_Open]) -> None:
        several = [trail.to_trail() for trail in trails if trail.times]
        if several:
            self._keep(several)


def _shares(box: Box, size: tuple[int, int]) -> Box:
    width, height = size
    x0, y0, x1, y1 = box[0] / width, box[1] / height, box[2] / width, box[3] / height
    return min(max(x0, 0.0), 1.0), min(max(y0, 0.0), 1.0), min(max(x1, 0.0), 1.0), min(max(y1, 0.0), 1.0)

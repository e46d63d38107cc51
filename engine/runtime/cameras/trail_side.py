"""Keeps where things go in the pictures of cameras: for searching a part of a picture, and for boxes over clips."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import field

import numpy as np

from engine.model.cameras.track import Track, TrackStatus
from engine.model.cameras.trail import TrackTrail, Trail
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade, FrameSeen, Observation, Tick
from engine.model.result import StepResult
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.side import Side

OFTEN_NS = SECOND // 2  # of one thing
STILL_NS = 10 * SECOND  # of one that stays where it is
MOVED = 0.01  # of the picture, that a side has to go to have moved
LONGEST_NS = 60 * SECOND  # of one trail
GAP_NS = SECOND  # without a detection: what comes after is a trail of its own, so that nothing is drawn between as if it were seen
QUIET_NS = 5 * SECOND  # motion that pauses for so long is another one
MOST_REGIONS = 4  # of motion, of one frame: the largest
MOTION = "motion"


@dataclass(slots=True)
class _Open:
    """seen_ns, seen_box: the last detection, noted or not. lost: predicted places came after it. confirmed: it is a track, and not only
    a candidate, whose first detections are kept until it is one."""

    camera_id: str
    track_id: str
    category: str
    times: list[int] = field(default_factory=list[int])
    boxes: list[Box] = field(default_factory=list[Box])
    seen_ns: int = 0
    seen_box: Box | None = None
    lost: bool = False
    confirmed: bool = True

    def is_interrupted(self, at_ns: int) -> bool:
        """Whether a detection at this time does not continue it."""
        return self.lost and at_ns - self.seen_ns > GAP_NS

    def note(self, at_ns: int, box: Box) -> None:
        before_ns, before = self.seen_ns, self.seen_box
        self.seen_ns, self.seen_box, self.lost = at_ns, box, False
        if self.times:
            ago_ns = at_ns - self.times[-1]
            moved = max(abs(now - was) for now, was in zip(box, self.boxes[-1], strict=True)) > MOVED
            if ago_ns < (OFTEN_NS if moved else STILL_NS):
                return
            if moved and ago_ns > 2 * OFTEN_NS and before is not None and before_ns > self.times[-1]:
                self.add(before_ns, before)  # until then it stood still: nothing between may glide
        self.add(at_ns, box)

    def add(self, at_ns: int, box: Box) -> None:
        self.times.append(at_ns)
        self.boxes.append(box)

    def path_to_last_detection(self) -> tuple[list[int], list[Box]]:
        """Up to the last detection."""
        if self.seen_box is not None and self.times and self.seen_ns > self.times[-1]:
            return [*self.times, self.seen_ns], [*self.boxes, self.seen_box]
        return self.times, self.boxes

    def to_track_trail(self) -> TrackTrail:
        times, boxes = self.path_to_last_detection()
        return TrackTrail(self.track_id, self.category, tuple(times), tuple(boxes))

    def to_trail(self) -> Trail:
        times, boxes = self.path_to_last_detection()
        return Trail(self.camera_id, self.track_id, self.category, np.array(times, np.int64), np.array(boxes, np.float32).reshape(-1, 4))


class TrailSide(Side):
    """`on_step` on the engine thread, after every step; `open_trails` on any.

    Args:
        keep: gets trails that are over; must return at once.
    """

    def __init__(self, keep: Callable[[Sequence[Trail]], None]) -> None:
        self._keep = keep
        self._sizes: dict[str, tuple[int, int]] = {}
        self._newest_ns: dict[str, int] = {}
        self._tracks: dict[str, dict[str, _Open]] = {}
        self._motion: dict[str, _Open] = {}
        self._lock = threading.Lock()  # around what is open of tracks

    def open_trails(self, camera_id: str, track_id: str = "") -> tuple[TrackTrail, ...]:
        """Trails that are not over, hence not in the record; of one track, or of all of a camera."""
        with self._lock:
            tracks = self._tracks.get(camera_id, {})
            shown = [trail for trail in tracks.values() if trail.times and trail.confirmed]
            return tuple(trail.to_track_trail() for trail in shown if track_id in ("", trail.track_id))

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if isinstance(observation, (FrameSeen, DetectionsMade)):
            self._sizes[observation.camera_id] = observation.width, observation.height
            self._newest_ns[observation.camera_id] = max(observation.occurred_ns, self._newest_ns.get(observation.camera_id, 0))
        if isinstance(observation, FrameSeen):
            self._add_motion(observation)
        with self._lock:
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
            if track.status in (TrackStatus.TENTATIVE, TrackStatus.CONFIRMED) or self._is_late_detection(known, track):
                self._see(known, track, size)
            elif track.id in known:
                known[track.id].lost = True
        gone = set(known) - {track.id for track in tracks if track.status is not TrackStatus.LOST}
        self._store_trails([known.pop(track_id) for track_id in gone])

    @staticmethod
    def _is_late_detection(known: dict[str, _Open], track: Track) -> bool:
        """A slow detector's: its track is predicted on by the time that it comes, and was seen all the same."""
        if track.status is not TrackStatus.COASTING:
            return False
        trail = known.get(track.id)
        return trail is None or track.last_seen_ns > trail.seen_ns

    def _see(self, known: dict[str, _Open], track: Track, size: tuple[int, int]) -> None:
        trail = known.get(track.id)
        if trail is not None and (track.last_seen_ns - trail.times[0] > LONGEST_NS or trail.is_interrupted(track.last_seen_ns)):
            self._store_trails([known.pop(track.id)])
            trail = None
        if trail is None:
            trail = known[track.id] = _Open(track.camera_id, track.id, track.category.name.lower(), confirmed=False)
        trail.confirmed |= track.status in (TrackStatus.CONFIRMED, TrackStatus.COASTING)
        if track.last_seen_ns > trail.seen_ns or not trail.times:
            trail.note(track.last_seen_ns, _shares(self._box_when_seen(track), size))

    def _box_when_seen(self, track: Track) -> Box:
        """Its box is that of the newest picture; of a late detection it is moved back along its velocity."""
        newest_ns = self._newest_ns.get(track.camera_id, track.last_seen_ns)
        if track.status is not TrackStatus.COASTING:
            return track.box_xyxy
        ago_s = (newest_ns - track.last_seen_ns) / SECOND
        dx, dy = track.velocity_xy[0] * ago_s, track.velocity_xy[1] * ago_s
        x0, y0, x1, y1 = track.box_xyxy
        return x0 - dx, y0 - dy, x1 - dx, y1 - dy

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
        several = [trail.to_trail() for trail in trails if trail.times and trail.confirmed]
        if several:
            self._keep(several)


def _shares(box: Box, size: tuple[int, int]) -> Box:
    width, height = size
    x0, y0, x1, y1 = box[0] / width, box[1] / height, box[2] / width, box[3] / height
    return min(max(x0, 0.0), 1.0), min(max(y0, 0.0), 1.0), min(max(x1, 0.0), 1.0), min(max(y1, 0.0), 1.0)

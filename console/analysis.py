"""Boxes through the pipeline as fast as it goes, frame by frame: what `watchroom analyse` and the benches of tracking run."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from console.mot_files import MotRows, Rows
from console.playback.footage import Look
from engine.model.cameras.detection import Detections
from engine.model.cameras.track import Sequence, Track
from engine.model.event import Event
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

CAMERA = "video"
ORIGIN_NS = SECOND  # the first frame's time in the pipeline, where zero means never
AFTERMATH_NS = 30 * SECOND  # the time given after the last frame for everything open to end


def extent(rows: Rows) -> tuple[int, int]:
    """Width and height of the smallest picture that all boxes lie in; the picture's own may be larger. (0, 0) without boxes."""
    if not len(rows):
        return 0, 0
    right, bottom = (rows[:, 2:4] + rows[:, 4:6]).max(axis=0)
    return max(1, int(-(-right // 1))), max(1, int(-(-bottom // 1)))


def follow_boxes(
    found: Iterable[Detections], size: tuple[int, int], fps: float, smallest: float = 0.12, tracker: Callable[[str], Tracker] = Tracker
) -> "Analysis":
    """Boxes of frame 1, 2, … without pictures; `size`: the picture's width and height in pixels."""
    return follow((Look(*size, Motion.none(), each) for each in found), fps, smallest, tracker)


def follow(looks: Iterable[Look], fps: float, smallest: float = 0.12, tracker: Callable[[str], Tracker] = Tracker) -> "Analysis":
    """Every look in order, and the time after the last one until all has ended."""
    analysis = Analysis(smallest, tracker)
    for look in looks:
        analysis.look(look, fps)
    analysis.finish()
    return analysis


class Analysis:
    """One file's way through the pipeline. Times count from its first frame."""

    def __init__(self, smallest: float, tracker: Callable[[str], Tracker] = Tracker) -> None:
        self._pipeline = Pipeline(tracker)
        self._number = 0
        self._frame = 0
        self._now_ns = 0
        self._spans: dict[str, list[int]] = {}
        self._sequences: dict[str, Sequence] = {}
        self._events: dict[str, Event] = {}
        self.rows = MotRows()
        camera = CameraSettings(CAMERA, "Video", "video", min_person_share=smallest)
        self._enter(SettingsChanged(0, Settings(cameras=(camera,))))

    def look(self, look: Look, fps: float) -> None:
        """Take in the next frame and what was found on it."""
        self._now_ns = at_ns = ORIGIN_NS + round(self._frame * SECOND / fps)
        self._frame += 1
        self._enter(FrameSeen(CAMERA, at_ns, self._frame, look.width, look.height, look.motion))
        tracks = self._enter(DetectionsMade(CAMERA, at_ns, self._frame, look.width, look.height, look.detections, "file"))
        self.rows.add(self._frame, at_ns, tracks)
        for track in tracks:
            if track.last_seen_ns == at_ns:
                self._spans.setdefault(track.id, [self._frame, self._frame])[1] = self._frame
        self._enter(Tick(at_ns))

    def finish(self) -> None:
        """Let time pass until everything that is open has ended."""
        for step_ns in range(0, AFTERMATH_NS, SECOND):
            self._enter(Tick(self._now_ns + step_ns))

    def report(self, fps: float) -> dict[str, Any]:
        tracks = [self._track(sequence) for sequence in self._sequences.values()]
        events = [_event(event) for event in sorted(self._events.values(), key=attrgetter("started_ns"))]
        return {"fps": fps, "frames": self._frame, "tracks": tracks, "events": events}

    def _enter(self, observation: Observation) -> tuple[Track, ...]:
        self._number += 1
        result = self._pipeline.step(Numbered(self._number, observation.occurred_ns, observation))
        self._sequences.update((sequence.id, sequence) for sequence in result.sequences)
        self._events.update((event.id, event) for event in result.events)
        return dict(result.tracks).get(CAMERA, ())

    def _track(self, sequence: Sequence) -> dict[str, Any]:
        first, last = self._spans.get(sequence.id, [0, 0])
        return {
            "id": sequence.id,
            "number": sequence.number,
            "category": sequence.category.name.lower(),
            "first_frame": first,
            "last_frame": last,
            "started_s": _seconds(sequence.started_ns),
            "ended_s": _seconds(sequence.last_seen_ns),
            "detections": sequence.detections,
            "max_conf": round(sequence.max_conf, 4),
            "best_box": [round(v, 2) for v in sequence.best_box],
        }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind.value,
        "started_s": _seconds(event.started_ns),
        "ended_s": None if event.ended_ns is None else _seconds(event.ended_ns),
        "confidence": round(event.confidence, 4),
        "severity": int(event.severity),
        "track": event.subject_id,
    }


def _seconds(at_ns: int) -> float:
    return round((at_ns - ORIGIN_NS) / SECOND, 6)

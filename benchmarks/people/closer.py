"""What closer looks cost: a film at its own speed, its people followed, looked at for faces, poses and looks as the engine does."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.report import at_least, at_most, case
from engine.model.cameras.frame import DecodedFrame
from engine.model.cameras.track import TrackStatus
from engine.model.observation import FacesSeen, LooksSeen, Observation, PosesSeen
from engine.model.settings import DetectionSettings
from engine.model.time import SECOND, SystemClock
from engine.runtime.closer.closer import POSE_HZ, CloserLooks
from engine.runtime.closer.lookers import load_lookers
from engine.sources.camera.file import FileSource
from engine.sources.camera.protocol import EndOfStream
from engine.vision.detector import load_detector
from engine.vision.models import ModelStore
from engine.vision.tracking import Tracker

_DETECT_NS = SECOND // 5
_SMALLEST = 0.12
_TARGET_MS = 15.0


@dataclass
class Seen:
    """An inbox."""

    observations: list[Observation] = field(default_factory=list[Observation])

    def post(self, observation: Observation) -> None:
        self.observations.append(observation)


def run(film: Path, models: ModelStore | None = None) -> dict[str, Any]:
    """One pass over the film, in real time.

    Raises:
        NotFound, EnvironmentFault: models or the film.
    """
    store = models or ModelStore()
    seen = Seen()
    looks = CloserLooks(lambda: load_lookers(store, faces=True, poses=True, looks=True), seen)
    looks.look_once(0.0)  # loads
    figures = _watch(film, looks, store)
    counts = {kind.__name__: sum(isinstance(each, kind) for each in seen.observations) for kind in (FacesSeen, PosesSeen, LooksSeen)}
    metrics = figures | {
        "pose_looks_hz": round(counts["PosesSeen"] / figures["seconds_with_people"], 1),
        "face_looks_hz": round(counts["FacesSeen"] / figures["seconds_with_people"], 1),
        "look_looks_hz": round(counts["LooksSeen"] / figures["seconds_with_people"], 1),
    }
    targets = [
        at_most("closer looks: ms_per_frame", _TARGET_MS, metrics["ms_per_frame"]),
        at_least("closer looks: pose_looks_hz", 0.9 * POSE_HZ, metrics["pose_looks_hz"]),
    ]
    return {"bench": "closer", "cases": [case("closer looks", {"film": film.name}, metrics)], "targets": targets}


def _watch(film: Path, looks: CloserLooks, store: ModelStore) -> dict[str, Any]:
    """CPU time of closer looks over the frames with somebody in view; detector and decoder are not counted."""
    detector = load_detector(store, DetectionSettings(), _SMALLEST)
    tracker, detected_ns = Tracker("film"), 0
    spent_s, frames, people, began_ns, ended_ns = 0.0, 0, 0, 0, 0
    for number, frame in enumerate(_frames(film)):
        now_ns = frame.captured_ns
        if now_ns - detected_ns >= _DETECT_NS:
            detected_ns = now_ns
            tracker.update(detector.detect(frame), now_ns, number, (frame.width, frame.height))
        tracks = tuple(track for track in tracker.tracks(now_ns) if track.status is TrackStatus.CONFIRMED)
        began_s = time.process_time()
        looks.tracks("film", tracks, now_ns)
        looks.offer("film", frame)
        looks.look_once(0.0)
        if tracks:
            spent_s += time.process_time() - began_s
            frames, people = frames + 1, people + len(tracks)
            began_ns, ended_ns = began_ns or now_ns, now_ns
    seconds = max((ended_ns - began_ns) / SECOND, 1e-9)
    return {
        "frames_with_people": frames,
        "people_per_frame": round(people / max(frames, 1), 2),
        "seconds_with_people": round(seconds, 1),
        "ms_per_frame": round(spent_s * 1000 / max(frames, 1), 2),
        "cores": round(spent_s / seconds, 3),
    }


def _frames(film: Path) -> Iterator[DecodedFrame]:
    """At their times; one that is late is passed over, as on a camera."""
    source, clock = FileSource(film, SystemClock(), paced=True, loop=False), SystemClock()
    source.open()
    try:
        while True:
            yield from (frame for frame in source.read().frames if abs(clock.now_ns() - frame.captured_ns) < SECOND // 5)
    except EndOfStream:
        return
    finally:
        source.close()

"""`watchroom analyse`: a video file through the pipeline as fast as it goes, or given boxes through the tracker."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.bench.mot_files import MotRows, detections_by_frame, read_rows
from console.footage import Footage, Look, open_footage
from engine.model.detection import Detections
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Event
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.model.track import Sequence, Track
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

CAMERA = "video"
ORIGIN_NS = SECOND  # the first frame's time in the pipeline, where zero means never
AFTERMATH_NS = 30 * SECOND  # the time given after the last frame for everything open to end


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", nargs="?", type=Path, metavar="VIDEO", help="a video file")
    parser.add_argument("--detections", type=Path, metavar="DET", help="track these boxes (MOTChallenge text) instead of detecting")
    parser.add_argument("--fps", type=float, metavar="F", help="frame rate; needed where there is no video, otherwise the video's own")
    parser.add_argument("--mot", type=Path, metavar="OUT", help="write the tracks as MOTChallenge text")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write tracks and events as JSON (- for stdout)")
    parser.add_argument("--detector", default="auto", metavar="ID", help="manifest id of the detector, hog, or auto (default)")
    parser.add_argument("--smallest", type=float, default=0.12, metavar="SHARE", help="smallest person, as a share of the picture's height")


def run(parsed: argparse.Namespace) -> int:
    footage = open_footage(parsed.video, parsed.detector, parsed.smallest, parsed.detections is None) if parsed.video else None
    if footage is None and parsed.detections is None:
        raise InputError("VIDEO", "is missing; give a video file, or boxes with --detections")
    fps = _frame_rate(parsed.fps, footage)
    given = detections_by_frame(read_rows(parsed.detections)) if parsed.detections is not None else None
    analysis = Analysis(parsed.smallest)
    for look in _looks(footage, given):
        analysis.look(look, fps)
    analysis.finish()
    if parsed.mot is not None:
        analysis.rows.write(parsed.mot)
    _say(analysis.report(fps), parsed.json)
    return 0


class Analysis:
    """One file's way through the pipeline. Times count from its first frame."""

    def __init__(self, smallest: float) -> None:
        self._pipeline = Pipeline(Tracker)
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
        events = [_event(event) for event in sorted(self._events.values(), key=lambda event: event.started_ns)]
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


def _frame_rate(given: float | None, footage: Footage | None) -> float:
    if given is not None and given <= 0:
        raise InputError("fps", f"{given} is no frame rate")
    fps = given or (footage.fps if footage is not None else 0.0)
    if not fps:
        raise InputError("fps", "is missing; boxes and some videos do not say how fast they were recorded: give --fps")
    return fps


def _looks(footage: Footage | None, given: Iterator[Detections] | None) -> Iterator[Look]:
    """Frame by frame: what the video shows, with its own detections or, where there are any, the given ones."""
    if footage is None:
        assert given is not None
        yield from (Look(0, 0, Motion.none(), found) for found in given)
        return
    for look in footage.looks():
        yield look if given is None else Look(look.width, look.height, look.motion, next(given, Detections.empty()))


def _say(report: dict[str, Any], target: Path | None) -> None:
    if target is None:
        people = sum(event["kind"] == "person" for event in report["events"])
        print(f"{report['frames']} frames, {len(report['tracks'])} tracks, {people} people", file=sys.stderr)
        return
    text = json.dumps(report, indent=1)
    if str(target) == "-":
        print(text)
        return
    try:
        target.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault("unwritable", f"{target} cannot be written: {error.strerror}.") from None

"""`bench zones`: crossings of lines in real scenes against their ground truth, and what zones cost.

Truth: each person's own boxes of the ground truth, walked by hand here with the same hysteresis (a tenth of a body's height on either side)
and no code of the engine. What is found: the whole pipeline, once with the true boxes without their names (only following them can fail),
once with the detections that come with the sequence. A crossing found is right when a true one of the same direction lies within two
seconds, each used once.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from console.mot_files import MotSequence, Rows, detections_by_frame, read_sequence
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import EventKind
from engine.model.observation import DetectionsMade, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.cameras.picture_zones import PictureZoneLane
from engine.pipeline.output import CameraView, StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.vision.known_still import KnownStill
from engine.vision.tracking import Tracker

Line = tuple[tuple[float, float], tuple[float, float]]
LINES: dict[str, tuple[Line, ...]] = {  # pixels; across where people walk. Cameras that stand still only.
    "PETS09-S2L1": (((384, 100), (384, 560)), ((200, 300), (600, 300)), ((100, 150), (650, 500))),
    "ADL-Rundle-6": (((960, 300), (960, 1080)), ((0, 700), (1920, 700))),
}
MARGIN, NEAR_S = 0.1, 2.0
START_NS = 1_700_000_000 * SECOND
CAMERAS, ZONES, TRACKS = 9, 5, 10
TARGET_MS, TARGET_SHARE = 0.5, 0.85


@dataclass(frozen=True, slots=True)
class Crossed:
    direction: str
    at_s: float


def run(mot_folder: Path, ticks: int = 300) -> dict[str, Any]:
    """Raises: InputError, EnvironmentFault: a sequence is damaged or missing."""
    cases: list[report.Case] = []
    for name, lines in LINES.items():
        sequence = read_sequence(mot_folder / name)
        for number, line in enumerate(lines, start=1):
            truth = true_crossings(sequence, line)
            for source, frames in (("true boxes", true_boxes(sequence)), ("detector", detections_by_frame(sequence.detections))):
                cases.append(_case(f"{name}, line {number}, {source}", truth, found_crossings(sequence, line, frames)))
    cases += [_cost("all nine pictures searched in one tick", 1, ticks), _cost("each searched five times a second", 2, ticks)]
    return {"bench": "zones", "cases": cases, "peers": [], "targets": _targets(cases)}


def _targets(cases: list[report.Case]) -> list[dict[str, Any]]:
    from_detector = [case["metrics"] for case in cases if case["name"].startswith("PETS") and case["name"].endswith("detector")]
    right, true, found = (sum(metrics[name] for metrics in from_detector) for name in ("right", "true", "found"))
    return [
        report.at_least("share of true crossings that are found, PETS09-S2L1, detector", TARGET_SHARE, right / max(true, 1)),
        report.at_least("share of found crossings that are true, PETS09-S2L1, detector", TARGET_SHARE, right / max(found, 1)),
        report.at_most("zones' cost of a tick at five searches a second, mean ms", TARGET_MS, cases[-1]["metrics"]["mean_ms"]),
    ]


def _case(name: str, truth: list[Crossed], found: list[Crossed]) -> report.Case:
    return report.case(name, {}, {"true": len(truth), "found": len(found), "right": matched(truth, found)})


def true_crossings(sequence: MotSequence, line: Line) -> list[Crossed]:
    """Person by person: clearly on one side, then clearly on the other, with an odd number of steps through the line between."""
    rows = sequence.truth[sequence.truth[:, 6] != 0]
    found: list[Crossed] = []
    for person in np.unique(rows[:, 1]):
        own = rows[rows[:, 1] == person]
        found += _crossings_of(own[np.argsort(own[:, 0])], np.array(line[0]), np.array(line[1]), sequence.fps)
    return found


def _crossings_of(own: Rows, begin: Rows, end: Rows, fps: float) -> Iterator[Crossed]:
    feet = np.stack([own[:, 2] + own[:, 4] / 2, own[:, 3] + own[:, 5]], axis=1)
    way = end - begin
    right = (way[0] * (feet[:, 1] - begin[1]) - way[1] * (feet[:, 0] - begin[0])) / np.hypot(*way)
    last: int | None = None
    for row in np.flatnonzero(np.abs(right) >= MARGIN * own[:, 5]):
        if last is not None and right[row] * right[last] < 0 and _steps_through(feet, right, range(last, row), begin, way) % 2:
            yield Crossed("to_right" if right[row] > 0 else "to_left", (own[row, 0] - 1) / fps)
        last = int(row)


def _steps_through(feet: Rows, right: Rows, steps: Iterable[int], begin: Rows, way: Rows) -> int:
    count = 0
    for step in steps:
        if (right[step] > 0) != (right[step + 1] > 0):
            share = right[step] / (right[step] - right[step + 1])
            met = feet[step] + share * (feet[step + 1] - feet[step])
            count += 0 <= ((met - begin) @ way) / (way @ way) <= 1
    return count


def true_boxes(sequence: MotSequence) -> Iterator[Detections]:
    for frame in range(1, sequence.frames + 1):
        rows = sequence.truth[(sequence.truth[:, 0] == frame) & (sequence.truth[:, 6] != 0)]
        yield Detections.people(np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]]), np.full(len(rows), 0.9))


def found_crossings(sequence: MotSequence, line: Line, frames: Iterable[Detections]) -> list[Crossed]:
    """By the whole pipeline."""
    width, height = sequence.size
    (x0, y0), (x1, y1) = line
    drawn = PictureLine("line", "Line", (x0 / width, y0 / height), (x1 / width, y1 / height))
    settings = Settings(cameras=(CameraSettings("camera", "Camera", "film.mp4", lines=(drawn,)),))
    pipeline, number = Pipeline(Tracker), 0
    found: dict[str, Crossed] = {}

    def step(at_ns: int, observation: Observation) -> None:
        nonlocal number
        number += 1
        for event in pipeline.step(Numbered(number, at_ns, observation)).events:
            if event.kind is EventKind.CROSSING:
                found[event.id] = Crossed(event.label, (event.started_ns - START_NS) / SECOND)

    step(START_NS, SettingsChanged(START_NS, settings))
    for index, boxes in enumerate(frames):
        at_ns = START_NS + round(index * SECOND / sequence.fps)
        step(at_ns, DetectionsMade("camera", at_ns, index, width, height, boxes, "file"))
        step(at_ns, Tick(at_ns))
    return list(found.values())


def matched(truth: list[Crossed], found: list[Crossed]) -> int:
    """How many of those that were found are true ones; the nearest in time first."""
    pairs = [
        (abs(one.at_s - other.at_s), i, j)
        for i, one in enumerate(truth)
        for j, other in enumerate(found)
        if one.direction == other.direction and abs(one.at_s - other.at_s) <= NEAR_S
    ]
    used_truth, used_found = set[int](), set[int]()
    for _, i, j in sorted(pairs):
        if i not in used_truth and j not in used_found:
            used_truth.add(i)
            used_found.add(j)
    return len(used_truth)


def _cost(name: str, every: int, ticks: int) -> report.Case:
    """Nine cameras with five zones and two lines each and ten people who walk through them. `every`: so many ticks, of which there are ten
    a second, a picture is searched; in the mean, since pictures are searched in turn."""
    lane, out = PictureZoneLane(), StepOutput(0, 0)
    settings = Settings(cameras=tuple(_camera(number) for number in range(CAMERAS)))
    lane.configure(settings, START_NS, out)
    still = KnownStill()
    spent: list[float] = []
    for tick in range(ticks):
        at_ns = START_NS + tick * SECOND // 10
        walking = [(camera, _walkers(camera.id, tick, at_ns)) for camera in settings.cameras]
        out = StepOutput(tick + 1, at_ns)
        started = time.process_time()
        for camera, tracks in walking[tick % every :: every]:
            seen = DetectionsMade(camera.id, at_ns, tick, 1280, 720, Detections.empty(), "bench")
            out.views[camera.id] = CameraView(tuple(tracks), (), still)
            lane.take(seen, out)
        out.views = {camera.id: CameraView(tuple(tracks), (), still) for camera, tracks in walking}
        lane.tick(at_ns, out)
        spent.append(1000 * (time.process_time() - started))
    params = {"cameras": CAMERAS, "zones": ZONES, "lines": 2, "tracks": TRACKS, "ticks": ticks, "every": every}
    metrics = {"mean_ms": round(float(np.mean(spent)), 3), "p95_ms": round(float(np.percentile(spent, 95)), 3)}
    return report.case(name, params, metrics)


def _camera(number: int) -> CameraSettings:
    zones = tuple(
        PictureZone(f"z{number}-{i}", f"Zone {i}", ((i / 5, 0.3), ((i + 1.5) / 6.5, 0.3), ((i + 1.5) / 6.5, 1.0), (i / 5, 1.0)), most=3)
        for i in range(ZONES)
    )
    lines = tuple(PictureLine(f"l{number}-{i}", f"Line {i}", (0.3 * (i + 1), 0.0), (0.3 * (i + 1), 1.0)) for i in range(2))
    return CameraSettings(f"c{number}", f"Camera {number}", "film.mp4", zones=zones, lines=lines)


def _walkers(camera_id: str, tick: int, at_ns: int) -> list[Track]:
    return [_walker(camera_id, person, tick, at_ns) for person in range(TRACKS)]


def _walker(camera_id: str, person: int, tick: int, at_ns: int) -> Track:
    x, y = (100.0 * person + 8.0 * tick) % 1280, 350.0 + 35.0 * person
    box = (x - 30, y - 150, x + 30, y)
    track_id = f"tk-{camera_id}-{person}-{(100 * person + 8 * tick) // 1280}"
    return Track(track_id, person, camera_id, Category.PERSON, TrackStatus.CONFIRMED, box, 0.8, 0.9, at_ns, at_ns)

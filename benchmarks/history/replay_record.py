"""Ten minutes of a small site as its engine would have kept them: four nodes and two cameras, people walking past both all the time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.model.cameras.detection import Detections
from engine.model.observation import DetectionsMade, EngineStarted, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.radio.radio import NodeChanged, NodeState
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor, Zone
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.sources.simulated import room_batches, room_positions
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS
from engine.vision.tracking import Tracker

SPACE, NODES, WALKERS, RATE_HZ = "6x5x2.5", 4, 2, 20
CAMERAS = ("yard", "door")
SIZE = (1280, 720)
FPS, DETECTOR_HZ = 10, 5
CHECKPOINT_NS = 60 * SECOND
_PIECE_S = 30.0  # the world of one walk; the next goes on with another
_BATCH_NS = SECOND // 2  # what the writer keeps at once


@dataclass(frozen=True, slots=True)
class Record:
    """Folders, the window, and what the pipeline said when it was live."""

    journal: Path
    checkpoints: Path
    since_ns: int
    until_ns: int
    said: tuple[StepResult, ...]
    observations: int


def keep(folder: Path, minutes: float) -> Record:
    """Half a minute more than asked for: the window begins after the first checkpoint's time."""
    lead_s = _PIECE_S
    journal, checkpoints, pipeline = Journal(folder / "journal"), Checkpoints(folder / "checkpoints"), Pipeline(Tracker)
    since_ns = ROOM_EPOCH_NS + round(lead_s * SECOND)
    batch: list[Numbered] = []
    said: list[StepResult] = []
    number, kept_ns = 0, ROOM_EPOCH_NS - CHECKPOINT_NS // 2
    for number, seen in enumerate(_observations(lead_s + 60 * minutes), start=1_000):
        numbered = Numbered(number, seen.occurred_ns, seen)
        result = pipeline.step(numbered)
        if numbered.received_ns >= since_ns:
            said.append(result)
        batch.append(numbered)
        if numbered.received_ns - batch[0].received_ns >= _BATCH_NS:
            journal.append(batch)
            batch = []
        if not batch and numbered.received_ns - kept_ns >= CHECKPOINT_NS:
            kept_ns = numbered.received_ns
            checkpoints.save(number, pipeline.state())
    journal.append(batch)
    journal.close()
    until_ns = ROOM_EPOCH_NS + round((lead_s + 60 * minutes) * SECOND) + 1  # with the last tick
    return Record(folder / "journal", folder / "checkpoints", since_ns, until_ns, tuple(said), number - 999)


def _observations(seconds: float) -> Iterator[Observation]:
    cameras = tuple(CameraSettings(name, name.capitalize(), f"rtsp://192.0.2.1/{name}") for name in CAMERAS)
    zones = (Zone("west", "West", 0.0, 0.0, 3.0, 5.0), Zone("east", "East", 3.0, 0.0, 6.0, 5.0))
    yield EngineStarted(ROOM_EPOCH_NS, "bench")
    yield SettingsChanged(ROOM_EPOCH_NS, Settings(site_name="Bench", cameras=cameras, floor=Floor((0.0, 0.0, 6.0, 5.0), 2.5, zones=zones)))
    for mac, place in room_positions(SPACE, NODES).items():
        yield NodeChanged(ROOM_EPOCH_NS, mac, NodeState.ONLINE, place, 6, "", True)
    for index, (batch, now_ns) in enumerate(_radio(seconds)):
        for camera in CAMERAS:
            yield from _looked(camera, index, now_ns - SECOND // FPS)
        yield batch
        yield Tick(now_ns)


def _radio(seconds: float) -> Iterator[tuple[Observation, int]]:
    """Walks one after the other, each in a world of its own, as one stretch of time."""
    for piece in range(math.ceil(seconds / _PIECE_S)):
        later_ns = round(piece * _PIECE_S * SECOND)
        length_s = min(_PIECE_S, seconds - piece * _PIECE_S)
        for step in room_batches(piece + 1, NODES, WALKERS, length_s, RATE_HZ, SPACE):
            moved = replace(step.batch, occurred_ns=step.batch.occurred_ns + later_ns, arrival_ns=step.batch.arrival_ns + later_ns)
            yield moved, step.now_ns + later_ns


def _looked(camera: str, index: int, at_ns: int) -> Iterator[Observation]:
    """One person to and fro all the time, one more for half of it."""
    boxes = [_box(index, 0.0, camera)]
    if index % (2 * FPS * 30) < FPS * 30:
        boxes.append(_box(index, 0.5, camera))
    regions = np.array(boxes, np.float32)
    yield FrameSeen(camera, at_ns, index, *SIZE, Motion(0.01 * len(boxes), regions))
    if index % (FPS // DETECTOR_HZ) == 0:
        yield DetectionsMade(camera, at_ns, index, *SIZE, Detections.people(regions, [0.8] * len(boxes)), "bench")


def _box(index: int, phase: float, camera: str) -> tuple[float, float, float, float]:
    turn = index / (FPS * 20.0) + phase + 0.25 * CAMERAS.index(camera)
    x = 640.0 + 500.0 * math.sin(2 * math.pi * turn)
    return x - 50.0, 300.0 + 120.0 * phase, x + 50.0, 600.0 + 120.0 * phase

"""What each stage of the engine costs per frame, on one thread without anything else going on in the process.

The stages are the product's own, in their order: demux and decode, packet ring, motion, detector, pipeline steps, then journal and record
in batches of a quarter of a second, as the store writer makes them (with the disk's sync, which waits rather than works).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize  # noqa: F401  (the tracker loads it when it is first needed, which is not to be in the figures)

from benchmarks.report import Case, case
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.repository import Storable
from engine.model.settings import CameraSettings, DetectionSettings, Settings
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.journal import Journal
from engine.recording.ring import PacketRing
from engine.runtime.recorder.recovery import storables
from engine.sources.camera.protocol import EndOfStream, Reading
from engine.sources.camera.source import open_source
from engine.store.store import open_store
from engine.vision.detector import load_detector
from engine.vision.models import ModelStore
from engine.vision.motion import MotionDetector
from engine.vision.tracking import Tracker

CAMERA = "stages"
DETECTOR = "detector"
_RING_BYTES, _RING_NS = 64 << 20, 30 * SECOND
_BATCH_NS = SECOND // 4
_TICK_NS = SECOND // 10


@dataclass(slots=True)
class Stage:
    """Times of one stage's calls, in seconds."""

    wall_s: list[float] = field(default_factory=list[float])
    cpu_s: list[float] = field(default_factory=list[float])

    @contextmanager
    def measured(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.thread_time()
        yield
        self.cpu_s.append(time.thread_time() - cpu)
        self.wall_s.append(time.perf_counter() - wall)

    def metrics(self, frames: int) -> dict[str, Any]:
        wall_ms = np.asarray(self.wall_s) * 1000
        return {
            "calls_per_frame": round(len(wall_ms) / frames, 3),
            "mean_ms": round(float(wall_ms.mean()), 3),
            "p95_ms": round(float(np.percentile(wall_ms, 95)), 3),
            "per_frame_ms": round(float(wall_ms.sum()) / frames, 3),
            "cpu_per_frame_ms": round(1000 * sum(self.cpu_s) / frames, 3),
        }


def stage_cases(video: Path, fps: int, folder: Path, detector_hz: float = 5.0) -> list[Case]:
    """One case per stage and one for all but the detector. `folder`: an empty one for journal and database. Raises EnvironmentFault."""
    run = _Run(video, fps, folder, max(1, round(fps / detector_hz)))
    run.all()
    params = {"fps": fps, "detector": run.detector_name, "detector_every": run.detector_every}
    cases = [case(f"stage {name}", params, stage.metrics(run.frames)) for name, stage in run.stages.items() if stage.wall_s]
    return [*cases, case("stages but the detector, a frame's own work", params, run.own_work.metrics(run.frames))]


class _Run:
    """One pass over one file."""

    def __init__(self, video: Path, fps: int, folder: Path, detector_every: int) -> None:
        names = ("decode", "ring", "motion", DETECTOR, "step frame", "step detections", "step tick", "journal", "record")
        self.stages = {name: Stage() for name in names}
        self.own_work = Stage()
        self.detector_every = detector_every
        self.frames = 0
        self._fps = fps
        self._folder = folder
        self._camera = CameraSettings(CAMERA, "Stages", str(video), paced=False, loop=False)
        self._detector = load_detector(ModelStore(), DetectionSettings(), self._camera.min_person_share)
        self.detector_name = self._detector.name
        self._motion = MotionDetector()
        self._pipeline = Pipeline(Tracker)
        self._ring = PacketRing(_RING_BYTES, _RING_NS)
        self._numbered: list[Numbered] = []
        self._values: dict[str, Storable] = {}
        self._number = 0
        self._now_ns = self._ticked_ns = self._written_ns = SECOND

    def all(self) -> None:
        store, journal = open_store(self._folder / "stages.db", SystemClock()), Journal(self._folder / "journal")
        source = open_source(self._camera, "main", None, ManualClock(), None)
        try:
            self._ring.on_stream(source.open())
            self._enter(SettingsChanged(0, Settings(cameras=(self._camera,))), Stage())
            while True:
                self._read(source.read)
                if self._now_ns - self._written_ns >= _BATCH_NS:
                    self._write(journal.append, store.save)
        except EndOfStream:
            self._write(journal.append, store.save)
        finally:
            source.close()
            journal.close()
            store.close()

    def _read(self, read: Callable[[], Reading]) -> None:
        wall, cpu, looked = time.perf_counter(), time.thread_time(), self.stages[DETECTOR]
        before = len(looked.wall_s)
        with self.stages["decode"].measured():
            reading = read()
        if reading.packet is not None:
            with self.stages["ring"].measured():
                self._ring.append(reading.packet)
        for frame in reading.frames:
            self._look(frame)
        self.own_work.wall_s.append(time.perf_counter() - wall - sum(looked.wall_s[before:]))
        self.own_work.cpu_s.append(time.thread_time() - cpu - sum(looked.cpu_s[before:]))

    def _look(self, frame: Any) -> None:
        self.frames += 1
        self._now_ns += round(SECOND / self._fps)
        size = (frame.width, frame.height)
        with self.stages["motion"].measured():
            motion: Motion = self._motion.look(frame)
        self._enter(FrameSeen(CAMERA, self._now_ns, self.frames, *size, motion), self.stages["step frame"])
        if self.frames % self.detector_every == 0:
            with self.stages[DETECTOR].measured():
                found = self._detector.detect(frame)
            seen = DetectionsMade(CAMERA, self._now_ns, self.frames, *size, found, self.detector_name)
            self._enter(seen, self.stages["step detections"])
        if self._now_ns - self._ticked_ns >= _TICK_NS:
            self._ticked_ns = self._now_ns
            self._enter(Tick(self._now_ns), self.stages["step tick"])

    def _enter(self, observation: Observation, stage: Stage) -> None:
        self._number += 1
        numbered = Numbered(self._number, self._now_ns, observation)
        with stage.measured():
            result = self._pipeline.step(numbered)
        self._numbered.append(numbered)
        self._values.update((value.id, value) for value in storables(result))

    def _write(self, journal: Callable[[list[Numbered]], None], save: Callable[[list[Storable]], None]) -> None:
        self._written_ns = self._now_ns
        with self.stages["journal"].measured():
            journal(self._numbered)
        if self._values:
            with self.stages["record"].measured():
                save(list(self._values.values()))
        self._numbered, self._values = [], {}

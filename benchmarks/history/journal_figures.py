"""What an engine's own journal says it did: every frame it looked at, every detector run, and when each reached the engine thread."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.model.observation import DetectionsMade, FrameSeen
from engine.model.time import MILLISECOND, SECOND
from engine.recording.journal import Journal


@dataclass(slots=True)
class CameraFigures:
    """Of one camera in the window. Waits: from capture to the engine thread, ms."""

    frames: int = 0
    moving: int = 0
    frame_waits_ms: list[float] = field(default_factory=list[float])
    run_times_ns: list[int] = field(default_factory=list[int])
    run_waits_ms: list[float] = field(default_factory=list[float])
    found: int = 0

    def metrics(self, seconds: float) -> dict[str, Any]:
        gaps = np.diff(self.run_times_ns) / SECOND
        return {
            "fps": round(self.frames / seconds, 2),
            "moving_share": round(self.moving / max(self.frames, 1), 2),
            "detector_hz": round(len(self.run_times_ns) / seconds, 2),
            "longest_gap_s": round(float(gaps.max()), 2) if len(gaps) else None,
            "boxes_per_run": round(self.found / max(len(self.run_times_ns), 1), 1),
            "frame_wait_p95_ms": percentile(self.frame_waits_ms, 95),
            "detection_wait_p50_ms": percentile(self.run_waits_ms, 50),
            "detection_wait_p95_ms": percentile(self.run_waits_ms, 95),
        }


def percentile(values: list[float], share: float) -> float | None:
    return round(float(np.percentile(values, share)), 2) if values else None


def journal_figures(folder: Path, from_ns: int, to_ns: int) -> dict[str, CameraFigures]:
    """By camera id, over the observations received in the window. The engine must have ended. Raises EnvironmentFault."""
    cameras: dict[str, CameraFigures] = {}
    journal = Journal(folder)
    try:
        for numbered in journal.read():
            if from_ns <= numbered.received_ns < to_ns:
                _count(cameras, numbered.observation, numbered.received_ns)
    finally:
        journal.close()
    return cameras


def _count(cameras: dict[str, CameraFigures], observation: object, received_ns: int) -> None:
    match observation:
        case FrameSeen() as seen:
            camera = cameras.setdefault(seen.camera_id, CameraFigures())
            camera.frames += 1
            camera.moving += len(seen.motion.regions_xyxy) > 0
            camera.frame_waits_ms.append((received_ns - seen.occurred_ns) / MILLISECOND)
        case DetectionsMade() as made:
            camera = cameras.setdefault(made.camera_id, CameraFigures())
            camera.run_times_ns.append(made.occurred_ns)
            camera.run_waits_ms.append((received_ns - made.occurred_ns) / MILLISECOND)
            camera.found += len(made.detections)
        case _:
            pass

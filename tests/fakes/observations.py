"""Made-up observations: people who walk straight through a camera's picture, as a detector would report them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.model.cameras.detection import Detections
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND

SIZE = (640, 360)
START_NS = 1_700_000_000 * SECOND


@dataclass(frozen=True)
class Walk:
    """A person from `start_s` to `end_s`, moving `speed` pixels a second from x, standing at y."""

    start_s: float
    end_s: float
    x: float = 50.0
    y: float = 300.0
    speed: float = 60.0
    height: float = 120.0
    confidence: float = 0.8

    def box(self, t_s: float) -> tuple[float, float, float, float] | None:
        if not self.start_s <= t_s <= self.end_s:
            return None
        x = self.x + self.speed * (t_s - self.start_s)
        return x - self.height / 5, self.y - self.height, x + self.height / 5, self.y


def camera(camera_id: str = "door", **changes: object) -> CameraSettings:
    return CameraSettings(camera_id, camera_id.capitalize(), f"rtsp://192.0.2.1/{camera_id}", **changes)  # type: ignore[arg-type]


def scene(walks: list[Walk], seconds: float, camera_id: str = "door", fps: int = 10) -> Iterator[Observation]:
    """Frames, detections on every second frame, and ticks, in the order in which an engine would take them in."""
    for index in range(round(seconds * fps)):
        t_s = index / fps
        at_ns = START_NS + round(t_s * SECOND)
        boxes = [(box, walk.confidence) for walk in walks if (box := walk.box(t_s)) is not None]
        regions = np.array([box for box, _ in boxes], np.float32).reshape(-1, 4)
        yield FrameSeen(camera_id, at_ns, index, *SIZE, Motion(0.01 * len(boxes), regions))
        if index % 2 == 0:
            found = Detections.people(regions, [confidence for _, confidence in boxes])
            yield DetectionsMade(camera_id, at_ns, index, *SIZE, found, "test", "CPU")
        yield Tick(at_ns)


def numbered(observations: Iterator[Observation], settings: Settings, first: int = 1000) -> list[Numbered]:
    """With the settings first, as at every start of an engine."""
    everything = [SettingsChanged(START_NS, settings), *observations]
    return [Numbered(first + i, observation.occurred_ns, observation) for i, observation in enumerate(everything)]

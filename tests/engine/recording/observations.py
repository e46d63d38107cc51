"""Observations as a live engine numbers them, for tests of the journal."""

import numpy as np

from engine.model.cameras.detection import Detections
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, DetectionsMade, FrameSeen, Motion, Numbered, Observation, Tick
from engine.model.time import SECOND
from engine.model.wire import to_plain

START_NS = 1_790_000_000 * SECOND


def observation(number: int, at_ns: int) -> Observation:
    camera = f"cam-{number % 4}"
    if number % 6 == 0:
        return Tick(at_ns)
    if number % 9 == 0:
        boxes = np.arange(number % 4 * 4, dtype=np.float32).reshape(-1, 4) * np.float32(1.7)
        people = Detections.people(boxes, np.full(len(boxes), 0.6))
        return DetectionsMade(camera, at_ns, number // 4, 640, 360, people, "yolox-nano")
    if number % 31 == 0:
        return CameraStateChanged(camera, at_ns, CameraState.LOST, "Kein Bild – 2 s “still”")
    regions = np.full((number % 3, 4), number, np.float32)
    return FrameSeen(camera, at_ns, number // 4, 640, 360, Motion(0.01 * (number % 3), regions))


def numbered(first: int, count: int) -> list[Numbered]:
    """`count` observations from number `first` on, a sixtieth of a second apart."""
    times = {number: START_NS + number * SECOND // 60 for number in range(first, first + count)}
    return [Numbered(number, at_ns, observation(number, at_ns)) for number, at_ns in times.items()]


def plain(values: list[Numbered]) -> list[object]:
    """Comparable: the values hold arrays, which have no equality of their own."""
    return [to_plain(value) for value in values]

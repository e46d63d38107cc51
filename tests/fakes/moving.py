"""Made-up detections of anything that moves, or stands, through a camera's picture: each is given as a function of time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.model.cameras.detection import Category, Detections
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Observation, Tick
from engine.model.time import SECOND
from tests.fakes.observations import SIZE, START_NS

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Thing:
    """`at`: its box at a time, in pixels, or None while no detector finds it; `sure`: the confidence then."""

    at: Callable[[float], Box | None]
    category: Category = Category.PERSON
    sure: Callable[[float], float] = lambda _: 0.8


def along(points: Sequence[tuple[float, float, float]], height: float = 90.0, category: Category = Category.PERSON) -> Thing:
    """On foot from point to point, given as (time, x, y) of the foot; there from the first time to the last."""
    times, xs, ys = zip(*points, strict=True)

    def at(t_s: float) -> Box | None:
        if not times[0] <= t_s <= times[-1]:
            return None
        return standing(float(np.interp(t_s, times, xs)), float(np.interp(t_s, times, ys)), height)

    return Thing(at, category)


def standing(x: float, y: float, height: float = 90.0) -> Box:
    return x - height / 5, y - height, x + height / 5, y


def film(
    things: Sequence[Thing], seconds: float, hz: float = 5.0, camera_id: str = "door", begin_s: float = 0.0, motion: bool = False
) -> Iterator[Observation]:
    """A frame, a detector run and a tick at each moment. `motion`: every frame has motion, where the things are."""
    for index in range(round(seconds * hz)):
        t_s = begin_s + index / hz
        at_ns = START_NS + round(t_s * SECOND)
        seen = [(box, thing.category, thing.sure(t_s)) for thing in things if (box := thing.at(t_s)) is not None]
        boxes = np.array([box for box, _, _ in seen], np.float32).reshape(-1, 4)
        moved = boxes if motion else np.zeros((0, 4), np.float32)
        number = round(t_s * hz)
        yield FrameSeen(camera_id, at_ns, number, *SIZE, Motion(0.01 * len(moved), moved))
        sure = np.array([confidence for _, _, confidence in seen], np.float32)
        found = Detections(boxes, sure, np.array([int(category) for _, category, _ in seen], np.int8))
        yield DetectionsMade(camera_id, at_ns, number, *SIZE, found, "test")
        yield Tick(at_ns)


def between(spans: Mapping[float, float], thing: Thing) -> Thing:
    """The same, found only from each of these times to the other."""

    def at(t_s: float) -> Box | None:
        return thing.at(t_s) if any(begin <= t_s < end for begin, end in spans.items()) else None

    return Thing(at, thing.category, thing.sure)

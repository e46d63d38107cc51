"""Where things go is noted often enough to find them, and no more often."""

from dataclasses import replace

import numpy as np
import pytest

from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.cameras.trail import Trail
from engine.model.observation import FrameSeen, Motion, Tick
from engine.model.result import StepResult
from engine.model.time import SECOND
from engine.runtime.cameras.trail_side import TrailSide

TRACK = Track("t-1", 1, "yard", Category.PERSON, TrackStatus.CONFIRMED, (0, 0, 20, 50), 0.9, 0.9, 0, 0)
FRAME = FrameSeen("yard", 0, 0, 200, 100, Motion.none())


class Desk:
    def __init__(self) -> None:
        self.kept: list[Trail] = []
        self.side = TrailSide(self.kept.extend)
        self.side.on_step(StepResult(0), FRAME)

    def see(self, *tracks: Track) -> None:
        self.side.on_step(StepResult(1, tracks=(("yard", tracks),)), Tick(0))

    def move(self, at_ns: int, *regions: tuple[float, float, float, float]) -> None:
        motion = Motion(0.1, np.array(regions, np.float32).reshape(-1, 4))
        self.side.on_step(StepResult(1), replace(FRAME, occurred_ns=at_ns, motion=motion))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def at(seconds: float, left: float, status: TrackStatus = TrackStatus.CONFIRMED) -> Track:
    return replace(TRACK, box_xyxy=(left, 0, left + 20, 50), last_seen_ns=round(seconds * SECOND), status=status)


def test_a_track_is_noted_twice_a_second_while_it_moves_and_seldom_while_it_stands(desk: Desk) -> None:
    for step in range(20):
        desk.see(at(step / 10, 5.0 * step))
    for step in range(20, 200):
        desk.see(at(step / 10, 95.0))
    desk.see()
    (trail,) = desk.kept
    assert (trail.track_id, trail.category) == ("t-1", "person")
    assert (trail.times_ns / SECOND).tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 12.0]
    assert trail.boxes[1].tolist() == pytest.approx([0.125, 0.0, 0.225, 0.5])


def test_predicted_places_are_not_noted(desk: Desk) -> None:
    desk.see(at(0, 0))
    desk.see(at(0, 150, TrackStatus.COASTING))
    desk.see(at(0, 150, TrackStatus.LOST))
    (trail,) = desk.kept
    assert len(trail.times_ns) == 1 and trail.boxes[0, 0] == 0


def test_long_stays_are_told_piece_by_piece(desk: Desk) -> None:
    for second in range(150):
        desk.see(at(second, second * 7 % 100))
    desk.side.on_finish()
    assert [len(trail.times_ns) for trail in desk.kept] == [61, 61, 28]
    assert max((trail.times_ns[-1] - trail.times_ns[0]) / SECOND for trail in desk.kept) == 60


def test_motion_that_nobody_named_is_noted_with_its_largest_regions(desk: Desk) -> None:
    regions = [(0.0, 0.0, 10.0 * size, 10.0 * size) for size in range(1, 7)]
    for step in range(10):
        desk.move(round(step * 0.1 * SECOND), *regions)
    desk.side.on_step(StepResult(2), Tick(3 * SECOND))
    assert desk.kept == []
    desk.side.on_step(StepResult(2), Tick(7 * SECOND))
    (trail,) = desk.kept
    assert (trail.track_id, trail.category, len(trail.times_ns)) == ("", "motion", 8)
    assert sorted({round(float(box[2]), 2) for box in trail.boxes}) == [0.15, 0.2, 0.25, 0.3]

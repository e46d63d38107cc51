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
    assert (trail.times_ns / SECOND).tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 12.0, 19.9]
    assert trail.boxes[1].tolist() == pytest.approx([0.125, 0.0, 0.225, 0.5])


def test_who_sets_off_after_standing_is_noted_where_they_stood_until_then(desk: Desk) -> None:
    for step in range(80):
        desk.see(at(step / 10, 20.0 if step < 60 else 20.0 + 8 * (step - 59)))
    desk.see()
    (trail,) = desk.kept
    assert (trail.times_ns / SECOND).tolist() == [0.0, 5.9, 6.0, 6.5, 7.0, 7.5, 7.9]
    assert trail.boxes[1, 0] == pytest.approx(trail.boxes[0, 0]), "nothing between the two glides ahead of them"


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


def test_a_gap_between_detections_parts_a_trail_and_a_single_miss_does_not(desk: Desk) -> None:
    desk.see(at(0, 0))
    desk.see(at(0, 30, TrackStatus.COASTING))
    desk.see(at(0.9, 60))
    desk.see(at(0.9, 80, TrackStatus.COASTING))
    desk.see(at(3.0, 140))
    desk.see()
    assert [(trail.times_ns / SECOND).tolist() for trail in desk.kept] == [[0.0, 0.9], [3.0]]


def test_a_slow_detector_alone_parts_no_trail(desk: Desk) -> None:
    for second in (0, 2, 4):
        desk.see(at(second, 30 * second))
    desk.see()
    assert [len(trail.times_ns) for trail in desk.kept] == [3]


def test_what_is_in_view_now_is_told_before_it_is_stored(desk: Desk) -> None:
    desk.see(at(0, 0), replace(at(0, 100), id="t-2"))
    desk.see(at(0.2, 20), replace(at(0.2, 100), id="t-2"))
    assert desk.kept == []
    (trail,) = desk.side.open_trails("yard", "t-1")
    assert trail.times_ns == (0, round(0.2 * SECOND)) and trail.boxes[1] == pytest.approx((0.1, 0, 0.2, 0.5))
    assert {each.track_id for each in desk.side.open_trails("yard")} == {"t-1", "t-2"}
    assert desk.side.open_trails("elsewhere") == ()


def test_detections_before_a_track_is_confirmed_are_part_of_its_trail_and_of_no_other(desk: Desk) -> None:
    for step in range(3):
        desk.see(at(step, 40 * step, TrackStatus.TENTATIVE), replace(at(step, 100, TrackStatus.TENTATIVE), id="t-never"))
    assert desk.side.open_trails("yard") == ()
    desk.see(at(3, 120))
    desk.see()
    (trail,) = desk.kept
    assert trail.track_id == "t-1" and (trail.times_ns / SECOND).tolist() == [0.0, 1.0, 2.0, 3.0]


def test_detections_that_come_late_are_noted_where_they_were_made(desk: Desk) -> None:
    """The status says predicted by the time that a slow detector answers; only the time of the last detection tells."""
    desk.see(at(0, 0))
    for second in (1, 2, 3):
        desk.side.on_step(StepResult(1), replace(FRAME, occurred_ns=round((second + 0.2) * SECOND)))
        moved = replace(at(second, 20 * second + 4, TrackStatus.COASTING), velocity_xy=(20.0, 0.0))
        desk.see(moved)
        desk.see(replace(moved, box_xyxy=(150, 0, 170, 50)))
    desk.see()
    (trail,) = desk.kept
    assert (trail.times_ns / SECOND).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert (trail.boxes[:, 0] * 200).tolist() == pytest.approx([0, 20, 40, 60], abs=0.5)

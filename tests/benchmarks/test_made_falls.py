"""Made-up falls: a body that stands, sits and lies as bodies do, a camera that sees it, and the counting of what is told."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.gestures import fall_scripts as scripts
from benchmarks.gestures.activity_feed import Told
from benchmarks.gestures.body_model import ANGLES, JOINTS, RADII, Motion, joints_of, rest_height_m
from benchmarks.gestures.fall_camera import MadeSequence, made
from benchmarks.gestures.made_falls import HELD_OUT_SEEDS, TUNING_SEEDS, Tally, count, played
from benchmarks.report import wilson
from engine.model.event import Event, EventKind, Severity

TALL_M = 1.7


def joints(posture: scripts.Posture, rise_m: float | None = None) -> dict[str, np.ndarray]:
    angles = np.array([[posture.get(name, 0.0) for name in ANGLES]])
    rise = np.array([rest_height_m(posture, TALL_M) if rise_m is None else rise_m])
    return dict(zip(JOINTS, joints_of(Motion(angles, np.zeros((1, 2)), rise), TALL_M)[0], strict=True))


def test_who_stands_is_as_tall_as_they_are():
    body = joints(scripts.STAND)
    assert body["head"][2] + 0.062 * TALL_M == pytest.approx(TALL_M, abs=0.06)
    assert body["hand_left"][2] < body["hip_left"][2] and body["toe_left"][1] > body["heel_left"][1]
    assert body["shoulder_left"][0] < 0 < body["shoulder_right"][0]


def test_who_sits_has_feet_on_the_floor_and_knees_ahead():
    body = joints(scripts.SIT, scripts.SEAT_M + 0.055 * TALL_M)
    assert body["knee_left"][1] > 0.3 and body["ankle_left"][2] < 0.2 and 1.1 < body["head"][2] < 1.4


@pytest.mark.parametrize("name", ["SUPINE", "PRONE", "ON_LEFT", "ON_RIGHT", "CURLED"])
def test_who_lies_is_low_and_touches_the_floor(name: str):
    body = joints(getattr(scripts, name))
    assert max(point[2] for point in body.values()) < 0.6
    assert min(point[2] - radius * TALL_M for point, radius in zip(body.values(), RADII, strict=True)) == pytest.approx(0, abs=1e-6)


def test_the_left_side_is_down_on_the_left():
    assert joints(scripts.ON_LEFT)["shoulder_left"][2] < joints(scripts.ON_LEFT)["shoulder_right"][2]
    assert joints(scripts.ON_RIGHT)["shoulder_right"][2] < joints(scripts.ON_RIGHT)["shoulder_left"][2]


@pytest.mark.parametrize("script", [scripts.STANDING_FALLS[0], scripts.CHAIR_FALLS[4], scripts.CONTROLS[0]])
def test_a_sequence_is_the_same_for_the_same_seed_and_within_its_picture(script: scripts.Script):
    first, second = (made(script, np.random.default_rng(5)) for _ in range(2))
    assert first.name == second.name and len(first.boxes) == len(first.poses) > 20
    for one, other in zip(first.boxes, second.boxes, strict=True):
        assert np.array_equal(one.boxes_xyxy, other.boxes_xyxy)
    boxes = np.concatenate([people.boxes_xyxy for people in first.boxes])
    assert (boxes >= 0).all() and (boxes[:, 2] <= first.size[0]).all() and (boxes[:, 3] <= first.size[1]).all()
    assert sum(pose is not None for pose in first.poses) > len(first.poses) / 3


def test_seeds_that_were_tuned_on_are_not_held_out():
    assert not set(TUNING_SEEDS) & set(HELD_OUT_SEEDS) and len(HELD_OUT_SEEDS) == 20


def _sequence(fall_s: float | None) -> MadeSequence:
    return MadeSequence("chair, forward", 10.0, (640, 480), fall_s, (), ())


def _told(*times_s: float) -> Told:
    events = [Event(f"ev-{at_s}", EventKind.FALL, "video", "tk", Severity.HIGH, 0, None, 0, 1.0, "de") for at_s in times_s]
    return Told({event.id: (at_s, event) for event, at_s in zip(events, times_s, strict=True)})


@pytest.mark.parametrize(
    ("times_s", "fall_s", "found", "false"),
    [((), 5.0, 0, 0), ((7.0,), 5.0, 1, 0), ((3.0,), 5.0, 0, 1), ((3.0, 7.0), 5.0, 1, 1), ((7.0,), None, 0, 1), ((), None, 0, 0)],
)
def test_what_is_told_before_a_fall_or_without_one_is_false(times_s: tuple[float, ...], fall_s: float | None, found: int, false: int):
    tally = Tally()
    count(_told(*times_s), _sequence(fall_s), tally)
    assert (tally.played, tally.found, tally.false) == (1, found, false)
    assert tally.undecided == (fall_s is not None and not found)


def test_an_interval_holds_its_share():
    low, high = wilson(13, 15)
    assert low == pytest.approx(0.621, abs=0.002) and high == pytest.approx(0.963, abs=0.002)
    assert wilson(0, 0) == (0.0, 1.0) and wilson(0, 42)[0] == 0.0 and wilson(42, 42)[1] == 1.0


def test_a_made_up_fall_is_found_and_sitting_down_is_none():
    falls, sits = (made(script, np.random.default_rng((1, 4))) for script in (scripts.STANDING_FALLS[3], scripts.CONTROLS[0]))
    tallies = Tally(), Tally()
    for sequence, tally in zip((falls, sits), tallies, strict=True):
        count(played(sequence), sequence, tally)
    assert (tallies[0].found, tallies[1].false) == (1, 0)


def test_without_poses_none_is_looked_at():
    fall = made(scripts.STANDING_FALLS[3], np.random.default_rng((1, 4)))
    tally = Tally()
    count(played(replace(fall, poses=()), with_poses=False), fall, tally)
    assert (tally.found, tally.false) == (1, 0)

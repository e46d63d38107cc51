"""Falls from the boxes of tracks: S17–S20, what is no fall, and who is lost while they lie."""

import json

import numpy as np
import pytest

from engine.model.cameras.pose import LANDMARKS, Poses
from engine.model.event import EventKind, Severity
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.vision.activities.change import Stage
from engine.vision.activities.watch import ActivityWatch
from tests.fakes.actors import (
    BENDING,
    CROUCHING,
    LYING,
    ON_A_CHAIR,
    ON_THE_FLOOR,
    SIZE,
    STANDING,
    START_NS,
    acting,
    between,
    clipped,
    falling,
    seen,
    walking,
)


def play(scripts, seconds, fps=15.0, skip=0, watch=None, glimpses=(), poses=None, from_s=0.0):
    """The changes of falls, as (seconds from the start, change). `glimpses`: who is found by the detector, but followed by nobody."""
    watch = watch or ActivityWatch(ActivitySettings())
    found = []
    for index in range(round(from_s * fps), round(seconds * fps)):
        t_s = index / fps
        at_ns = START_NS + round(t_s * SECOND)
        changes = []
        if index % (skip + 1) == 0:
            tracks = seen(scripts, t_s)
            boxes = [track.box for track in tracks] + [track.box for track in seen([("", script) for script in glimpses], t_s)]
            changes += watch.see(at_ns, SIZE, tracks, boxes)
            if poses is not None and (pose := poses(t_s)) is not None:
                watch.pose(pose, at_ns)
        changes += watch.tick(at_ns)
        found += [(t_s, change) for change in changes if change.kind is EventKind.FALL]
    return found


def stages(found):
    return [change.stage for _, change in found]


def raised_at(found):
    return [t_s for t_s, change in found if change.stage is Stage.RAISED]


def test_a_drop_of_150_pixels_in_five_frames_and_lying_is_one_fall_within_four_seconds():
    script = acting(320, 400, 250, (0, STANDING), (2, STANDING), (2 + 5 / 30, (1.1, 0.4)))
    found = play([("a", script)], 12, fps=30)
    assert stages(found) == [Stage.RAISED]
    assert found[0][0] - 2.0 <= 4.0
    change = found[0][1]
    assert change.severity is Severity.CRITICAL and all(gate.passed for gate in change.gates) and change.box_xyxy is not None


def test_a_fall_of_somebody_who_was_only_ever_seen_seated_is_told():
    """Seen from the side, who sits is too wide to be taken for upright."""
    script = acting(320, 340, 200, (0, (0.55, 0.75)), (3, (0.55, 0.75)), (3.4, LYING), (30, LYING))
    found = play([("a", script)], 12)
    assert stages(found)[0] is Stage.RAISED and found[0][0] <= 3.4 + 2.5
    assert found[0][1].severity is Severity.CRITICAL and "went down" in found[0][1].reason


def test_lying_in_the_middle_of_the_picture_counts():
    assert len(raised_at(play([("a", falling(foot=240))], 8))) == 1


def test_lying_at_the_lower_edge_counts_for_who_was_seen_whole():
    script = clipped(acting(320, 470, 200, (0, STANDING), (2, STANDING), (2.4, (0.8, 0.3)), (3, (0.8, 0.3))))
    lower = clipped(lambda t: (b := script(t)) and (b[0], b[1] + (12 if t > 2.4 else 0), b[2], b[3] + (12 if t > 2.4 else 0)))
    assert len(raised_at(play([("a", lower)], 20))) == 1


def test_a_seated_person_at_the_lower_edge_is_no_fall():
    found = play([("a", lambda t: (70.0, 80.0, 570.0, 480.0))], 60)
    assert raised_at(found) == []
    found = play([("a", lambda t: (70.0, 80.0 + 5 * np.sin(t), 570.0, 480.0))], 60)
    assert raised_at(found) == []


def test_sitting_down_close_to_the_camera_is_no_fall():
    near = acting(320, 620, 560, (0, STANDING), (3, STANDING), (3.8, (0.6, 0.75)))
    assert raised_at(play([("a", clipped(near))], 30)) == []

    def walked_up(t_s):
        foot, height = 400 + 60 * min(t_s, 3), 300 + 80 * min(t_s, 3)
        return clipped(acting(320, foot, height, (0, STANDING), (4, STANDING), (4.6, (0.6, 0.72))))(t_s)

    assert raised_at(play([("a", walked_up)], 30)) == []


@pytest.mark.parametrize("fps", [10.0, 30.0])
@pytest.mark.parametrize(
    "shape, for_s",
    [(CROUCHING, 1.5), (CROUCHING, 15.0), (BENDING, 1.0), (BENDING, 12.0), (ON_A_CHAIR, 40.0), (ON_THE_FLOOR, 20.0), (LYING, 0.8)],
)
def test_going_down_otherwise_is_no_fall(shape, for_s, fps):
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.6, shape), (2.6 + for_s, shape), (3.4 + for_s, STANDING))
    assert raised_at(play([("a", script)], for_s + 6, fps=fps)) == []


def test_lying_down_slowly_is_no_fall_and_leaves_a_decision():
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (7, LYING), (30, LYING))
    found = play([("a", script)], 30)
    assert stages(found) == [Stage.REJECTED]
    assert "sudden" in [gate.gate for gate in found[0][1].gates if not gate.passed]


@pytest.mark.parametrize("shape", [BENDING, CROUCHING, ON_A_CHAIR])
def test_every_candidate_that_is_no_fall_leaves_decisions_that_say_why(shape):
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.6, shape), (7.6, shape), (8.4, STANDING))
    found = play([("a", script)], 14)
    assert set(stages(found)) <= {Stage.REJECTED}
    assert not [change for _, change in found if all(gate.passed for gate in change.gates)]


def test_who_went_down_a_little_only_leaves_a_decision():
    """As where the detector finds only the upper half of somebody who falls behind something."""
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.4, (0.65, 0.68)), (9, (0.65, 0.68)))
    found = play([("a", script)], 40)
    assert stages(found) == [Stage.REJECTED]
    assert [gate.gate for gate in found[0][1].gates if not gate.passed] == ["likelihood"]


def test_leaving_through_the_lower_edge_is_no_fall():
    out = lambda t: clipped(acting(320, 340 + 100 * t, 200, (0, STANDING)))(t)  # noqa: E731
    assert raised_at(play([("a", out)], 10)) == []


def test_legs_behind_a_table_are_no_fall():
    behind = lambda t: (300.0, 140.0, 372.0, 340.0 if t < 2 else 220.0)  # noqa: E731
    assert raised_at(play([("a", behind)], 20)) == []


@pytest.mark.parametrize("at_s", [2.0, 2.013, 2.05])
def test_rate_and_skipped_frames_change_nothing(at_s):
    variants = [(30.0, 0), (15.0, 0), (30.0, 1), (30.0, 2), (15.0, 1), (25.0, 0), (10.0, 0)]
    times = [raised_at(play([("a", falling(at_s=at_s))], 8, fps, skip)) for fps, skip in variants]
    assert all(len(found) == 1 for found in times)
    assert max(times)[0] - min(times)[0] <= 0.4
    middle = sorted(times)[len(times) // 2][0]
    assert all(abs(found[0] - middle) <= 0.2 for found in times)


def test_two_people_who_fall_a_second_apart_are_two_falls():
    found = play([("a", falling(x=150)), ("b", falling(x=450, at_s=3.0))], 10)
    assert [change.key for _, change in found if change.stage is Stage.RAISED] == ["a", "b"]


def test_still_down_later_is_the_same_fall_escalated():
    found = play([("a", falling())], 2.4 + 2 + 125, fps=10)
    assert stages(found) == [Stage.RAISED, Stage.CHANGED, Stage.CHANGED]
    assert [change.level for _, change in found] == [0, 1, 2]
    assert {change.key for _, change in found} == {"a"}
    assert found[1][0] - 2.4 < 2.4 + 31


def test_up_again_ends_it():
    found = play([("a", falling(up_s=9.0))], 15)
    assert stages(found) == [Stage.RAISED, Stage.ENDED]
    assert 9.0 < found[1][0] < 12.0


def test_a_second_fall_is_a_second_fall():
    twice = acting(
        320, 340, 200, (0, STANDING), (2, STANDING), (2.4, LYING), (7, LYING), (8, STANDING), (14, STANDING), (14.4, LYING), (30, LYING)
    )
    assert stages(play([("a", twice)], 22)) == [Stage.RAISED, Stage.ENDED, Stage.RAISED]


def test_found_again_as_another_track_it_is_the_same_fall():
    script = falling()
    parts = [("a", between(script, 0, 6)), ("b", between(script, 9, 14)), ("c", between(script, 16))]
    found = play(parts, 40, fps=10)
    assert stages(found) == [Stage.RAISED, Stage.CHANGED]


def test_another_id_from_the_moment_of_the_fall_on_changes_nothing():
    script = falling()
    assert stages(play([("a", between(script, 0, 2.2)), ("b", between(script, 2.6))], 12)) == [Stage.RAISED]


def test_who_is_lost_while_lying_stays_down():
    found = play([("a", between(falling(), 0, 6))], 200, fps=10)
    assert stages(found) == [Stage.RAISED, Stage.CHANGED, Stage.CHANGED]
    assert "last seen" in found[1][1].reason


def test_nobody_found_there_for_minutes_ends_it():
    found = play([("a", between(falling(), 0, 6))], 320, fps=5)
    assert stages(found)[-1] is Stage.ENDED and "5 minutes" in found[-1][1].reason


def test_a_camera_that_shows_nothing_does_not_see_the_place_empty():
    watch = ActivityWatch(ActivitySettings())
    found = play([("a", falling())], 6, fps=10, watch=watch)
    at_ns = START_NS + 6 * SECOND
    dark = [change for i in range(900) for change in watch.tick(at_ns + i * SECOND)]
    assert Stage.ENDED not in [change.stage for change in dark]
    found += play([("a", lambda t: None)], 930, fps=5, watch=watch, from_s=906)
    assert Stage.ENDED not in stages(found)


def test_seen_badly_while_lying_is_a_fall_all_the_same():
    """The tracker loses people of whom the detector is unsure; what it finds there still counts."""
    script = falling()
    found = play([("a", between(script, 0, 3.0))], 10, glimpses=[between(script, 3.0)])
    assert stages(found) == [Stage.RAISED]


def test_lost_on_the_way_down_and_found_badly_from_then_on_is_a_fall():
    script = falling()
    found = play([("a", between(script, 0, 2.15))], 10, glimpses=[between(script, 2.5)])
    assert stages(found) == [Stage.RAISED]


def test_a_bench_that_is_now_and_then_taken_for_somebody_is_no_fall_of_who_passes_behind_it():
    bench = lambda t: (250.0, 280.0, 390.0, 345.0) if int(t * 5) % 3 else None  # noqa: E731
    passer = between(walking(60, 0.7, foot=330), 3, 5)
    assert raised_at(play([("a", lambda t: passer(t) if t > 3 else None)], 20, glimpses=[bench])) == []


def test_gone_from_sight_at_once_is_no_fall():
    assert raised_at(play([("a", between(falling(), 0, 2.5))], 10)) == []


def test_who_stands_up_unseen_and_is_found_again_ends_it():
    script = falling(up_s=10.0)
    found = play([("a", between(script, 0, 6)), ("b", between(script, 11.2))], 20)
    assert stages(found) == [Stage.RAISED, Stage.ENDED]


def test_a_helper_beside_or_in_passing_does_not_end_it():
    helper = lambda t: (500.0 - 40 * min(max(t - 8, 0), 3.0), 140.0, 572.0 - 40 * min(max(t - 8, 0), 3.0), 340.0)  # noqa: E731
    passing = between(walking(40, 0.6), 0, 40)
    scripts = [("a", between(falling(), 0, 6)), ("h", between(helper, 0)), ("p", lambda t: passing(t - 8) if t > 8 else None)]
    found = play(scripts, 25, fps=10)
    assert [change.stage for _, change in found if change.key == "a"] == [Stage.RAISED]


def test_somebody_standing_where_nobody_is_found_lying_ends_it():
    walker = lambda t: (284.0 + max(12 - t, 0) * 60, 142.0, 356.0 + max(12 - t, 0) * 60, 342.0)  # noqa: E731
    found = play([("a", between(falling(), 0, 6)), ("b", between(walker, 8))], 25, fps=10)
    assert [change.stage for _, change in found if change.key == "a"] == [Stage.RAISED, Stage.ENDED]


def test_found_lying_is_told_later_and_less_surely():
    found = play([("a", lambda t: (200.0, 200.0, 400.0, 270.0))], 30)
    assert stages(found)[0] is Stage.RAISED
    assert found[0][0] > 5.5 and found[0][1].severity is Severity.HIGH and "Nobody saw" in found[0][1].reason


def test_found_lying_is_told_so_when_it_escalates_too():
    found = play([("a", lambda t: (200.0, 200.0, 400.0, 270.0))], 80, fps=5)
    assert stages(found)[:2] == [Stage.RAISED, Stage.CHANGED] and "Nobody saw" in found[1][1].reason


def body(head_share, torso_deg, foot, height, x=320.0):
    """A pose: head so high above the feet, trunk tilted, knees half way between hips and feet."""
    points, tilt = np.zeros((1, LANDMARKS, 3), np.float32), np.deg2rad(torso_deg)
    hip = np.array([x, foot - 0.54 * head_share * height])
    points[:, :, :2] = hip
    shoulder = hip + 0.3 * height * np.array([np.sin(tilt), -np.cos(tilt)])
    points[:, 11:13, :2] = shoulder
    points[:, 0, :2] = [shoulder[0], foot - head_share * height]
    points[:, 25:27, :2] = (hip + np.array([x, foot])) / 2
    points[:, 27:29, :2] = [x, foot]
    return Poses(("a",), points, np.ones((1, LANDMARKS), np.float32), np.ones(1, np.float32))


def test_a_fall_along_the_line_of_sight_is_told_by_the_pose():
    """The box stays narrow: only the pose knows that the head is low. That is doubtful, and told when they have been still for longer."""
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.4, (0.42, 0.5)), (30, (0.42, 0.5)))
    lies = lambda t: body(0.92, 3, 340, 200) if t < 2.3 else body(0.2, 15, 340, 200)  # noqa: E731
    crouches = lambda t: body(0.92, 3, 340, 200) if t < 2.3 else body(0.52, 35, 340, 200)  # noqa: E731
    (raised_s,) = raised_at(play([("a", script)], 20, poses=lies))
    assert raised_s > 2.4 + 7 * ActivitySettings().fall_still_s - 0.7
    assert raised_at(play([("a", script)], 20, poses=crouches)) == []


def test_who_falls_just_after_having_sat_down_is_told_and_sitting_down_has_its_own_decision():
    sat = (0.5, 0.72)
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.8, sat), (4.4, sat), (4.8, LYING), (30, LYING))
    found = play([("a", script)], 12)
    assert stages(found) == [Stage.REJECTED, Stage.RAISED]
    assert found[0][0] < 5 and found[1][0] < 8


def test_who_was_only_seen_seated_and_is_lost_in_the_fall_is_told_by_unsure_boxes():
    wide = (0.7, 0.75)
    seated = lambda t: acting(320, 340, 200, (0, wide), (4, wide))(t) if t < 3 else None  # noqa: E731
    lies = lambda t: acting(340, 350, 200, (0, LYING), (30, LYING))(t) if t > 3.3 else None  # noqa: E731
    assert len(raised_at(play([("a", seated)], 10, glimpses=[lies]))) == 1


def test_bending_far_down_is_no_fall_though_the_trunk_is_level():
    script = acting(320, 340, 200, (0, STANDING), (2, STANDING), (2.6, BENDING), (20, BENDING))
    bends = lambda t: body(0.92, 3, 340, 200) if t < 2.3 else body(0.55, 85, 340, 200)  # noqa: E731
    assert raised_at(play([("a", script)], 18, poses=bends)) == []


@pytest.mark.parametrize("cut_s", [1.0, 2.3, 3.0, 4.0, 6.0, 12.0])
def test_continued_from_its_state_it_says_the_same(cut_s):
    scripts = [("a", between(falling(up_s=13.0), 0, 11)), ("b", falling(x=500, at_s=3)), ("c", between(falling(up_s=13.0), 12))]
    whole = play(scripts, 20, fps=10)
    first = ActivityWatch(ActivitySettings())
    before = play(scripts, cut_s, fps=10, watch=first)
    state = json.loads(json.dumps(first.state()))
    second = ActivityWatch(ActivitySettings())
    second.restore(state)
    assert second.state() == first.state() and json.dumps(second.state()) == json.dumps(state)
    assert before + play(scripts, 20, fps=10, watch=second, from_s=cut_s) == whole

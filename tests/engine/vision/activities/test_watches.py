"""Running, loitering, crowds and fights from boxes and poses of tracks."""

import json
from itertools import pairwise

import numpy as np
import pytest

from engine.model.cameras.pose import LANDMARKS, Poses
from engine.model.event import EventKind, Severity
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.vision.activities.change import Stage
from engine.vision.activities.watch import ActivityWatch
from tests.fakes.actors import SIZE, START_NS, between, clipped, falling, seen, walking


def play(kind, scripts, seconds, fps=15.0, skip=0, watch=None, settings=None, poses=(), from_s=0.0):
    watch = watch or ActivityWatch(settings or ActivitySettings())
    found = []
    for index in range(round(from_s * fps), round(seconds * fps)):
        t_s = index / fps
        at_ns = START_NS + round(t_s * SECOND)
        changes = []
        if index % (skip + 1) == 0:
            tracks = seen(scripts, t_s)
            changes += watch.see(at_ns, SIZE, tracks, [track.box for track in tracks])
            for pose in poses:
                watch.pose(pose(t_s), at_ns)
        changes += watch.tick(at_ns)
        found += [(t_s, change) for change in changes if change.kind is kind]
    return found


def stages(found, rejected=False):
    return [change.stage for _, change in found if rejected or change.stage is not Stage.REJECTED]


def running(scripts, seconds=8.0, **options):
    return play(EventKind.RUNNING, scripts, seconds, **options)


def test_somebody_who_runs_through_is_one_event():
    run = between(clipped(walking(-100, 2.0)), 0.3, 2.6)
    found = running([("a", run)])
    assert stages(found) == [Stage.RAISED, Stage.ENDED]
    assert found[0][1].severity is Severity.LOW and "2.0 body heights" in found[0][1].reason


@pytest.mark.parametrize("height", [40.0, 100.0, 300.0])
def test_speed_is_in_body_heights_at_any_distance(height):
    runner, walker = (walking(20, speed, height=height) for speed in (1.8, 0.8))
    assert stages(running([("a", runner)], 4.0))[:1] == [Stage.RAISED]
    assert stages(running([("a", walker)], 6.0)) == []


def test_running_towards_the_camera_is_told_by_how_the_box_grows():
    """Three body heights a second, seen by a camera whose focal length is one picture wide."""

    def towards(t_s):
        away = 14.0 - 2.6 * t_s  # body heights
        tall = SIZE[0] / away
        return 320 - 0.18 * tall, 200 - 0.4 * tall, 320 + 0.18 * tall, 200 + 0.6 * tall

    assert stages(running([("a", between(towards, 0, 4.5))], 4.5)) == [Stage.RAISED]

    def strolling(t_s):
        tall = SIZE[0] / (14.0 - 0.8 * t_s)
        return 320 - 0.18 * tall, 200 - 0.4 * tall, 320 + 0.18 * tall, 200 + 0.6 * tall

    assert stages(running([("a", strolling)], 10)) == []


def test_coming_out_from_behind_something_is_not_running():
    def emerging(t_s):
        return 300.0, 140.0, 372.0, min(240.0 + 100 * max(t_s - 2, 0), 340.0)

    assert stages(running([("a", emerging)], 8)) == []


def test_a_box_that_jumps_between_people_is_not_running():
    dice = np.random.default_rng(3)
    places = dice.uniform(100, 540, 200)

    def jumping(t_s):
        x = places[int(t_s * 5)]
        return x - 36, 140.0, x + 36, 340.0

    assert stages(running([("a", jumping)], 20)) == []


def test_rate_changes_nothing_about_running():
    run = between(walking(20, 1.8, height=100), 0, 3.0)
    starts = [running([("a", run)], 5, fps=fps, skip=skip)[0] for fps, skip in ((30, 0), (15, 0), (30, 1), (30, 2), (10, 0))]
    assert all(change.stage is Stage.RAISED for _, change in starts)
    assert max(t for t, _ in starts) - min(t for t, _ in starts) <= 0.4


def loitering(scripts, seconds, **options):
    return play(EventKind.LOITERING, scripts, seconds, fps=5.0, settings=ActivitySettings(loiter_s=30), **options)


def pacing(x=320.0, reach=60.0, height=200.0):
    def at(t_s):
        middle = x + reach * np.sin(t_s / 3)
        return middle - 36, 140.0, middle + 36, 140.0 + height

    return at


def test_one_stay_is_one_event_however_long():
    found = loitering([("a", between(pacing(), 0, 300))], 330)
    assert stages(found) == [Stage.RAISED, Stage.ENDED]
    assert abs(found[0][0] - 30) <= 0.5 and found[1][1].at_ns <= START_NS + 301 * SECOND


def test_walking_to_and_fro_over_a_distance_is_no_loitering():
    assert stages(loitering([("a", pacing(reach=280.0, height=100.0))], 100)) == []


def test_two_stays_in_two_spots_are_two_events():
    def moves_on(t_s):
        x = 100 if t_s < 40 else min(100 + 100 * (t_s - 40), 540)
        return x - 18.0, 240.0, x + 18.0, 340.0

    assert stages(loitering([("a", moves_on)], 100)) == [Stage.RAISED, Stage.ENDED, Stage.RAISED]


def test_found_again_as_another_track_it_is_the_same_stay():
    parts = [("a", between(pacing(), 0, 20)), ("b", between(pacing(), 24, 50)), ("c", between(pacing(), 55))]
    found = loitering(parts, 90)
    assert stages(found) == [Stage.RAISED] and abs(found[0][0] - 30) <= 1


def test_who_fell_does_not_loiter():
    assert stages(loitering([("a", falling(at_s=2))], 60)) == []


def test_a_stay_that_was_too_short_leaves_a_decision():
    found = loitering([("a", between(pacing(), 0, 25))], 50)
    assert stages(found, rejected=True) == [Stage.REJECTED]
    (gate,) = found[0][1].gates
    assert not gate.passed and gate.value == pytest.approx(25, abs=0.5)


def crowd(count_at, seconds):
    watch, found = ActivityWatch(ActivitySettings(crowd=5, crowd_s=4)), []
    for index in range(round(seconds * 5)):
        at_ns = START_NS + index * SECOND // 5
        changes = watch.see(at_ns, SIZE, [], [], count_at(index / 5)) + watch.tick(at_ns)
        found += [(index / 5, change) for change in changes if change.kind is EventKind.CROWD]
    return found


def test_a_crowd_is_one_event_that_bears_a_few_leaving():
    found = crowd(lambda t: 6 if t < 10 else 4 if t < 30 else 5 if t < 40 else 3, 60)
    assert stages(found) == [Stage.RAISED, Stage.ENDED]
    assert abs(found[0][0] - 4) <= 0.4 and abs((found[1][1].at_ns - START_NS) / SECOND - 40) <= 0.5


def test_a_crowd_that_passes_leaves_a_decision_and_fewer_nothing():
    assert stages(crowd(lambda t: 7 if 2 < t < 5 else 0, 20), rejected=True) == [Stage.REJECTED]
    assert crowd(lambda t: 4, 60) == []


def test_one_who_is_missed_for_a_moment_does_not_begin_the_wait_anew():
    found = crowd(lambda t: 4 if int(t * 5) % 10 == 3 else 5, 10)
    assert stages(found) == [Stage.RAISED] and found[0][0] < 5


def fights(scripts, seconds=12.0, **options):
    return play(EventKind.FIGHT, scripts, seconds, **options)


def wrestling(x, seed, from_s=0.0, to_s=1e9, height=200.0):
    """A box whose edges are thrown about five times a second by up to a third of a body height, as arms and trunks are."""
    dice = np.random.default_rng(seed)
    knots = dice.uniform(-0.35, 0.35, (400, 3)) * height

    def at(t_s):
        left, right, top = (np.interp(t_s * 5, np.arange(400), knots[:, i]) if from_s <= t_s < to_s else 0.0 for i in range(3))
        return x - 40 + left, 140.0 + abs(top), x + 40 + right, 340.0

    return at


def swaying(x, speed, phase, height=200.0, foot=340.0):
    """Walks or runs: the box swings with the gait."""
    pace_hz = 1.8 if speed < 1.4 else 2.8

    def at(t_s):
        middle = x + speed * height * t_s
        half = (0.18 + 0.08 * np.sin(2 * np.pi * pace_hz * t_s + phase)) * height
        bob = 0.02 * height * np.sin(4 * np.pi * pace_hz * t_s + phase)
        return middle - half, foot - height + bob, middle + half, foot

    return at


def test_two_who_wrestle_are_one_fight():
    found = fights([("a", wrestling(280, 1, 2, 8)), ("b", wrestling(340, 2, 2, 8))])
    assert stages(found) == [Stage.RAISED, Stage.ENDED]
    change = found[0][1]
    assert change.severity is Severity.HIGH and set(change.track_ids) == {"a", "b"} and found[0][0] < 2 + 1.5 + 1.5


@pytest.mark.parametrize("speed", [0.3, 0.8, 1.2, 2.0, 3.0])
@pytest.mark.parametrize("gap", [50, 100])
def test_two_side_by_side_for_ten_seconds_are_no_fight(speed, gap):
    height = 60.0
    scripts = [(name, swaying(30 + i * gap * height / 200, speed, i * 1.3, height)) for i, name in enumerate("ab")]
    assert stages(fights(scripts, 10)) == []


def test_hugging_shaking_hands_and_passing_are_no_fight():
    def hugging(x, side):
        return lambda t: (x - 36 - (30 if 2 < t < 6 and side > 0 else 0), 140.0, x + 36 + (30 if 2 < t < 6 and side < 0 else 0), 340.0)

    def shaking(x, side):
        return lambda t: (x - 36 - 8 * side * np.sin(18 * t) * (2 < t < 5), 140.0, x + 36 + 8 * np.sin(18 * t) * (2 < t < 5), 340.0)

    for greeting in (hugging, shaking):
        assert stages(fights([("a", greeting(290, -1)), ("b", greeting(350, 1))])) == []
    assert stages(fights([("a", swaying(60, 0.8, 0)), ("b", swaying(580, -0.8, 1))], 3.5)) == []


def test_wrestling_far_apart_or_at_another_depth_is_no_fight_of_the_two():
    assert stages(fights([("a", wrestling(100, 1)), ("b", wrestling(500, 2))])) == []
    far = wrestling(320, 2, height=80)
    assert stages(fights([("a", wrestling(280, 1)), ("b", lambda t: tuple(v * 0.4 for v in far(t)))])) == []


def test_one_who_jumps_about_beside_one_who_stands_is_no_fight():
    still = lambda t: (310.0, 140.0, 382.0, 340.0)  # noqa: E731
    assert stages(fights([("a", wrestling(280, 1)), ("b", still)])) == []


def limbs(track_id, x, swing):
    """A pose whose wrists go to and fro at 2.5 Hz over `swing` body heights to each side."""

    def at(t_s):
        points = np.zeros((1, LANDMARKS, 3), np.float32)
        points[:, :, :2] = [x, 240]
        points[:, 11:13, 1], points[:, 0, 1], points[:, 25:29, 1] = 180, 150, 335
        points[:, 15:17, 0] = x + swing * 200 * np.sin(2 * np.pi * 2.5 * t_s)
        return Poses((track_id,), points, np.ones((1, LANDMARKS), np.float32), np.ones(1, np.float32))

    return at


def test_blows_are_told_by_the_limbs_where_the_boxes_are_calm():
    calm = [("a", lambda t: (244.0, 140.0, 316.0, 340.0)), ("b", lambda t: (304.0, 140.0, 376.0, 340.0))]
    assert stages(fights(calm, poses=[limbs("a", 280, 0.3), limbs("b", 340, 0.25)]))[:1] == [Stage.RAISED]
    assert stages(fights(calm, poses=[limbs("a", 280, 0.08), limbs("b", 340, 0.08)])) == []


def test_a_third_who_joins_is_in_the_same_fight():
    found = fights([("a", wrestling(260, 1)), ("b", wrestling(310, 2)), ("c", between(wrestling(360, 3), 4))])
    assert stages(found) == [Stage.RAISED]


def test_a_scuffle_that_was_too_short_leaves_a_decision():
    settings = ActivitySettings(fight_s=3.0)
    found = fights([("a", wrestling(280, 1, 2, 4.2)), ("b", wrestling(340, 2, 2, 4.2))], settings=settings)
    assert stages(found) == []
    assert [gate.gate for _, change in found for gate in change.gates if not gate.passed] in ([], ["lasts"])


def everything(watch, from_s, to_s):
    scripts = [
        ("a", wrestling(280, 1, 2, 8)),
        ("b", wrestling(340, 2, 2, 8)),
        ("c", falling(x=520, height=120)),
        ("d", between(walking(20, 1.8, height=90), 1, 4)),
    ]
    found = []
    for kind in (EventKind.FIGHT,):
        found += play(kind, scripts, to_s, watch=watch, from_s=from_s)
    return found


@pytest.mark.parametrize("cut_s", [1.0, 2.4, 4.0, 7.0])
def test_continued_from_its_state_it_says_the_same(cut_s):
    settings = ActivitySettings(loiter_s=4, crowd=3, crowd_s=1)
    whole, first, second = (ActivityWatch(settings) for _ in range(3))
    told = everything(whole, 0, 12)
    before = everything(first, 0, cut_s)
    state = json.dumps(first.state())
    second.restore(json.loads(state))
    assert json.dumps(second.state()) == state
    assert before + everything(second, cut_s, 12) == told
    assert json.dumps(second.state()) == json.dumps(whole.state())


def test_pictures_that_come_late_are_passed_over():
    watch = ActivityWatch(ActivitySettings())
    tracks = seen([("a", walking(100, 0.0))], 0)
    watch.see(START_NS, SIZE, tracks, [])
    state = watch.state()
    assert watch.see(START_NS, SIZE, tracks, []) == [] and watch.see(START_NS - SECOND, SIZE, tracks, []) == []
    assert watch.state() == state


def test_nobody_in_view_says_nothing():
    watch = ActivityWatch(ActivitySettings())
    times = [START_NS + i * SECOND for i in range(100)]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert [change for at_ns in times for change in watch.see(at_ns, SIZE, [], []) + watch.tick(at_ns)] == []

"""Falls on command: when they happen, what bodies do, and that nothing else changes."""

from itertools import pairwise

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.time import ManualClock
from engine.sources.simulated import (
    DEMO,
    DEMO_CAMERAS,
    WORLD_EPOCH_NS,
    Fall,
    FallScript,
    SimulatedCamera,
    StageHere,
    World,
    simulated_source,
    world_time_s,
)
from engine.sources.simulated.falls import UP_S, UPRIGHT, own_time
from engine.sources.simulated.waves.obstacles import room_around

AT_S = 40.0


def fallen_world(*falls: Fall) -> World:
    return World(DEMO, falls=lambda: falls)


def test_without_falls_time_is_the_walkers_own() -> None:
    assert own_time((), "walker-1", 12.5) == (12.5, UPRIGHT)
    assert own_time((Fall("walker-2", 3.0),), "walker-1", 12.5) == (12.5, UPRIGHT)


def test_the_way_waits_while_somebody_lies() -> None:
    fall = Fall("a", 10.0, lies_s=5.0)
    assert own_time((fall,), "a", 9.9) == (9.9, UPRIGHT)
    assert own_time((fall,), "a", 12.0)[0] == 10.0
    assert own_time((fall,), "a", 12.0)[1].still
    assert own_time((fall,), "a", 10.4)[1].lean == pytest.approx(0.25)
    assert own_time((fall,), "a", 10.0 + fall.lasts_s + 2)[0] == pytest.approx(12.0)


def test_who_falls_twice_or_while_lying_never_jumps_back() -> None:
    falls = (Fall("a", 10.0, 5.0), Fall("a", 11.0, 2.0), Fall("a", 40.0, 1.0))
    times = [own_time(falls, "a", t)[0] for t in np.arange(0, 80, 0.1)]
    assert np.diff(times).min() >= -1e-9
    leans = [own_time(falls, "a", t)[1].lean for t in np.arange(0, 80, 0.05)]
    assert np.abs(np.diff(leans)).max() < 0.15
    assert sum(1 for before, after in pairwise(leans) if before < 0.99 <= after) == 3


def test_a_time_that_cannot_be_is_refused() -> None:
    for arguments in ((float("nan"), 1.0, 0.8), (1.0, -1.0, 0.8), (1.0, 1.0, 0.0)):
        with pytest.raises(InputError):
            Fall("a", *arguments)


def test_the_others_and_the_past_are_untouched(world: World) -> None:
    other = fallen_world(Fall("walker-2", AT_S, 10.0))
    for t in (0.0, 20.0, AT_S - 0.01, AT_S + 3, AT_S + 60):
        for before, after in zip(world.walkers(t), other.walkers(t), strict=True):
            if before.id != "walker-2" or t < AT_S:
                assert np.array_equal(before.joints_m, after.joints_m)
                assert after.upright


def test_somebody_lies_on_the_floor_whole_and_clear_of_things() -> None:
    room_m = room_around(DEMO)
    for number, walker in enumerate(DEMO.walkers):
        for at_s in (5.0, 47.0, 88.0, 121.0):
            pose = fallen_world(Fall(walker.id, at_s, 10.0)).walkers(at_s + 5.0)[number]
            assert not pose.upright
            assert pose.joints_m[:, 2].min() > 0.0
            assert pose.joints_m[:, 2].max() < 0.4
            length = np.linalg.norm(pose.joints_m[:, None] - pose.joints_m[None], axis=2).max()
            assert 0.9 * walker.height_m < length < 1.4 * walker.height_m
            assert room_m(pose.joints_m[:, :2]) > 0.05, (walker.id, at_s)


def test_going_down_and_getting_up_are_smooth() -> None:
    world = fallen_world(Fall("walker-1", AT_S, 3.0))
    times = np.arange(AT_S - 0.5, AT_S + 0.8 + 3.0 + UP_S + 0.5, 0.02)
    joints = np.array([world.walkers(float(t))[0].joints_m for t in times])
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=2) / 0.02
    assert speed.max() < 12
    assert speed[:, 0].max() < 5


def test_every_camera_with_the_script_sees_the_fall_and_the_others_do_not() -> None:
    """A script filled while cameras run is followed at once."""
    script = FallScript()
    plan = DEMO.camera("office")
    assert plan is not None
    plain, scripted = SimulatedCamera(World(), plan), SimulatedCamera(World(falls=script), plan)
    assert np.array_equal(plain.render(7.0), scripted.render(7.0))
    script.add(Fall("walker-3", 5.0, 20.0))
    assert script() == (Fall("walker-3", 5.0, 20.0),)
    assert not np.array_equal(plain.render(7.0), scripted.render(7.0))
    (seen,) = (walker for walker in scripted.truth(7.0) if walker.id == "walker-3")
    left, top, right, bottom = seen.box_xyxy
    assert seen.visible_share > 0.9
    assert right - left > bottom - top


def test_the_floor_does_not_hide_who_lies_on_it() -> None:
    for name, walker, at_s in (("hall", "walker-3", 15.0), ("yard", "walker-2", 5.0)):
        plan = DEMO.camera(name)
        assert plan is not None
        camera = SimulatedCamera(fallen_world(Fall(walker, at_s, 20.0)), plan)
        (seen,) = (one for one in camera.truth(at_s + 4) if one.id == walker)
        assert seen.visible_share > 0.95


def test_sources_take_the_script() -> None:
    script = FallScript()
    script.add(Fall("walker-3", 5.0, 20.0))
    clock = ManualClock(WORLD_EPOCH_NS + 7_000_000_000)
    office = DEMO_CAMERAS[2]
    source = simulated_source(office.url, clock, StageHere(script))
    source.open()
    clock.advance_to(clock.now_ns() + 100_000_000)
    frame = source.read().frames[0]
    source.close()
    plan = DEMO.camera(office.id)
    assert plan is not None
    expected = SimulatedCamera(World(falls=script), plan).render(world_time_s(frame.captured_ns))
    assert np.array_equal(frame.bgr(frame.width, frame.height), expected)

"""How well each sense does, through the whole pipeline: two cameras, somebody who walks, phones that scanners hear."""

import json
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from engine.model.observation import EngineStarted, SettingsChanged
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.sense_quality import LEAST_MOMENTS, SenseKind, SenseQuality
from engine.model.settings import CameraSettings, Settings
from engine.model.site import CameraPose, Floor, Portal, Position, Wall
from engine.model.time import SECOND
from engine.pipeline.identities.floor import FloorLane
from engine.pipeline.identities.floor_cameras import FloorCameras, doorways
from engine.pipeline.output import StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.radio.covered import CoveredFloor
from engine.pipeline.senses import SenseLane
from engine.vision.tracking import Tracker
from tests.engine.pipeline.test_floor_teaching import TRUE, Site

CAMERAS = tuple(CameraSettings(name, name, f"rtsp://{name}/") for name in TRUE)
FLAT = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))


def told(site: Site, seconds: float) -> tuple[SenseQuality, ...]:
    """The newest answer after walking on for so long."""
    found: tuple[SenseQuality, ...] = ()
    for _ in range(round(seconds * 10)):
        result, _ = site.walk(0.1)
        found = result.senses if result.senses is not None else found
    return found


def test_two_cameras_judge_each_other_and_a_moved_one_begins_anew() -> None:
    site = Site()
    for quality in told(site, 75):
        figures = quality.recent
        assert quality.kind is SenseKind.CAMERA and figures.by == (SenseKind.CAMERA,)
        assert figures.moments >= LEAST_MOMENTS and figures.share is not None and figures.share > 0.9
        assert figures.apart_m is not None and figures.apart_m < 0.4 and figures.lost == 0
    moved = replace(TRUE["c1"], aim=(5.0, 4.2, 0.5))
    site.step(SettingsChanged(site.now_ns, Settings(cameras=CAMERAS, floor=Floor(camera_poses=(TRUE["c0"], moved)))))
    first, second = told(site, 12)
    assert first.day.moments > LEAST_MOMENTS > second.day.moments > 0


def test_it_goes_on_from_a_checkpoint_and_from_one_of_before() -> None:
    site = Site()
    told(site, 30)
    state = json.loads(json.dumps(site.pipeline.state()))
    again = Site()
    again.pipeline, again.number, again.now_ns = Pipeline(Tracker), site.number, site.now_ns
    again.pipeline.restore(state)
    assert told(again, 40) == told(site, 40) != ()
    assert json.dumps(again.pipeline.state()) == json.dumps(site.pipeline.state())
    del state["senses"]
    again.pipeline = Pipeline(Tracker)
    again.pipeline.restore(state)
    assert [quality.day.moments > 0 for quality in told(again, 20)] == [True, True]


def test_a_start_follows_nobody_on_and_keeps_what_was_counted() -> None:
    site = Site()
    before = told(site, 30)
    site.step(EngineStarted(site.now_ns, "test"))
    after = told(site, 12)
    assert all(now.day.moments > then.day.moments and now.day.lost == 0 for now, then in zip(after, before, strict=True))


def test_cameras_are_not_judged_through_doorways() -> None:
    door = Portal("door", "Door", (4.0, 3.0), (5.0, 3.0))
    line = Portal("line", "Line", (4.0, 6.0), (5.0, 6.0))
    walls = (Wall((0.0, 3.0), (4.0, 3.0)), Wall((5.0, 3.0), (10.0, 3.0)))
    cameras = FloorCameras()
    pose = CameraPose("hall", (4.5, 0.2, 2.5), (4.5, 5.0, 1.0), 80.0)
    near, through = np.array([4.5, 2.5]), np.array([4.5, 6.5])
    for floor, there in (
        (Floor(walls=walls, portals=(door,), camera_poses=(pose,)), []),
        (Floor(portals=(line,), camera_poses=(pose,)), ["hall"]),
    ):
        cameras.configure(Settings(floor=floor))
        cameras.framed("hall", (640, 360))
        cameras.begin(SECOND)
        assert cameras.watching_in_room(through) == there and cameras.watching(through) == ["hall"]
    assert doorways(Floor(walls=walls, portals=(door, line))) == [(door.a, door.b)]
    assert cameras.watching(near) == cameras.watching_in_room(near)


def test_doors_and_the_rim_of_the_plan_are_exits() -> None:
    lane = SenseLane(FloorLane())
    floor = Floor((0, 0, 10, 8), portals=(Portal("door", "Door", (4.0, 3.0), (5.0, 3.0)),))
    lane.configure(Settings(floor=floor), 0, StepOutput(0, 0))
    assert [lane._is_exit(at) for at in ((4.5, 3.5), (5.9, 3.2), (0.4, 4.0), (11.0, 4.0))] == [True] * 4
    assert [lane._is_exit(at) for at in ((7.0, 3.0), (2.0, 5.0))] == [False] * 2


class Radio:
    online_positions: ClassVar[dict[str, Position]] = {"near": (1.0, 1.0, 2.0), "other": (5.0, 1.0, 2.0), "far": (30.0, 1.0, 2.0)}

    def covers(self, at: tuple[float, float]) -> bool:
        return False


@pytest.mark.parametrize(
    ("by", "heard", "left", "expected"),
    [
        (AssertionKind.FACE, ("near", "other"), False, [("near", True), ("other", True)]),
        (AssertionKind.FACE, ("other", "far"), False, [("near", False), ("other", True)]),
        (AssertionKind.FACE, ("other",), False, [("near", False)]),  # nobody else says that the phone is there
        (AssertionKind.FACE, ("near", "other"), True, []),  # it lies somewhere
        (AssertionKind.BLE, ("near", "other"), False, []),  # the phone itself says who that is
    ],
)
def test_scanners_near_somebody_who_was_named_by_another_sense_have_a_moment(
    by: AssertionKind, heard: tuple[str, ...], left: bool, expected: list[tuple[str, bool]]
) -> None:
    lane = SenseLane(FloorLane())
    lane.radio = Radio()
    for scanner in Radio.online_positions:
        lane.take(BleSightings(SECOND, scanner, ()), StepOutput(0, 0))
    at: Position = (2.0, 2.0, 0.0)
    who = FusedIdentity("p1", "Ana", "", 5.0, 0.99, (Assertion(by, "p1", 5.0, 0),), (5.0,))
    source = FusedSource(SourceKind.CAMERA, "t1", "c0", 0, 0.1)
    track = FusedTrack("f1", 1, FusedStatus.CONFIRMED, at, FLAT, (0.0, 0.0, 0.0), 0, 0, (source,), who)
    levels = tuple((scanner, -60) for scanner in heard)
    device = BleDeviceView("d1", "AA", person_id="p1", position=(2.0, 3.0, 1.0), left_behind=left, heard=levels)
    found = list(lane._scanner_moments((track,), (device,), dict(lane._sensors(2 * SECOND, None))))
    assert [(each.scanner, each.heard) for each in found] == expected
    assert all(each.apart_m == (1.0 if each.heard else None) for each in found)


def test_radio_covers_what_its_nodes_surround() -> None:
    floor = CoveredFloor()
    nodes = ((0.0, 0.0, 1.0), (6.0, 0.0, 1.5), (6.0, 5.0, 1.0), (0.0, 5.0, 2.0))
    assert floor.covers(nodes, (3.0, 2.5)) and not floor.covers(nodes, (20.0, 2.5))
    assert not floor.covers(nodes[:1], (3.0, 2.5)) and not floor.covers((), (3.0, 2.5))

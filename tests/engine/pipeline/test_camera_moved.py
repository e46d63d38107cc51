"""A PTZ camera that moves or is away: motion and zones are held, what was open ends, and a replay in halves gives the same."""

from dataclasses import replace

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.cameras.picture_zone import PictureZone
from engine.model.event import Event, EventKind
from engine.model.observation import (
    CameraMoved,
    DetectionsMade,
    EngineStarted,
    FrameSeen,
    Motion,
    Numbered,
    Observation,
    SettingsChanged,
    Tick,
)
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.cameras.move_hold import SETTLE_NS, MoveHold
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

ZONE = PictureZone("floor", "Floor", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
CAMERA = CameraSettings("yard", "Yard", "rtsp://192.0.2.1/a", zones=(ZONE,), onvif="http://192.0.2.1/onvif/device_service")
START = 1_790_000_000 * SECOND
WHOLE = Motion(0.9, np.array([[0, 0, 640, 360]], np.float32))


class Run:
    def __init__(self, pipeline: Pipeline | None = None) -> None:
        self.pipeline = pipeline or Pipeline(Tracker)
        self.number = -1
        self.events: dict[str, Event] = {}
        if pipeline is None:
            self.step(EngineStarted(START, "test"))
            self.step(SettingsChanged(START, Settings(cameras=(CAMERA,))))

    def step(self, seen: Observation) -> None:
        self.number += 1
        result = self.pipeline.step(Numbered(self.number, seen.occurred_ns, seen))
        self.events |= {event.id: event for event in result.events}

    def seconds(self, since_s: float, until_s: float, motion: Motion, person: bool = False) -> None:
        for tenth in range(round(since_s * 10), round(until_s * 10)):
            at_ns = START + tenth * SECOND // 10
            self.step(FrameSeen("yard", at_ns, tenth, 640, 360, motion))
            if person and tenth % 2 == 0:
                boxes = np.array([[300, 100, 360, 300]], np.float32)
                self.step(DetectionsMade("yard", at_ns, tenth, 640, 360, Detections.people(boxes, np.array([0.9])), "test"))
            self.step(Tick(at_ns))

    def kinds(self) -> set[EventKind]:
        return {event.kind for event in self.events.values()}


def moved(at_s: float, moving: bool, home: bool) -> CameraMoved:
    return CameraMoved("yard", START + round(at_s * SECOND), moving, home)


def test_a_movement_raises_no_motion_and_motion_counts_again_after_it_settled() -> None:
    still, held = Run(), Run()
    still.seconds(0, 8, WHOLE)
    assert EventKind.MOTION in still.kinds(), "the same pictures of a fixed camera"
    held.step(moved(0, True, False))
    held.seconds(0, 6, WHOLE)
    held.step(moved(6, False, False))
    held.seconds(6, 7.9, WHOLE)
    assert EventKind.MOTION not in held.kinds()
    held.seconds(7.9, 16, WHOLE)
    assert EventKind.MOTION in held.kinds()


def test_zones_end_when_it_turns_away_and_hold_until_it_is_home() -> None:
    run = Run()
    run.seconds(0, 6, Motion.none(), person=True)
    (visit,) = [event for event in run.events.values() if event.kind is EventKind.ZONE_VISIT]
    assert visit.ended_ns is None
    run.step(moved(6, True, False))
    assert run.events[visit.id].ended_ns is not None
    run.step(moved(7, False, False))
    run.seconds(7, 14, Motion.none(), person=True)
    assert len([event for event in run.events.values() if event.kind is EventKind.ZONE_VISIT]) == 1, "it looks elsewhere"
    run.step(moved(14, False, True))
    run.seconds(14, 20, Motion.none(), person=True)
    assert len([event for event in run.events.values() if event.kind is EventKind.ZONE_VISIT]) == 2


@pytest.mark.parametrize("halved_s", [3, 7])
def test_a_replay_in_halves_gives_the_same(halved_s: int) -> None:
    def play(run: Run, since_s: int, until_s: int) -> None:
        for second in range(since_s, until_s):
            if second == 2:
                run.step(moved(2, True, False))
            if second == 5:
                run.step(moved(5, False, False))
            run.seconds(second, second + 1, WHOLE, person=True)

    whole, first = Run(), Run()
    play(whole, 0, 12)
    play(first, 0, halved_s)
    again = Pipeline(Tracker)
    again.restore(first.pipeline.state())
    second = Run(again)
    second.number, second.events = first.number, dict(first.events)
    play(second, halved_s, 12)
    assert second.events == whole.events and second.pipeline.state() == whole.pipeline.state()


def test_checkpoints_of_before_can_be_continued_from() -> None:
    run = Run()
    state = run.pipeline.state()
    del state["lanes"]["yard"]["moves"]
    again = Pipeline(Tracker)
    again.restore(state)
    assert again.state()["lanes"]["yard"]["moves"] == MoveHold().state()


def test_it_settles_for_a_while() -> None:
    hold = MoveHold()
    hold.take(moved(0, False, True))
    assert hold.holds_motion(START + SETTLE_NS - 1) and not hold.holds_motion(START + SETTLE_NS) and not hold.away
    hold.take(replace(moved(5, False, True), home=False))
    assert hold.away

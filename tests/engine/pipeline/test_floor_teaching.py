"""What cameras and radio teach each other on the floor."""

import numpy as np
import pytest

from engine.fusion.projection import Rays
from engine.model.cameras.detection import Detections
from engine.model.observation import DetectionsMade, EngineStarted, FrameSeen, Motion, Numbered, Observation, SettingsChanged, Tick
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.site import CameraPose, Floor
from engine.model.time import SECOND
from engine.pipeline.cameras.cameras import CameraLanes
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

SIZE = (640, 360)
TRUE = {"c0": CameraPose("c0", (0.0, 0.0, 2.6), (5.0, 4.0, 0.5), 75.0), "c1": CameraPose("c1", (10.0, 8.0, 2.6), (5.0, 4.0, 0.5), 75.0)}


class Site:
    """Two cameras in opposite corners and somebody who walks up and down; the site believes `believed` of the second."""

    def __init__(self, believed: CameraPose = TRUE["c1"]) -> None:
        self.pipeline, self.number, self.now_ns = Pipeline(Tracker), 0, 1_000 * SECOND
        cameras = tuple(CameraSettings(name, name, f"rtsp://{name}/") for name in TRUE)
        self.step(EngineStarted(self.now_ns, "test"))
        self.step(SettingsChanged(self.now_ns, Settings(cameras=cameras, floor=Floor(camera_poses=(TRUE["c0"], believed)))))

    def step(self, observation: Observation) -> StepResult:
        self.number += 1
        return self.pipeline.step(Numbered(self.number, self.now_ns, observation))

    def walk(self, seconds: float) -> tuple[StepResult, np.ndarray]:
        for _ in range(round(seconds * 10)):
            self.now_ns += SECOND // 10
            t_s = self.now_ns / SECOND
            xy = np.array([5.0 + 1.5 * np.sin(0.4 * t_s), 4.0 + np.cos(0.3 * t_s)])
            for name, pose in TRUE.items():
                self.step(FrameSeen(name, self.now_ns, self.number, *SIZE, Motion.none()))
                seen = Detections.people([box(pose, xy)], [0.8])
                self.step(DetectionsMade(name, self.now_ns, self.number, *SIZE, seen, "test"))
            result = self.step(Tick(self.now_ns))
        return result, xy


def box(pose: CameraPose, xy: np.ndarray) -> tuple[float, float, float, float]:
    rays = Rays(pose, SIZE)
    foot, head = rays.pixel((xy[0], xy[1], 0.0)), rays.pixel((xy[0], xy[1], 1.7))
    assert foot is not None and head is not None
    half = (foot[1] - head[1]) / 6
    return foot[0] - half, head[1], foot[0] + half, foot[1]


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float, float]]:
    places: list[tuple[float, float, float]] = []
    monkeypatch.setattr("engine.pipeline.radio.radio.RadioLane.teach", lambda lane, now_ns, sure: places.extend(sure))
    return places


def test_where_two_cameras_surely_see_somebody_the_links_are_taught(taught: list[tuple[float, float, float]]):
    result, xy = Site().walk(5)
    assert result.fused is not None and len(result.fused.tracks) == 1
    assert len(taught) > 20 and np.hypot(*(np.array(taught[-1][:2]) - xy)) < 0.3


def test_a_camera_that_is_said_to_look_elsewhere_is_put_right():
    """Its pose is off by two degrees and a half; how far both cameras disagree shrinks, and they see one person."""
    wrong = CameraPose("c1", TRUE["c1"].position, (5.15, 3.75, 0.5), 75.0)
    site = Site(wrong)
    apart = [abs(_disagreement(site, seconds)) for seconds in (0.8, 12)]
    assert apart[1] < 0.5 * apart[0]
    result, _ = site.walk(1)
    assert result.fused is not None and [len(track.sources) for track in result.fused.tracks] == [2]


def _disagreement(site: Site, seconds: float) -> float:
    """Metres between what both cameras say, by what they have learned so far."""
    site.walk(seconds)
    cameras = site.pipeline.lane(IdentityLane).floor._cameras  # what was learned shows nowhere else
    tracks = {name: lane.people.tracks(site.now_ns) for name, lane in site.pipeline.lane(CameraLanes).lanes.items()}
    one, other = cameras.sightings(site.now_ns, tracks, {})
    return float(np.hypot(*(one.xy - other.xy)))

"""Where cameras hang decides what they should see."""

from dataclasses import replace

import numpy as np

from engine.fusion.projection import Rays
from engine.model.settings import CameraSettings, Settings
from engine.model.site import CameraPose, Floor, FloorPoint, Wall
from engine.model.time import SECOND
from engine.pipeline.identities.floor_cameras import FloorCameras

SIZE = (640, 360)
HANGS = CameraPose("c0", (0.0, 0.0, 2.6), (5.0, 4.0, 0.5), 75.0)
SPOT = np.array([5.0, 4.0])
BEFORE_IT = Wall((0.0, 4.0), (4.0, 0.0))


def clicked(pose: CameraPose) -> tuple[FloorPoint, ...]:
    rays = Rays(pose, SIZE)
    spots = ((3.0, 3.0), (6.0, 3.0), (6.0, 5.5), (3.5, 5.0), (5.0, 4.0))
    pixels = [rays.pixel((*spot, 0.0)) for spot in spots]
    return tuple(FloorPoint((p[0] / SIZE[0], p[1] / SIZE[1]), spot) for p, spot in zip(pixels, spots, strict=True) if p is not None)


def watching(pose: CameraPose, wall: Wall) -> list[str]:
    cameras = FloorCameras()
    cameras.configure(Settings(cameras=(CameraSettings("c0", "c0", "rtsp://c0/"),), floor=Floor(camera_poses=(pose,), walls=(wall,))))
    cameras.framed("c0", SIZE)
    cameras.begin(SECOND)
    return cameras.watching(SPOT)


def test_a_wall_hides_who_is_behind_it():
    assert watching(HANGS, Wall((-4.0, 1.0), (1.0, -4.0))) == ["c0"]
    assert watching(HANGS, BEFORE_IT) == []


def test_clicked_points_say_where_a_camera_hangs_and_so_which_walls_are_before_it():
    entered = replace(HANGS, position=(-6.0, -6.0, 2.6), floor_points=clicked(HANGS))
    wall = Wall((-6.0, 1.0), (1.0, -6.0))  # between where it was entered and where it hangs
    assert watching(entered, wall) == ["c0"]
    assert watching(entered, BEFORE_IT) == []

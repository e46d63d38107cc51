"""A pose told from floor points: the true one where the points are exact, near it where a hand clicked them."""

import math

import numpy as np
import pytest

from engine.fusion.projection import Rays, homography
from engine.fusion.standpoint import standpoint
from engine.model.site import CameraPose, FloorPoint

SIZE = (1280, 720)
SPOTS = ((1.0, 3.0), (5.0, 3.0), (5.5, 6.0), (1.5, 6.5), (3.0, 4.5), (3.5, 8.0))


def clicked(pose: CameraPose, off_px: float = 0.0, seed: int = 0, east: float = 0.0) -> tuple[FloorPoint, ...]:
    """Where that camera shows the spots; those beside the picture are left out."""
    rays, hand = Rays(pose, SIZE), np.random.default_rng(seed)
    found = []
    for spot in ((x + east, y) for x, y in SPOTS):
        pixel = rays.pixel((*spot, 0.0))
        assert pixel is not None
        u, v = (np.array(pixel) + hand.normal(0, off_px, 2)) / SIZE
        if 0 <= u <= 1 and 0 <= v <= 1:
            found.append(FloorPoint((float(u), float(v)), spot))
    return tuple(found)


def told(points: tuple[FloorPoint, ...]) -> CameraPose | None:
    return standpoint("a", points, SIZE, homography(points, SIZE))


@pytest.mark.parametrize(
    "pose",
    [
        CameraPose("a", (3.0, -1.0, 2.6), (3.2, 5.0, 0.5), 75.0),
        CameraPose("a", (-2.0, 0.0, 3.4), (4.0, 5.5, 0.0), 60.0),
        CameraPose("a", (3.0, 12.0, 5.0), (3.1, 4.0, 0.0), 90.0),
        CameraPose("a", (300.0 + 3.0, -1.0, 2.6), (303.2, 5.0, 0.5), 75.0),
    ],
)
def test_exact_points_give_the_true_pose(pose: CameraPose) -> None:
    points = clicked(pose, east=300.0 if pose.position[0] > 100 else 0.0)
    assert len(points) >= 4
    found = told(points)
    assert (
        found is not None
        and found.position == pytest.approx(pose.position, abs=0.01)
        and found.fov_deg == pytest.approx(pose.fov_deg, abs=0.2)
    )
    true, found_ahead = (np.subtract(each.aim, each.position) for each in (pose, found))
    assert float(true @ found_ahead / np.linalg.norm(true) / np.linalg.norm(found_ahead)) > math.cos(math.radians(0.2))
    assert found.floor_points == points and found.camera_id == "a"


def test_a_hand_that_is_two_pixels_off_puts_it_within_the_metre() -> None:
    pose = CameraPose("a", (3.0, -1.0, 2.6), (3.2, 5.0, 0.5), 75.0)
    off = []
    for seed in range(20):
        found = told(clicked(pose, off_px=2.0, seed=seed))
        assert found is not None
        off.append(math.dist(found.position, pose.position))
    assert max(off) < 1.0 and sorted(off)[10] < 0.4


def test_a_view_straight_down_takes_a_usual_lens() -> None:
    points = tuple(FloorPoint((0.5 + (x - 3) / 10, 0.5 - (y - 4) / 10 * 16 / 9), (x, y)) for x, y in ((2, 3), (4, 3), (4, 5), (2, 5)))
    found = told(points)
    assert found is not None and found.position[:2] == pytest.approx((3, 4), abs=0.01) and found.fov_deg == 70
    assert found.position[2] == pytest.approx(5 / math.tan(math.radians(35)), abs=0.01) and found.aim[:2] != found.position[:2]
    Rays(found, SIZE)


def test_a_view_from_below_the_floor_is_none() -> None:
    pose = CameraPose("a", (3.0, -1.0, 2.6), (3.2, 5.0, 0.5), 75.0)
    mirrored = tuple(FloorPoint((1 - point.image[0], point.image[1]), point.floor) for point in clicked(pose))
    assert told(mirrored) is None

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fusion.projection import FloorView, Rays, homography
from engine.model.site import CameraPose, FloorPoint
from tests.engine.fusion.made_floor import SIZE, box_of, pose

POSE = pose(0)
RAYS = Rays(POSE, SIZE)
CLICKED_AT = ((3.0, 3.0), (7.0, 3.0), (7.0, 6.0), (3.0, 6.0), (5.0, 4.5))


def clicked(spots: tuple[tuple[float, float], ...], noise: float = 0.0) -> tuple[FloorPoint, ...]:
    chance = np.random.default_rng(5)
    pixels = [RAYS.pixel((x, y, 0.0)) for x, y in spots]
    shaken = [np.array(pixel) + chance.normal(0, noise, 2) for pixel in pixels if pixel is not None]
    return tuple(FloorPoint(tuple((pixel / SIZE).tolist()), spot) for pixel, spot in zip(shaken, spots, strict=True))


@given(st.floats(2, 9), st.floats(2, 7))
def test_a_box_stands_where_its_feet_are(x, y):
    box = box_of(RAYS, np.array([x, y]))
    if box is not None:
        spot = FloorView(POSE, SIZE).spot(box)
        assert spot is not None and spot.xy == pytest.approx([x, y], abs=1e-6)


def test_along_the_line_of_sight_less_is_known_than_across_it_and_far_away_less_than_near():
    near, far = (FloorView(POSE, SIZE).spot(box_of(RAYS, np.array(xy)) or (0, 0, 1, 1)) for xy in ((3.0, 2.4), (8.0, 6.4)))
    assert near is not None and far is not None
    along = np.array([0.78, 0.62])
    across = np.array([-0.62, 0.78])
    assert along @ far.covariance @ along > 1.2 * (across @ far.covariance @ across)
    assert np.trace(far.covariance) > 2 * np.trace(near.covariance)


def test_clicked_points_say_the_same_as_the_pose_and_forgive_a_shaky_hand():
    for noise, within in ((0.0, 1e-3), (1.0, 0.25)):
        view = FloorView(CameraPose("c0", POSE.position, POSE.aim, POSE.fov_deg, clicked(CLICKED_AT, noise)), SIZE)
        box = box_of(RAYS, np.array([6.0, 5.0]))
        spot = view.spot(box) if box else None
        assert spot is not None and spot.xy == pytest.approx([6.0, 5.0], abs=within)


def test_clicked_points_win_over_a_wrong_pose():
    view = FloorView(CameraPose("c0", (3.0, 1.0, 2.0), POSE.aim, 50.0, clicked(CLICKED_AT)), SIZE)
    box = box_of(RAYS, np.array([6.0, 5.0]))
    spot = view.spot(box) if box else None
    assert spot is not None and spot.xy == pytest.approx(
        [6.0, 5.0], abs=0.05
    )  # toes point a little beside: the wrong pose would put them 2 m away


def test_points_on_a_line_are_refused():
    with pytest.raises(ValueError, match="on a line"):
        homography(clicked(((3.0, 3.0), (4.0, 4.0), (5.0, 5.0), (6.0, 6.0))), SIZE)


def test_the_sky_is_nowhere():
    level = CameraPose("c0", (0.0, 0.0, 1.5), (5.0, 0.0, 1.5), 75.0)
    assert FloorView(level, SIZE).spot((300.0, 20.0, 340.0, 120.0)) is None
    points = FloorView(CameraPose("c0", POSE.position, POSE.aim, POSE.fov_deg, clicked(CLICKED_AT)), SIZE)
    assert points.spot((300.0, -400.0, 340.0, -300.0)) is None


def test_feet_below_the_picture_are_found_from_the_head_with_a_wide_guess():
    xy = np.array([1.2, 1.0])
    head = RAYS.pixel((1.2, 1.0, 1.7))
    whole = FloorView(POSE, SIZE).spot(box_of(RAYS, np.array([4.0, 3.0])) or (0, 0, 1, 1))
    assert head is not None and whole is not None
    spot = FloorView(POSE, SIZE).spot((head[0] - 60, head[1], head[0] + 60, SIZE[1] - 1.0))
    assert spot is not None and float(np.hypot(*(spot.xy - xy))) < 0.1
    assert float(np.linalg.eigvalsh(spot.covariance)[-1]) ** 0.5 > 0.1


def test_a_camera_that_looks_straight_down_has_no_upper_edge():
    with pytest.raises(ValueError, match="straight"):
        FloorView(CameraPose("c0", (2.0, 2.0, 3.0), (2.0, 2.0, 0.0)), SIZE)


@pytest.mark.parametrize(
    "wrong",
    [
        CameraPose("c0", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        CameraPose("c0", (-300.0, 200.0, 3.0), (0.0, 0.0, 0.0)),
        CameraPose("c0", (9.0, 7.0, 2.4), (3.0, 3.0, 0.5), 40.0),
    ],
)
def test_with_clicked_points_a_pose_that_does_not_fit_them_is_not_used_for_who_is_cut_off_at_the_feet(wrong):
    points = clicked(CLICKED_AT)
    right = FloorView(CameraPose("c0", POSE.position, POSE.aim, POSE.fov_deg, points), SIZE)
    view = FloorView(CameraPose("c0", wrong.position, wrong.aim, wrong.fov_deg, points), SIZE)
    box = box_of(RAYS, np.array([5.0, 4.0]))
    assert box is not None
    for each in (box, (box[0], box[1] + 200.0, box[2], float(SIZE[1]))):
        here, there = right.spot(each), view.spot(each)
        assert here is not None and there is not None
        assert there.xy == pytest.approx(here.xy, abs=0.05)

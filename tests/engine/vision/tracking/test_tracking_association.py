import numpy as np
import pytest

from engine.model.geometry import iou_matrix
from engine.vision.tracking.association import FORBIDDEN, add_appearance, associate, similarity
from engine.vision.tracking.camera_shift import common_shift
from engine.vision.tracking.config import TrackerConfig

CONFIG = TrackerConfig()


def corners(boxes: np.ndarray) -> np.ndarray:
    return np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])


def people(count: int, seed: int = 1) -> np.ndarray:
    chance = np.random.default_rng(seed)
    height = chance.uniform(60, 140, count)
    return np.column_stack([chance.uniform(0, 1000, count), chance.uniform(0, 600, count), height * 0.4, height])


def moved(boxes: np.ndarray, x: float, y: float = 0.0) -> np.ndarray:
    return np.add(boxes, [x, y, 0.0, 0.0])


def test_similarity_is_iou_less_unlike_height() -> None:
    first, second = people(7), people(5, seed=2)
    unlike = np.abs(np.log(first[:, None, 3] / second[None, :, 3]))
    assert similarity(first, second, 0.0) == pytest.approx(iou_matrix(corners(first), corners(second)), abs=1e-9)
    assert similarity(first, second, 0.3) == pytest.approx(similarity(first, second, 0.0) - 0.3 * unlike)


def test_similarity_of_nothing_has_its_shape() -> None:
    assert similarity(people(0), people(3), 0.1).shape == (0, 3)
    assert similarity(people(3), people(0), 0.1).shape == (3, 0)


def chosen(scores: list[list[float]], confirmed: list[bool], strong: list[bool]) -> list[int]:
    return associate(np.array(scores), np.array(confirmed), np.array(strong), CONFIG).tolist()


def test_the_best_total_wins() -> None:
    assert chosen([[0.9, 0.8], [0.85, 0.3]], [True, True], [True, True]) == [1, 0]


def test_what_is_unlike_stays_apart() -> None:
    assert chosen([[CONFIG.gate - 0.01]], [True], [True]) == [-1]


def test_confirmed_tracks_choose_first() -> None:
    assert chosen([[0.5], [0.9]], [True, False], [True]) == [0, -1]


def test_weak_detections_only_carry_confirmed_tracks() -> None:
    assert chosen([[0.8], [0.9]], [True, False], [False]) == [0, -1]
    assert chosen([[0.9]], [False], [False]) == [-1]


def test_weak_detections_come_after_strong_ones() -> None:
    assert chosen([[0.95, 0.6]], [True], [False, True]) == [1]


def test_a_forbidden_pair_is_never_made() -> None:
    assert chosen([[FORBIDDEN, 0.3], [FORBIDDEN, FORBIDDEN]], [True, True], [True, True]) == [1, -1]


def test_appearance_decides_between_like_boxes() -> None:
    scores = np.full((2, 2), 0.5)
    looks = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    assert associate(add_appearance(scores, looks, looks[::-1], CONFIG), np.ones(2, bool), np.ones(2, bool), CONFIG).tolist() == [1, 0]


def test_a_track_without_a_look_keeps_its_score() -> None:
    scores = np.full((1, 2), 0.5)
    assert np.array_equal(add_appearance(scores, np.zeros((1, 2), np.float32), np.eye(2, dtype=np.float32), CONFIG), scores)


def test_a_shift_of_the_picture_is_found() -> None:
    tracks = people(6)
    shift = common_shift(tracks, moved(tracks, 22.0, -9.0), CONFIG)
    assert shift is not None
    assert shift == pytest.approx([22.0, -9.0], abs=1.0)


def test_a_fixed_camera_is_left_alone() -> None:
    """People who walk their own ways are no shift, even if two of them agree."""
    tracks = people(6)
    moves = np.array([[9, 0], [9, 0], [-8, 0], [0, 5], [0, 0], [0, 0]])
    assert common_shift(tracks, tracks + np.hstack([moves, np.zeros((6, 2))]), CONFIG) is None


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_cannot_vote(count: int) -> None:
    assert common_shift(people(count), moved(people(count), 30.0), CONFIG) is None


def test_no_pair_of_like_size_is_no_vote() -> None:
    assert common_shift(people(4), people(4) * [[1, 1, 3, 3]], CONFIG) is None


def test_a_crowd_stays_affordable() -> None:
    """200 boxes on 200 tracks: the vote is bounded by `MOST_VOTERS`, not by the crowd."""
    crowd = people(200)
    shift = common_shift(crowd, moved(crowd, 25.0), CONFIG)
    assert shift is not None and shift[0] == pytest.approx(25.0, abs=4.0)

"""Motion: people yes; light, noise, compression and masks no."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.observation import Motion
from engine.model.time import SECOND
from engine.vision.motion import MotionDetector
from tests.engine.vision.pictures import ArrayFrame, Pixels, true_boxes, video_frames

FPS = 20
SIZE = (640, 360)
Scene = Callable[[int], Pixels]
NOISE = np.random.default_rng(1).standard_normal((7, SIZE[1], SIZE[0], 3), np.float32)


@pytest.fixture(scope="module")
def room(shared: Path) -> np.ndarray:
    """A still picture full of detail, float32, with room for brightening."""
    return cv2.resize(cv2.imread(str(shared / "data/images/scenes/dog.jpg")), SIZE).astype(np.float32) * 0.6


def noisy(picture: np.ndarray, seed: int, sigma: float = 4.0) -> Pixels:
    return (picture + NOISE[seed % len(NOISE)] * np.float32(sigma)).clip(0, 255).astype(np.uint8)


def frames(scene: Scene, count: int, fps: float = FPS) -> Iterator[ArrayFrame]:
    for index in range(count):
        yield ArrayFrame(scene(index), index, round(index / fps * SECOND))


def looks(scene: Scene, count: int, detector: MotionDetector | None = None, fps: float = FPS) -> list[Motion]:
    detector = detector or MotionDetector()
    return [detector.look(frame) for frame in frames(scene, count, fps)]


def with_block(room: np.ndarray, left: int, top: int = 150, size: tuple[int, int] = (40, 100)) -> np.ndarray:
    """Something striped, so that it has edges of its own, in front of the room."""
    picture = room.copy()
    height, width = min(size[1], SIZE[1] - top), min(size[0], SIZE[0] - left)
    picture[top : top + height, left : left + width] = (np.arange(height) // 8 % 2 * 150 + 60)[:, None, None]
    return picture


def busy(motions: list[Motion]) -> int:
    return sum(len(motion.regions_xyxy) > 0 for motion in motions)


def test_real_pedestrians_are_inside_the_regions(shared: Path) -> None:
    truth = true_boxes(shared / "data/mot/PETS09-S2L1/gt/gt.txt", 0.625)
    detector, covered, area = MotionDetector(), [], []
    for frame in video_frames(shared / "data/video/vtest_480x360.avi", fps=7):
        if frame.index == 250:
            break
        motion = detector.look(frame)
        if frame.index < 30:
            continue
        inside = np.zeros((frame.height, frame.width), bool)
        for left, top, right, bottom in motion.regions_xyxy.astype(int):
            inside[top:bottom, left:right] = True
        boxes = truth[frame.index].clip(0).astype(int)
        covered += [inside[top:bottom, left:right].mean() >= 0.5 for left, top, right, bottom in boxes]
        area.append(inside.mean())
    assert np.mean(covered) >= 0.97
    assert np.mean(area) <= 0.3


def test_region_and_share_of_a_moving_block(room: np.ndarray) -> None:
    motion = looks(lambda i: noisy(with_block(room, 100 + 6 * i), i), 60)[-1]
    left = 100 + 6 * 59
    assert len(motion.regions_xyxy) >= 1
    x1, y1 = motion.regions_xyxy[:, :2].min(axis=0)
    x2, y2 = motion.regions_xyxy[:, 2:].max(axis=0)
    assert x1 <= left + 4 and x2 >= left + 36
    assert y1 <= 155 and y2 >= 245
    assert y1 >= 100 and y2 <= 300
    assert 40 * 100 * 0.6 / (640 * 360) <= motion.share <= 0.2


@pytest.mark.parametrize("sigma", [0.0, 4.0, 10.0])
def test_noise_is_not_motion(room: np.ndarray, sigma: float) -> None:
    assert busy(looks(lambda i: noisy(room, i, sigma), 80)) == 0


def test_compression_is_not_motion(room: np.ndarray) -> None:
    def squeezed(index: int) -> Pixels:
        quality = 25 if index % 12 else 80  # every twelfth picture is better, as key frames are
        return cv2.imdecode(cv2.imencode(".jpg", noisy(room, index, 6.0), [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)

    assert busy(looks(squeezed, 80)) == 0


@pytest.mark.parametrize("gain", [0.35, 0.7, 1.5])
def test_a_jump_of_the_light_is_not_motion(room: np.ndarray, gain: float) -> None:
    assert busy(looks(lambda i: noisy(room * (gain if i >= 40 else 1.0), i), 80)) == 0


def test_flicker_is_not_motion(room: np.ndarray) -> None:
    assert busy(looks(lambda i: noisy(room * (1 + 0.08 * np.sin(2.1 * i)), i), 80)) == 0


def test_motion_is_seen_again_after_the_light_changed(room: np.ndarray) -> None:
    motions = looks(lambda i: noisy((with_block(room, 6 * i - 200) if i >= 50 else room) * (1.5 if i >= 40 else 1.0), i), 80)
    assert busy(motions[60:]) == 20


def test_somebody_who_fills_the_picture_is_not_taken_for_light(room: np.ndarray) -> None:
    motions = looks(lambda i: noisy(with_block(room, 20 + i % 7, 0, (560, 360)) if i >= 40 else room, i), 60)
    assert busy(motions[41:]) >= 17
    assert max(motion.share for motion in motions) > 0.5


def test_masks_hide_motion(room: np.ndarray) -> None:
    left_half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    masked = MotionDetector((left_half,))
    assert busy(looks(lambda i: noisy(with_block(room, 20 + 3 * i), i), 70, masked)) == 0
    masked = MotionDetector((left_half,))
    motions = looks(lambda i: noisy(with_block(room, 360 + 3 * i), i), 70, masked)
    assert busy(motions[20:]) == 50
    assert all((motion.regions_xyxy[:, 2] > 320).all() for motion in motions)


def test_everything_masked_is_no_motion(room: np.ndarray) -> None:
    everything = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    motions = looks(lambda i: noisy(with_block(room, 5 * i), i), 40, MotionDetector((everything, ((0.1, 0.1),))))
    assert busy(motions) == 0


@pytest.mark.parametrize("fps", [3.0, 12.0])
def test_what_stays_becomes_background_in_seconds_not_frames(room: np.ndarray, fps: float) -> None:
    """A parked thing is forgotten after some ten seconds, at any frame rate, and not at once."""
    count = round(50 * fps)
    motions = looks(lambda i: noisy(with_block(room, 300) if i >= 3 * fps else room, i % 50), count, fps=fps)
    after = [i / fps - 3 for i, motion in enumerate(motions) if len(motion.regions_xyxy)]
    assert 3 < max(after) < 40
    assert min(after) < 0.5


def test_the_first_pictures_teach_only(room: np.ndarray) -> None:
    motions = looks(lambda i: noisy(with_block(room, 6 * i), i), 12)
    assert busy(motions[:10]) == 0


def test_a_gap_or_another_size_starts_anew(room: np.ndarray) -> None:
    detector = MotionDetector()
    looks(lambda i: noisy(room, i), 40, detector)
    other = noisy(with_block(room, 200, 20, (300, 300)), 1)
    assert not len(detector.look(ArrayFrame(other, 40, 100 * SECOND)).regions_xyxy)
    assert not len(detector.look(ArrayFrame(cv2.resize(other, (480, 270)), 41, 101 * SECOND)).regions_xyxy)
    assert not len(detector.look(ArrayFrame(other[:, :, :], 42, 50 * SECOND)).regions_xyxy)


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (7, 400), (8, 8), (321, 11), (5000, 8)])
def test_any_size(size: tuple[int, int]) -> None:
    width, height = size
    detector = MotionDetector()
    for index in range(20):
        frame = ArrayFrame(np.full((height, width, 3), 40 + 100 * (index % 2), np.uint8), index, index * SECOND // 10)
        regions = detector.look(frame).regions_xyxy
        assert (regions[:, 2:] <= [width, height]).all()

"""Bodies on real pictures: where landmarks have to be, and that they are followed without the detector."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.pose import LEFT_ANKLE, LEFT_HIP, LEFT_SHOULDER, NOSE, RIGHT_ANKLE, RIGHT_HIP, RIGHT_SHOULDER, Poses
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.vision.pose.detection import BodyDetector
from engine.vision.pose.estimator import Earlier, PoseEstimator
from engine.vision.pose.region import Region, around_body

STREET_BOXES = np.array([[1360, 423, 1418, 600], [911, 441, 984, 598], [1093, 456, 1144, 599]], np.float32)
BUS_BOXES = np.array([[50, 394, 215, 897], [219, 402, 347, 854]], np.float32)
IDS = ("a", "b", "c")


@dataclass
class Counted:
    """Counts how often a detector is asked."""

    detector: BodyDetector
    asked: int = 0

    def find(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Region | None:
        self.asked += 1
        return self.detector.find(picture_bgr, box_xyxy)


@pytest.fixture(scope="module")
def estimator(shared: Path) -> PoseEstimator:
    models = shared / "data/models"
    return PoseEstimator(models / "pose_detection.onnx", models / "pose_landmark_lite.onnx")


@pytest.fixture
def counted(estimator: PoseEstimator, monkeypatch: pytest.MonkeyPatch) -> Counted:
    count = Counted(estimator._detector)
    monkeypatch.setattr(estimator, "_detector", count)
    return count


def _picture(shared: Path, name: str) -> Bytes2D:
    return np.asarray(cv2.imread(str(shared / "data/images/scenes" / name)))


def _earlier(poses: Poses) -> dict[str, Earlier]:
    rows = zip(poses.track_ids, poses.landmarks, poses.visibility, strict=True)
    return {track_id: Earlier(landmarks, visibility) for track_id, landmarks, visibility in rows}


def _stands(landmarks: Floats, box: Floats) -> bool:
    """Head, shoulders, hips and ankles are in this order from top to bottom, within the box, and the ankles are at its foot."""
    points = [landmarks[NOSE], landmarks[[LEFT_SHOULDER, RIGHT_SHOULDER]].mean(0), landmarks[[LEFT_HIP, RIGHT_HIP]].mean(0)]
    heights = [*(float(point[1]) for point in points), float(landmarks[[LEFT_ANKLE, RIGHT_ANKLE], 1].max())]
    slack = 0.1 * float(box[3] - box[1])
    inside = all(box[0] - slack <= point[0] <= box[2] + slack for point in points)
    return inside and heights == sorted(heights) and box[1] - slack <= heights[0] and abs(heights[-1] - box[3]) < 1.5 * slack


@pytest.mark.parametrize(("name", "boxes"), [("street.png", STREET_BOXES), ("bus.jpg", BUS_BOXES)])
def test_bodies_stand_in_their_boxes(shared: Path, estimator: PoseEstimator, name: str, boxes: Floats):
    ids = IDS[: len(boxes)]
    poses = estimator.look(_picture(shared, name), ids, boxes, {})
    assert poses.track_ids == ids and (poses.scores > 0.5).all()
    assert [_stands(body, box) for body, box in zip(poses.landmarks, boxes, strict=True)] == [True] * len(boxes)
    hips = poses.landmarks[:, [LEFT_HIP, RIGHT_HIP]]
    assert np.abs(hips[:, :, 2].mean(axis=1)).max() < 0.1 * (boxes[:, 3] - boxes[:, 1]).max()


def test_a_body_is_followed_without_the_detector(shared: Path, estimator: PoseEstimator, counted: Counted):
    picture, box = _picture(shared, "person.jpg"), np.array([[188, 97, 276, 372]], np.float32)
    first = estimator.look(picture, ["a"], box, {})
    assert counted.asked == 1
    second = estimator.look(picture, ["a"], box, _earlier(first))
    assert counted.asked == 1 and _stands(second.landmarks[0], box[0])
    assert np.abs(first.landmarks[0, 11:29, :2] - second.landmarks[0, 11:29, :2]).mean() < 0.04 * 275


def test_a_body_that_is_not_where_it_was_is_looked_for(shared: Path, estimator: PoseEstimator, counted: Counted):
    picture = _picture(shared, "street.png")
    others = estimator.look(picture, ["b"], STREET_BOXES[1:2], {})
    poses = estimator.look(picture, ["a"], STREET_BOXES[:1], {"a": _earlier(others)["b"]})
    assert counted.asked == 2 and _stands(poses.landmarks[0], STREET_BOXES[0])


@pytest.mark.parametrize("degrees", [20, 35, 90, 180])
def test_a_turned_body_is_followed(shared: Path, estimator: PoseEstimator, degrees: int):
    """The picture turns, and the landmarks with it: somebody who falls stays the same body."""
    picture, box = _picture(shared, "street.png"), STREET_BOXES[:1]
    upright = estimator.look(picture, ["a"], box, {})
    middle = (box[0, :2] + box[0, 2:]) / 2
    turn = np.asarray(cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), degrees, 1.0), np.float32)
    wanted = upright.landmarks[0, :, :2] @ turn[:, :2].T + turn[:, 2]
    before = np.concatenate([wanted, upright.landmarks[0, :, 2:]], axis=1).astype(np.float32)
    turned = np.asarray(cv2.warpAffine(picture, turn, (picture.shape[1], picture.shape[0])))
    around = np.array([[middle[0] - 90, middle[1] - 90, middle[0] + 90, middle[1] + 90]], np.float32)
    poses = estimator.look(turned, ["a"], around, {"a": Earlier(before, upright.visibility[0])})
    assert len(poses) == 1
    assert np.linalg.norm(poses.landmarks[0, 11:29, :2] - wanted[11:29], axis=1).mean() < 0.06 * 177


def _walk(shared: Path) -> Iterator[Bytes2D]:
    """The colour half of every third frame of the upright part of a recorded fall."""
    video = cv2.VideoCapture(str(shared / "data/fall/fall-05-cam0.mp4"))
    for number in range(60):
        found, frame = video.read()
        assert found
        if number % 3 == 0:
            yield np.ascontiguousarray(frame[:, frame.shape[1] // 2 :])
    video.release()


def test_a_walker_is_followed_through_a_video(shared: Path, estimator: PoseEstimator, counted: Counted):
    """Boxes follow the landmarks; the detector is needed once or twice."""
    box = np.array([[170, 60, 240, 200]], np.float32)
    before: dict[str, Earlier] = {}
    seen = 0
    for picture in _walk(shared):
        poses = estimator.look(picture, ["a"], box, before)
        before = _earlier(poses)
        if len(poses):
            seen += 1
            points = poses.landmarks[0, :, :2]
            box = np.concatenate([points.min(axis=0), points.max(axis=0)])[None]
    assert seen >= 19 and counted.asked <= 2


def test_no_body_no_pose(shared: Path, estimator: PoseEstimator):
    wall, nobody = np.full((480, 640, 3), 120, np.uint8), np.array([[100, 100, 200, 400]], np.float32)
    poses = estimator.look(wall, ["a"], nobody, {})
    assert len(poses) == 0 and poses.landmarks.shape == (0, 33, 3)
    assert len(estimator.look(wall, [], np.zeros((0, 4), np.float32), {})) == 0


@pytest.mark.parametrize("box", [(-500, -500, -400, -300), (10, 10, 10, 10), (-50, -50, 5000, 5000)])
def test_odd_boxes_do_no_harm(estimator: PoseEstimator, box: tuple[int, ...]):
    estimator.look(np.zeros((48, 64, 3), np.uint8), ["a"], np.array([box], np.float32), {})


def test_points_go_to_the_cut_and_back():
    region = Region(300, 200, 150, 0.7)
    picture = np.zeros((400, 600, 3), np.uint8)
    cv2.circle(picture, (320, 180), 3, (255, 255, 255), -1)
    cut = region.cut(picture, 256)[0].sum(axis=-1)
    row, column = np.unravel_index(int(cut.argmax()), cut.shape)
    back = region.to_frame(np.array([column, row, 10], np.float32), 256)
    assert back[:2] == pytest.approx([320, 180], abs=3) and back[2] == pytest.approx(10 * 150 / 256)


def test_the_next_square_turns_with_the_body():
    landmarks = np.zeros((33, 3), np.float32)
    landmarks[[LEFT_SHOULDER, RIGHT_SHOULDER], 0] = 100  # shoulders to the right of the hips: lying
    region = around_body(landmarks, np.zeros(33, np.float32))
    assert region.turn == pytest.approx(np.pi / 2) and region.side > 2 * 100


def test_another_network_is_refused(shared: Path, tmp_path: Path):
    models = shared / "data/models"
    for wrong in (models / "silero_vad.onnx", tmp_path / "none.onnx"):
        with pytest.raises(EnvironmentFault):
            PoseEstimator(wrong, models / "pose_landmark_lite.onnx")

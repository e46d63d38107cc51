"""One suite over both networks: real people are found, at the right place, in pictures of every shape."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Category, Detections
from engine.model.errors import EnvironmentFault
from engine.model.geometry import iou_matrix
from engine.vision.detector import Detector
from engine.vision.models import ModelStore
from engine.vision.nanodet import NanoDetDetector
from engine.vision.yolox import YoloxDetector
from tests.engine.vision.conftest import Filmed
from tests.engine.vision.pictures import ArrayFrame, average_precision

Make = Callable[..., Detector]
KINDS = {"yolox-nano": YoloxDetector, "nanodet-m": NanoDetDetector}
AP50_FLOOR = {"yolox-nano": 0.88, "nanodet-m": 0.88}
BUS_PEOPLE = np.array([[48, 398, 246, 904], [222, 405, 345, 860], [669, 392, 809, 880]], np.float32)


@pytest.fixture(params=list(KINDS))
def model_id(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def make(model_id: str, installed: ModelStore) -> Make:
    return lambda **options: KINDS[model_id](model_id, installed.path(model_id), **options)


def people(found: Detections, least: float = 0.4) -> Detections:
    return found.where((found.categories == Category.PERSON) & (found.confidences >= least))


def test_precision_on_real_pedestrians(make: Make, model_id: str, pedestrians: Filmed) -> None:
    assert average_precision(make().detect, pedestrians.frames, pedestrians.truth) >= AP50_FLOOR[model_id]


def test_people_and_bus_are_where_they_are(make: Make, bus: ArrayFrame) -> None:
    found = make().detect(bus)
    overlaps = iou_matrix(people(found).boxes_xyxy, BUS_PEOPLE)
    assert (overlaps.max(axis=0) > 0.75).all()
    vehicles = found.where(found.categories == Category.VEHICLE)
    assert vehicles.confidences.max() > 0.5


def test_animals_and_vehicles_have_their_category(make: Make, dog: ArrayFrame) -> None:
    found = make().detect(dog)
    sure = {Category(int(category)) for category in found.where(found.confidences > 0.4).categories}
    assert {Category.ANIMAL, Category.VEHICLE} <= sure
    assert Category.PERSON not in sure


def test_only_wanted_categories_and_scores(make: Make, dog: ArrayFrame) -> None:
    found = make(score_floor=0.3, categories={Category.ANIMAL}).detect(dog)
    assert len(found) >= 1
    assert set(found.categories.tolist()) == {Category.ANIMAL}
    assert found.confidences.min() >= 0.3


def test_uncertain_ones_are_kept_for_the_tracker(make: Make, pedestrians: Filmed) -> None:
    confidences = np.concatenate([make().detect(frame).confidences for frame in pedestrians.frames[:5]])
    assert confidences.min() >= 0.1
    assert ((confidences > 0.1) & (confidences < 0.3)).any()


@pytest.mark.parametrize("size", [(1920, 400), (300, 900), (17, 9), (1, 1), (641, 363)])
def test_any_shape_of_picture(make: Make, size: tuple[int, int]) -> None:
    width, height = size
    found = make(score_floor=0.01).detect(ArrayFrame(np.full((height, width, 3), 90, np.uint8)))
    assert found.boxes_xyxy.dtype == np.float32
    assert (found.boxes_xyxy[:, 2:] <= [width, height]).all()
    assert (found.boxes_xyxy >= 0).all()


def test_proportions_do_not_move_the_boxes(make: Make, bus: ArrayFrame) -> None:
    wide = np.full((1080, 2400, 3), 114, np.uint8)
    wide[:, 1000:1810] = bus.pixels
    overlaps = iou_matrix(people(make().detect(ArrayFrame(wide)), 0.3).boxes_xyxy, BUS_PEOPLE + np.float32([1000, 0, 1000, 0]))
    assert (overlaps.max(axis=0) > 0.6).sum() >= 2


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x08\x07" * 500])
def test_a_file_that_is_no_network(model_id: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault) as caught:
        KINDS[model_id](model_id, path)
    assert caught.value.reason == "model_damaged"
    assert "bad.onnx" in str(caught.value)


def test_half_a_file(model_id: str, installed: ModelStore, tmp_path: Path) -> None:
    whole = installed.path(model_id).read_bytes()
    (tmp_path / "half.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EnvironmentFault):
        KINDS[model_id](model_id, tmp_path / "half.onnx")


def test_another_network_is_refused(installed: ModelStore) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        YoloxDetector("yolox-nano", installed.path("nanodet-m"))
    assert caught.value.reason == "model_damaged"


def test_a_missing_file(model_id: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        KINDS[model_id](model_id, tmp_path / "gone.onnx")

"""Which detector runs, and what is said about it."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.settings import DetectionSettings
from engine.vision.detector import load_detector
from engine.vision.models import ModelStore
from tests.engine.vision.pictures import ArrayFrame

SHARE = 0.2


@pytest.fixture
def own(tmp_path: Path) -> ModelStore:
    """A store to break."""
    return ModelStore(tmp_path)


def test_the_preferred_one_is_chosen(installed: ModelStore) -> None:
    chosen = load_detector(installed, DetectionSettings(), SHARE)
    assert (chosen.name, chosen.basic, chosen.stand_in, chosen.degraded_reason) == ("yolox-nano", False, True, "")


def test_the_wanted_one_is_chosen(installed: ModelStore) -> None:
    chosen = load_detector(installed, DetectionSettings("nanodet-m"), SHARE)
    assert (chosen.name, chosen.stand_in, chosen.degraded_reason) == ("nanodet-m", False, "")
    assert load_detector(installed, DetectionSettings("hog"), SHARE).degraded_reason == ""


def test_without_a_model_the_built_in_one_says_so(own: ModelStore) -> None:
    chosen = load_detector(own, DetectionSettings(), SHARE)
    assert (chosen.name, chosen.basic) == ("hog", True)
    assert "No detection model is installed" in chosen.degraded_reason
    assert "Basic detection finds upright people from 20 % of the picture's height" in chosen.degraded_reason


def test_one_that_is_missing_is_replaced_and_named(own: ModelStore, models_folder: Path) -> None:
    own.install(("nanodet-m",), models_folder)
    chosen = load_detector(own, DetectionSettings("yolox-nano"), SHARE)
    assert chosen.name == "nanodet-m"
    assert "yolox-nano is not installed" in chosen.degraded_reason


@pytest.mark.parametrize("damage", [b"", b"rubbish" * 1000])
def test_a_damaged_one_is_replaced_and_named(own: ModelStore, models_folder: Path, damage: bytes) -> None:
    own.install(("yolox-nano", "nanodet-m"), models_folder)
    own.path("yolox-nano").write_bytes(damage)
    chosen = load_detector(own, DetectionSettings(), SHARE)
    assert chosen.name == "nanodet-m"
    assert "damaged" in chosen.degraded_reason
    own.path("nanodet-m").write_bytes(damage)
    chosen = load_detector(own, DetectionSettings(), SHARE)
    assert chosen.basic
    assert chosen.degraded_reason.count("damaged") == 2


def test_an_unknown_one_names_the_field(own: ModelStore) -> None:
    with pytest.raises(InputError) as caught:
        load_detector(own, DetectionSettings("yolo-9000"), SHARE)
    assert caught.value.field == "detector"


@pytest.mark.parametrize("name", ["yolox-nano", "nanodet-m", "hog"])
@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 9, 3), (9, 0, 3)])
def test_a_frame_without_pixels_holds_nothing(installed: ModelStore, name: str, shape: tuple[int, ...]) -> None:
    chosen = load_detector(installed, DetectionSettings(name), SHARE)
    assert len(chosen.detect(ArrayFrame(np.zeros(shape, np.uint8)))) == 0


@pytest.mark.parametrize("name", ["yolox-nano", "nanodet-m", "hog"])
def test_every_detector_takes_regions(installed: ModelStore, bus: ArrayFrame, name: str) -> None:
    chosen = load_detector(installed, DetectionSettings(name), SHARE)
    assert len(chosen.detect(bus, np.array([[0, 300, 810, 1000]], np.float32))) >= 2

"""Real pedestrians with their true boxes, and a folder of installed models."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine._opencv import cv2
from engine.vision.models import ModelStore
from tests.engine.vision.pictures import ArrayFrame, true_boxes, video_frames

PETS_TO_CLIP = 0.625  # the clip is the sequence at five eighths of its size


@dataclass(frozen=True)
class Filmed:
    frames: list[ArrayFrame]
    truth: dict[int, npt.NDArray[np.float64]]


@pytest.fixture(scope="session")
def pedestrians(shared: Path) -> Filmed:
    """Every 20th frame of a real clip: people of 33 to 96 pixels in 480 × 360."""
    frames = list(video_frames(shared / "data/video/vtest_480x360.avi", every=20))
    return Filmed(frames, true_boxes(shared / "data/mot/PETS09-S2L1/gt/gt.txt", PETS_TO_CLIP))


@pytest.fixture(scope="session")
def models_folder(shared: Path) -> Path:
    return shared / "data/models"


@pytest.fixture(scope="session")
def installed(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """Both detectors in place. Not to be changed."""
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.install(("yolox-nano", "nanodet-m"), models_folder)
    return store


@pytest.fixture(scope="session")
def bus(shared: Path) -> ArrayFrame:
    """Four people and a bus, 810 × 1080."""
    return ArrayFrame(cv2.imread(str(shared / "data/images/scenes/bus.jpg")))


@pytest.fixture(scope="session")
def dog(shared: Path) -> ArrayFrame:
    """A dog, a bicycle and a car, 768 × 576."""
    return ArrayFrame(cv2.imread(str(shared / "data/images/scenes/dog.jpg")))

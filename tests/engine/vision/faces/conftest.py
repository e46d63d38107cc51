"""Real photographs with several of each person, and the real networks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine._opencv import cv2
from engine.vision.faces.embedder import FaceEmbedder
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.reader import FaceReader, LoadedFaces, load_faces
from engine.vision.models import ModelStore

Picture = npt.NDArray[np.uint8]
Photos = Callable[[str], Picture]


@pytest.fixture(scope="session")
def face_models(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """YuNet and the stand-in recogniser in place. Not to be changed."""
    for name in ("face_detection_yunet_2023mar.onnx", "MobileFaceNet_foamliu.onnx"):
        if not (models_folder / name).is_file():
            pytest.skip(f"The face model {name} is not in the shared folder.")
    store = ModelStore(tmp_path_factory.mktemp("face-models"))
    store.install(("yunet", "sface"), models_folder)
    return store


@pytest.fixture(scope="session")
def loaded(face_models: ModelStore) -> LoadedFaces:
    return load_faces(face_models)


@pytest.fixture(scope="session")
def reader(loaded: LoadedFaces) -> FaceReader:
    return loaded.reader


@pytest.fixture(scope="session")
def finder(models_folder: Path) -> FaceFinder:
    return FaceFinder(models_folder / "face_detection_yunet_2023mar.onnx")


@pytest.fixture(scope="session")
def embedder(models_folder: Path) -> FaceEmbedder:
    return FaceEmbedder(models_folder / "MobileFaceNet_foamliu.onnx", "mobilefacenet")


@pytest.fixture(scope="session")
def photos(shared: Path) -> Photos:
    """By name below the folder of faces; (H, W, 3) uint8 BGR."""
    known: dict[str, Picture] = {}

    def photo(name: str) -> Picture:
        if name not in known:
            known[name] = np.asarray(cv2.imread(str(shared / "data/faces" / name)), np.uint8)
        return known[name].copy()

    return photo

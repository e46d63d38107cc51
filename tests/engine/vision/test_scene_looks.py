"""Pictures of one scene look alike from 0.70 on, those of different scenes do not, and what shows nothing has no look."""

from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, NotFound
from engine.vision.models import ModelStore
from engine.vision.scene_looks import CHANNELS, DIMENSIONS, MODEL, SceneFeatures, SceneReader, SceneScale, built_in_scale, load_scenes


@pytest.fixture(scope="module")
def reader(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> SceneReader:
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.install((MODEL,), shared / "data/models")
    return load_scenes(store)


@pytest.fixture(scope="module")
def scenes(shared: Path) -> dict[str, Bytes2D]:
    names = ("data/images/scenes/bus.jpg", "data/images/scenes/dog.jpg", "data/smoke/deepquest/fire_1.jpg", "data/faces/faceapi/bbt2.jpg")
    return {name: np.asarray(cv2.imread(str(shared / name)), np.uint8) for name in names}


def alike(reader: SceneReader, one: Bytes2D, other: Bytes2D) -> float:
    return float(np.dot(reader.look(one) or (), reader.look(other) or ()))


def cut(picture: Bytes2D) -> Bytes2D:
    height, width = picture.shape[:2]
    return picture[height // 8 : height * 7 // 8, width // 10 : width * 9 // 10]


def darker(picture: Bytes2D) -> Bytes2D:
    return (picture * 0.5).astype(np.uint8)


def small(picture: Bytes2D) -> Bytes2D:
    return np.asarray(cv2.resize(picture, (240, 240 * picture.shape[0] // picture.shape[1]), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("change", [cut, darker, small])
def test_the_same_scene_is_alike_however_it_was_taken(reader: SceneReader, scenes: dict[str, Bytes2D], change) -> None:
    for name, picture in scenes.items():
        assert alike(reader, picture, change(picture)) >= 0.70, name


def test_different_scenes_are_not(reader: SceneReader, scenes: dict[str, Bytes2D]) -> None:
    looks = np.array([reader.look(picture) for picture in scenes.values()])
    assert np.max((looks @ looks.T)[~np.eye(len(looks), dtype=bool)]) < 0.70


def test_looks_have_unit_length_and_say_what_made_them(reader: SceneReader, scenes: dict[str, Bytes2D]) -> None:
    look = reader.look(next(iter(scenes.values())))
    assert look is not None and len(look) == DIMENSIONS and np.linalg.norm(look) == pytest.approx(1.0, abs=1e-4)
    assert reader.name.startswith(f"{MODEL}-") and reader.name.endswith(built_in_scale().name)


@pytest.mark.parametrize(
    "picture",
    [np.zeros((400, 400, 3), np.uint8), np.full((80, 80, 3), 255, np.uint8), np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)],
)
def test_what_shows_nothing_has_no_look(reader: SceneReader, picture: Bytes2D) -> None:
    assert reader.look(picture) is None


@pytest.mark.parametrize("size", [(16, 2000), (2000, 16), (17, 17)])
def test_pictures_of_any_shape_have_one(reader: SceneReader, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    assert reader.look(noise) is not None


def test_the_scale_puts_its_cosine_where_it_says() -> None:
    """Two features at the cosine `alike` have the product 0.70, equal ones 1, and more alike ones more."""
    scale = SceneScale(np.zeros(CHANNELS, np.float32), np.ones(CHANNELS, np.float32), 0.55, 0.70, "test")
    one = np.zeros(CHANNELS, np.float32)
    one[0] = 3.0

    def product(cosine: float) -> float:
        other = np.zeros(CHANNELS, np.float32)
        other[:2] = cosine, np.sqrt(1 - cosine**2)
        return float(scale.embedding(one) @ scale.embedding(other))

    assert product(0.55) == pytest.approx(0.70, abs=1e-6)
    assert product(1.0) == pytest.approx(1.0, abs=1e-6)
    assert product(0.6) > 0.70 > product(0.5) > product(-0.5)


def test_a_model_that_is_missing_or_another_network_is_refused(shared: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_scenes(ModelStore(tmp_path / "none"))
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    for path in (broken, shared / "data/models/osnet_x0_25_msmt17.onnx"):
        with pytest.raises(EnvironmentFault, match=r"cannot be used|Install it again"):
            SceneFeatures(path).features(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))

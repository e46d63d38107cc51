"""`python -m benchmarks looks`: its pairs, its peers, and the scale that it measures."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.people import looks as bench
from benchmarks.people.look_peers import PointMatcher, colours, dhash
from benchmarks.people.look_scenes import ALTERATIONS, ANOTHER_TIME, AS_IT_WAS, Shown
from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.vision.scene_looks import CHANNELS, SceneFeatures


def shown(scene: str, kind: str, event: str = "") -> Shown:
    return Shown(scene, kind, np.zeros((4, 4, 3), np.uint8), event or scene)


@pytest.fixture(scope="module")
def photos(shared: Path) -> list[Bytes2D]:
    return [np.asarray(cv2.imread(str(shared / "data/images/scenes" / name)), np.uint8) for name in ("bus.jpg", "dog.jpg")]


def test_pairs_of_one_event_are_neither_the_same_nor_different() -> None:
    same, different = bench._pairs(
        [
            shown("a", AS_IT_WAS),
            shown("a", "darker"),
            shown("a", "brighter"),
            shown("a", ANOTHER_TIME),
            shown("b", AS_IT_WAS, "film"),
            shown("c", AS_IT_WAS, "film"),
        ]
    )
    assert np.argwhere(same).tolist() == [[0, 1], [0, 2], [0, 3]]
    assert np.argwhere(different).tolist() == [[one, other] for one in range(4) for other in (4, 5)]


def test_a_peer_lets_pass_no_more_different_pairs_than_it_may() -> None:
    different = np.arange(100) / 100
    found = bench._peer("p", np.array([0.5, 0.96, 0.99]), different, 0.03, {})
    assert found["metrics"]["fpr"] <= 0.03 and found["metrics"]["tpr"] == pytest.approx(1 / 3)
    assert bench._peer("p", np.array([1.0]), different, 0.0, {})["metrics"]["fpr"] == 0.0


def test_peers_tell_a_picture_from_another_one(photos: list[Bytes2D]) -> None:
    bus, dog = photos
    part = bus[20:-20, 20:-20]
    for way in (dhash, colours):
        assert way(bus) @ way(bus) == pytest.approx(1.0) and way(bus) @ way(part) > way(bus) @ way(dog)
    matcher = PointMatcher()
    assert matcher.inliers(matcher.points(bus), matcher.points(part)) > 50 > matcher.inliers(matcher.points(bus), matcher.points(dog))
    assert matcher.inliers(matcher.points(bus), matcher.points(np.zeros((50, 50, 3), np.uint8))) == 0


def test_every_alteration_leaves_a_picture_of_another_look(photos: list[Bytes2D]) -> None:
    for kind, alter in ALTERATIONS.items():
        altered = alter(photos[0], np.random.default_rng(1))
        assert altered.dtype == np.uint8 and altered.ndim == 3 and min(altered.shape[:2]) > 50, kind
        assert altered.shape != photos[0].shape or np.abs(altered.astype(int) - photos[0]).mean() > 1, kind


def test_the_scale_that_is_measured_is_written_and_gives_its_share(shared: Path, tmp_path: Path, photos: list[Bytes2D]) -> None:
    pictures = [photo[row : row + 150, 50:250] for photo in photos for row in (0, 60, 120)]
    kinds = [Shown(f"s{index}", AS_IT_WAS, np.ascontiguousarray(picture), f"s{index}") for index, picture in enumerate(pictures)]
    features = SceneFeatures(shared / "data/models/yolox_nano_kazuhito.onnx")
    scale = bench._measured(features, kinds, tmp_path / "scale.json")
    written = json.loads((tmp_path / "scale.json").read_text())
    assert len(written["mean"]) == len(written["deviation"]) == CHANNELS and "6 pictures of 6 scenes" in written["measured_on"]
    looks = np.array([scale.embedding(each) for each in bench._features(features, kinds)])
    others = (looks @ looks.T)[np.triu(np.ones((6, 6), bool), 1)]
    assert np.sort(others)[-2] < 0.70 < others.max()  # of so few pairs, one


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no photographs"):
        bench.judged_set(tmp_path)

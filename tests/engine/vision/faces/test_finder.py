"""Faces found in parts of real photographs, also spoilt ones."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.vision.faces.alignment import AlignmentRefusal
from engine.vision.faces.embedder import FaceEmbedder
from engine.vision.faces.finder import FaceFinder
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import BIDEN, OBAMA, TWO, blurred, middles, smaller, tilted


def test_landmarks_are_in_pixels_of_the_picture(finder: FaceFinder, photos: Photos) -> None:
    """The person's right eye is left in the picture, both above the nose, that above the mouth; all inside the box."""
    found = finder.find(photos(OBAMA))
    assert len(found) == 1
    right_eye, left_eye, nose, right_mouth, left_mouth = found.landmarks[0]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])
    x0, y0, x1, y1 = found.boxes_xyxy[0]
    assert ((found.landmarks[0] >= [x0, y0]) & (found.landmarks[0] <= [x1, y1])).all()
    assert 55 < left_eye[0] - right_eye[0] < 90


def test_a_region_gives_the_same_face_at_the_same_place(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(OBAMA)
    everywhere, part = finder.find(picture), finder.find(picture, (500.0, 20.0, 830.0, 400.0))
    assert np.abs(everywhere.landmarks[0] - part.landmarks[0]).max() < 12.0
    assert len(finder.find(picture, (0.0, 300.0, 400.0, 720.0))) == 0


def test_regions_may_reach_over_the_edges(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(OBAMA)
    assert len(finder.find(picture, (-500.0, -900.0, 5000.0, 4000.0))) == 1


@pytest.mark.parametrize(
    "region",
    [(10.0, 10.0, 10.0, 10.0), (10.0, 10.0, 11.0, 11.0), (50.0, 50.0, 20.0, 20.0), (9e6, 9e6, 9e7, 9e7), (-20.0, -20.0, -5.0, -5.0)],
)
def test_an_empty_region_holds_no_face(finder: FaceFinder, photos: Photos, region: tuple[float, float, float, float]) -> None:
    assert len(finder.find(photos(OBAMA), region)) == 0


def test_a_region_that_is_not_a_number_holds_no_face(finder: FaceFinder, photos: Photos) -> None:
    assert len(finder.find(photos(OBAMA), (float("nan"), 0.0, 500.0, float("inf")))) == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3), (7, 7), (40, 3000, 3)])
def test_odd_pictures_hold_no_face(finder: FaceFinder, shape: tuple[int, ...]) -> None:
    assert len(finder.find(np.full(shape, 130, np.uint8))) == 0


def test_noise_holds_no_face(finder: FaceFinder) -> None:
    draw = np.random.default_rng(4)
    assert all(len(finder.find(draw.integers(0, 256, (200, 150, 3), dtype=np.uint8))) == 0 for _ in range(5))


def test_grey_pictures(finder: FaceFinder, photos: Photos) -> None:
    grey = photos(OBAMA).mean(axis=2).astype(np.uint8)
    assert len(finder.find(grey)) == 1


def test_a_small_face_in_a_small_region(finder: FaceFinder, photos: Photos) -> None:
    """Eleven pixels between the eyes: a person 130 pixels tall."""
    picture = smaller(photos(OBAMA), 0.15)
    found = finder.find(picture, (70.0, 0.0, 130.0, 60.0))
    assert len(found) == 1
    assert float(np.linalg.norm(found.landmarks[0, 0] - found.landmarks[0, 1])) < 13.0


def test_a_blurred_face_is_still_a_face(finder: FaceFinder, photos: Photos) -> None:
    assert len(finder.find(blurred(photos(OBAMA), 6.0))) == 1


@pytest.mark.parametrize("degrees", [-30, -20, -10, 10, 20, 30])
def test_a_tilted_head_has_its_points_where_they_are(finder: FaceFinder, embedder: FaceEmbedder, photos: Photos, degrees: int) -> None:
    """Within a fifth of the eye distance. YuNet alone is off by half of it at 30°, and the cosine with the upright one falls to 0.13."""
    picture = photos(OBAMA)
    upright = finder.find(picture)
    turned, matrix = tilted(picture, middles(upright.boxes_xyxy)[0], degrees)
    found = finder.find(turned)
    assert len(found) == 1
    expected = upright.landmarks[0] @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(found.landmarks[0] - expected).max() < 15.0
    first, second = embedder.embed(picture, upright.landmarks[0]), embedder.embed(turned, found.landmarks[0])
    assert not isinstance(first, AlignmentRefusal) and not isinstance(second, AlignmentRefusal)
    assert float(first.embedding @ second.embedding) > 0.9


def test_points_of_a_mirrored_picture_are_the_mirrored_points(finder: FaceFinder, photos: Photos) -> None:
    """Within a fifteenth of the eye distance, since the last look is repeated in the mirror."""
    picture = smaller(photos(OBAMA), 0.2)
    points, mirrored = finder.find(picture).landmarks[0], finder.find(np.ascontiguousarray(picture[:, ::-1])).landmarks[0]
    back = mirrored[[1, 0, 2, 4, 3]]
    back[:, 0] = picture.shape[1] - 1 - back[:, 0]
    eyes = float(np.linalg.norm(points[0] - points[1]))
    assert float(np.linalg.norm(points - back, axis=1).mean()) < eyes / 15


def test_two_faces_best_first(finder: FaceFinder, photos: Photos) -> None:
    found = finder.find(photos(TWO))
    assert len(found) == 2
    assert found.scores[0] >= found.scores[1] > 0.7
    assert abs(middles(found.boxes_xyxy)[0, 0] - middles(found.boxes_xyxy)[1, 0]) > 100


def test_the_same_picture_gives_the_same_answer(finder: FaceFinder, photos: Photos) -> None:
    """Also after another one was looked at in between."""
    first = finder.find(photos(TWO))
    finder.find(photos(BIDEN))
    assert np.array_equal(first.landmarks, finder.find(photos(TWO)).landmarks)


def test_a_picture_is_not_changed(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(OBAMA)
    picture.flags.writeable = False
    assert len(finder.find(picture)) == 1


def test_a_file_that_is_no_network(tmp_path: Path) -> None:
    bad = tmp_path / "face.onnx"
    bad.write_bytes(b"not a network")
    with pytest.raises(EnvironmentFault, match="Install it again") as caught:
        FaceFinder(bad)
    assert caught.value.reason == "model_damaged"
    with pytest.raises(EnvironmentFault):
        FaceFinder(tmp_path / "missing.onnx")


def test_another_network_is_no_face_finder(models_folder: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        FaceFinder(models_folder / "MobileFaceNet_foamliu.onnx")
    assert caught.value.reason == "model_damaged"

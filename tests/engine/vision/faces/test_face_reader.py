"""From people's boxes to faces, as the inference pool asks."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.geometry import Floats
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.reader import FaceReader, LoadedFaces, load_faces
from engine.vision.faces.region import head_region, owners
from engine.vision.manifest import Manifest
from engine.vision.models import ModelStore
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import COUPLE, OBAMA, OBAMA_AGAIN, TWO, blurred, smaller, whole


def boxes(*rows: tuple[float, float, float, float]) -> Floats:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_one_person_one_face(reader: FaceReader, photos: Photos) -> None:
    faces = reader.look(photos(OBAMA), boxes((420, 20, 900, 720)))
    assert len(faces) == 1
    assert faces.embedded(0)
    assert faces.quality[0] > 0.7
    assert faces.scores[0] > 0.8


def test_a_person_seen_from_behind_has_no_face_and_no_embedding(reader: FaceReader, photos: Photos) -> None:
    """S5: a box without a face gives nothing at all, rather than the embedding of whatever is in it."""
    faces = reader.look(photos(OBAMA), boxes((0, 0, 380, 720)))
    assert len(faces) == 0
    assert faces.embeddings.shape == (0, 128)


def test_legs_are_not_searched(reader: FaceReader, photos: Photos) -> None:
    """A face at the lower end of a tall box, as of somebody in front of this person, is not looked for."""
    assert len(reader.look(photos(OBAMA), boxes((610, -700, 720, 240)))) == 0


def test_two_faces_in_one_box(reader: FaceReader, photos: Photos) -> None:
    picture = photos(TWO)
    faces = reader.look(picture, whole(picture))
    assert len(faces) == 2
    assert float(faces.embeddings[0] @ faces.embeddings[1]) < 0.41
    assert sorted(owners(faces.boxes_xyxy, whole(picture)).tolist()) == [-1, 0]


def test_a_face_in_two_boxes_is_one_face(reader: FaceReader, photos: Photos) -> None:
    faces = reader.look(photos(OBAMA), boxes((420, 20, 900, 720), (400, 0, 860, 700), (440, 40, 940, 720)))
    assert len(faces) == 1


def test_nobody_in_view(reader: FaceReader, photos: Photos) -> None:
    assert len(reader.look(photos(OBAMA), boxes())) == 0


@pytest.mark.parametrize(
    "box",
    [(100, 100, 101, 101), (100, 100, 100, 100), (300, 300, 100, 100), (-900, -900, -100, -100), (5000, 5000, 6000, 9000)],
    ids=["one pixel", "none", "inverted", "left of it", "right of it"],
)
def test_degenerate_boxes(reader: FaceReader, photos: Photos, box: tuple[float, float, float, float]) -> None:
    assert len(reader.look(photos(OBAMA), boxes(box))) == 0


def test_a_box_that_is_not_a_number(reader: FaceReader, photos: Photos) -> None:
    assert len(reader.look(photos(OBAMA), boxes((float("nan"), 0, 10, float("inf"))))) == 0


def test_grey_pictures_are_recognised(reader: FaceReader, photos: Photos) -> None:
    """A camera at night."""
    grey = photos(OBAMA).mean(axis=2).astype(np.uint8)
    night, day = reader.look_everywhere(grey), reader.look_everywhere(photos(OBAMA_AGAIN))
    assert float(night.embeddings[0] @ day.embeddings[0]) > 0.41


def test_poor_faces_are_found_but_graded_poor(reader: FaceReader, photos: Photos) -> None:
    good, poor = reader.look_everywhere(photos(OBAMA)), reader.look_everywhere(blurred(photos(OBAMA), 8.0))
    assert len(good) == len(poor) == 1
    assert poor.quality[0] < 0.2 < good.quality[0]


def test_a_face_too_small_to_embed_has_zeros(reader: FaceReader, photos: Photos) -> None:
    picture = smaller(photos(OBAMA), 0.07)
    faces = reader.look(picture, boxes((30, 0, 62, 50)))
    assert len(faces) == 1
    assert not faces.embedded(0)
    assert faces.quality[0] == 0.0


def test_boxes_end_at_the_picture(reader: FaceReader, finder: FaceFinder, photos: Photos) -> None:
    """Half a face at the edge: the network draws the other half too."""
    picture = np.ascontiguousarray(photos(OBAMA)[:, 650:])
    assert finder.find(picture).boxes_xyxy[0, 0] < 0
    faces = reader.look_everywhere(picture)
    assert len(faces) == 1
    assert (faces.boxes_xyxy >= 0).all()


def test_every_face_has_one_owner(reader: FaceReader, photos: Photos) -> None:
    """Two people side by side with overlapping boxes, given in both orders."""
    picture = photos(COUPLE)
    height, width = picture.shape[:2]
    faces = reader.look_everywhere(picture)
    assert len(faces) == 2
    people = boxes((0, 60, width * 0.62, height), (width * 0.42, 60, width, height))
    order = np.argsort(faces.boxes_xyxy[:, 0])
    assert owners(faces.boxes_xyxy, people)[order].tolist() == [0, 1]
    assert owners(faces.boxes_xyxy, people[::-1])[order].tolist() == [1, 0]


def test_owners_of_nothing() -> None:
    assert owners(boxes(), boxes((0, 0, 10, 30))).tolist() == []
    assert owners(boxes((0, 0, 5, 5)), boxes()).tolist() == [-1]
    assert owners(boxes((500, 500, 520, 520)), boxes((0, 0, 100, 300))).tolist() == [-1]


def test_the_head_region_is_the_upper_part() -> None:
    x0, y0, x1, y1 = head_region((100, 100, 200, 400), 1000, 1000)
    assert (x0, x1) == (85.0, 215.0)
    assert 80 < y0 < 100
    assert 220 < y1 < 260
    assert head_region((100, 100, 300, 320), 1000, 1000)[3] > 320  # cut off at the chest: all of it
    assert head_region((-50, -50, 60, 300), 100, 100)[:2] == (0.0, 0.0)
    left, _, right, _ = head_region((5000, 0, 6000, 900), 100, 100)
    assert left == right


def test_what_is_loaded_carries_its_model_and_threshold(loaded: LoadedFaces) -> None:
    assert loaded.stand_in
    assert loaded.threshold == 0.41
    assert loaded.model == "mobilefacenet-b7120c09"


def test_without_models_it_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="watchroom models install yunet"):
        load_faces(ModelStore(tmp_path))
    with pytest.raises(EnvironmentFault):
        load_faces(ModelStore(tmp_path, Manifest(())))


def test_a_damaged_recogniser_is_said(face_models: ModelStore, tmp_path: Path) -> None:
    copy = ModelStore(tmp_path)
    for model_id in ("yunet", "sface"):
        source = face_models.checked(model_id).path
        (tmp_path / source.name).write_bytes(source.read_bytes())
    damaged = copy.checked("sface").path
    damaged.write_bytes(damaged.read_bytes()[:-100] + bytes(100))
    with pytest.raises(EnvironmentFault, match="damaged"):
        load_faces(copy)

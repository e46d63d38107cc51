"""Enrol from photographs, then name people in other ones, with the real networks."""

import pytest

from engine.model.cameras.face import Faces
from engine.vision.faces.decision import Ambiguous, GalleryRules, Match, Unknown
from engine.vision.faces.gallery import FaceGallery
from engine.vision.faces.reader import FaceReader, LoadedFaces
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import BIDEN, COUPLE, OBAMA, OBAMA_AGAIN, PEOPLE, blurred, middles, smaller, tilted

KNN = "ageitgey/examples/knn_examples/"


def enrolled(loaded: LoadedFaces, photos: Photos, without: str = "") -> FaceGallery:
    """The training photographs of five people."""
    known = FaceGallery(loaded.model, 128, GalleryRules(loaded.threshold))
    for person, names in PEOPLE.items():
        for name in (name for name in names if name.startswith("train") and person != without):
            face = the_face(loaded.reader, photos, KNN + name)
            known.add(person, name, face.embeddings[0], float(face.quality[0]))
    return known


_READ: dict[str, Faces] = {}


def the_face(reader: FaceReader, photos: Photos, name: str) -> Faces:
    """Each photograph is read once: it takes longer than all else here."""
    if name not in _READ:
        _READ[name] = reader.look_everywhere(photos(name))
    return _READ[name]


@pytest.fixture(scope="module")
def known(loaded: LoadedFaces, photos: Photos) -> FaceGallery:
    return enrolled(loaded, photos)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        (KNN + "test/obama1.jpg", "obama"),
        (KNN + "test/johnsnow_test1.jpg", "kit"),
        (KNN + "test/alex_lacamoire1.jpg", "alex"),
        ("ageitgey/examples/alex-lacamoire.png", "alex"),
        ("ageitgey/tests/test_images/obama3.jpg", "obama"),
        ("ageitgey/tests/test_images/obama_partial_face.jpg", "obama"),
        (OBAMA, "obama"),
    ],
)
def test_another_photograph_of_somebody_known(known: FaceGallery, loaded: LoadedFaces, photos: Photos, name: str, person: str) -> None:
    decision = known.match(the_face(loaded.reader, photos, name).embeddings[0])
    assert isinstance(decision, Match)
    assert decision.person_id == person


def test_both_people_of_one_photograph(known: FaceGallery, loaded: LoadedFaces, photos: Photos) -> None:
    faces = the_face(loaded.reader, photos, COUPLE)
    decisions = known.match_all(faces.embeddings)
    assert [type(decision) for decision in decisions] == [Match, Match]
    assert {decision.person_id for decision in decisions if isinstance(decision, Match)} == {"kit", "rose"}


@pytest.mark.parametrize(
    "name", ["faceapi/happy.jpg", "faceapi/sad.jpg", "faceapi/bbt1.jpg", "faceapi/bbt4.jpg", "ageitgey/examples/lin-manuel-miranda.png"]
)
def test_strangers_are_unknown(known: FaceGallery, loaded: LoadedFaces, photos: Photos, name: str) -> None:
    faces = the_face(loaded.reader, photos, name)
    assert len(faces) >= 1
    assert {type(decision) for decision in known.match_all(faces.embeddings)} == {Unknown}


def test_somebody_who_was_never_enrolled(loaded: LoadedFaces, photos: Photos) -> None:
    without = enrolled(loaded, photos, without="biden")
    assert isinstance(without.match(the_face(loaded.reader, photos, BIDEN).embeddings[0]), Unknown)


@pytest.mark.parametrize("spoilt", ["half", "fifth", "blurred", "tilted", "dark", "grey"])
def test_a_spoilt_picture_is_right_or_unknown_but_never_wrong(known: FaceGallery, loaded: LoadedFaces, photos: Photos, spoilt: str) -> None:
    picture = photos(KNN + "test/obama1.jpg")
    middle = middles(loaded.reader.look_everywhere(picture).boxes_xyxy)[0]
    grey = picture.copy()
    grey[:] = picture.mean(axis=2, keepdims=True).astype("uint8")
    worse = {
        "half": smaller(picture, 0.5),
        "fifth": smaller(picture, 0.2),
        "blurred": blurred(picture, 5.0),
        "tilted": tilted(picture, middle, 25)[0],
        "dark": (picture * 0.25).astype("uint8"),
        "grey": grey,
    }[spoilt]
    faces = loaded.reader.look_everywhere(worse)
    assert len(faces) == 1
    decision = known.match(faces.embeddings[0])
    assert isinstance(decision, Match)
    assert decision.person_id == "obama"


def test_a_face_that_is_hardly_one_names_nobody(known: FaceGallery, loaded: LoadedFaces, photos: Photos) -> None:
    faces = loaded.reader.look_everywhere(blurred(photos(OBAMA), 9.0))
    assert faces.quality[0] < 0.2
    assert not any(isinstance(decision, Match) for decision in known.match_all(faces.embeddings))


def test_one_person_by_two_names_is_ambiguous_until_merged(loaded: LoadedFaces, photos: Photos) -> None:
    known = enrolled(loaded, photos)
    face = the_face(loaded.reader, photos, OBAMA_AGAIN)
    known.split("obama", ("train/obama/obama2.jpg",), "visitor")
    query = (known.state().embeddings[[row.sample_id == "train/obama/obama.jpg" for row in known.state().rows]][0] + face.embeddings[0]) / 2
    assert isinstance(known.match(query), Ambiguous)
    known.merge("obama", "visitor")
    decision = known.match(query)
    assert isinstance(decision, Match)
    assert decision.person_id == "obama"

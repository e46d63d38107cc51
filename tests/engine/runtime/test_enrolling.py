"""A face is learned from a photograph and from a clip, with the real networks."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine._opencv import cv2
from engine.model.errors import InputError
from engine.model.people.commands import EnrolFace, EnrolFromClip, ErasePerson, PutPerson
from engine.model.people.person import NameSource, Person, PersonPut
from engine.model.snapshot import JobState
from engine.runtime.people.enrolling import CLEARLY, TAUGHT, SeenFace, best_of_one
from engine.vision.models import ModelStore
from tests.engine.store import records
from tests.fakes.media import write_mp4
from tests.fakes.people_site import PeopleSite, look, people_site

OBAMA, OBAMA2, BIDEN = "obama.jpg", "obama3.jpg", "biden.jpg"


@pytest.fixture(scope="module")
def site(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    models_folder = shared / "data/models"
    for name in ("face_detection_yunet_2023mar.onnx", "MobileFaceNet_foamliu.onnx"):
        if not (models_folder / name).is_file():
            pytest.skip(f"The face model {name} is not in the shared folder.")
    models = tmp_path_factory.mktemp("models")
    ModelStore(models).install(("yunet", "sface"), models_folder)
    with people_site(tmp_path_factory.mktemp("enrol") / "site", models) as site:
        yield site


@pytest.fixture(scope="module")
def photos(shared: Path) -> Path:
    return shared / "data/faces/ageitgey/tests/test_images"


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def test_from_a_photograph_then_known_on_another(site: PeopleSite, photos: Path) -> None:
    person_id = site.tell(PutPerson("Barack"))
    job = site.job(site.tell(EnrolFace(person_id, encoded(photos / OBAMA))))
    assert (job.state, job.kind) == (JobState.DONE, "enrol_face") and "Barack" not in job.title + job.message
    (face,) = (face for face in site.engine.people.faces.values() if face.person_id == person_id)
    site.flush()
    photo = site.engine.people.photos.read(face.id)
    assert photo is not None and photo.startswith(b"\xff\xd8")
    assert site.job(site.tell(EnrolFace(person_id, encoded(photos / OBAMA2)))).state is JobState.DONE
    other = site.tell(PutPerson("Somebody else"))
    refused = site.job(site.tell(EnrolFace(other, encoded(photos / OBAMA))))
    assert refused.state is JobState.FAILED and "looks like Barack" in refused.message


def test_a_stranger_whom_the_cameras_met_becomes_the_person_that_is_taught(site: PeopleSite, photos: Path) -> None:
    met = Person("pe-met", "Person_0000AAAA", name_source=NameSource.GENERATED)
    site.engine.people.desk.enter(PersonPut(met), "", 1)
    site.job(site.tell(EnrolFace(met.id, encoded(photos / BIDEN))))
    named = site.tell(PutPerson("Joe C."))
    job = site.job(site.tell(EnrolFace(named, encoded(photos / BIDEN))))
    assert job.state is JobState.DONE and "met them before" in job.message
    assert met.id not in site.engine.people.persons
    assert len([face for face in site.engine.people.faces.values() if face.person_id == named]) == 2
    assert site.job(site.tell(ErasePerson(named, "the others begin afresh"))).state is JobState.DONE


def test_several_faces_none_or_poor_ones_are_said(site: PeopleSite, photos: Path, tmp_path: Path) -> None:
    person_id = site.tell(PutPerson("Joe"))
    one, two = (cv2.resize(cv2.imread(str(photos / name)), (400, 500)) for name in (OBAMA, BIDEN))
    pictures = {"both": np.hstack([one, two]), "none": np.full((300, 300, 3), 120, np.uint8), "blurred": cv2.GaussianBlur(two, (0, 0), 14)}
    said = {}
    for name, picture in pictures.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture)
        job = site.job(site.tell(EnrolFace(person_id, encoded(tmp_path / f"{name}.png"))))
        assert job.state is JobState.FAILED
        said[name] = job.message
    assert "2 faces" in said["both"] and "no face" in said["none"] and ("clearer" in said["blurred"] or "no face" in said["blurred"])
    assert all(face.person_id != person_id for face in site.engine.people.faces.values())


def clip_of(site: PeopleSite, tmp_path: Path, number: int, pictures: list[npt.NDArray[np.uint8]]) -> str:
    clip = replace(records.clip(number), file=f"clips/{number}.mp4", thumbnail="", camera_id="door")
    bgra = [cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA) for picture in pictures]
    write_mp4(site.engine.data.path / clip.file, [np.asarray(picture, np.uint8) for picture in bgra], fps=2)
    site.engine.record.writer.submit(None, (clip,))
    site.flush()
    return clip.id


def test_from_a_clip_the_one_who_is_seen_most(site: PeopleSite, photos: Path, tmp_path: Path) -> None:
    joe, grey = cv2.resize(cv2.imread(str(photos / BIDEN)), (480, 640)), np.full((640, 480, 3), 120, np.uint8)
    passer_by = cv2.resize(cv2.imread(str(photos / OBAMA)), (480, 640))
    clip_id = clip_of(site, tmp_path, 1, [grey, joe, joe, passer_by, joe, joe, grey])
    person_id = site.tell(PutPerson("Joe B."))
    job = site.job(site.tell(EnrolFromClip(person_id, clip_id)))
    assert job.state is JobState.DONE, job.message
    faces = [face for face in site.engine.people.faces.values() if face.person_id == person_id]
    assert faces and all(face.camera_id == "door" for face in faces)
    unclear = site.job(site.tell(EnrolFromClip(person_id, clip_of(site, tmp_path, 2, [joe, passer_by, joe, passer_by]))))
    assert unclear.state is JobState.FAILED and "several people" in unclear.message
    nobody = site.job(site.tell(EnrolFromClip(person_id, clip_of(site, tmp_path, 3, [grey, grey]))))
    assert nobody.state is JobState.FAILED and "no face" in nobody.message


def seen(number: int, quality: float) -> SeenFace:
    return SeenFace(look(number), quality, np.zeros((1, 1, 3), np.uint8))


def test_the_best_of_the_one_who_is_clearly_seen_most() -> None:
    faces = [seen(1, 0.4 + 0.01 * index) for index in range(6)] + [seen(2, 0.9)] * 3 + [seen(3, 0.1)] * 50
    assert [round(face.quality, 2) for face in best_of_one(faces, 0.5)] == [0.45, 0.44, 0.43, 0.42]
    assert len(best_of_one(faces, 0.5)) == TAUGHT and CLEARLY == 2.0
    with pytest.raises(InputError, match="several people"):
        best_of_one([*faces, seen(2, 0.8)], 0.5)
    with pytest.raises(InputError, match="blurred or turned away"):
        best_of_one([seen(1, 0.2)], 0.5)
    with pytest.raises(InputError, match="no face"):
        best_of_one([], 0.5)

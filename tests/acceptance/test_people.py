"""People through a whole engine: a face that was enrolled from a photograph is known in a film, and everything of them can be erased."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.event import Event, EventKind
from engine.model.people.commands import EnrolFace, ErasePerson, PutPerson
from engine.model.people.person import NameSource
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.snapshot import JobState
from engine.model.time import SystemClock
from engine.runtime.catalogue import execute
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.keeping.backups import erased_marks
from engine.vision.models import ModelStore
from tests.fakes.waiting import until

SIZE = (480, 640)
ADMIN = Session("s", User("u", "Ada", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
PURPOSE = PeopleSettings(biometrics=True, purpose="Knowing who is at the door")


@pytest.fixture(scope="module")
def photos(shared: Path) -> Path:
    return shared / "data" / "faces" / "ageitgey" / "examples"


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.install(source=shared / "data" / "models")
    return store


def film(folder: Path, photo: Path) -> str:
    """The address of a folder camera: somebody before a camera that sways a little."""
    folder.mkdir()
    picture = cv2.imread(str(photo))
    height, width = SIZE
    scale = max(height / picture.shape[0], width / picture.shape[1]) * 1.1
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for index in range(60):
        x = round((large.shape[1] - width) * (0.5 + 0.4 * np.sin(index / 30 * np.pi)))
        y = (large.shape[0] - height) // 4
        cv2.imwrite(str(folder / f"{index:03}.jpg"), large[y : y + height, x : x + width], [cv2.IMWRITE_JPEG_QUALITY, 95])
    return f"folder:{folder}?fps=10"


@contextmanager
def running(folder: Path, models: ModelStore, video: str) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), models, CommandLineSettings((CameraSettings("door", "Door", video),)))
        engine.update_settings(lambda now: replace(now, recognition=PURPOSE, detection=DetectionSettings("yolox-nano")), "Ada")
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def job_ended(engine: Engine, job_id: str) -> None:
    def ended() -> bool:
        return next(job for job in engine.jobs.all() if job.id == job_id).state is not JobState.RUNNING

    until(ended, "the job ended")
    job = next(job for job in engine.jobs.all() if job.id == job_id)
    assert job.state is JobState.DONE, job.message


def enrol(engine: Engine, name: str, *photos: Path) -> str:
    person_id = execute(engine, PutPerson(name), ADMIN)
    until(lambda: person_id in engine.people.persons, f"{name} is known")
    for photo in photos:
        job_ended(engine, execute(engine, EnrolFace(person_id, base64.b64encode(photo.read_bytes()).decode()), ADMIN))
    until(lambda: any(face.person_id == person_id for face in engine.people.faces.values()), "the face is learned")
    return person_id


def appearances(engine: Engine) -> list[Event]:
    return [event for event in engine.board.events() if event.kind is EventKind.PERSON]


def names_in_view(engine: Engine) -> set[str]:
    return {identity.person_name for _, identity in engine.people.view(engine.clock.now_ns()).names}


def test_a_face_enrolled_from_a_photograph_names_the_person_in_a_film(tmp_path: Path, models: ModelStore, photos: Path) -> None:
    with running(tmp_path / "site", models, film(tmp_path / "door", photos / "knn_examples" / "train" / "biden" / "biden2.jpg")) as engine:
        enrol(engine, "Barack", photos / "obama.jpg")
        joe = enrol(engine, "Joe", photos / "biden.jpg")
        until(lambda: any(event.person_id == joe for event in appearances(engine)), "the event is named")
        assert {event.person for event in appearances(engine)} <= {"Joe", ""}
        until(lambda: engine.people.persons[joe].visits == 1, "the visit is counted")
        until(lambda: names_in_view(engine) == {"Joe"}, "they are called so while they are in view")


def test_a_stranger_is_remembered_named_and_erased_without_a_trace(tmp_path: Path, models: ModelStore, photos: Path) -> None:
    site = tmp_path / "site"
    with running(site, models, film(tmp_path / "door", photos / "knn_examples" / "train" / "biden" / "biden2.jpg")) as engine:
        until(lambda: len(engine.people.persons) == 1, "the stranger is a person")
        (stranger,) = engine.people.persons.values()
        assert stranger.name_source is NameSource.GENERATED
        face = next(iter(engine.people.faces.values()))
        until(lambda: engine.people.photos.read(face.id) is not None, "the picture of the face is kept")
        engine.update_settings(lambda now: replace(now, recognition=PeopleSettings()), "Ada")
        job_ended(engine, execute(engine, ErasePerson(stranger.id, "They asked for it"), ADMIN))
        until(lambda: stranger.id not in engine.people.persons, "they are forgotten")
        assert engine.people.photos.read(face.id) is None
        until(lambda: not erased_marks(site), "copies of the record that may hold them are replaced by one that does not")
    needles = (face.embedding.tobytes(), stranger.name.encode(), base64.b64encode(face.embedding.tobytes())[:40])
    held = [path for path in site.rglob("*") if path.is_file() for needle in needles if needle in path.read_bytes()]
    assert held == []

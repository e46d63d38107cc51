"""Somebody's faces as another site gets them, and who here is like those of another site."""

import math

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.geometry import Floats
from engine.model.people.person import FaceSample, Person
from engine.model.people.purposes import MOST_VECTORS, ComparePerson, PersonDescription
from engine.model.people.settings import PeopleSettings
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.people.comparing import MOST_AN_HOUR, HourlyLimit, KnownFaces, PersonComparisons
from engine.vision.manifest import built_in_manifest
from tests.fakes.linked_sites import near
from tests.fakes.people_site import look

SFACE = "sface-0ba9fbfa"


def face(person_id: str, embedding: Floats, model: str = SFACE, quality: float = 0.9, negative: bool = False) -> FaceSample:
    return FaceSample(f"{person_id}-{hash(embedding.tobytes())}-{negative}", person_id, embedding, model, quality, 0, negative=negative)


def known(*faces: FaceSample) -> KnownFaces:
    return KnownFaces({each.person_id: Person(each.person_id, each.person_id) for each in faces}, faces)


def described(*vectors: Floats, model: str = SFACE) -> PersonDescription:
    return PersonDescription(model, tuple(tuple(map(float, vector)) for vector in vectors), len(vectors))


class _Settings:
    def __init__(self, **recognition: object) -> None:
        self._now = Settings(recognition=PeopleSettings(biometrics=True, purpose="To find missing persons", **recognition))  # type: ignore[arg-type]

    def now(self) -> Settings:
        return self._now


def comparisons(clock: ManualClock | None = None, **recognition: object) -> PersonComparisons:
    return PersonComparisons(_Settings(**recognition), built_in_manifest(), clock or ManualClock(0))


def test_the_best_pictures_of_the_model_that_made_most_are_described() -> None:
    faces = [face("ada", look(number), quality=0.3 + number / 20) for number in range(7)]
    told = known(*faces, face("ada", look(50), "old-11111111", 1.0), face("ada", look(51), negative=True)).describe("ada")
    assert told.model == SFACE and told.pictures == 7 and len(told.vectors) == MOST_VECTORS
    assert [np.allclose(vector, look(number), atol=1e-5) for vector, number in zip(told.vectors, (6, 5, 4, 3, 2), strict=True)] == [
        True
    ] * 5
    assert "0.0" not in repr(told), "numbers stand in no log"


def test_who_has_no_picture_is_not_described() -> None:
    with pytest.raises(NotFound, match="no picture"):
        known(face("ada", look(1), negative=True)).describe("ada")


def test_the_nearest_come_first_and_nobody_below_what_is_asked() -> None:
    here = known(face("near", near(1, 0.8)), face("nearer", near(1, 0.9)), face("nearer", look(77)), face("far", near(1, 0.2)))
    found = here.alike(described(look(1)), 0.3, 0.05)
    assert [(each.person_id, round(each.likeness, 3), each.pictures) for each in found.matches] == [("nearer", 0.9, 2), ("near", 0.8, 1)]
    assert found.compared == 3


def test_whom_a_face_said_not_to_be_theirs_resembles_is_not_proposed() -> None:
    here = known(face("twin", near(1, 0.7)), face("twin", near(1, 0.95), negative=True))
    assert here.alike(described(look(1)), 0.3, 0.05).matches == ()


def test_another_model_is_said_and_never_guessed() -> None:
    with pytest.raises(EnvironmentFault, match="uses the model mobilefacenet-9cfdd4b4"):
        known(face("ada", look(1), "mobilefacenet-9cfdd4b4")).alike(described(look(1)), 0.3, 0.05)
    assert known().alike(described(look(1)), 0.3, 0.05).compared == 0, "nobody is known: there is nothing to compare"


def test_numbers_of_another_length_are_refused() -> None:
    short = np.asarray(look(1)[:64] / np.linalg.norm(look(1)[:64]), np.float32)
    with pytest.raises(InputError):
        known(face("ada", look(1))).alike(described(short), 0.3, 0.05)


@pytest.mark.parametrize("vector", [(), (2.0, 0.0), (math.nan, 1.0), (math.inf,), tuple([1.0] + [0.0] * 5_000)])
def test_what_is_no_face_in_numbers_is_no_description(vector: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        PersonDescription(SFACE, (vector,), 1)


def test_a_little_below_the_threshold_somebody_is_still_proposed() -> None:
    here = known(face("ada", near(1, 0.5)))
    question = ComparePerson("missing", described(look(1)), "North")
    assert [len(comparisons(face_threshold=threshold).compare(here, question).matches) for threshold in (0.55, 0.65)] == [1, 0]
    assert len(comparisons().compare(here, question).matches) == 1, "as measured for the model"


def test_so_many_within_an_hour_and_no_more() -> None:
    clock = ManualClock(0)
    here, limited = known(face("ada", look(1))), comparisons(clock)
    for _ in range(MOST_AN_HOUR):
        limited.describe(here, "ada")
    with pytest.raises(EnvironmentFault, match="within an hour"):
        limited.describe(here, "ada")
    limited.compare(here, ComparePerson("missing", described(look(1)), "North"))
    clock.advance_to(3_600 * SECOND)
    limited.describe(here, "ada")


def test_the_limit_counts_those_that_were_taken() -> None:
    limit = HourlyLimit(1)
    limit.take(0)
    for at_s in (1, 3_599):
        with pytest.raises(EnvironmentFault):
            limit.take(at_s * SECOND)
    limit.take(3_600 * SECOND)


def test_without_biometrics_nothing_is_described() -> None:
    off = _Settings()
    off._now = Settings()
    with pytest.raises(EnvironmentFault, match="biometrics are off"):
        PersonComparisons(off, built_in_manifest(), ManualClock(0)).describe(known(face("ada", look(1))), "ada")

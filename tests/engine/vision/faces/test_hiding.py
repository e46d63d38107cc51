"""What is hidden of pictures: faces where they are found, heads where they are not."""

import numpy as np

from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import Box, Floats
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.hiding import HiddenPlaces
from tests.engine.vision.faces.conftest import Photos
from tests.engine.vision.faces.places import OBAMA, TWO, blurred


class Finds:
    """A detector that finds these people, whatever it is shown."""

    name, basic = "told", False

    def __init__(self, *people: Box) -> None:
        self._people = Detections.people(people, [0.9] * len(people)) if people else Detections.empty()

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        return self._people


def covered(hidden: tuple[Box, ...], face: Floats, picture: np.ndarray) -> bool:
    """In pixels of the picture."""
    height, width = picture.shape[:2]
    scaled = [(x0 * width, y0 * height, x1 * width, y1 * height) for x0, y0, x1, y1 in hidden]
    return any(h[0] <= face[0] and h[1] <= face[1] and h[2] >= face[2] and h[3] >= face[3] for h in scaled)


def area(boxes: tuple[Box, ...]) -> float:
    return sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes)


def test_every_face_is_hidden_though_no_person_is_seen(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(TWO)
    hidden = HiddenPlaces(Finds(), finder).look(picture)
    faces = finder.find(picture).boxes_xyxy
    assert len(faces) == 2 and all(covered(hidden, face, picture) for face in faces)
    assert area(hidden) < 0.5 * len(hidden)


def test_without_a_face_detector_the_head_of_everybody_is_hidden(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(OBAMA)
    height, width = picture.shape[:2]
    (face,) = finder.find(picture).boxes_xyxy
    person = (width * 0.3, 0.0, width * 0.75, 2.2 * height)  # the picture shows the upper part of them
    blind = HiddenPlaces(Finds(), None)
    assert blind.look(picture) == () and blind.how == "told heads"
    assert covered(blind.look(picture, [(0.3, 0.0, 0.75, 2.2)]), face, picture), "who was recorded is hidden"
    assert covered(HiddenPlaces(Finds(person), None).look(picture), face, picture), "and who is found"


def test_a_head_whose_face_is_not_found_is_hidden_too(finder: FaceFinder, photos: Photos) -> None:
    picture = blurred(photos(OBAMA), 40)
    person = (400.0, 0.0, 960.0, 700.0)
    assert not len(finder.find(picture))
    hidden = HiddenPlaces(Finds(person), finder).look(picture)
    assert len(hidden) >= 1 and covered(hidden, np.array([500, 50, 830, 220]), picture)


def test_who_is_found_and_was_recorded_is_looked_at_once(finder: FaceFinder, photos: Photos) -> None:
    picture = photos(OBAMA)
    height, width = picture.shape[:2]
    person = (300.0, 20.0, 900.0, 700.0)
    again = [(person[0] / width, person[1] / height, person[2] / width, person[3] / height)]
    looker = HiddenPlaces(Finds(person), None)
    assert looker.look(picture, again) == looker.look(picture) and len(looker.look(picture)) == 1

"""What has to be hidden in a picture so that nobody is recognised: every face, and every head whose face is not found."""

from collections.abc import Iterator, Sequence

import numpy as np

from engine.model.cameras.detection import Category
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.hiding import around_face, head_part
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.geometry import Box
from engine.model.settings import DetectionSettings
from engine.vision.detector import Detector, load_detector
from engine.vision.faces.finder import FaceFinder
from engine.vision.faces.region import head_region
from engine.vision.manifest import FACE_DETECTION
from engine.vision.models import ModelStore
from engine.vision.still import StillFrame

NO_FINDER = (
    "Faces are hidden in clips and small pictures without a face detector, which is not installed: the upper part of everybody who is "
    "found is hidden, but a face without a body in view may be missed. Install YuNet on the System page."
)
_FACE_FLOOR = 0.5  # less sure than for recognition: a wall that is hidden costs less than a face that is not
_SURE = 0.7  # a face of which so much is known stands for its head
_PERSON_FLOOR = 0.25
_SAME_PERSON = 0.6  # IoU
_TILES = 3, 2  # across and down, each reaching half-way into the next
_TILED_FROM = 400  # pixels of width; smaller pictures are searched as a whole only


class HiddenPlaces:
    """Looks for people and faces in single pictures. One thread at a time; 20 to 60 ms a picture on one core.

    Attributes:
        how: names what it looks with.
    """

    def __init__(self, detector: Detector, finder: FaceFinder | None) -> None:
        self._detector = detector
        self._finder = finder
        self.how = f"{detector.name} {'yunet' if finder is not None else 'heads'}"

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box] = ()) -> tuple[Box, ...]:
        """What to hide, as shares of the picture's width and height.

        Args:
            picture_bgr: (H, W, 3). people: who is known to be in it from elsewhere, as shares too.
        """
        height, width = picture_bgr.shape[:2]
        known = [(x0 * width, y0 * height, x1 * width, y1 * height) for x0, y0, x1, y1 in people]
        persons = _each_once([*self._persons(picture_bgr), *known])
        hidden = list(self._everywhere(picture_bgr))
        for person in persons:
            hidden += self._of_person(picture_bgr, person)
        return tuple((x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in hidden)

    def _persons(self, picture_bgr: Bytes2D) -> list[Box]:
        found = self._detector.detect(StillFrame(picture_bgr))
        kept = (found.categories == Category.PERSON) & (found.confidences >= _PERSON_FLOOR)
        return [_box(box) for box in found.boxes_xyxy[kept]]

    def _of_person(self, picture_bgr: Bytes2D, person: Box) -> Iterator[Box]:
        sure = False
        if self._finder is not None:
            height, width = picture_bgr.shape[:2]
            found = self._finder.find(picture_bgr, head_region(person, width, height))
            yield from (around_face(_box(face)) for face in found.boxes_xyxy)
            sure = bool((found.scores >= _SURE).any())
        if not sure:
            yield head_part(person)

    def _everywhere(self, picture_bgr: Bytes2D) -> Iterator[Box]:
        """Faces whose bodies are not seen: near the camera, behind a counter, on a poster."""
        if self._finder is None:
            return
        height, width = picture_bgr.shape[:2]
        for region in (None, *_tiles(width, height)):
            yield from (around_face(_box(face)) for face in self._finder.find(picture_bgr, region).boxes_xyxy)


def load_hidden_places(models: ModelStore, settings: DetectionSettings, min_person_share: float) -> HiddenPlaces:
    """With what is installed; without a face detector heads are hidden instead of faces. Takes up to a second.

    Raises:
        InputError: as `load_detector`. EnvironmentFault: a model is damaged.
    """
    return HiddenPlaces(load_detector(models, settings, min_person_share), _finder(models))


def finds_faces(models: ModelStore) -> bool:
    """Whether a face detector is installed; without one heads are hidden."""
    return any(models.installed(spec.id) is not None for spec in models.of_role(FACE_DETECTION))


def _finder(models: ModelStore) -> FaceFinder | None:
    """None: none is installed. One that is damaged is no finder either: heads are hidden then."""
    for spec in models.of_role(FACE_DETECTION):
        if models.installed(spec.id) is not None:
            try:
                return FaceFinder(models.checked(spec.id).path, _FACE_FLOOR)
            except (EnvironmentFault, NotFound):
                return None
    return None


def _tiles(width: int, height: int) -> Iterator[Box]:
    if width < _TILED_FROM:
        return
    across, down = 2 * width / (_TILES[0] + 1), 2 * height / (_TILES[1] + 1)
    for row in range(_TILES[1]):
        for column in range(_TILES[0]):
            yield column * across / 2, row * down / 2, (column + 2) * across / 2, (row + 2) * down / 2


def _each_once(persons: Sequence[Box]) -> list[Box]:
    kept: list[Box] = []
    for person in persons:
        if all(_overlap(person, other) < _SAME_PERSON for other in kept):
            kept.append(person)
    return kept


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    shared = across * down
    union = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return shared / union if union > 0 else 0.0


def _box(row: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Box:
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])

"""All faces of the people in one picture, as the inference pool asks for them."""

import numpy as np

from engine.model.cameras.face import Faces
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.faces.alignment import AlignmentRefusal
from engine.vision.faces.embedder import DIMENSIONS, FaceEmbedder
from engine.vision.faces.finder import FaceFinder, FoundFaces, in_colour
from engine.vision.faces.quality import quality
from engine.vision.faces.region import head_region
from engine.vision.manifest import FACE_DETECTION, FACE_RECOGNITION
from engine.vision.models import InstalledModel, ModelStore
from engine.vision.suppression import clipped, non_maximum

_SAME_FACE = 0.4  # IoU; boxes of people overlap, and a face in two of them is found twice


class FaceReader:
    """Finds, aligns, grades and embeds faces. Any one thread at a time; a few milliseconds per person and per face."""

    def __init__(self, finder: FaceFinder, embedder: FaceEmbedder) -> None:
        self._finder = finder
        self._embedder = embedder

    def look(self, picture_bgr: Bytes2D, person_boxes_xyxy: Floats) -> Faces:
        """The faces of the people in these boxes, each once, best first; `region.owners` says whose each is.

        Args:
            picture_bgr: (H, W, 3) uint8, or (H, W) grey. person_boxes_xyxy: (M, 4) pixels; only their upper parts are searched.
        """
        height, width = picture_bgr.shape[:2]
        regions = (head_region((box[0], box[1], box[2], box[3]), width, height) for box in person_boxes_xyxy.astype(float))
        return self._read_faces(picture_bgr, [self._finder.find(picture_bgr, region) for region in regions])

    def look_everywhere(self, picture_bgr: Bytes2D) -> Faces:
        """The faces of a portrait or a photograph, where no person was boxed before. Small ones in a large scene are missed."""
        return self._read_faces(picture_bgr, [self._finder.find(picture_bgr)])

    def _read_faces(self, picture_bgr: Bytes2D, finds: list[FoundFaces]) -> Faces:
        found = _each_once([find for find in finds if len(find)])
        embeddings, grades = np.zeros((len(found), DIMENSIONS), np.float32), np.zeros(len(found), np.float32)
        if len(found):
            coloured = in_colour(picture_bgr)
            for index, points in enumerate(found.landmarks):
                embedded = self._embedder.embed(coloured, points)
                if not isinstance(embedded, AlignmentRefusal):
                    embeddings[index] = embedded.embedding
                    grades[index] = quality(points, embedded.aligned).total
        height, width = picture_bgr.shape[:2]
        return Faces(clipped(found.boxes_xyxy, width, height), found.landmarks, found.scores, embeddings, grades)


def _each_once(finds: list[FoundFaces]) -> FoundFaces:
    if not finds:
        return FoundFaces.none()
    boxes, points = np.concatenate([find.boxes_xyxy for find in finds]), np.concatenate([find.landmarks for find in finds])
    scores = np.concatenate([find.scores for find in finds])
    kept = non_maximum(boxes, scores, np.zeros(len(scores), np.int8), _SAME_FACE)
    return FoundFaces(boxes, points, scores).only(kept)


@dataclass(frozen=True, slots=True)
class LoadedFaces:
    """Face recognition ready to run, with what must be kept beside its embeddings.

    Attributes:
        model: which file made the embeddings; those of different files must never be compared.
        threshold: raw cosine from which two of its embeddings count as the same person.
        stand_in: the recogniser's file is not the official one.
    """

    reader: FaceReader
    model: str
    threshold: float
    stand_in: bool


def load_faces(models: ModelStore) -> LoadedFaces:
    """Takes up to half a second.

    Raises:
        NotFound: the finder or the recogniser is not installed; says how to install it. EnvironmentFault: `model_damaged`.
    """
    finder, recogniser = _installed(models, FACE_DETECTION), _installed(models, FACE_RECOGNITION)
    reader = FaceReader(FaceFinder(finder.path), FaceEmbedder(recogniser.path, recogniser.file.adapter, models.door))
    return LoadedFaces(reader, recogniser.file.embeddings_name, recogniser.file.match_threshold, recogniser.stand_in)


def _installed(models: ModelStore, role: str) -> InstalledModel:
    specs = models.of_role(role)
    for spec in specs:
        if models.installed(spec.id) is not None:
            return models.checked(spec.id)
    if not specs:
        raise EnvironmentFault("model_unknown", f"The manifest names no model for {role.replace('_', ' ')}, so faces cannot be recognised.")
    first = specs[0]
    raise NotFound(
        f"Faces cannot be recognised, because {first.title} is not installed. "
        f"Install it on the System page or with: watchroom models install {first.id}"
    )

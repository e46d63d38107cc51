"""What closer looks are made with: the installed models, as the settings want them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from engine.model.cameras.face import Faces
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.pose import Poses
from engine.model.errors import WatchroomError
from engine.model.geometry import Floats
from engine.runtime.closer.closer import Lookers
from engine.vision.faces.attempts import FaceAttempts
from engine.vision.faces.reader import LoadedFaces, load_faces
from engine.vision.faces.region import owners
from engine.vision.looks import LookReader, model_name
from engine.vision.manifest import POSE_DETECTION, POSE_LANDMARKS, REID
from engine.vision.models import ModelStore
from engine.vision.pose.estimator import Earlier, PoseEstimator

T = TypeVar("T")


class TrackFaces:
    """Faces of tracks, each looked for at most twice a second."""

    def __init__(self, loaded: LoadedFaces) -> None:
        self._reader = loaded.reader
        self._attempts = FaceAttempts()
        self.model, self.threshold = loaded.model, loaded.threshold

    def look(self, picture_bgr: Bytes2D, boxes_xyxy: Floats) -> tuple[Faces, Sequence[int]]:
        """Faces of somebody in the boxes, and whose; faces of nobody are left out."""
        found = self._reader.look(picture_bgr, boxes_xyxy)
        whose = owners(found.boxes_xyxy, boxes_xyxy)
        kept = np.flatnonzero(whose >= 0)
        faces = Faces(found.boxes_xyxy[kept], found.landmarks[kept], found.scores[kept], found.embeddings[kept], found.quality[kept])
        return faces, [int(owner) for owner in whose[kept]]

    def due(self, unnamed: Iterable[str], named: Iterable[str], now_ns: int, at_most: int) -> tuple[str, ...]:
        return self._attempts.due(unnamed, named, now_ns, at_most)

    def forget(self, track_id: str) -> None:
        self._attempts.forget(track_id)


class TrackPoses:
    """Poses of tracks, each continued from where it was seen last."""

    def __init__(self, estimator: PoseEstimator, model: str) -> None:
        self._estimator = estimator
        self._before: dict[str, Earlier] = {}
        self.model = model

    def look(self, picture_bgr: Bytes2D, track_ids: Sequence[str], boxes_xyxy: Floats) -> Poses:
        poses = self._estimator.look(picture_bgr, track_ids, boxes_xyxy, self._before)
        for track_id in track_ids:
            self._before.pop(track_id, None)
        for index, track_id in enumerate(poses.track_ids):
            self._before[track_id] = Earlier(poses.landmarks[index], poses.visibility[index])
        return poses

    def forget(self, track_id: str) -> None:
        self._before.pop(track_id, None)


class TrackLooks:
    def __init__(self, reader: LookReader, model: str) -> None:
        self._reader = reader
        self.model = model

    def look(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Floats | None:
        return self._reader.look(picture_bgr, box_xyxy)


def load_lookers(models: ModelStore, faces: bool, poses: bool, looks: bool) -> Lookers:
    """What is wanted, as far as it is installed; the rest is told as trouble. Takes up to a second."""
    face, face_trouble = _loaded(faces, lambda: TrackFaces(load_faces(models)))
    pose, pose_trouble = _loaded(poses, lambda: _poses(models))
    look, look_trouble = _loaded(looks, lambda: _looks(models))
    return Lookers(face, pose, look, face_trouble, pose_trouble, look_trouble)


def _looks(models: ModelStore) -> TrackLooks:
    installed = models.best(REID)
    return TrackLooks(LookReader(installed.path, models.door), model_name(installed.file.sha256))


def _poses(models: ModelStore) -> TrackPoses:
    return TrackPoses(PoseEstimator(models.path(POSE_DETECTION), models.path(POSE_LANDMARKS), door=models.door), POSE_LANDMARKS)


def _loaded(wanted: bool, load: Callable[[], T]) -> tuple[T | None, str]:
    if not wanted:
        return None, ""
    try:
        return load(), ""
    except WatchroomError as error:
        return None, str(error)

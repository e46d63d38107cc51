"""What pose estimation found on the tracks of one frame."""

import numpy as np

from engine.model.geometry import Floats
from engine.model.value_class import dataclass

LANDMARKS = 33  # of MediaPipe Pose (BlazePose), in its order
NOSE, LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 0, 11, 12, 13, 14, 15, 16
LEFT_HIP, RIGHT_HIP, LEFT_KNEE, RIGHT_KNEE, LEFT_ANKLE, RIGHT_ANKLE = 23, 24, 25, 26, 27, 28


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """The bodies of some tracks, as parallel arrays; shapes are checked once, here.

    Attributes:
        track_ids: (N) whose body it is.
        landmarks: (N, 33, 3) float32: x, y in pixels of the full frame; z in the same unit, away from the camera, 0 at the hips' middle.
        visibility: (N, 33) float32 in 0–1.
        scores: (N,) float32 in 0–1 that there is a body.
    """

    track_ids: tuple[str, ...]
    landmarks: Floats
    visibility: Floats
    scores: Floats

    def __post_init__(self) -> None:
        count = len(self.track_ids)
        wanted = {"landmarks": (count, LANDMARKS, 3), "visibility": (count, LANDMARKS), "scores": (count,)}
        for name, shape in wanted.items():
            array: Floats = getattr(self, name)
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(f"{name}: expected shape {shape} float32, got {array.shape} {array.dtype}")

    def __len__(self) -> int:
        return len(self.track_ids)

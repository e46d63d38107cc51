"""What face recognition found in one frame."""

import numpy as np

from engine.model.geometry import Floats
from engine.model.value_class import dataclass

FACE_LANDMARKS = ("right_eye", "left_eye", "nose_tip", "right_mouth", "left_mouth")
"""Right and left are the person's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces of one frame, as parallel arrays; shapes are checked once, here.

    Attributes:
        boxes_xyxy: (N, 4) float32 pixels of the full frame.
        landmarks: (N, 5, 2) float32 pixels, ordered as `FACE_LANDMARKS`.
        scores: (N,) float32 in 0–1, as the face detector gave them.
        embeddings: (N, D) float32 of unit length; a row of zeros where the face was too poor to be embedded.
        quality: (N,) float32 in 0–1, how well the face can be recognised: size, sharpness, pose.
    """

    boxes_xyxy: Floats
    landmarks: Floats
    scores: Floats
    embeddings: Floats
    quality: Floats

    def __post_init__(self) -> None:
        count = len(self.scores)
        wanted = {
            "boxes_xyxy": (count, 4),
            "landmarks": (count, len(FACE_LANDMARKS), 2),
            "scores": (count,),
            "embeddings": (count, self.embeddings.shape[-1]),
            "quality": (count,),
        }
        for name, shape in wanted.items():
            array: Floats = getattr(self, name)
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(f"{name}: expected shape {shape} float32, got {array.shape} {array.dtype}")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls, dimensions: int) -> "Faces":
        zeros = (np.zeros((0, 4), np.float32), np.zeros((0, len(FACE_LANDMARKS), 2), np.float32), np.zeros(0, np.float32))
        return cls(*zeros, np.zeros((0, dimensions), np.float32), np.zeros(0, np.float32))

    def embedded(self, index: int) -> bool:
        """Whether this face could be embedded."""
        return bool(self.embeddings[index].any())

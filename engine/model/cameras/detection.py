"""What a detector found in one frame."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.value_class import dataclass


class Category(IntEnum):
    """What kind of thing a detection is. Detectors map their own classes onto these."""

    PERSON = 0
    VEHICLE = 1
    ANIMAL = 2
    OBJECT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The objects found in one frame, as parallel arrays; shapes are checked once, here.

    Attributes:
        boxes_xyxy: (N, 4) float32 pixels of the full frame.
        confidences: (N,) float32 in 0–1, as the detector gave them (not calibrated between detectors).
        categories: (N,) int8, values of `Category`.
        embeddings: (N, D) float32 appearance vectors of unit length, or None.
    """

    boxes_xyxy: Floats
    confidences: Floats
    categories: npt.NDArray[np.int8]
    embeddings: Floats | None = None

    def __post_init__(self) -> None:
        count = len(self.confidences)
        _check("boxes_xyxy", self.boxes_xyxy, (count, 4), np.float32)
        _check("confidences", self.confidences, (count,), np.float32)
        _check("categories", self.categories, (count,), np.int8)
        if self.embeddings is not None:
            _check("embeddings", self.embeddings, (count, self.embeddings.shape[-1]), np.float32)

    def __len__(self) -> int:
        return len(self.confidences)

    @classmethod
    def empty(cls) -> "Detections":
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int8))

    @classmethod
    def people(cls, boxes_xyxy: npt.ArrayLike, confidences: npt.ArrayLike) -> "Detections":
        """Detections that are all of category person; anything array-like is converted."""
        boxes = np.asarray(boxes_xyxy, np.float32).reshape(-1, 4)
        return cls(boxes, np.asarray(confidences, np.float32).reshape(-1), np.zeros(len(boxes), np.int8))

    def where(self, keep: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Detections":
        """The rows that `keep` (a mask or indices) selects."""
        embeddings = None if self.embeddings is None else self.embeddings[keep]
        return Detections(self.boxes_xyxy[keep], self.confidences[keep], self.categories[keep], embeddings)


def _check(name: str, array: npt.NDArray[np.generic], shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(f"{name}: expected shape {shape} {np.dtype(dtype)}, got {array.shape} {array.dtype}")

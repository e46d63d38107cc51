"""From scored candidate boxes to detections: floor, category, non-maximum suppression."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.detection import Category
from engine.model.geometry import Floats

MOVERS = frozenset({Category.PERSON, Category.VEHICLE, Category.ANIMAL})
"""What is worth following. Furniture and the like is left out: it would only fill the tracker with things that stand still."""


def non_maximum(boxes_xyxy: Floats, scores: Floats, categories: npt.NDArray[np.int8], overlap: float) -> npt.NDArray[np.intp]:
    """Indices of the boxes that no better box of the same category overlaps by more than `overlap` (IoU), best first."""
    if not len(scores):
        return np.zeros(0, np.intp)
    boxes_xywh = boxes_xyxy.copy()
    boxes_xywh[:, 2:] -= boxes_xywh[:, :2]
    kept = cv2.dnn.NMSBoxesBatched(boxes_xywh, scores, categories.astype(np.int32), 0.0, overlap)  # pyright: ignore
    return np.asarray(kept, np.intp).reshape(-1)


def clipped(boxes_xyxy: Floats, width: int, height: int) -> Floats:
    """Boxes cut at the edges of a picture of this size."""
    return np.clip(boxes_xyxy, 0, np.array([width, height, width, height], np.float32))

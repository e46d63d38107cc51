"""Rectangular parts of a picture."""

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats


def merged(boxes_xyxy: Floats, margin: float, width: int, height: int) -> Floats:
    """Boxes grown by `margin` pixels and cut at the picture, those that touch joined into one until none touch: (N, 4) → (M ≤ N, 4)."""
    limits = np.array([width, height, width, height], np.float32)
    boxes = np.clip(boxes_xyxy + np.array([-margin, -margin, margin, margin], np.float32), 0, limits)
    while len(boxes) > 1:
        groups = _groups(boxes)
        if groups.max() + 1 == len(boxes):
            break
        boxes = np.stack([_hull(boxes[groups == group]) for group in range(groups.max() + 1)])
    return boxes


def _groups(boxes: Floats) -> npt.NDArray[np.intp]:
    """A number per box, the same for boxes that touch directly or through others, from 0 without gaps."""
    touching = np.all(boxes[:, None, :2] <= boxes[None, :, 2:], axis=2)
    touching &= touching.T
    labels = np.arange(len(boxes))
    while True:
        lowest = np.where(touching, labels[None, :], len(boxes)).min(axis=1)
        if np.array_equal(lowest, labels):
            return np.unique(labels, return_inverse=True)[1]
        labels = lowest


def _hull(boxes: Floats) -> Floats:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])

"""Where a body is: BlazePose's detector (Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", arXiv:2006.10204)."""

from math import log
from pathlib import Path

import numpy as np

from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.frame import Bytes2D
from engine.model.geometry import Floats
from engine.vision.onnx import Network
from engine.vision.pose.region import Region, around_box, around_circle

_SIDE = 224
_STRIDES = (8, 16, 32, 32, 32)
_PER_CELL = 2
_ANCHORS = sum((_SIDE // stride) ** 2 * _PER_CELL for stride in _STRIDES)
_HIPS, _RIM = slice(4, 6), slice(6, 8)  # of a row: box (4), then points: hips' middle, rim of the body's circle, and the same of its top
_CANDIDATES = 8
_SLACK = 0.5  # of the box's size: hips may lie below the picture's edge, where no box reaches


class BodyDetector:
    """Finds the body of one track. Any one thread at a time; about 7 ms on one core."""

    def __init__(self, path: Path, least_score: float = 0.35, door: Door = CPU_DOOR) -> None:
        """
        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self._network = Network(path, (1, _SIDE, _SIDE, 3), ((1, _ANCHORS, 12), (1, _ANCHORS, 1)), door)
        self._anchors = _anchors()
        self._least_logit = log(least_score / (1 - least_score))

    def find(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Region | None:
        """The square around the body whose hips are about in the track's box (4) of the full frame; None where no body is sure enough."""
        region = around_box(box_xyxy)
        # −1 to 1, unlike the landmark network: with 0 to 1 it answers as well, but misses more of those who are small.
        rows, logits = self._network.run(region.cut(picture_bgr, _SIDE) * 2 - 1)
        scores = logits[0, :, 0]
        for best in np.argsort(-scores)[:_CANDIDATES].tolist():
            if scores[best] < self._least_logit:
                break
            points = np.stack([rows[0, best, _HIPS], rows[0, best, _RIM]]) + self._anchors[best]
            hips, rim = region.to_frame(points, _SIDE)
            if _near(hips, box_xyxy):
                return around_circle(hips, rim)
        return None


def _anchors() -> Floats:
    """Centres (A, 2) of the anchors in pixels of the network's input, in its order; their size is fixed."""
    layers: list[Floats] = []
    for stride in _STRIDES:
        cells = _SIDE // stride
        rows, columns = np.mgrid[:cells, :cells]
        centres = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) * stride
        layers.append(np.repeat(centres, _PER_CELL, axis=0).astype(np.float32))
    return np.concatenate(layers)


def _near(point: Floats, box_xyxy: Floats) -> bool:
    slack = (box_xyxy[2:] - box_xyxy[:2]) * _SLACK
    return bool((point >= box_xyxy[:2] - slack).all() and (point <= box_xyxy[2:] + slack).all())

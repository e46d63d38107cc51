"""NanoDet-m (RangiLyu, Apache-2.0) in the export of the OpenCV zoo.

An anchor-free head in the manner of FCOS (arXiv:1904.01355) whose box edges are distributions over eight distances: Generalized Focal
Loss, Li et al., arXiv:2006.04388.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import Floats
from engine.vision.coco import CATEGORY_OF, CLASSES
from engine.vision.letterbox import letterbox
from engine.vision.onnx import Network
from engine.vision.suppression import MOVERS, non_maximum

_SIDE = 416
_STRIDES = (8, 16, 32)
_BINS = 8
_CELLS = tuple((_SIDE // stride) ** 2 for stride in _STRIDES)
_MEAN_BGR = (103.53, 116.28, 123.675)
_STD_BGR = (57.375, 57.12, 58.395)
# The network's scores run lower than those of the detector that the tracker's thresholds were set with: what it scores 0.5 and 0.6 is
# as good as 0.6 and 0.7 there (measured by following people on five sequences). Between these points the mapping is straight.
_SCORES = (0.0, 0.1, 0.5, 0.6, 1.0)
_CONFIDENCES = (0.0, 0.1, 0.6, 0.7, 1.0)


class NanoDetDetector:
    """Finds people, vehicles and animals with a NanoDet of 416 × 416. Any one thread at a time; about 16 ms per picture on one core."""

    basic = False

    def __init__(
        self,
        name: str,
        path: Path,
        score_floor: float = 0.1,
        overlap: float = 0.6,
        categories: Collection[Category] = MOVERS,
        door: Door = CPU_DOOR,
    ) -> None:
        """
        Args:
            score_floor: what the network scores below it is dropped; low, because the tracker uses uncertain ones in a second stage.
            overlap: IoU above which the weaker of two boxes of one category goes. door: decides what runs it.

        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self.name = name
        shapes = (*((1, cells, CLASSES) for cells in _CELLS), *((1, cells, 4 * _BINS) for cells in _CELLS))
        self._network = Network(path, (1, 3, _SIDE, _SIDE), shapes, door)
        self._score_floor = score_floor
        self._overlap = overlap
        self._wanted = np.isin(CATEGORY_OF, list(categories))
        self._centres, self._strides = _grid()

    @property
    def provider(self) -> str:
        return self._network.provider

    @property
    def provider_label(self) -> str:
        return self._network.provider_label

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        """All of the picture is looked at, whatever moves."""
        picture = letterbox(frame, _SIDE, grey=0)
        outputs = self._network.run(cv2.dnn.blobFromImageWithParams(picture.pixels, _normalisation()))
        levels = len(_STRIDES)
        class_scores = np.concatenate([output[0] for output in outputs[:levels]])
        edges = np.concatenate([output[0] for output in outputs[levels:]])
        boxes, scores, classes = self._decode(class_scores, edges)
        categories = CATEGORY_OF[classes]
        kept = non_maximum(boxes, scores, categories, self._overlap)
        confidences = np.interp(scores[kept], _SCORES, _CONFIDENCES).astype(np.float32)
        return Detections(picture.to_frame(boxes[kept]), confidences, categories[kept])

    def _decode(self, class_scores: Floats, edges: Floats) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
        """Class scores (N, 80) and edge distributions (N, 32) per grid cell → boxes (M, 4), scores (M,), COCO classes (M,)."""
        classes = class_scores.argmax(axis=1)
        scores = class_scores[np.arange(len(classes)), classes]
        good = np.flatnonzero((scores >= self._score_floor) & self._wanted[classes])
        distances = _expectation(edges[good].reshape(-1, 4, _BINS)) * self._strides[good]
        centres = self._centres[good]
        return np.hstack([centres - distances[:, :2], centres + distances[:, 2:]]).astype(np.float32), scores[good], classes[good]


def _normalisation() -> cv2.dnn.Image2BlobParams:
    params = cv2.dnn.Image2BlobParams()
    params.mean = _MEAN_BGR
    params.scalefactor = tuple(1 / deviation for deviation in _STD_BGR)
    return params


def _expectation(logits: Floats) -> Floats:
    """Mean bin of softmaxed logits: (N, 4, bins) → (N, 4), in strides."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (weights @ np.arange(_BINS, dtype=np.float32)) / weights.sum(axis=-1)


def _grid() -> tuple[Floats, Floats]:
    """Centre of every cell in pixels of the input (N, 2), and its stride (N, 1), strides in rising order, row by row."""
    centres: list[Floats] = []
    strides: list[Floats] = []
    for stride in _STRIDES:
        cells = _SIDE // stride
        rows, columns = np.mgrid[:cells, :cells]
        corners = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float32) * stride
        centres.append(corners + (stride - 1) / 2)
        strides.append(np.full((cells * cells, 1), stride, np.float32))
    return np.concatenate(centres), np.concatenate(strides)

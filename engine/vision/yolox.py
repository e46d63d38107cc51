"""YOLOX (Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430), nano variant, as exported by its authors."""

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
_GREY = 114
_CELLS = sum((_SIDE // stride) ** 2 for stride in _STRIDES)


class YoloxDetector:
    """Finds people, vehicles and animals with a YOLOX of 416 × 416. Any one thread at a time; about 9 ms per picture on one core."""

    basic = False

    def __init__(
        self,
        name: str,
        path: Path,
        score_floor: float = 0.1,
        overlap: float = 0.45,
        categories: Collection[Category] = MOVERS,
        door: Door = CPU_DOOR,
    ) -> None:
        """
        Args:
            score_floor: detections below it are dropped; low, because the tracker uses uncertain ones in a second stage.
            overlap: IoU above which the weaker of two boxes of one category goes. door: decides what runs it.

        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self.name = name
        self._network = Network(path, (1, 3, _SIDE, _SIDE), ((1, _CELLS, 5 + CLASSES),), door)
        self._score_floor = score_floor
        self._overlap = overlap
        self._wanted = np.isin(CATEGORY_OF, list(categories))
        self._offsets, self._scales = _grid()

    @property
    def provider(self) -> str:
        return self._network.provider

    @property
    def provider_label(self) -> str:
        return self._network.provider_label

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        """All of the picture is looked at, whatever moves."""
        picture = letterbox(frame, _SIDE, _GREY)
        raw = self._network.run(cv2.dnn.blobFromImage(picture.pixels))[0][0]
        boxes, scores, classes = self._decode(raw)
        categories = CATEGORY_OF[classes]
        kept = non_maximum(boxes, scores, categories, self._overlap)
        return Detections(picture.to_frame(boxes[kept]), scores[kept], categories[kept])

    def _decode(self, raw: Floats) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
        """Rows of (cx, cy, w, h, objectness, 80 class scores) per grid cell → boxes (N, 4), scores (N,), COCO classes (N,)."""
        hopeful = np.flatnonzero(raw[:, 4] >= self._score_floor)  # a class score is at most 1
        rows = raw[hopeful]
        classes = rows[:, 5:].argmax(axis=1)
        scores = rows[:, 4] * rows[np.arange(len(rows)), 5 + classes]
        good = (scores >= self._score_floor) & self._wanted[classes]
        hopeful, rows = hopeful[good], rows[good]
        centres = (rows[:, :2] + self._offsets[hopeful]) * self._scales[hopeful]
        halves = np.exp(rows[:, 2:4]) * self._scales[hopeful] / 2
        return np.hstack([centres - halves, centres + halves]).astype(np.float32), scores[good], classes[good]


def _grid() -> tuple[Floats, Floats]:
    """Column and row of every cell (N, 2), and its stride in pixels (N, 1), strides in rising order, row by row."""
    offsets: list[Floats] = []
    scales: list[Floats] = []
    for stride in _STRIDES:
        cells = _SIDE // stride
        rows, columns = np.mgrid[:cells, :cells]
        offsets.append(np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float32))
        scales.append(np.full((cells * cells, 1), stride, np.float32))
    return np.concatenate(offsets), np.concatenate(scales)

"""What people look like, for knowing them again in another camera: OSNet embeddings of their boxes.

Zhou, Yang, Cavallaro & Xiang, "Omni-Scale Feature Learning for Person Re-Identification", ICCV 2019. Clothes, not faces: it holds for a
visit, not for a week.
"""

from pathlib import Path

import numpy as np

from engine._opencv import cv2
from engine.inference.runner import CPU_DOOR, Door
from engine.model.cameras.frame import Bytes2D
from engine.model.geometry import Floats
from engine.vision.manifest import REID
from engine.vision.onnx import Network

DIMENSIONS = 512
_FIRST = "dddd73c80b78e24ef982f9c352c1947b42d67433887011e8eb33a00313edef5e"  # the only model before looks were kept with its digest
LEAST_HEIGHT = 40  # pixels; a smaller person has no clothes to speak of
_WIDTH, _HEIGHT = 128, 256
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)


def model_name(digest: str) -> str:
    """What looks that a model made are kept under, by the SHA-256 of its file: those of two models are never compared."""
    return REID if digest == _FIRST else digest


def model_digest(name: str) -> str:
    """SHA-256 of the model's file, by what looks are kept under."""
    return _FIRST if name == REID else name


class LookReader:
    """Any one thread at a time; about 5 ms a person."""

    def __init__(self, path: Path, door: Door = CPU_DOOR) -> None:
        """Raises EnvironmentFault: `model_damaged`."""
        self._network = Network(path, ("batch", 3, _HEIGHT, _WIDTH), (("batch", DIMENSIONS),), door)

    def look(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Floats | None:
        """(512,) float32 of unit length of the person in a box (4,) in pixels; None where too little of them is in the picture."""
        height, width = picture_bgr.shape[:2]
        x0, y0 = (max(int(value), 0) for value in box_xyxy[:2])
        x1, y1 = min(int(np.ceil(box_xyxy[2])), width), min(int(np.ceil(box_xyxy[3])), height)
        whole = float(box_xyxy[3] - box_xyxy[1])
        if y1 - y0 < max(LEAST_HEIGHT, 0.75 * whole) or x1 - x0 < 8:
            return None
        crop = cv2.resize(picture_bgr[y0:y1, x0:x1], (_WIDTH, _HEIGHT), interpolation=cv2.INTER_LINEAR)
        even = (cv2.cvtColor(crop, cv2.COLOR_BGR2RGB).astype(np.float32) / 255 - _MEAN) / _DEVIATION
        (found,) = self._network.run(np.ascontiguousarray(even.transpose(2, 0, 1)[None]))
        length = float(np.linalg.norm(found[0]))
        return np.asarray(found[0] / length, np.float32) if np.isfinite(length) and length > 0 else None

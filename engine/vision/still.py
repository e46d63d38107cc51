"""One picture as a frame, for detectors."""

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D


class StillFrame:
    """A `DecodedFrame` of a picture (H, W, 3) that belongs to no stream."""

    captured_ns = 0
    index = 0

    def __init__(self, picture_bgr: Bytes2D) -> None:
        self._picture = picture_bgr
        self.height, self.width = picture_bgr.shape[:2]

    def luma(self) -> Bytes2D:
        return np.asarray(cv2.cvtColor(self._picture, cv2.COLOR_BGR2GRAY), np.uint8)

    def bgr(self, width: int, height: int) -> Bytes2D:
        if (width, height) == (self.width, self.height):
            return self._picture.copy()
        return np.asarray(cv2.resize(self._picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    def bgra(self, width: int, height: int) -> Bytes2D:
        return np.asarray(cv2.cvtColor(self.bgr(width, height), cv2.COLOR_BGR2BGRA), np.uint8)

"""Making parts of pictures unrecognisable: a few averages instead of the pixels, which nothing can sharpen back."""

import math
from collections.abc import Iterable

import numpy as np

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.geometry import Box

CELLS = 5, 6  # across and down a face; fewer than any recogniser can use
WHOLE = 16, 9  # of a whole picture
EVERYWHERE: Box = (0.0, 0.0, 1.0, 1.0)


def hide(picture: Bytes2D, boxes: Iterable[Box]) -> None:
    """Average the pixels of a picture (H, W) or (H, W, C) in these boxes, in place. Boxes are shares of its width and height, 0–1."""
    for box in boxes:
        _average(picture, box, WHOLE if box == EVERYWHERE else CELLS)


def hide_yuv420(planes: Bytes2D, boxes: Iterable[Box]) -> None:
    """The same in a picture of even size as FFmpeg's yuv420p in one array (H * 3 / 2, W)."""
    width, height = planes.shape[1], planes.shape[0] * 2 // 3
    luma, flat = width * height, planes.reshape(-1)
    chroma = height // 2, width // 2
    parts = flat[:luma].reshape(height, width), flat[luma : luma * 5 // 4].reshape(chroma), flat[luma * 5 // 4 :].reshape(chroma)
    boxes = tuple(boxes)
    for part in parts:
        hide(part, boxes)


def _average(picture: Bytes2D, box: Box, cells: tuple[int, int]) -> None:
    height, width = picture.shape[:2]
    x0, x1 = max(0, math.floor(box[0] * width)), min(width, math.ceil(box[2] * width))
    y0, y1 = max(0, math.floor(box[1] * height)), min(height, math.ceil(box[3] * height))
    if x0 >= x1 or y0 >= y1:
        return
    part = picture[y0:y1, x0:x1]
    small = cv2.resize(part, (min(cells[0], x1 - x0), min(cells[1], y1 - y0)), interpolation=cv2.INTER_AREA)
    picture[y0:y1, x0:x1] = np.asarray(cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST), np.uint8)

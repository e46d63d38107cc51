"""People without any model file: histograms of oriented gradients with a linear classifier, as built into OpenCV.

Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005: a window of 64 × 128 pixels that holds an upright
person 96 pixels tall.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import Floats, area
from engine.vision.regions import merged
from engine.vision.suppression import clipped, non_maximum

Plane = npt.NDArray[Any]

_WINDOW = (64, 128)
_PERSON = 96  # pixels, in the window
_STRIDE = (8, 8)  # also that of the cells; a coarser one loses a tenth of the people
_PADDING = (8, 8)
_PYRAMID = 1.2  # step between sizes; finer costs more than it finds
_OVERLAP = 0.45
_MOST_PIXELS = 1_300_000
_MOST_ENLARGED = 4.0
_HARDLY_LESS = 0.7
# A person 96 tall in a window 128 tall leaves 1/8 above and below; 0.41 as wide as tall (the usual pedestrian) leaves 0.19 beside.
_SHRINK = np.array([0.19, 0.125, -0.19, -0.125], np.float32)
# Confidence = 1 / (1 + exp(-(STEEPNESS × distance + OFFSET))), distance from the classifier's hyperplane: fitted by maximum likelihood
# (Platt 1999) to 958 windows of pedestrians filmed from above, of which 378 were people. 0.5 is met at a distance of 0.96.
_STEEPNESS, _OFFSET = 2.5, -2.4
# Close to the camera a person is taller than a window that fits into the picture. A second search, in a small copy with a border, finds
# those from 0.6 of the picture's height to all of it, for a few per cent of the cost.
_CLOSE_HEIGHT = 160
_CLOSE_BORDER = 32
_CLOSE_SHARE = _PERSON / _CLOSE_HEIGHT
_INSIDE = 0.9


def least_person_share(wanted: float, aspect: float = 16 / 9) -> float:
    """Height of the smallest person that is found, as a share of the picture's height, in a picture so many times as wide as high.

    Who is this tall is found in eight of ten pictures, who is a sixth smaller in half of them (first half of the shared street clip). The
    budget of pixels sets a limit, whatever `wanted` asks.
    """
    return max(wanted, _PERSON * (aspect / _MOST_PIXELS) ** 0.5)


class HogDetector:
    """Finds upright people by their outline. Any one thread at a time; cost grows with the enlarged picture, about 70 ms per megapixel.

    The window has one size, so the picture is scaled until the smallest person worth finding fills it: people of 50 pixels in a
    picture of 480 × 360 are found with AP50 0.02 as it is, and 0.85 when enlarged.
    """

    name = "hog"
    basic = True
    provider_label = "OpenCV"

    def __init__(self, min_person_share: float = 0.12, score_floor: float = 0.1, max_pixels: int = _MOST_PIXELS) -> None:
        """
        Args:
            min_person_share: height of the smallest person to find, as a share of the picture's height.
            score_floor: detections below it are dropped.
            max_pixels: budget for the scaled picture; where it binds, the smallest people are missed rather than the time.
        """
        self._min_person_share = min_person_share
        self._score_floor = score_floor
        self._max_pixels = max_pixels
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())  # pyright: ignore
        self._least_distance = float((np.log(score_floor / (1 - score_floor)) - _OFFSET) / _STEEPNESS)

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        """Find people. `regions_xyxy` (N, 4), full-frame pixels: look only around these, which saves time where they are small."""
        luma = frame.luma()
        near, far = self._close_up(luma), self._far(luma, regions_xyxy)
        boxes, distances = np.concatenate([near[0], far[0]]), np.concatenate([near[1], far[1]])
        scores = _confidence(distances)
        kept = non_maximum(boxes, scores, np.zeros(len(scores), np.int8), _OVERLAP)
        return Detections.people(clipped(boxes[kept], frame.width, frame.height), scores[kept])

    def _close_up(self, luma: Plane) -> tuple[Floats, Floats]:
        scale = _CLOSE_HEIGHT / luma.shape[0]
        edge = _CLOSE_BORDER
        bordered = cv2.copyMakeBorder(_scaled(luma, scale), edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        boxes, distances = self._search(bordered)
        boxes = (boxes - edge) / scale
        # The border continues the picture's edge as bars, which look like legs: who stands there is found only when well inside.
        cut = clipped(boxes, luma.shape[1], luma.shape[0])
        inside = area(cut) >= _INSIDE * area(boxes)
        return boxes[inside], distances[inside]

    def _far(self, luma: Plane, regions_xyxy: Floats | None) -> tuple[Floats, Floats]:
        if self._min_person_share >= _CLOSE_SHARE:
            return _NOBODY
        scale = self._scale(*luma.shape)
        grey = _scaled(luma, scale)
        found = [_NOBODY]
        for left, top, right, bottom in _parts(grey, regions_xyxy, scale):
            boxes, distances = self._search(grey[top:bottom, left:right])
            found.append((boxes + np.array([left, top] * 2, np.float32), distances))
        return np.concatenate([boxes for boxes, _ in found]) / scale, np.concatenate([distances for _, distances in found])

    def _scale(self, height: int, width: int) -> float:
        wanted = _PERSON / (self._min_person_share * height)
        affordable = (self._max_pixels / (width * height)) ** 0.5
        return min(wanted, affordable, _MOST_ENLARGED)

    def _search(self, grey: Plane) -> tuple[Floats, Floats]:
        """People in a picture at this scale and smaller ones: boxes (N, 4) and distances from the hyperplane (N,)."""
        windows, distances = self._hog.detectMultiScale(
            _no_smaller_than_window(grey),
            hitThreshold=self._least_distance,
            winStride=_STRIDE,
            padding=_PADDING,
            scale=_PYRAMID,
            groupThreshold=0,
        )
        boxes = np.array(windows, np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return _to_people(boxes), np.array(distances, np.float32).reshape(-1)


_NOBODY: tuple[Floats, Floats] = (np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


def _scaled(luma: Plane, scale: float) -> Plane:
    """At least one window large, whatever the scale."""
    height, width = luma.shape
    size = (max(_WINDOW[0], round(width * scale)), max(_WINDOW[1], round(height * scale)))
    return cv2.resize(luma, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _no_smaller_than_window(grey: Plane) -> Plane:
    """OpenCV reads beyond a picture that is smaller than the window (segmentation fault): extend it to the right and below."""
    right, below = (max(0, least - size) for least, size in zip(_WINDOW, grey.shape[::-1], strict=True))
    return cv2.copyMakeBorder(grey, 0, below, 0, right, cv2.BORDER_REPLICATE) if right or below else grey


def _parts(grey: Plane, regions_xyxy: Floats | None, scale: float) -> list[tuple[int, ...]]:
    """Where to search in the scaled picture, as (left, top, right, bottom): around the regions, or everywhere when that is hardly more."""
    height, width = grey.shape
    everything = [(0, 0, width, height)]
    if regions_xyxy is None:
        return everything
    grown = merged(_room_for_windows(regions_xyxy * scale), 0, width, height)
    if np.prod(grown[:, 2:] - grown[:, :2], axis=1).sum() > _HARDLY_LESS * width * height:
        return everything
    return [tuple(round(float(edge)) for edge in box) for box in grown]


def _room_for_windows(boxes_xyxy: Floats) -> Floats:
    """Boxes grown about their middle by a half, and to no less than a window and its padding."""
    middles = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2
    least = np.array(_WINDOW, np.float32) * 1.25
    halves = np.maximum((boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]) * 0.75, least / 2)
    return np.hstack([middles - halves, middles + halves]).astype(np.float32)


def _to_people(windows_xyxy: Floats) -> Floats:
    """Windows (N, 4) shrunk to the people in them."""
    size = np.tile(windows_xyxy[:, 2:] - windows_xyxy[:, :2], 2)
    return (windows_xyxy + size * _SHRINK).astype(np.float32)


def _confidence(distances: Floats) -> Floats:
    return (1 / (1 + np.exp(-(_STEEPNESS * distances + _OFFSET)))).astype(np.float32)

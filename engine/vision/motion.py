"""Where something moves: a background that is learnt per pixel, and what differs from it.

A running mean and a running spread per pixel in the manner of Wren et al., "Pfinder" (PAMI 1997), with selective update: what differs
is learnt slowly, so that a person who pauses does not vanish at once. A change of light keeps the edges of the scene where they were; a
change that keeps them is taken as light and learnt at once.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import Polygon
from engine.model.observation import Motion
from engine.model.time import SECOND
from engine.vision.regions import merged

_WIDTH = 320
_BACKGROUND_S = 3.0  # what looks like background is learnt with this time constant
_FOREGROUND_S = 15.0  # … and what does not with this one
_SPREAD_S = 6.0
_WARM_UP_S = 0.7
_GAP_S = 10.0  # after so long without a picture the scene is learnt anew
_LEAST_DIFFERENCE = 14.0  # grey levels; below it, compression and sensor noise
_SPREADS = 4.0
_LARGEST_SPREAD = 15.0
_FLICKER = 1.25  # largest factor between two pictures that is taken as flicker or a passing cloud
_DARK = 16.0  # grey levels below which a factor says nothing
_FEW = 30
_SUSPICIOUS_SHARE = 0.25  # from here on it may be the light
_SAME_EDGES = 0.6  # correlation of the edges now and before, above which it is
_BLOCK = 4
_BUSY = 255 / 5
_LEAST_AREA = 1 / 300  # of the picture; smaller regions, already grown by one block all round, are noise
_MARGIN = 0.015  # of the picture's width, around a region

Mask = npt.NDArray[Any]
"""(height, width) uint8, 255 where something holds."""

Plane = npt.NDArray[Any]
"""(height, width) float32 or uint8, at reduced size."""


class MotionDetector:
    """One per camera, on its capture thread. About 0.3 ms per picture of 640 × 360."""

    def __init__(self, masks: tuple[Polygon, ...] = ()) -> None:
        """`masks`: polygons in shares of the picture in which nothing is looked for."""
        self._masks = masks
        self._scene: _Scene | None = None

    def look(self, frame: DecodedFrame) -> Motion:
        """Compare a frame with what its camera usually shows. Nothing moves in the first frames, nor when only the light changes."""
        if frame.width < 8 or frame.height < 8:
            return Motion.none()
        grey = _small(frame.luma())
        scene = self._scene
        if scene is None or not scene.continues(grey, frame.captured_ns):
            self._scene = _Scene(grey, frame.captured_ns, _visible(grey.shape, self._masks))
            return Motion.none()
        moving = scene.moving(grey, frame.captured_ns)
        return Motion.none() if moving is None else _motion(moving, scene.visible_pixels, frame)


class _Scene:
    """What one camera usually shows, at reduced size."""

    def __init__(self, grey: Plane, now_ns: int, visible: Mask | None) -> None:
        self._began_ns = self._now_ns = now_ns
        self._mean: Plane = grey.astype(np.float32)
        self._spread: Plane = np.full(grey.shape, 2.0, np.float32)
        self._visible = visible
        self.visible_pixels = grey.size if visible is None else int(np.count_nonzero(visible))

    def continues(self, grey: Plane, now_ns: int) -> bool:
        """Whether a picture of this size and time can be compared with what is known."""
        return grey.shape == self._mean.shape and 0 <= now_ns - self._now_ns <= _GAP_S * SECOND

    def moving(self, grey: Plane, now_ns: int) -> Mask | None:
        """255 where the picture differs from the usual, or None while learning and when only the light changed."""
        now = grey.astype(np.float32)
        self._follow_brightness(now)
        changed, difference = self._compare(now)
        if self._is_light(changed, now):
            self._mean, self._now_ns = now, now_ns
            return None
        self._learn(now, difference, changed, now_ns)
        return changed if now_ns - self._began_ns >= _WARM_UP_S * SECOND else None

    def _follow_brightness(self, now: Plane) -> None:
        """Lamps flicker and clouds pass: brighten or darken the whole mean as the typical pixel did."""
        usual = self._mean[::8, ::8]
        lit = usual > _DARK
        if np.count_nonzero(lit) < _FEW:
            return
        gain = float(np.median(now[::8, ::8][lit] / usual[lit]))
        if 1 / _FLICKER < gain < _FLICKER:
            self._mean = np.minimum(self._mean * np.float32(gain), np.float32(255))

    def _compare(self, now: Plane) -> tuple[Mask, Plane]:
        difference = cv2.absdiff(now, self._mean)
        limit = np.maximum(self._spread * np.float32(_SPREADS), np.float32(_LEAST_DIFFERENCE))
        changed = cv2.compare(difference, limit, cv2.CMP_GT)
        if self._visible is not None:
            changed = cv2.bitwise_and(changed, self._visible)
        return cv2.medianBlur(changed, 3), difference

    def _is_light(self, changed: Mask, now: Plane) -> bool:
        if cv2.countNonZero(changed) < _SUSPICIOUS_SHARE * self.visible_pixels:
            return False
        return _correlation(_edges(now)[changed > 0], _edges(self._mean)[changed > 0]) > _SAME_EDGES

    def _learn(self, now: Plane, difference: Plane, changed: Mask, now_ns: int) -> None:
        passed_s, age_s = (now_ns - self._now_ns) / SECOND, (now_ns - self._began_ns) / SECOND
        self._now_ns = now_ns
        # A young scene is the plain mean of what was seen: who stood in the first picture fades as soon as he walks on.
        slow = _rate(passed_s, min(_FOREGROUND_S, max(age_s, passed_s)))
        fast = _rate(passed_s, min(_BACKGROUND_S, max(age_s, passed_s)))
        cv2.accumulateWeighted(now, self._mean, slow)
        cv2.accumulateWeighted(now, self._mean, fast - slow, cv2.bitwise_not(changed))
        cv2.accumulateWeighted(np.minimum(difference, _LARGEST_SPREAD), self._spread, _rate(passed_s, _SPREAD_S))


def _rate(passed_s: float, constant_s: float) -> float:
    return 1.0 - math.exp(-passed_s / constant_s) if passed_s > 0 else 0.0


def _small(luma: Plane) -> Plane:
    """About `_WIDTH` wide, by a whole factor (which OpenCV averages fast), a little blurred."""
    height, width = luma.shape
    factor = max(1, min(round(width / _WIDTH), height // 8))
    if factor > 1:
        whole = luma[: height // factor * factor, : width // factor * factor]
        luma = cv2.resize(whole, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    return cv2.blur(luma, (3, 3))


def _visible(shape: tuple[int, ...], masks: tuple[Polygon, ...]) -> Mask | None:
    """255 where motion counts; None when that is everywhere."""
    outlines = [np.array(mask, np.float64) for mask in masks if len(mask) >= 3]
    if not outlines:
        return None
    size = np.array([shape[1], shape[0]])
    visible = np.full(shape, 255, np.uint8)
    cv2.fillPoly(visible, [np.round(outline * size).astype(np.int32) for outline in outlines], 0)
    return visible


def _edges(grey: Plane) -> Plane:
    return cv2.Laplacian(cv2.GaussianBlur(grey, (5, 5), 0), cv2.CV_32F)


def _correlation(first: Plane, second: Plane) -> float:
    """Cosine of two vectors; 0 when either is flat."""
    norms = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    return float(np.dot(first, second)) / norms if norms > 1e-6 else 0.0


def _motion(moving: Mask, visible_pixels: int, frame: DecodedFrame) -> Motion:
    blocks = _busy_blocks(moving)
    boxes_xywha = cv2.connectedComponentsWithStats(blocks)[2][1:]
    boxes = boxes_xywha[boxes_xywha[:, 4] >= _LEAST_AREA * blocks.size, :4].astype(np.float32)
    if not len(boxes):
        return Motion.none()
    boxes[:, 2:] += boxes[:, :2]
    factor = np.array([frame.width / blocks.shape[1], frame.height / blocks.shape[0]] * 2, np.float32)
    share = cv2.countNonZero(moving) / max(1, visible_pixels)
    return Motion(share, merged(boxes * factor, _MARGIN * frame.width, frame.width, frame.height))


def _busy_blocks(moving: Mask) -> Mask:
    """1 for every block of 4 × 4 pixels of which a fifth moves, and its neighbours: far fewer pixels to find regions in."""
    height, width = moving.shape
    shares = cv2.resize(moving, (max(1, width // _BLOCK), max(1, height // _BLOCK)), interpolation=cv2.INTER_AREA)
    return cv2.dilate((shares > _BUSY).astype(np.uint8), np.ones((3, 3), np.uint8))

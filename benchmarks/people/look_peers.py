"""The usual ways to tell whether two pictures show the same, which looks of scenes are measured beside.

dHash: Krawetz, "Kind of Like That", 2013. ORB: Rublee et al., ICCV 2011, with Lowe's ratio test and a homography by RANSAC.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D

_POINTS, _LONGEST, _RATIO, _REACH = 500, 640, 0.8, 5.0
_FEWEST = 4  # points of a homography

Signature = npt.NDArray[np.float64]


def dhash(picture: Bytes2D) -> Signature:
    """64 bits as −1/8 and 1/8: their product is 1 − 2 · (share of bits that differ)."""
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (9, 8), interpolation=cv2.INTER_AREA)
    return np.where(small[:, 1:] > small[:, :-1], 1.0, -1.0).ravel() / 8


def colours(picture: Bytes2D) -> Signature:
    """Square roots of a histogram of 8 × 4 × 4 hues, saturations and values: their product is the Bhattacharyya coefficient."""
    small = cv2.cvtColor(cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2HSV)
    counts = np.asarray(cv2.calcHist([small], [0, 1, 2], None, [8, 4, 4], [0, 180, 0, 256, 0, 256]), np.float64).ravel()
    return np.sqrt(counts / counts.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """(n, 2) places and (n, 32) descriptors."""

    places: npt.NDArray[np.float32]
    descriptors: Bytes2D | None


class PointMatcher:
    def __init__(self) -> None:
        self._orb = cv2.ORB.create(_POINTS)
        self._matcher = cv2.BFMatcher(cv2.NORM_HAMMING)

    def points(self, picture: Bytes2D) -> Points:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        factor = min(1.0, _LONGEST / max(grey.shape))
        found, descriptors = self._orb.detectAndCompute(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), None)
        places = np.array([each.pt for each in found], np.float32).reshape(-1, 2)
        return Points(places, None if descriptors is None else np.asarray(descriptors, np.uint8))

    def inliers(self, one: Points, other: Points) -> int:
        """How many points of both one homography explains."""
        if one.descriptors is None or other.descriptors is None or min(len(one.places), len(other.places)) < _FEWEST:
            return 0
        both = [pair for pair in self._matcher.knnMatch(one.descriptors, other.descriptors, k=2) if len(pair) == 2]
        good = [best for best, next_best in both if best.distance < _RATIO * next_best.distance]
        if len(good) < _FEWEST:
            return 0
        ours = np.array([one.places[each.queryIdx] for each in good])
        theirs = np.array([other.places[each.trainIdx] for each in good])
        _, explained = cv2.findHomography(ours, theirs, cv2.RANSAC, _REACH)
        return 0 if explained is None else int(np.sum(explained))

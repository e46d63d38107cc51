"""How well a face can be recognised, and what is wrong with it.

Three parts in 0–1, multiplied: each alone can make a face useless, and none can make up for another. Every part rises with what it
measures.
"""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.faces.alignment import ALIGNED, AlignedFace, eye_distance

SMALL_EYES, LARGE_EYES = 8.0, 40.0  # pixels between the eyes; the template has 35, so more adds nothing
BLURRED, SHARP = 0.01, 0.12  # variance of the Laplacian per variance of grey, see `sharpness`
MOST_TURNED = 0.6  # eye distances the nose may be off the middle: a profile
_NOSE_BETWEEN = 0.52  # share of the way from eyes to mouth where the nose is in the template
_FLAT = 1e-6
_PLAIN = 9.0  # grey levels squared


@dataclass(frozen=True, slots=True)
class Quality:
    """size, sharpness, pose: each 0–1. Pose 1 is looking into the camera."""

    size: float
    sharpness: float
    pose: float

    @property
    def total(self) -> float:
        return self.size * self.sharpness * self.pose

    @property
    def worst(self) -> str:
        """What lowers it most: `small`, `blurred` or `turned`."""
        parts = {"small": self.size, "blurred": self.sharpness, "turned": self.pose}
        return min(parts, key=lambda name: parts[name])


def quality(landmarks: Floats, aligned: AlignedFace) -> Quality:
    """
    Args:
        landmarks: (5, 2) pixels of the picture, ordered as `FACE_LANDMARKS`. aligned: the face made from them.
    """
    return Quality(size(landmarks), sharpness(aligned.linear), pose(landmarks))


def size(landmarks: Floats) -> float:
    """From the pixels between the eyes: 0 at 8 and below, 1 from 40. Rises with the logarithm, since doubling counts the same anywhere."""
    return _share_log(eye_distance(landmarks), SMALL_EYES, LARGE_EYES)


def sharpness(aligned_bgr: Bytes2D) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) of the upright face, per variance of its grey levels: not moved by contrast.

    It is smoothed once, since sensor noise would otherwise pass for detail, and only the middle counts, not hair and background.
    """
    edge = ALIGNED // 7
    grey = cv2.GaussianBlur(cv2.cvtColor(aligned_bgr, cv2.COLOR_BGR2GRAY), (0, 0), 0.8)[edge:-edge, edge:-edge].astype(np.float32)
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    return _share_log(detail / (float(grey.var()) + _PLAIN), BLURRED, SHARP)


def pose(landmarks: Floats) -> float:
    """From the symmetry of the five points: how far the nose is beside the middle line (turned), and above or below its place (tilted)."""
    points = landmarks.astype(np.float64)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    across, down = points[1] - points[0], mouth - eyes
    width, height = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if width == 0.0 or height == 0.0:
        return 0.0
    nose = points[2] - eyes
    area = _cross(across, down)
    if abs(area) < _FLAT * width * height:
        return 0.0
    # The nose as so many eye distances across and so many eye-to-mouth distances down.
    beside, along = _cross(nose, down) / area, _cross(across, nose) / area
    turned = abs(beside) / MOST_TURNED
    tilted = abs(along - _NOSE_BETWEEN) / MOST_TURNED
    return float(np.clip(1.0 - np.hypot(turned, tilted), 0.0, 1.0))


def _cross(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    return float(first[0] * second[1] - first[1] * second[0])


def _share_log(value: float, low: float, high: float) -> float:
    return float(np.clip(np.log(max(value, 1e-9) / low) / np.log(high / low), 0.0, 1.0))

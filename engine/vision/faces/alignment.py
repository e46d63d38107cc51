"""Bringing a face upright and to one size, as recognisers were trained on it."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.geometry import Floats
from engine.model.value_class import dataclass

Doubles = npt.NDArray[np.float64]

ALIGNED = 112
# Where the five points of an upright face are in 112 × 112: the template of ArcFace (Deng et al., CVPR 2019), also that of SFace.
TEMPLATE: Floats = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
LEAST_EYES = 6.0  # pixels between the eyes; enlarged more than six times, nothing of a face is left
WORST_FIT = 12.0  # pixels of the template; real faces, also in profile, stay below 9


@dataclass(frozen=True, slots=True)
class AlignmentRefusal:
    """Why something cannot be used, as a sentence."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """An upright face.

    Attributes:
        pixels: (112, 112, 3) uint8 BGR, for recognition. fit: root mean square distance of its points from the template, in pixels of it.
        linear: the same interpolated linearly, which is softer where the face is enlarged; limits of sharpness are set on it.
    """

    pixels: Bytes2D
    fit: float
    linear: Bytes2D


def align(picture_bgr: Bytes2D, landmarks: Floats) -> AlignedFace | AlignmentRefusal:
    """Turn, scale and shift a face so that its five points come as near as possible to the template.

    The least-squares similarity of two sets of points in the plane (Umeyama 1991), which with complex numbers is a single quotient.

    Args:
        picture_bgr: (H, W, 3) uint8. landmarks: (5, 2) pixels, ordered as `FACE_LANDMARKS`.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != TEMPLATE.shape or not np.isfinite(points).all():
        return AlignmentRefusal("The five points of the face are not numbers.")
    if eye_distance(points) < LEAST_EYES:
        return AlignmentRefusal(f"The face is too small: its eyes are less than {LEAST_EYES:g} pixels apart.")
    matrix, fit = _similarity(points)
    if fit > WORST_FIT:
        return AlignmentRefusal("The five points do not lie as those of a face do.")
    part, onto = _part_to_template(picture_bgr, matrix)
    linear, interpolation = _warped(part, onto, cv2.INTER_LINEAR), warp_interpolation(matrix)
    pixels = linear if interpolation == cv2.INTER_LINEAR else _warped(part, onto, interpolation)
    return AlignedFace(pixels, fit, linear)


def eye_distance(landmarks: npt.NDArray[np.floating]) -> float:
    """Pixels."""
    return float(np.linalg.norm(landmarks[0].astype(np.float64) - landmarks[1]))


def _similarity(points: Doubles) -> tuple[Doubles, float]:
    """The 2 × 3 matrix from picture to template, and the root mean square distance that is left."""
    middle, target = points.mean(axis=0), TEMPLATE.mean(axis=0, dtype=np.float64)
    given, wanted = _complex(points - middle), _complex(TEMPLATE - target)
    factor = complex(np.vdot(given, wanted)) / float(np.sum(np.abs(given) ** 2))
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    fit = float(np.sqrt(np.mean(np.abs(factor * given - wanted) ** 2)))
    return np.hstack([turn, (target - turn @ middle)[:, None]]), fit


def _complex(points: npt.NDArray[np.floating]) -> npt.NDArray[np.complex128]:
    return points[:, 0] + 1j * points[:, 1].astype(np.complex128)


def warp_interpolation(matrix: Doubles) -> int:
    """For `cv2.warpAffine`: cubic where the 2 × 3 matrix enlarges. Small faces keep more of what tells people apart than with linear."""
    return cv2.INTER_CUBIC if _scale(matrix) > 1.0 else cv2.INTER_LINEAR


def _scale(matrix: Doubles) -> float:
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def _part_to_template(picture_bgr: Bytes2D, matrix: Doubles) -> tuple[Bytes2D, Doubles]:
    """The part of the picture with the face, and the 2 × 3 matrix from it to the template.

    A face larger than the template is made smaller first by halves: sampling only a few of its pixels for each would alias.
    """
    corners = _corners_in_picture(matrix)
    height, width = picture_bgr.shape[:2]
    x0, y0 = np.clip(np.floor(corners.min(axis=0)) - 2, 0, [width - 1, height - 1]).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0)) + 3, [x0 + 1, y0 + 1], [width, height]).astype(int)
    part = picture_bgr[y0:y1, x0:x1]
    shrink = min(1.0, 2 * _scale(matrix))
    if shrink < 1.0:
        size = max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    real = np.array([part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)])
    return part, np.hstack([matrix[:, :2] / real, (matrix[:, 2] + matrix[:, :2] @ [x0, y0])[:, None]])


def _warped(part_bgr: Bytes2D, matrix: Doubles, interpolation: int) -> Bytes2D:
    return cv2.warpAffine(part_bgr, matrix, (ALIGNED, ALIGNED), flags=interpolation)  # pyright: ignore[reportReturnType]


def _corners_in_picture(matrix: Doubles) -> Doubles:
    """Where the corners of the template lie in the picture, (4, 2)."""
    square = np.array([[0, 0], [ALIGNED, 0], [0, ALIGNED], [ALIGNED, ALIGNED]], np.float64)
    return np.linalg.solve(matrix[:, :2], (square - matrix[:, 2]).T).T.astype(np.float64)

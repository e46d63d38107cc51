"""Faces in a part of a picture: YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023), as OpenCV runs it."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Box, Floats
from engine.model.value_class import dataclass
from engine.vision.faces.alignment import LEAST_EYES, eye_distance, warp_interpolation

SIDE = 224
CLOSE_SIDE = 160
MOST_ENLARGED = 3.0
LEAST_REGION = 8  # pixels; no face of that size can be told from noise
_UPRIGHT = np.radians(2.5)
_UNDERSTATED = 1.6  # true tilt per tilt seen close up
_MOST_LOOKS = 4
_MIRRORED = [1, 0, 2, 4, 3]  # which point each is in the mirror
_CLOSE_REACH = 0.3  # of the square, from the middle of the five points to the farthest: the eyes about 65 pixels apart


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """Where faces are, best first, in pixels of the full picture.

    Attributes:
        boxes_xyxy: (N, 4) float32. landmarks: (N, 5, 2) float32, ordered as `FACE_LANDMARKS`. scores: (N,) float32 in 0–1.
    """

    boxes_xyxy: Floats
    landmarks: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> "FoundFaces":
        return cls(np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))

    def translated(self, right: float, down: float) -> "FoundFaces":
        shift = np.array([right, down], np.float32)
        return FoundFaces(self.boxes_xyxy + np.tile(shift, 2), self.landmarks + shift, self.scores)

    def only(self, kept: Any) -> "FoundFaces":
        """Those of these indices, in their order."""
        return FoundFaces(self.boxes_xyxy[kept], self.landmarks[kept], self.scores[kept])


class FaceFinder:
    """Looks for faces in one region of a picture at a time. Any one thread at a time; on one core 2 ms per region and 4 ms per face.

    A region is fitted into a square of 224: large ones are made smaller, small ones larger (at most three times), because a person far
    away has a face of ten pixels that the network does not see. The square never changes, since a change costs as much as a search.

    YuNet finds tilted heads but draws their points too upright, the more so the smaller the face is in the square: with the eyes 30 pixels
    apart a head tilted by 20° appears upright, and is not recognised (cosine 0.6 to itself); close up more than half of it is seen. So
    every face is looked at again, close up and turned by what was seen, until it appears upright (cosine 0.95). The last look is repeated
    in the mirror, and the points are the mean of both, which steadies those of small faces.
    """

    def __init__(self, path: Path, score_floor: float = 0.7, overlap: float = 0.3) -> None:
        """
        Args:
            path: YuNet, the file of 2023. score_floor: in 0–1; what scores less is no face. overlap: IoU above which the weaker goes.

        Raises:
            EnvironmentFault: `model_damaged`.
        """
        self._wide = _network(path, SIDE, score_floor, overlap)
        self._close = _network(path, CLOSE_SIDE, score_floor, overlap)

    def find(self, picture_bgr: Bytes2D, region_xyxy: Box | None = None) -> FoundFaces:
        """Faces of a region, best first; none where the region is empty or smaller than eight pixels.

        Args:
            picture_bgr: (H, W, 3) uint8, or (H, W) grey. region_xyxy: pixels, may reach over the edges; None is all of the picture.
        """
        height, width = picture_bgr.shape[:2]
        x0, y0, x1, y1 = _whole_pixels(region_xyxy or (0.0, 0.0, float(width), float(height)), width, height)
        if min(x1 - x0, y1 - y0) < LEAST_REGION:
            return FoundFaces.none()
        part = in_colour(picture_bgr[y0:y1, x0:x1])
        square, scale = _fitted(part)
        found = _scaled(_detected(self._wide, square), 1 / scale)
        for index, points in enumerate(found.landmarks):
            found.landmarks[index] = self._straightened(part, points)
        return found.translated(x0, y0)

    def _straightened(self, part_bgr: Bytes2D, points: Floats) -> Floats:
        """The five points (5, 2) again, from the face close up, turned as often as it still appears tilted."""
        if eye_distance(points) < LEAST_EYES:
            return points  # nobody will embed it
        tilt = _tilt(points)
        for look in range(1, _MOST_LOOKS + 1):
            matrix = _close_up(points, tilt)
            square = np.asarray(cv2.warpAffine(part_bgr, matrix, (CLOSE_SIDE, CLOSE_SIDE), flags=warp_interpolation(matrix)), np.uint8)
            again = self._nearest_to_middle(square)
            if again is None:
                break
            seen = _tilt(again)
            last = abs(seen) < _UPRIGHT or look == _MOST_LOOKS
            again = self._mean_with_mirrored(square, again) if last else again
            points = cv2.transform(again[None], cv2.invertAffineTransform(matrix))[0].astype(np.float32)
            if last:
                break
            tilt += _UNDERSTATED * seen
        return points

    def _mean_with_mirrored(self, square: Bytes2D, points: Floats) -> Floats:
        """The points of a close-up (5, 2), averaged with those seen in its mirror image where the face is found there, too."""
        other = self._nearest_to_middle(np.ascontiguousarray(square[:, ::-1]))
        if other is None:
            return points
        back = other[_MIRRORED]
        back[:, 0] = CLOSE_SIDE - 1 - back[:, 0]
        return np.asarray((points + back) / 2, np.float32)

    def _nearest_to_middle(self, square: Bytes2D) -> Floats | None:
        found = _detected(self._close, square)
        if not len(found):
            return None
        middles = found.landmarks.mean(axis=1)
        return found.landmarks[int(np.argmin(np.linalg.norm(middles - CLOSE_SIDE / 2, axis=1)))]


def _network(path: Path, side: int, score_floor: float, overlap: float) -> cv2.FaceDetectorYN:
    """Ready to run; raises EnvironmentFault as the constructor says."""
    try:
        network = cv2.FaceDetectorYN.create(str(path), "", (side, side), score_floor, overlap)
        network.detect(np.zeros((side, side, 3), np.uint8))
    except cv2.error as error:
        raise EnvironmentFault("model_damaged", f"The model file {path.name} cannot be used: {error}. Install it again.") from error
    return network


def _detected(network: cv2.FaceDetectorYN, square: Bytes2D) -> FoundFaces:
    """Faces in pixels of the square, best first."""
    rows: Any = network.detect(square)[1]  # None where there is none
    if rows is None:
        return FoundFaces.none()
    rows = rows[np.isfinite(rows).all(axis=1)]
    rows = rows[np.argsort(-rows[:, -1], kind="stable")].astype(np.float32)
    boxes = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
    return FoundFaces(boxes, rows[:, 4:14].reshape(-1, 5, 2), np.clip(rows[:, 14], 0, 1))


def _tilt(points: Floats) -> float:
    """Radians by which the line through the eyes falls to the right."""
    across = points[1] - points[0]
    return float(np.arctan2(across[1], across[0]))


def _close_up(points: Floats, tilt: float) -> npt.NDArray[np.float64]:
    """2 × 3 matrix from the part to the square: the face upright in the middle, its eyes 0.4 of the square apart."""
    middle = points.mean(axis=0)
    reach = max(float(np.linalg.norm(points - middle, axis=1).max()), 1.0)
    matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), float(np.degrees(tilt)), _CLOSE_REACH * CLOSE_SIDE / reach)
    matrix[:, 2] += CLOSE_SIDE / 2 - middle
    return np.asarray(matrix, np.float64)


def in_colour(picture: Bytes2D) -> Bytes2D:
    """(H, W, 3) of a picture that may be grey."""
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture  # pyright: ignore[reportReturnType]


def _whole_pixels(region: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The region on the grid, cut at the picture; empty for one that is not a number."""
    if not np.isfinite(region).all():
        return 0, 0, 0, 0
    x0, y0 = max(0, int(region[0])), max(0, int(region[1]))
    return x0, y0, min(width, int(np.ceil(region[2]))), min(height, int(np.ceil(region[3])))


def _fitted(part_bgr: Bytes2D) -> tuple[Bytes2D, float]:
    """The part in the top left corner of a black square, and square pixels per pixel of the part."""
    height, width = part_bgr.shape[:2]
    scale = min(SIDE / max(height, width), MOST_ENLARGED)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    square = np.zeros((SIDE, SIDE, 3), np.uint8)
    square[: size[1], : size[0]] = cv2.resize(part_bgr, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return square, scale


def _scaled(found: FoundFaces, factor: float) -> FoundFaces:
    return FoundFaces((found.boxes_xyxy * factor).astype(np.float32), (found.landmarks * factor).astype(np.float32), found.scores)

"""From a box in a picture to a spot on the floor, with how sure that is.

With four or more floor points clicked, a plane homography by normalised direct linear transform (Hartley & Zisserman, Multiple View
Geometry, 2nd ed., algorithm 4.2); otherwise a pinhole camera at its pose, level with the horizon. Pixel errors become metres through the
Jacobian, so somebody far away is known less well along the line of sight than across it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Box, Point
from engine.model.site import CameraPose, FloorPoint

Array = npt.NDArray[np.float64]

STATURE_M, STATURE_SPREAD_M = 1.7, 0.12
_BOX_ERROR = 0.03  # of a box's height: how far its edges are off, and feet beside its middle
_LEAST_PIXELS = 1.5
_POSE_RAD, _POSE_M = math.radians(1.2), 0.06  # how far a pose is off that was set by hand: its direction, and its place
_CLICK_PIXELS, _CLICK_M = 3.0, 0.04  # and points that were clicked
_EDGE = 0.01  # of the picture's height: a box that reaches the edge is cut there
_FARTHEST_M = 60.0
_STEP = 0.5  # pixels, for the Jacobian


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """On the floor: `xy` (2,) metres, `covariance` (2, 2) m²."""

    xy: Array
    covariance: Array


class FloorView:
    """How one camera sees the floor, for pictures of one size in pixels."""

    def __init__(self, pose: CameraPose, size: tuple[int, int]) -> None:
        """Raises ValueError: floor points that lie on a line, or a camera that looks straight up or down."""
        self._size = size
        self._pose = pose
        self._rays = Rays(pose, size)
        self._homography = homography(pose.floor_points, size) if pose.floor_points else None
        self._off_pixels = _CLICK_PIXELS if pose.floor_points else _POSE_RAD * self._rays.focal
        self._off_m = _CLICK_M if pose.floor_points else _POSE_M

    def spot(self, box: Box) -> Spot | None:
        """Where who fills this box stands; None for the sky, and for what is too far to tell."""
        height = box[3] - box[1]
        middle = (box[0] + box[2]) / 2
        if self._cut(box):
            return self._from_head((middle, box[1]), height)
        return self._spot((middle, box[3]), max(_BOX_ERROR * height, _LEAST_PIXELS), self._on_floor)

    def _cut(self, box: Box) -> bool:
        """Whether the feet are below the picture."""
        return box[3] >= self._size[1] * (1 - _EDGE)

    def _on_floor(self, pixel: Point) -> Array | None:
        if self._homography is not None:
            return _mapped(self._homography, pixel)
        return self._rays.at_height(pixel, 0.0)

    def _from_head(self, pixel: Point, height: float) -> Spot | None:
        """The feet are cut off: take somebody of usual stature, and a wide guess at how far that is wrong."""
        spot = self._spot(pixel, max(_BOX_ERROR * height, _LEAST_PIXELS), lambda at: self._rays.at_height(at, STATURE_M))
        if spot is None:
            return None
        taller = self._rays.at_height(pixel, STATURE_M + STATURE_SPREAD_M)
        if taller is None:
            return None
        off = taller - spot.xy
        return Spot(spot.xy, spot.covariance + np.outer(off, off))

    def _spot(self, pixel: Point, error: float, project: Callable[[Point], Array | None]) -> Spot | None:
        at = project(pixel)
        right, below = project((pixel[0] + _STEP, pixel[1])), project((pixel[0], pixel[1] + _STEP))
        if at is None or right is None or below is None:
            return None
        away = float(np.hypot(*(at - np.array(self._pose.position[:2]))))
        if away > _FARTHEST_M:
            return None
        jacobian = np.column_stack([right - at, below - at]) / _STEP
        covariance = jacobian @ jacobian.T * (error**2 + self._off_pixels**2) + np.eye(2) * self._off_m**2
        return Spot(at, covariance)


class Rays:
    """A pinhole camera at its pose: pixels square, principal point in the middle, horizon level."""

    def __init__(self, pose: CameraPose, size: tuple[int, int]) -> None:
        """Raises ValueError: it looks straight up or down, so the picture's upper edge could be anywhere."""
        self._origin = np.array(pose.position, np.float64)
        ahead = np.array(pose.aim, np.float64) - self._origin
        across = np.cross(ahead, (0.0, 0.0, 1.0))
        if float(np.hypot(across[0], across[1])) < 1e-6:
            raise ValueError(f"camera {pose.camera_id}: it looks straight up or down")
        self._ahead = ahead / np.linalg.norm(ahead)
        self._right = across / np.linalg.norm(across)
        self._down = np.cross(self._ahead, self._right)
        self.focal = size[0] / 2 / math.tan(math.radians(min(pose.fov_deg, 170.0)) / 2)
        self._middle = (size[0] / 2, size[1] / 2)

    def at_height(self, pixel: Point, height_m: float) -> Array | None:
        """(2,) where the ray through a pixel meets the level plane at that height; None when it never does."""
        across, down = (pixel[0] - self._middle[0]) / self.focal, (pixel[1] - self._middle[1]) / self.focal
        ray = self._ahead + across * self._right + down * self._down
        along = (height_m - self._origin[2]) / ray[2] if abs(ray[2]) > 1e-9 else -1.0
        return None if along <= 0 else (self._origin + along * ray)[:2]

    def pixel(self, spot: tuple[float, float, float]) -> Point | None:
        """Where a point of the room is in the picture; None behind the camera."""
        off = np.array(spot, np.float64) - self._origin
        depth = float(off @ self._ahead)
        if depth <= 1e-6:
            return None
        x = self._middle[0] + self.focal * float(off @ self._right) / depth
        return x, self._middle[1] + self.focal * float(off @ self._down) / depth


def homography(points: tuple[FloorPoint, ...], size: tuple[int, int]) -> Array:
    """(3, 3) from pixels to metres, least squares over all points.

    Raises:
        ValueError: fewer than four, or three and more of four on one line.
    """
    pixels = np.array([point.image for point in points], np.float64) * np.array(size)
    floor = np.array([point.floor for point in points], np.float64)
    if len(points) < 4:
        raise ValueError("floor_points: four or more are needed")
    (from_even, even), (to_even, level) = _evened(pixels), _evened(floor)
    rows = [row for (x, y), (u, v) in zip(even, level, strict=True) for row in _equations(x, y, u, v)]
    _, values, vectors = np.linalg.svd(np.array(rows))
    if values[7] < 1e-6 * values[0]:
        raise ValueError("floor_points: they lie on a line; choose points that span an area")
    even_map = vectors[-1].reshape(3, 3)
    full = np.linalg.inv(to_even) @ even_map @ from_even
    scale = float(full[2] @ np.array([*pixels.mean(axis=0), 1.0]))
    return full / scale  # so that the third coordinate is above 0 on the clicked side of the horizon


def _equations(x: float, y: float, u: float, v: float) -> tuple[list[float], list[float]]:
    return [-x, -y, -1, 0, 0, 0, u * x, u * y, u], [0, 0, 0, -x, -y, -1, v * x, v * y, v]


def _evened(points: Array) -> tuple[Array, Array]:
    """A similarity (3, 3) that centres the points at a mean distance of √2, and the points after it."""
    middle = points.mean(axis=0)
    scale = math.sqrt(2) / max(float(np.hypot(*(points - middle).T).mean()), 1e-9)
    matrix = np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]])
    return matrix, (points - middle) * scale


def _mapped(matrix: Array, pixel: Point) -> Array | None:
    x, y, w = matrix @ np.array([pixel[0], pixel[1], 1.0])
    return None if w < 1e-9 else np.array([x / w, y / w])
